//! JSON to a tree: RFC 8259, strictly.

use std::sync::Arc;

use super::builder::{Builder, Key};
use super::{Node, Problem, Span, Value};

/// A position in the text.
struct Reader<'t, 'b> {
    text: &'t str,
    at: usize,
    /// Where `counted` is; columns are counted on from there, as a file may be one line.
    line: u32,
    column: u32,
    counted: usize,
    builder: &'b mut Builder,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    /// The first member or item, or the end of the collection.
    FirstOrEnd,
    /// A comma, or the end of the collection; of the text when none is open.
    CommaOrEnd,
}

/// Reads the one value of a text. What does not stop the reading is among the problems.
pub(super) fn parse(
    text: &str,
    builder: &mut Builder,
    problems: &mut Vec<Problem>,
) -> Result<Node, Problem> {
    let mut reader = Reader { text, at: 0, line: 1, column: 1, counted: 0, builder };
    // The closing brackets of what is open.
    let mut open = Vec::new();
    let mut next = Next::Value;
    loop {
        reader.skip_space();
        next = match (next, open.last().copied()) {
            (Next::FirstOrEnd | Next::CommaOrEnd, Some(close)) if reader.take(close) => {
                open.pop();
                reader.builder.end(problems)?;
                Next::CommaOrEnd
            }
            (Next::CommaOrEnd, Some(close)) => {
                if !reader.take(b',') {
                    return Err(reader.expected(&format!("',' or '{}'", char::from(close))));
                }
                reader.skip_space();
                reader.item(close == b'}', &mut open, problems)?
            }
            (Next::FirstOrEnd, Some(close)) => reader.item(close == b'}', &mut open, problems)?,
            (Next::CommaOrEnd, None) if reader.at == text.len() => {
                return reader.builder.finish().ok_or_else(|| reader.expected("a value"));
            }
            (Next::CommaOrEnd, None) => return Err(reader.expected("the end of the text")),
            (Next::Value | Next::FirstOrEnd, _) => reader.value(&mut open, problems)?,
        };
    }
}

impl Reader<'_, '_> {
    /// Reads a member or an item.
    fn item(
        &mut self,
        is_member: bool,
        open: &mut Vec<u8>,
        problems: &mut Vec<Problem>,
    ) -> Result<Next, Problem> {
        if is_member {
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in double quotes"));
            }
            let (key, span) = self.string()?;
            self.builder.key(Key::Name(key, span), span)?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected("':'"));
            }
            self.skip_space();
        }
        self.value(open, problems)
    }

    /// Reads a value, or the beginning of one.
    fn value(&mut self, open: &mut Vec<u8>, problems: &mut Vec<Problem>) -> Result<Next, Problem> {
        let (start, span) = (self.at, self.span());
        match self.peek() {
            Some(b'{') => {
                self.at += 1;
                open.push(b'}');
                self.builder.begin(true, None, 0, span)?;
                return Ok(Next::FirstOrEnd);
            }
            Some(b'[') => {
                self.at += 1;
                open.push(b']');
                self.builder.begin(false, None, 0, span)?;
                return Ok(Next::FirstOrEnd);
            }
            Some(b'"') => {
                let (text, span) = self.string()?;
                let node = Node { value: Value::String(text), span };
                self.builder.value(node, 1, problems)?;
                return Ok(Next::CommaOrEnd);
            }
            _ => {}
        }
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = self.text.as_bytes()[start..].iter().take_while(|byte| word(byte)).count();
        let text = &self.text[start..start + length];
        let value = match text {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if is_number(text) => Value::Number(text.into()),
            _ => return Err(self.expected("a value")),
        };
        self.at += length;
        let span = Span { length: length as u32, ..span };
        self.builder.value(Node { value, span }, 1, problems)?;
        Ok(Next::CommaOrEnd)
    }

    /// Reads a string, its first quote being next.
    fn string(&mut self) -> Result<(Arc<str>, Span), Problem> {
        let (start, span) = (self.at, self.span());
        self.at += 1;
        // What was read up to the last escape.
        let mut text = String::new();
        let text = loop {
            let rest = &self.text[self.at..];
            let plain = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\');
            let Some(plain) = plain else {
                return Err(problem(span, "a string without its closing '\"'"));
            };
            self.at += plain;
            match rest.as_bytes()[plain] {
                b'"' if text.is_empty() => break Arc::from(&rest[..plain]),
                b'"' => {
                    text.push_str(&rest[..plain]);
                    break Arc::from(text);
                }
                b'\\' => {
                    text.push_str(&rest[..plain]);
                    text.push(self.escape()?);
                }
                _ => return Err(self.error("a control character in a string: write it \\u00XX")),
            }
        };
        self.at += 1;
        let length = self.text[start..self.at].chars().count();
        Ok((text, Span { length: length as u32, ..span }))
    }

    /// Reads an escape, its backslash being next.
    fn escape(&mut self) -> Result<char, Problem> {
        let code = self.text.as_bytes().get(self.at + 1).copied();
        let character = match code {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error("an unknown escape in a string")),
        };
        self.at += 2;
        Ok(character)
    }

    /// Reads `\uXXXX`, or two of them that are a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char, Problem> {
        let text = self.text;
        let unit = |at: usize| {
            let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
            let digits = Some(digits).filter(|d| d.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            u16::from_str_radix(digits, 16).ok()
        };
        let first = unit(self.at);
        let second = first.filter(|unit| (0xD800..0xDC00).contains(unit)).and(unit(self.at + 6));
        let decoded = char::decode_utf16(first.into_iter().chain(second)).next();
        let Some(Ok(character)) = decoded else {
            return Err(self.error("\\u without four hexadecimal digits, or half a surrogate pair"));
        };
        self.at += if second.is_some() { 12 } else { 6 };
        Ok(character)
    }

    fn skip_space(&mut self) {
        while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = self.peek() {
            self.at += 1;
            if byte == b'\n' {
                (self.line, self.column, self.counted) = (self.line + 1, 1, self.at);
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The next character.
    fn span(&mut self) -> Span {
        let passed = &self.text[self.counted..self.at];
        self.column += passed.chars().count() as u32;
        self.counted = self.at;
        Span { line: self.line, column: self.column, length: 1 }
    }

    fn expected(&mut self, what: &str) -> Problem {
        match self.text[self.at..].chars().next() {
            Some(found) => self.error(&format!("expected {what}, found {found:?}")),
            None => self.error(&format!("expected {what}, found the end of the text")),
        }
    }

    fn error(&mut self, message: &str) -> Problem {
        problem(self.span(), message)
    }
}

fn problem(span: Span, message: &str) -> Problem {
    Problem::new(span, "syntax", format!("not JSON: {message}"))
}

/// RFC 8259, section 6.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['-', '+']).unwrap_or(text)))
}
