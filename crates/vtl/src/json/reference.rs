//! The grammar of RFC 8259 read in the plainest way, which the parser has to agree with: about what
//! texts mean, and about what is wrong with them where.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Document, JsonError, JsonProblem, Kind, Leniency, Name, NodeRef};

/// A value, numbers as they are written.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Word(&'static str),
    Number(String),
    String(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, JsonError>;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn fail<T>(&self, problem: JsonProblem) -> Read<T> {
        Err(JsonError { at: self.at, problem })
    }

    /// What is said of a byte that cannot stand here, or of the end.
    fn unexpected<T>(&self) -> Read<T> {
        let is_end = self.peek().is_none();
        self.fail(if is_end { JsonProblem::End } else { JsonProblem::Unexpected })
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    fn document(&mut self) -> Read<Value> {
        self.blanks();
        let value = self.value(0)?;
        self.blanks();
        if self.peek().is_some() { self.unexpected() } else { Ok(value) }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        match self.peek() {
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b'[' | b'{') if depth == super::DEPTH => self.fail(JsonProblem::TooDeep),
            Some(b'[') => self.array(depth),
            Some(b'{') => self.object(depth),
            _ => {
                let rest = &self.text[self.at..];
                for word in ["true", "false", "null"] {
                    if rest.starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(Value::Word(word));
                    }
                }
                self.unexpected()
            }
        }
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        let mut items = Vec::new();
        while self.goes_on(b']', items.is_empty())? {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        let mut members: Vec<(String, Value)> = Vec::new();
        let mut is_first = true;
        while self.goes_on(b'}', is_first)? {
            is_first = false;
            if self.peek() != Some(b'"') {
                return self.unexpected();
            }
            let name = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return self.unexpected();
            }
            self.at += 1;
            self.blanks();
            let value = self.value(depth + 1)?;
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some(member) => member.1 = value,
                None => members.push((name, value)),
            }
        }
        Ok(Value::Object(members))
    }

    /// Passes the bracket that opens or the comma, and, if that is what follows, the end.
    fn goes_on(&mut self, close: u8, is_first: bool) -> Read<bool> {
        self.at += usize::from(is_first);
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        if !is_first {
            if self.peek() != Some(b',') {
                return self.unexpected();
            }
            self.at += 1;
            self.blanks();
        }
        Ok(true)
    }

    fn number(&mut self) -> Read<String> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(String::from_utf8_lossy(&self.text[start..self.at]).into_owned())
    }

    fn digits(&mut self) -> Read<()> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return self.unexpected();
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut units: Vec<u16> = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            match self.peek() {
                None => return self.fail(JsonProblem::End),
                Some(b'"') => break,
                Some(..b' ') => return self.fail(JsonProblem::Control),
                Some(b'\\') => {
                    let escapes = b"\"\\/bfnrt".iter().zip(b"\"\\/\x08\x0c\n\r\t");
                    match rest.get(1) {
                        None => return self.fail(JsonProblem::End),
                        Some(b'u') => {
                            let digits =
                                rest.get(2..6).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
                            let Some(digits) = digits else {
                                return self.fail(JsonProblem::Escape);
                            };
                            let digits = str::from_utf8(digits).unwrap();
                            units.push(u16::from_str_radix(digits, 16).unwrap());
                            self.at += 6;
                        }
                        Some(sign) => {
                            let mut known = escapes.filter(|(escape, _)| *escape == sign);
                            let Some((_, byte)) = known.next() else {
                                return self.fail(JsonProblem::Escape);
                            };
                            units.push(u16::from(*byte));
                            self.at += 2;
                        }
                    }
                }
                Some(_) => {
                    let c = str::from_utf8(rest).unwrap().chars().next().unwrap();
                    units.extend(c.encode_utf16(&mut [0; 2]).iter());
                    self.at += c.len_utf8();
                }
            }
        }
        self.at += 1;
        Ok(String::from_utf16_lossy(&units))
    }
}

/// What the tape says, asked in every way that there is.
fn value(node: NodeRef<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Word("null"),
        Kind::Boolean if node.boolean() == Some(true) => Value::Word("true"),
        Kind::Boolean => Value::Word("false"),
        Kind::Number => Value::Number(node.text().to_owned()),
        Kind::String => Value::String(node.string().unwrap().to_owned()),
        Kind::Array => {
            let items: Vec<_> = node.items().collect();
            assert_eq!(items.len(), node.len());
            for (place, item) in items.iter().enumerate() {
                assert_eq!(node.item(place).unwrap().index(), item.index());
            }
            Value::Array(items.into_iter().map(value).collect())
        }
        Kind::Object => {
            assert_eq!(node.members().count(), node.len());
            let member = |(name, member): (&str, NodeRef<'_>)| {
                for found in [
                    node.member(name),
                    node.member_named(&Name::new(name)).map(|(member, _)| member),
                ] {
                    assert_eq!(found.unwrap().index(), member.index(), "{name}");
                }
                let other = format!("{name}\0");
                let is_there = node.members().any(|(known, _)| known == other);
                assert_eq!(node.member(&other).is_some(), is_there, "{name}");
                (name.to_owned(), value(member))
            };
            Value::Object(node.members().map(member).collect())
        }
    }
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let expected = Reader { text: text.as_bytes(), at: 0 }.document();
    let document = Document::parse(text, Leniency::Strict);
    prop_assert_eq!(document.map(|document| value(document.root())), expected, "{}", text);
    Ok(())
}

