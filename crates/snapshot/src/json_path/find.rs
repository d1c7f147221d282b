//! Finds one value of a JSON text without making a tree of it (RFC 8259).
//!
//! The text is read to its end, so what is no JSON has no values at all. Of members with the same
//! name the last counts.

use std::ops::Range;

use super::{JsonPath, Step};

/// Values inside values, beyond which a text is taken for none.
const DEPTH: usize = 128;

impl JsonPath {
    /// Appends the value that the path leads to in a JSON text: the content of a string, or JSON.
    /// False if there is none.
    pub fn write(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        let Some(range) = find(text, self) else { return false };
        match text[range.clone()].strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) {
            Some(content) => write_unescaped(content, out),
            None => out.extend_from_slice(&text[range]),
        }
        true
    }
}

fn find(text: &[u8], path: &JsonPath) -> Option<Range<usize>> {
    let mut cursor = Cursor { text, at: 0 };
    let found = cursor.value(Some(&path.0), DEPTH)?;
    cursor.peek().is_none().then_some(found).flatten()
}

/// A place in the text. The methods are `None` where the text is no JSON.
struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.get(self.at) {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    fn take(&mut self, expected: u8) -> Option<()> {
        (self.peek()? == expected).then(|| self.at += 1)
    }

    /// Passes a value over: what is found in it at the end of `path`, which is `None` where nothing
    /// is looked for.
    fn value(&mut self, path: Option<&[Step]>, depth: usize) -> Option<Option<Range<usize>>> {
        let depth = depth.checked_sub(1)?;
        let first = self.peek()?;
        let start = self.at;
        let inner = match first {
            b'{' => self.object(path, depth)?,
            b'[' => self.array(path, depth)?,
            b'"' => {
                self.string()?;
                None
            }
            _ => {
                self.word()?;
                None
            }
        };
        Some(if path.is_some_and(<[Step]>::is_empty) { Some(start..self.at) } else { inner })
    }

    fn object(&mut self, path: Option<&[Step]>, depth: usize) -> Option<Option<Range<usize>>> {
        let wanted = match path.and_then(<[Step]>::split_first) {
            Some((Step::Member(name), rest)) => Some((name, rest)),
            _ => None,
        };
        let mut found = None;
        self.take(b'{')?;
        if self.take(b'}').is_some() {
            return Some(None);
        }
        loop {
            self.peek().filter(|byte| *byte == b'"')?;
            let name = self.string()?;
            self.take(b':')?;
            match wanted.filter(|(wanted, _)| is_name(&self.text[name], wanted)) {
                Some((_, rest)) => found = self.value(Some(rest), depth)?,
                None => {
                    self.value(None, depth)?;
                }
            }
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return Some(found);
            }
        }
    }

    fn array(&mut self, path: Option<&[Step]>, depth: usize) -> Option<Option<Range<usize>>> {
        let wanted = match path.and_then(<[Step]>::split_first) {
            Some((Step::Item(index), rest)) => Some((*index, rest)),
            _ => None,
        };
        let mut found = None;
        self.take(b'[')?;
        if self.take(b']').is_some() {
            return Some(None);
        }
        for index in 0.. {
            match wanted.filter(|(wanted, _)| *wanted == index) {
                Some((_, rest)) => found = self.value(Some(rest), depth)?,
                None => {
                    self.value(None, depth)?;
                }
            }
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b']')?;
        Some(found)
    }

    /// Passes a string over: where its content stands.
    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let start = self.at;
        loop {
            match self.text.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                0..b' ' => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(start..self.at - 1)
    }

    /// Passes a number, `true`, `false` or `null` over.
    fn word(&mut self) -> Option<()> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let word = &self.text[self.at..];
        let word = &word[..word.iter().position(|byte| !is_part(byte)).unwrap_or(word.len())];
        self.at += word.len();
        let is_number = || {
            let digits = word.strip_prefix(b"-").unwrap_or(word);
            let text = str::from_utf8(word).ok();
            digits.first().is_some_and(u8::is_ascii_digit)
                && word.last().is_some_and(u8::is_ascii_digit)
                && text.is_some_and(|text| text.parse::<f64>().is_ok())
        };
        (matches!(word, b"true" | b"false" | b"null") || is_number()).then_some(())
    }
}

/// Whether the content of a string is this name.
fn is_name(content: &[u8], name: &str) -> bool {
    if !content.contains(&b'\\') {
        return content == name.as_bytes();
    }
    let mut unescaped = Vec::with_capacity(content.len());
    write_unescaped(content, &mut unescaped);
    unescaped == name.as_bytes()
}

