//! What people write as JSON for templates: read in the order of the text, with the spelling of
//! numbers kept, and refused with its place.

use std::borrow::Cow;

use portico_vtl::json::{Document, Kind, Leniency};
use serde::de::{DeserializeOwned, Error, Unexpected};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Problem;
use crate::source::Source;

/// A string; a half of a surrogate pair is U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

/// A string as it is, or any other value as compact JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TextOrJson {
    pub(super) text: String,
    pub(super) is_string: bool,
}

/// An object.
#[derive(Clone, Debug)]
pub(super) struct Object(pub(super) Document<'static>);

/// An object whose members are strings, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts(pub(super) Vec<(String, String)>);

/// Reads a file's JSON.
pub(super) fn read<T: DeserializeOwned>(source: &Source) -> Result<T, Problem> {
    serde_json::from_str(&source.text).map_err(|error| {
        let whole = error.to_string();
        let end = format!(" at line {} column {}", error.line(), error.column());
        let message = whole.strip_suffix(&end).unwrap_or(&whole).to_owned();
        let (start, end) = token(&source.text, error.line(), error.column());
        Problem::At { place: source.place(start, end), source: source.clone(), message }
    })
}

/// The bytes of the string that ends at a place, or else the place.
fn token(text: &str, line: usize, column: usize) -> (usize, usize) {
    let lines = text.split_inclusive('\n').take(line.saturating_sub(1));
    let line_start: usize = lines.map(str::len).sum();
    let at = (line_start + column.saturating_sub(1)).min(text.len());
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return (at, at + 1);
    }
    let is_escaped = |quote: usize| {
        let slashes = bytes[line_start..quote].iter().rev().take_while(|b| **b == b'\\').count();
        slashes % 2 == 1
    };
    let mut before = (line_start..at).rev().filter(|place| bytes[*place] == b'"');
    (before.find(|quote| !is_escaped(*quote)).unwrap_or(at), at + 1)
}

fn document<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Document<'static>, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    Document::parse(Cow::Owned(raw.get().to_owned()), Leniency::Strict).map_err(D::Error::custom)
}

fn unexpected<E: Error>(kind: Kind, expected: &str) -> E {
    let found = match kind {
        Kind::Null => Unexpected::Other("null"),
        Kind::Boolean => Unexpected::Other("a boolean"),
        Kind::Number => Unexpected::Other("a number"),
        Kind::String => Unexpected::Other("a string"),
        Kind::Array => Unexpected::Other("a list"),
        Kind::Object => Unexpected::Other("an object"),
    };
    E::invalid_type(found, &expected)
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = document(deserializer)?;
        match document.root().string() {
            Some(text) => Ok(Self(text.into_owned())),
            None => Err(unexpected(document.root().kind(), "a string")),
        }
    }
}

impl<'de> Deserialize<'de> for TextOrJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let document = Document::parse(raw.get(), Leniency::Strict).map_err(D::Error::custom)?;
        Ok(match document.root().string() {
            Some(text) => Self { text: text.into_owned(), is_string: true },
            None => Self { text: compact(raw.get()), is_string: false },
        })
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = document(deserializer)?;
        match document.root().kind() {
            Kind::Object => Ok(Self(document)),
            other => Err(unexpected(other, "an object")),
        }
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Object(document) = Object::deserialize(deserializer)?;
        let texts = document.root().members().map(|(name, node)| match node.string() {
            Some(text) => Ok((name.into_owned(), text.into_owned())),
            None => Err(unexpected(node.kind(), &format!("a string for `{name}`"))),
        });
        texts.collect::<Result<_, _>>().map(Self)
    }
}

/// JSON without the white space between its tokens.
fn compact(json: &str) -> String {
    let (mut is_string, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        if is_string {
            (is_string, is_escaped) = match (is_escaped, character) {
                (false, '"') => (false, false),
                (false, '\\') => (true, true),
                _ => (true, false),
            };
            return true;
        }
        is_string = *character == '"';
        !character.is_ascii_whitespace()
    };
    json.chars().filter(is_kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: DeserializeOwned>(text: &str) -> (u32, u32, u32, String) {
        let source = Source { name: "a.json".into(), text: text.into() };
        match read::<T>(&source).err() {
            Some(Problem::At { place, message, .. }) => {
                (place.line, place.column, place.length, message)
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "never made")]
        struct Both {
            text: Option<Text>,
            texts: Option<Texts>,
            object: Option<Object>,
        }
        let check = |text: &str, line, column, length, words: &str| {
            let (found_line, found_column, found_length, message) = refusal::<Both>(text);
            assert_eq!((found_line, found_column, found_length), (line, column, length), "{text}");
            assert!(message.contains(words), "{text}: {message}");
        };
        check("{\n  \"é\": 1, \"txet\": \"\"\n}", 2, 3, 3, "unknown field `é`");
        check("{\"text\": 7}", 1, 10, 1, "invalid type: a number, expected a string");
        check("{\"object\": [1]}", 1, 14, 1, "a list, expected an object");
        check("{\"texts\": {\"a\": null}}", 1, 21, 1, "null, expected a string for `a`");
        check("{\"text\": \"a\\\"b\" \"\"}", 1, 17, 1, "expected `,` or `}`");
        check("{", 1, 1, 1, "EOF");
        check("{\"text\": \"\", \"text\": \"\"}", 1, 14, 6, "duplicate field `text`");
    }

    #[test]
    fn halves_of_surrogate_pairs_are_replaced() {
        let source = Source { name: "a.json".into(), text: r#""a\ud800b""#.into() };
        assert_eq!(read::<Text>(&source).unwrap().0, "a\u{fffd}b");
    }

    #[test]
    fn json_is_compacted_outside_strings_and_keeps_its_spelling() {
        let check = |text: &str, expected: &str| assert_eq!(compact(text), expected);
        check(" { \"a b\" : [ 1.50 , \"\\\" x\" ,\n\ttrue ] } ", "{\"a b\":[1.50,\"\\\" x\",true]}");
        check("\"\\\\\" ", "\"\\\\\"");
        check(" 1e3 ", "1e3");
    }
}
