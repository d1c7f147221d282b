//! How a value is kept from meaning anything in a line of a log.

use std::io::Write as _;

use crate::Part;

/// What a format takes its values for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Inside JSON strings (RFC 8259, section 7).
    Json,
    /// Character data and attribute values (XML 1.0, section 2.4).
    Markup,
    /// Fields between commas (RFC 4180, section 2).
    Csv,
    /// Text between blanks or quotes, as Apache escapes it: `\"`, `\\` and `\x0a`.
    Plain,
}

impl Escape {
    /// What these pieces look like.
    pub(super) fn of(parts: &[Part]) -> Self {
        let texts: Vec<_> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.trim()),
                _ => None,
            })
            .collect();
        let first = match parts.first() {
            Some(Part::Text(text)) => text.trim_start().chars().next(),
            _ => None,
        };
        match first {
            Some('{') => Self::Json,
            Some('<') => Self::Markup,
            None if !texts.is_empty() && texts.iter().all(|text| *text == ",") => Self::Csv,
            _ => Self::Plain,
        }
    }

    /// Escapes what stands in `out` from `start` on.
    pub(super) fn apply(self, out: &mut Vec<u8>, start: usize) {
        // Nearly every value needs nothing.
        if out[start..].iter().all(|byte| self.is_harmless(*byte)) {
            return;
        }
        let value = out.split_off(start);
        match self {
            Self::Plain => value.iter().for_each(|byte| plain(*byte, out)),
            Self::Csv => {
                let quote: &[u8] =
                    if value.iter().any(|byte| b",\"".contains(byte)) { b"\"" } else { b"" };
                out.extend_from_slice(quote);
                self.text(&value, out);
                out.extend_from_slice(quote);
            }
            Self::Json | Self::Markup => self.text(&value, out),
        }
    }

    /// Whether the byte means itself.
    fn is_harmless(self, byte: u8) -> bool {
        let special: &[u8] = match self {
            Self::Json | Self::Plain => b"\"\\",
            Self::Markup => b"<>&\"'",
            Self::Csv => b",\"",
        };
        matches!(byte, b' '..=b'~') && !special.contains(&byte)
    }

    /// What is no UTF-8 becomes U+FFFD.
    fn text(self, value: &[u8], out: &mut Vec<u8>) {
        for character in String::from_utf8_lossy(value).chars() {
            // Line ends of Unicode are none of `is_control`.
            let is_control = character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
            match (self, character) {
                (Self::Json, '"' | '\\') => out.extend_from_slice(&[b'\\', character as u8]),
                (Self::Json, _) if is_control => {
                    write!(out, "\\u{:04x}", u32::from(character)).expect("a Vec takes any text");
                }
                (_, _) if is_control => out.push(b' '),
                (Self::Markup, '<') => out.extend_from_slice(b"&lt;"),
                (Self::Markup, '>') => out.extend_from_slice(b"&gt;"),
                (Self::Markup, '&') => out.extend_from_slice(b"&amp;"),
                (Self::Markup, '"') => out.extend_from_slice(b"&quot;"),
                (Self::Markup, '\'') => out.extend_from_slice(b"&apos;"),
                (Self::Csv, '"') => out.extend_from_slice(b"\"\""),
                _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
}

fn plain(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b' '..=b'~' => out.push(byte),
        _ => write!(out, "\\x{byte:02x}").expect("a Vec takes any text"),
    }
}