/// Appends the text that the content of a string stands for. Halves of surrogate pairs and unknown
/// escapes become U+FFFD.
fn write_unescaped(content: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    let push = |c: char, out: &mut Vec<u8>| {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    };
    while let Some(byte) = content.get(at) {
        at += 1;
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        let escape = content.get(at).copied().unwrap_or_default();
        at += 1;
        let c = match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'"' | b'\\' | b'/' => char::from(escape),
            b'u' => {
                let (c, used) = read_unicode(&content[at.min(content.len())..]);
                at += used;
                c
            }
            _ => char::REPLACEMENT_CHARACTER,
        };
        push(c, out);
    }
}

/// The character of `XXXX`, or of `XXXX\uXXXX`, and how many bytes it took.
fn read_unicode(text: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4).filter(|text| text.iter().all(u8::is_ascii_hexdigit))?;
        u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 0) };
    let second = if text.get(4..6) == Some(b"\\u") { unit(6) } else { None };
    if let Some(second) = second
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
        && c.len_utf16() == 2
    {
        return (c, 10);
    }
    (char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER), 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: &str, expected: Option<&str>) {
        let mut out = b"!".to_vec();
        let path: JsonPath = path.parse().unwrap();
        let found = path.write(text.as_bytes(), &mut out);
        let found = found.then(|| String::from_utf8(out[1..].to_vec()).unwrap());
        assert_eq!(found.as_deref(), expected, "{path:?} of {text}");
    }

    #[test]
    fn values_are_found() {
        check(r#"{"a": "b"}"#, ".a", Some("b"));
        check(r#" {"a":{"b":[1, {"c":true}]}} "#, ".a.b[1].c", Some("true"));
        check(r#"{"a":{"b":[1, {"c":true}]}}"#, ".a", Some(r#"{"b":[1, {"c":true}]}"#));
        check(r#"{"a":{"b":[1, {"c":true}]}}"#, ".a.b[0]", Some("1"));
        check(r#"[[0],[1,-2.5e+3]]"#, "[1][1]", Some("-2.5e+3"));
        check(r#"{"a":null}"#, ".a", Some("null"));
        check(r#"{"a":""}"#, ".a", Some(""));
        check(r#"{"a":[]}"#, ".a", Some("[]"));
        check(r#"{"a b":{"c.d":1}}"#, "['a b'][\"c.d\"]", Some("1"));
        // Of members with the same name the last counts, whatever is in it.
        check(r#"{"a":1,"a":2}"#, ".a", Some("2"));
        check(r#"{"a":{"b":1},"a":{"c":2}}"#, ".a.b", None);
        check(r#"{"a":1,"A":2}"#, ".a", Some("1"));
        check(r#"{"b":1}"#, ".a", None);
        check(r#"{"a":1}"#, "[0]", None);
        check(r#"[1]"#, ".a", None);
        check(r#"[1]"#, "[1]", None);
        check(r#"{"a":"x"}"#, ".a.b", None);
        check("{}", ".a", None);
    }

    #[test]
    fn strings_are_unescaped() {
        let quoted = r#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#;
        check(quoted, ".a", Some("\"\\/\u{8}\u{c}\n\r\té😀"));
        check(r#"{"\u0061\"":1}"#, ".a", None);
        check(r#"{"\u0061":1}"#, ".a", Some("1"));
        check(r#"{"a":"\ud83d"}"#, ".a", Some("\u{fffd}"));
        check(r#"{"a":"\ud83dx"}"#, ".a", Some("\u{fffd}x"));
        check(r#"{"a":"\ud83d\u0041"}"#, ".a", Some("\u{fffd}A"));
        check(r#"{"a":"\u00zz"}"#, ".a", Some("\u{fffd}00zz"));
        check(r#"{"a":"\x"}"#, ".a", Some("\u{fffd}"));
    }

    #[test]
    fn no_text_is_too_strange() {
        let text = br#"{"a":[1,{"b":"\u00e9\ud83d\ude00\n"},true],"c":{"a":-1.5e+3}}"#;
        for path in [".a[1].b", ".c.a", "[0]"] {
            let path: JsonPath = path.parse().unwrap();
            for at in 0..text.len() {
                for byte in *b"\"\\{}[],:u0\x00\xff" {
                    let mut changed = text.to_vec();
                    changed[at] = byte;
                    path.write(&changed, &mut Vec::new());
                    changed.truncate(at + 1);
                    path.write(&changed, &mut Vec::new());
                }
            }
        }
    }

    #[test]
    fn what_is_no_json_has_no_values() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\":1",
            "{\"a\":1}x",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":tru}",
            "{\"a\":01x}",
            "{\"a\":.5}",
            "{\"a\":-}",
            "{\"a\":NaN}",
            "{\"a\":1e}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":\"\n\"}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "]",
        ] {
            check(text, ".a", None);
        }
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        check(&format!("{{\"a\":1,\"b\":{}}}", nested(DEPTH - 2)), ".a", Some("1"));
        check(&format!("{{\"a\":1,\"b\":{}}}", nested(DEPTH - 1)), ".a", None);
        check(&format!("{{\"a\":1,\"b\":{}", "[".repeat(1_000_000)), ".a", None);
    }
}
