//! `#literal`: a body that must parse and is printed as written, or nearly so.

use std::ops::Range;

use memchr::memmem::find;

use super::directive::Word;
use super::text::Pieces;
use super::{Fault, Parser};

impl<'t> Parser<'t, '_> {
    /// Behind `#literal`.
    pub(super) fn literal(&mut self, start: usize, pieces: &mut Pieces) -> Result<(), Fault> {
        let head = self.at;
        if self.head(Word { name: "literal", end: head })?.is_none() {
            return self.fault_at(start, "expected `(`");
        }
        let argument = self.text[head..self.at].trim_matches(['(', ')', ' ', '\t', '\n', '\r']);
        let inside = self.at;
        self.body(start)?;
        let end = self.end_of_body(inside);
        match (argument, &self.text[inside..end]) {
            ("", "" | "$") => self.fault_at(start, "`#literal` without a body"),
            ("", _) => {
                let mut written = self.printed_body(inside..end, Comments::Dropped);
                if written.ends_with('$') {
                    written.pop();
                }
                pieces.text(&written);
                Ok(())
            }
            (argument, _) => {
                pieces.text(argument);
                Ok(())
            }
        }
    }

    /// `#word(…)` as text.
    pub(super) fn verbatim(&mut self, word: Word<'t>, pieces: &mut Pieces) -> Result<(), Fault> {
        let start = self.at;
        self.head(word)?;
        pieces.text(&self.written_head(&(start..self.at)));
        Ok(())
    }

    /// Where the `#end` begins that stands before the cursor.
    fn end_of_body(&self, inside: usize) -> usize {
        let body = &self.text[inside..self.at];
        let end = body.rfind("#end").max(body.rfind("#{end}")).unwrap_or(body.len());
        inside + end
    }

    /// From `start` to the cursor, as a call of what is no macro is printed.
    pub(super) fn written_body(&self, start: usize) -> Box<str> {
        self.printed_body(start..self.at, Comments::Closed).into()
    }

    /// What was written: comments lose what they say, references the signs before them and what is
    /// escaped its backslash.
    fn printed_body(&self, part: Range<usize>, comments: Comments) -> String {
        let mut out = String::new();
        let mut rest = &*self.written_head(&part);
        while let Some(at) = rest.find(['$', '#', '\\']) {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let (printed, length) = match rest.as_bytes() {
                [b'#', b'#', ..] => ("##", rest.find(['\n', '\r']).unwrap_or(rest.len())),
                [b'#', b'*', inside @ ..] => {
                    let printed = if comments == Comments::Closed { "*#" } else { "" };
                    (printed, find(inside, b"*#").map_or(rest.len(), |end| end + 4))
                }
                [b'#', b'[', b'[', inside @ ..] => {
                    let length = find(inside, b"]]#").map_or(rest.len(), |end| end + 6);
                    (&rest[..length], length)
                }
                [b'#', ..] => match head_length(rest) {
                    Some(length) => (&rest[..length], length),
                    None if loses_hash(rest, comments) => ("", 1),
                    None => ("#", 1),
                },
                _ => match signs(rest, |word| self.is_directive(word)) {
                    (row, length) if comments == Comments::Closed && is_lost(rest, length) => {
                        (&row[..0], length)
                    }
                    printed => printed,
                },
            };
            out.push_str(printed);
            rest = &rest[length..];
        }
        out + rest
    }
}

/// How a block comment is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Dropped,
    /// As `*#`.
    Closed,
}

/// Bytes that a head may have whose strings are looked for.
const HEAD: usize = 4096;

/// The length of `#word(…)`: strings in its parentheses stay as they are.
fn head_length(text: &str) -> Option<usize> {
    let word =
        text[1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "{}_@".contains(c));
    let mut at = text.len() - word.trim_start_matches([' ', '\t', '\n', '\r']).len();
    if word.len() + 1 == text.len() || text.as_bytes().get(at) != Some(&b'(') {
        return None;
    }
    let mut depth = 0;
    while let Some(byte) = text.as_bytes().get(at)
        && at < HEAD
    {
        at += 1;
        match byte {
            b'(' => depth += 1,
            b')' if depth == 1 => return Some(at),
            b')' => depth -= 1,
            b'"' | b'\'' => at += text[at..].find(char::from(*byte))? + 1,
            _ => {}
        }
    }
    None
}

/// Whether the `#` that a text begins with is not printed: before a reference never, and in a call
/// only before what is a word or a number.
fn loses_hash(text: &str, comments: Comments) -> bool {
    let behind = &text[1..];
    if behind.starts_with(['$', '\\']) {
        let length = behind.len() - behind.trim_start_matches(['\\', '$', '!']).len();
        return begins_reference(&behind[length..]);
    }
    let number = behind.strip_prefix('-').unwrap_or(behind);
    let word = behind.strip_prefix('{').unwrap_or(behind);
    let is_read = number.starts_with(|c: char| c.is_ascii_digit())
        || word.starts_with(|c: char| c.is_ascii_alphabetic() || "_@".contains(c));
    comments == Comments::Closed && !is_read
}

/// Whether a row of signs in a call is not printed: where it ends in a sign that begins nothing.
fn is_lost(text: &str, length: usize) -> bool {
    let (row, behind) = text.split_at(length);
    row.ends_with('$')
        && !begins_reference(behind)
        && !behind.starts_with(['.', '[', '{', '}', '#'])
}

fn begins_reference(behind: &str) -> bool {
    let name = behind.strip_prefix('{').unwrap_or(behind);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// What is printed for the signs and backslashes that a text begins with, and their length.
fn signs(text: &str, is_directive: impl Fn(&str) -> bool) -> (&str, usize) {
    let length = text.len() - text.trim_start_matches(['\\', '$', '!']).len();
    let behind = &text[length..];
    let row = &text[..length];
    if begins_reference(behind)
        && let sign = if row.ends_with("$!") { length.saturating_sub(2) } else { length - 1 }
        && row[sign..].starts_with('$')
    {
        return (&row[sign..], length);
    }
    let slashes = row.len() - row.trim_start_matches('\\').len();
    if slashes % 2 == 1 && slashes == length && behind.starts_with('#') {
        let word = behind[1..].trim_start_matches('{');
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '@'));
        if is_directive(&word[..end.unwrap_or(word.len())]) {
            return (&row[1..], length);
        }
    }
    (row, length)
}
