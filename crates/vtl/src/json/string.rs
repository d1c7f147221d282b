//! The content of JSON strings: finding its end, unescaping, escaping.

use super::JsonProblem;
use super::write::Slashes;

/// A byte in each of the eight.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x80 * ONES;

/// Where the first quote, backslash or control character at or behind `at` stands, or the end.
#[inline]
pub(super) fn special(text: &[u8], mut at: usize) -> usize {
    while let Some(eight) = text.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        let eight = u64::from_le_bytes(eight);
        let quotes = eight ^ (u64::from(b'"') * ONES);
        let backslashes = eight ^ (u64::from(b'\\') * ONES);
        // A byte is less than n (below 0x80) if subtracting n borrows. A borrow may reach into the
        // byte above it, so only the lowest hit of each is exact, and it is the lowest that counts.
        let hits = (quotes.wrapping_sub(ONES) & !quotes)
            | (backslashes.wrapping_sub(ONES) & !backslashes)
            | (eight.wrapping_sub(0x20 * ONES) & !eight);
        let hits = hits & HIGHS;
        if hits != 0 {
            return at + hits.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = text.get(at..).unwrap_or_default();
    let is_special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..b' ');
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// How many bytes the escape at the start of `text` takes.
pub(super) fn escape_length(text: &[u8]) -> Result<usize, JsonProblem> {
    match text.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') if read_unit(&text[2..]).is_some() => Ok(6),
        Some(_) => Err(JsonProblem::Escape),
        None => Err(JsonProblem::End),
    }
}

/// The text that the content of a string stands for. Its escapes were checked.
pub(super) fn unescape(content: &str) -> String {
    let mut out = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let escape = after.bytes().next().unwrap_or(b'\\');
        let used = match escape {
            b'u' => push_unicode(&mut out, after),
            _ => {
                out.push(match escape {
                    b'b' => '\u{8}',
                    b'f' => '\u{c}',
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    other => char::from(other),
                });
                1
            }
        };
        rest = after.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// Appends the character of `uXXXX` or `uXXXX\uXXXX`: how many bytes that took.
fn push_unicode(out: &mut String, text: &str) -> usize {
    let bytes = text.as_bytes();
    let Some(first) = bytes.get(1..).and_then(read_unit) else { return 1 };
    let second = bytes.get(5..).and_then(|rest| rest.strip_prefix(b"\\u")).and_then(read_unit);
    if let Some(second) = second
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
        && c.len_utf16() == 2
    {
        out.push(c);
        return 11;
    }
    out.push(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER));
    5
}

/// The four hexadecimal digits at the start of a text.
fn read_unit(text: &[u8]) -> Option<u16> {
    let digits = text.get(..4).filter(|text| text.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// Appends a text as a JSON string.
pub(crate) fn write_string(text: &str, slashes: Slashes, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| must_escape(byte, slashes)) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x8 => out.push_str("\\b"),
            0xc => out.push_str("\\f"),
            control @ 0..b' ' => {
                out.push_str("\\u00");
                for digit in [control >> 4, control & 15] {
                    out.extend(
                        char::from_digit(u32::from(digit), 16).map(|c| c.to_ascii_uppercase()),
                    );
                }
            }
            other => {
                out.push('\\');
                out.push(char::from(other));
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
}

fn must_escape(byte: u8, slashes: Slashes) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\' || (byte == b'/' && slashes == Slashes::Escaped)
}
