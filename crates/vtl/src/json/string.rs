//! The content of JSON strings: finding its end, escaping.

use super::scan;
use super::write::Slashes;

/// Where the first quote, backslash or control character stands, or the end.
#[inline]
pub(super) fn special(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let hits = scan::special(u64::from_le_bytes(*eight));
        if !hits.is_empty() {
            return at + hits.first();
        }
        at += 8;
        if at == LONG {
            at += plain(&text[at..]);
        }
    }
    let is_special = |byte: &u8| matches!(*byte, b'"' | b'\\' | 0..b' ');
    at + text[at..].iter().position(is_special).unwrap_or(text.len() - at)
}

/// Plain bytes behind which a text is taken to have many more.
pub(super) const LONG: usize = 32;

/// How many plain bytes a text begins with, in whole chunks.
pub(super) fn plain(text: &[u8]) -> usize {
    let (chunks, _) = text.as_chunks::<LONG>();
    LONG * chunks.iter().take_while(|chunk| scan::is_plain(chunk)).count()
}

/// The four hexadecimal digits at the start of a text.
pub(super) fn read_unit(text: &[u8]) -> Option<u16> {
    let digits: &[u8; 4] = text.first_chunk()?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | digit as u16)
    })
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
    let mut eights = eights.iter().map(|eight| u64::from_le_bytes(*eight));
    eights.all(scan::is_common) && rest.iter().all(|byte| *byte < 0x7f)
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