fn blanks() -> impl Strategy<Value = String> {
    prop_oneof![6 => Just(String::new()), 6 => Just(" ".to_owned()), 1 => "[ \t\r\n]{1,20}"]
}

fn string() -> impl Strategy<Value = String> {
    let plain = prop_oneof!["[a-c]{0,2}", "[a-z ]{0,40}", "[^\"\\\\\\x00-\\x1f]{0,12}"];
    let escape = select(vec![
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u0061",
        "\\u0000",
        "\\u00E9",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00",
    ]);
    let mixed = vec(prop_oneof![plain.clone(), escape.prop_map(str::to_owned)], 1..4);
    prop_oneof![4 => plain, 1 => mixed.prop_map(|parts| parts.concat())]
        .prop_map(|content| format!("\"{content}\""))
}

fn scalar() -> impl Strategy<Value = String> {
    let number = "-?(0|[1-9][0-9]{0,3}|[1-9][0-9]{0,25})(\\.[0-9]{1,3}|\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?";
    let word = select(vec!["true", "false", "null"]).prop_map(str::to_owned);
    prop_oneof![3 => string(), 3 => number, 1 => word]
}

fn spaced(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let parts = (blanks(), inner, blanks());
    parts.prop_map(|(before, inner, behind)| before + &inner + &behind).boxed()
}

/// Texts that are JSON.
fn text() -> impl Strategy<Value = String> {
    let nested = scalar().prop_recursive(5, 60, 12, |inner| {
        let item = spaced(inner.boxed());
        let name = spaced(string().boxed());
        let items = vec(item.clone(), 0..12).prop_map(|items| format!("[{}]", items.join(",")));
        let member = (name, item).prop_map(|(name, item)| format!("{name}:{item}"));
        let members = vec(member, 0..40).prop_map(|all| format!("{{{}}}", all.join(",")));
        prop_oneof![items, members, blanks().prop_map(|blanks| format!("[{blanks}]"))]
    });
    spaced(nested.boxed())
}

proptest! {
    #[test]
    fn texts_mean_what_the_grammar_says(text in text()) {
        check(&text)?;
    }

    #[test]
    fn what_is_wrong_is_told_at_the_same_place(
        text in text(),
        changes in vec((any::<prop::sample::Index>(), select(SIGNS.to_vec()), 0..3usize), 1..4),
        end in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = text.into_bytes();
        for (place, sign, removed) in changes {
            let from = place.index(bytes.len() + 1);
            let to = (from + removed).min(bytes.len());
            bytes.splice(from..to, sign.bytes());
        }
        if is_cut {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        check(&String::from_utf8_lossy(&bytes))?;
    }
}

/// What texts are changed with.
const SIGNS: [&str; 36] = [
    "", "", "\"", "\"", "\\", "{", "}", "[", "]", ",", ",", ":", " ", "\n", "\t", "0", "1", "-",
    ".", "e", "+", "true", "nul", "\"a\":", "\"a\":1,", "\\u00e", "\\ud83d", "\0", "\x1f", "\x7f",
    "é", "00", "12345678", "abcdefgh", "{\"a\":[", "}]",
];

#[test]
fn texts_of_every_length_are_read_to_their_end() {
    for length in (0..36).chain([48, 64]) {
        let long = "x".repeat(length);
        let digits = "1".repeat(length + 1);
        let mut out = String::new();
        write!(
            out,
            "[\"{long}\",{{\"{long}\":-{digits}.{digits},\"\\u0061{long}\" : \"{long}\\n\""
        )
        .unwrap();
        write!(out, "}},{}true,[],{{ }},{digits}]", " ".repeat(length)).unwrap();
        for end in 0..=out.len() {
            check(&out[..end]).unwrap();
            for close in ["]", "}", "}]", "\"]", "\"}", " ]", ",]", "0]", "\0"] {
                check(&format!("{}{close}", &out[..end])).unwrap();
            }
        }
    }
}

#[test]
fn objects_of_every_size_have_no_name_twice() {
    for size in (0..30).chain([64, 65]) {
        let members: Vec<_> = (0..size).map(|n| format!("\"n{n}\": {n}")).collect();
        check(&format!("{{{}}}", members.join(", "))).unwrap();
        for double in (0..size).step_by(1 + size / 16) {
            let again = format!("\"\\u006e{double}\":[\"again\"]");
            let text = format!("{{{},{again}, \"more\": {{}}}}", members.join(","));
            check(&text).unwrap();
            check(&text.replace("\\u006e", "n")).unwrap();
        }
    }
}

#[test]
fn nesting_ends_at_its_limit() {
    for depth in super::DEPTH - 1..super::DEPTH + 2 {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[1, {\"a\": ", "}]")] {
            let times = depth / close.len();
            let extra = "[".repeat(depth % close.len());
            check(&format!("{}{extra}", open.repeat(times))).unwrap();
            let whole = format!("{}{extra}", open.repeat(times));
            let closed = "]".repeat(extra.len());
            check(&format!("{whole}[]{closed}{}", close.repeat(times))).unwrap();
            check(&format!("{whole}0{closed}{}", close.repeat(times))).unwrap();
        }
    }
}
