//! What people write as JSON for templates: read in the order of the text, with the spelling of
//! numbers kept, and refused with its place.

use std::fmt;
use std::marker::PhantomData;

use portico_vtl::json::{Document, Kind, Leniency};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Problem;
use crate::source::Source;

/// The members of an object; derived readers alone would take a list of them as well.
pub(super) struct Members<T>(pub(super) T);

/// Reads a file's JSON.
pub(super) fn read<'s, T: Deserialize<'s>>(source: &'s Source) -> Result<T, Problem> {
    let read = serde_json::from_str(&source.text).map(|Members(read)| read);
    read.map_err(|error| {
        let whole = error.to_string();
        let end = format!(" at line {} column {}", error.line(), error.column());
        let message = whole.strip_suffix(&end).unwrap_or(&whole).to_owned();
        let (start, end) = token(&source.text, &error);
        Problem::At { place: source.place(start, end), source: source.clone(), message }
    })
}

/// A string; a half of a surrogate pair is U+FFFD.
pub(super) fn text(source: &Source, raw: &RawValue) -> Result<String, Problem> {
    let document = document(source, raw)?;
    match document.root().string() {
        Some(text) => Ok(text.to_owned()),
        None => Err(unexpected(source, raw, "a string", document.root().kind())),
    }
}

/// A string as it is, or any other value as compact JSON.
pub(super) fn text_or_json(source: &Source, raw: &RawValue) -> Result<String, Problem> {
    let document = document(source, raw)?;
    Ok(document.root().string().map_or_else(|| compact(raw.get()), str::to_owned))
}

/// An object.
pub(super) fn object(source: &Source, raw: &RawValue) -> Result<Document<'static>, Problem> {
    let document = document(source, raw)?;
    match document.root().kind() {
        Kind::Object => Ok(document),
        other => Err(unexpected(source, raw, "an object", other)),
    }
}

/// An object whose members are strings, in their order.
pub(super) fn texts(source: &Source, raw: &RawValue) -> Result<Vec<(String, String)>, Problem> {
    let object = object(source, raw)?;
    let texts = object.root().members().map(|(name, node)| match node.string() {
        Some(text) => Ok((name.to_owned(), text.to_owned())),
        None => Err(unexpected(source, raw, &format!("a string for `{name}`"), node.kind())),
    });
    texts.collect()
}

/// A problem with a value of the file.
pub(super) fn problem(source: &Source, raw: &RawValue, message: String) -> Problem {
    let (start, end) = span(source, raw);
    Problem::At { place: source.place(start, end), source: source.clone(), message }
}

/// The bytes of a value in its file, which it borrows from.
fn span(source: &Source, raw: &RawValue) -> (usize, usize) {
    let start = raw.get().as_ptr().addr().saturating_sub(source.text.as_ptr().addr());
    (start, start + raw.get().len())
}

fn document(source: &Source, raw: &RawValue) -> Result<Document<'static>, Problem> {
    Document::parse(raw.get().to_owned(), Leniency::Strict).map_err(|error| {
        let at = span(source, raw).0 + error.at;
        let place = source.place(at, at + 1);
        Problem::At { place, source: source.clone(), message: error.problem.to_string() }
    })
}

fn unexpected(source: &Source, raw: &RawValue, expected: &str, found: Kind) -> Problem {
    let found = match found {
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "a list",
        Kind::Object => "an object",
    };
    problem(source, raw, format!("expected {expected}, found {found}"))
}

/// The bytes that an error is about: of a wrong name all of it, else where reading stopped.
fn token(text: &str, error: &serde_json::Error) -> (usize, usize) {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_start: usize = lines.map(str::len).sum();
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let bytes = text.as_bytes();
    if !error.is_data() || bytes.get(at) != Some(&b'"') {
        return (at, at + 1);
    }
    let is_escaped = |quote: usize| {
        let slashes = bytes[line_start..quote].iter().rev().take_while(|b| **b == b'\\').count();
        slashes % 2 == 1
    };
    let mut before = (line_start..at).rev().filter(|place| bytes[*place] == b'"');
    (before.find(|quote| !is_escaped(*quote)).unwrap_or(at), at + 1)
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfObject(PhantomData)).map(Self)
    }
}

/// Reads the members of an object.
struct OfObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OfObject<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
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

    #[derive(Debug, Default, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Written<'a> {
        #[serde(borrow)]
        text: Option<&'a RawValue>,
        #[serde(borrow)]
        texts: Option<&'a RawValue>,
        #[serde(borrow)]
        object: Option<&'a RawValue>,
    }

    type Read = (Option<String>, Option<Vec<(String, String)>>, Option<Document<'static>>);

    fn read_all(source: &Source) -> Result<Read, Problem> {
        let written: Written<'_> = read(source)?;
        Ok((
            written.text.map(|raw| text(source, raw)).transpose()?,
            written.texts.map(|raw| texts(source, raw)).transpose()?,
            written.object.map(|raw| object(source, raw)).transpose()?,
        ))
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let check = |text: &str, line, column, length, words: &str| {
            let source = Source { name: "a.json".into(), text: text.into() };
            let Err(Problem::At { place, message, .. }) = read_all(&source) else {
                panic!("{text} is read");
            };
            assert_eq!((place.line, place.column, place.length), (line, column, length), "{text}");
            assert!(message.contains(words), "{text}: {message}");
        };
        check("{\n  \"é\": 1, \"txet\": \"\"\n}", 2, 3, 3, "unknown field `é`");
        check("{\"text\": 7\n}", 1, 10, 1, "expected a string, found a number");
        check("{\"object\":\n [1]\n}", 2, 2, 3, "expected an object, found a list");
        check("{\"texts\": {\"a\": null}}", 1, 11, 11, "a string for `a`, found null");
        check("{\"text\": \"a\\\"b\" \"\"}", 1, 17, 1, "expected `,` or `}`");
        check("{", 1, 1, 1, "EOF");
        check("{\"text\": \"\", \"text\": \"\"}", 1, 14, 6, "duplicate field `text`");
        check("[null, null, null]", 1, 1, 1, "sequence, expected an object");
        check(&format!("{{\"object\": {}", "[".repeat(600)), 1, 611, 1, "EOF");
        let deep = format!("{{\"object\": {}{}}}", "[".repeat(600), "]".repeat(600));
        check(&deep, 1, 524, 1, "nested too deeply");
    }

    #[test]
    fn halves_of_surrogate_pairs_are_replaced() {
        let source = Source { name: "a.json".into(), text: r#"{"text": "a\ud800b"}"#.into() };
        assert_eq!(read_all(&source).unwrap().0.unwrap(), "a\u{fffd}b");
    }

    #[test]
    fn json_is_compacted_outside_strings_and_keeps_its_spelling() {
        let check = |text: &str, expected: &str| assert_eq!(compact(text), expected);
        check(
            " { \"a b\" : [ 1.50 , \"\\\" x\" ,\n\ttrue ] } ",
            "{\"a b\":[1.50,\"\\\" x\",true]}",
        );
        check("\"\\\\\" ", "\"\\\\\"");
        check(" 1e3 ", "1e3");
    }
}
