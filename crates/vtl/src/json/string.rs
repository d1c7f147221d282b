//! The content of JSON strings: finding its end, unescaping, escaping.

use super::JsonProblem;
use super::write::Slashes;

/// A byte in each of the eight.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x80 * ONES;

/// Where the first quote, backslash or control character stands, or the end.
#[inline]
pub(super) fn special(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((eight, after)) = rest.split_first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        // Quotes become 0x20, and control characters stay what is below it.
        let quotes = eight ^ (0x02 * ONES);
        let backslashes = eight ^ (u64::from(b'\\') * ONES);
        // A byte is less than n (below 0x80) if subtracting n borrows. A borrow may reach into the
        // byte above it, so only the lowest hit of each is exact, and it is the lowest that counts.
        let hits = quotes.wrapping_sub(0x21 * ONES) | backslashes.wrapping_sub(ONES);
        // Both have the high bits of the text.
        let hits = hits & !eight & HIGHS;
        if hits != 0 {
            return text.len() - rest.len() + hits.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let is_special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..b' ');
    text.len() - rest.len() + rest.iter().position(is_special).unwrap_or(rest.len())
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

/// Appends the text that the content of a string stands for. Its escapes were checked.
pub(super) fn unescape(content: &str, out: &mut String) {
    let mut rest = content;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, after) = (&rest[..at], &rest[at + 1..]);
        out.push_str(plain);
        let escape = after.bytes().next().unwrap_or(b'\\');
        let used = match escape {
            b'u' => push_unicode(out, after),
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
pub(super) fn read_unit(text: &[u8]) -> Option<u16> {
    let digits = text.get(..4).filter(|text| text.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// Appends a text as a JSON string. Like the service's JSON library it also escapes U+007F to U+009F
/// and U+2000 to U+20FF, for example `\u20AC` for the Euro sign.
pub(crate) fn write_string(text: &str, slashes: Slashes, out: &mut String) {
    out.push('"');
    let mut rest = text;
    let is_plain = slashes == Slashes::Plain && special(text.as_bytes()) == text.len();
    if is_plain && is_common(text) {
        rest = "";
        out.push_str(text);
    }
    while let Some(at) = rest.bytes().position(|byte| may_escape(byte, slashes)) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        if let Some(c) = chars.next() {
            write_char(c, out);
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a string that JSON has without escapes needs none of the library's either.
#[inline]
pub(super) fn is_common(text: &str) -> bool {
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    let is_common = |eight: &[u8; 8]| {
        let eight = u64::from_le_bytes(*eight);
        let deletes = eight ^ (0x7f * ONES);
        (eight | (deletes.wrapping_sub(ONES) & !deletes)) & HIGHS == 0
    };
    eights.iter().all(is_common) && rest.iter().all(|byte| *byte < 0x7f)
}

/// Whether a character that begins with this byte may have to be escaped.
fn may_escape(byte: u8, slashes: Slashes) -> bool {
    match byte {
        0..b' ' | b'"' | b'\\' | 0x7f | 0xc2 | 0xe2 => true,
        b'/' => slashes == Slashes::Escaped,
        _ => false,
    }
}

fn write_char(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '"' | '\\' | '/' => out.extend(['\\', c]),
        '\0'..' ' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
            out.push_str("\\u");
            for place in [12, 8, 4, 0] {
                let digit = char::from_digit((u32::from(c) >> place) & 15, 16);
                out.extend(digit.map(|digit| digit.to_ascii_uppercase()));
            }
        }
        _ => out.push(c),
    }
}
