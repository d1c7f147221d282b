//! The functions of `$util` on plain texts.
//! Sources: AWS, "Mapping template variables"; `java.net.URLEncoder` and `URLDecoder`; RFC 4648.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Takes texts with and without padding, and ignores bits that should be zero.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A `%` in a text to be decoded that two hexadecimal digits do not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadEscape;

/// One byte of eight, eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The upper bit of each of eight bytes.
const UPPER: u64 = eight(0x80);

/// The bit that `/` has and `'` has not.
const SLASHES: u8 = b'/' ^ b'\'';

/// The upper bits of those of eight bytes that do not stay as they are in a string of JavaScript:
/// control characters, quotes, slashes, and what is not ASCII.
#[inline(always)]
const fn special(eight_bytes: u64) -> u64 {
    let ascii = eight_bytes & !UPPER;
    // With seven bits in each, no byte carries into the next.
    let plain = (ascii + eight(0x80 - b' '))
        & ((ascii ^ eight(b'"')) + eight(0x7f))
        & ((ascii ^ eight(b'\\')) + eight(0x7f))
        & (((ascii | eight(SLASHES)) ^ eight(b'/')) + eight(0x7f));
    (eight_bytes | !plain) & UPPER
}

/// Whether the text stays as it is in a string of JavaScript.
#[inline]
pub(super) fn is_plain_script(text: &str) -> bool {
    let text = text.as_bytes();
    let Some(last) = text.last_chunk() else { return is_plain_short(text) };
    // The last bytes may be looked at twice.
    let (blocks, _) = text.as_chunks();
    blocks.iter().all(is_plain_block) && is_plain_block(last)
}

/// The same of 16 bytes, which are looked at together: for want of comparisons the compiler has no
/// better idea.
#[inline(always)]
fn is_plain_block(block: &[u8; 16]) -> bool {
    // Zero of what does not stay.
    let nears = block.map(|byte| {
        let quoted = (byte ^ b'"').min(byte ^ b'\\').min((byte | SLASHES) ^ b'/');
        quoted.min((0x80 - b' ').saturating_sub(byte.wrapping_sub(b' ')))
    });
    u128::from_le_bytes(nears.map(|near| u8::from(near == 0))) == 0
}

/// The same of fewer bytes.
#[inline(never)]
fn is_plain_short(text: &[u8]) -> bool {
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            special(u64::from_le_bytes(*first)) | special(u64::from_le_bytes(*last)) == 0
        }
        _ => special(last_word(text, text)) == 0,
    }
}

/// The last bytes of a text, which are fewer than eight, and blanks behind them.
#[inline(always)]
fn last_word(text: &[u8], last: &[u8]) -> u64 {
    match (text.last_chunk(), 8 * last.len() as u32) {
        (Some(eight_bytes), bits @ 1..) => {
            eight(b' ') << bits | u64::from_le_bytes(*eight_bytes) >> (64 - bits)
        }
        _ => last.iter().rev().fold(eight(b' '), |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Appends the text by the rules of strings in JavaScript: also `'` and `/` get a backslash, and
/// what is not ASCII is `\uXXXX`, one for each unit of UTF-16.
pub(super) fn escape_java_script(text: &str, out: &mut String) {
    out.reserve(text.len() + 16);
    let mut left = text;
    while let Some(word) = left.as_bytes().first_chunk() {
        let found = special(u64::from_le_bytes(*word));
        let clean = found.trailing_zeros() as usize / 8;
        // Eight bytes are appended without a call; what is too much of them is taken back.
        let end = out.len() + clean;
        match left.split_at_checked(8) {
            Some((eight_bytes, behind)) => {
                out.push_str(eight_bytes);
                if found == 0 {
                    left = behind;
                    continue;
                }
                out.truncate(end);
            }
            None => out.push_str(&left[..clean]),
        }
        left = push_escape(&left[clean..], out);
    }
    while !left.is_empty() {
        let found = special(last_word(text.as_bytes(), left.as_bytes()));
        let clean = left.len().min(found.trailing_zeros() as usize / 8);
        out.push_str(&left[..clean]);
        left = push_escape(&left[clean..], out);
    }
}

/// Appends what stands for the first character: what is behind it.
#[inline(always)]
fn push_escape<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut characters = text.chars();
    let Some(character) = characters.next() else { return "" };
    out.push_str(match character {
        '"' => "\\\"",
        '\'' => "\\'",
        '\\' => r"\\",
        '/' => r"\/",
        '\u{8}' => r"\b",
        '\t' => r"\t",
        '\n' => r"\n",
        '\u{c}' => r"\f",
        '\r' => r"\r",
        _ => {
            push_units(character, out);
            return characters.as_str();
        }
    });
    characters.as_str()
}

#[inline(never)]
fn push_units(character: char, out: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str(r"\u");
        for place in [12, 8, 4, 0] {
            let digit = (*unit >> place & 15) as u8;
            out.push(char::from(digit + if digit < 10 { b'0' } else { b'A' - 10 }));
        }
    }
}

/// Appends the text as a form has it: a blank is `+`, and of ASCII letters, digits and `.-*_` stay.
pub(super) fn url_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'.' | b'-' | b'*' | b'_' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// The text that a form's value stands for; bytes that are no UTF-8 become U+FFFD.
pub(super) fn url_decode(text: &str) -> Result<String, BadEscape> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<&u8>| byte.and_then(|it| char::from(*it).to_digit(16));
                let (high, low) = (digit(rest.next()), digit(rest.next()));
                let (Some(high), Some(low)) = (high, low) else { return Err(BadEscape) };
                (high * 16 + low) as u8
            }
            _ => *byte,
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Appends the Base64 of the text's UTF-8.
pub(super) fn base64_encode(text: &str, out: &mut String) {
    STANDARD.encode_string(text, out);
}

/// The text that Base64 stands for; bytes that are no UTF-8 become U+FFFD. What Base64 has no use
/// for is passed over, as by the decoders of Java that take MIME.
pub(super) fn base64_decode(text: &str) -> String {
    let decoded = STANDARD_NO_PAD.decode(text).or_else(|_| FORGIVING.decode(text));
    let decoded = decoded.unwrap_or_else(|_| decode_digits(text));
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Decodes the digits that are there, of both alphabets, up to the first padding.
fn decode_digits(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        _ => (byte.is_ascii_alphanumeric() || b"+/".contains(&byte)).then_some(byte),
    };
    let mut digits: Vec<u8> =
        text.bytes().take_while(|byte| *byte != b'=').filter_map(digit).collect();
    if digits.len() % 4 == 1 {
        // Six bits are no byte.
        digits.pop();
    }
    FORGIVING.decode(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_escaped() {
        let check = |text: &str, expected: &str| {
            assert_eq!(is_plain_script(text), text == expected, "{text}");
            let mut out = "<".to_owned();
            escape_java_script(text, &mut out);
            assert_eq!(out, format!("<{expected}"), "{text}");
        };
        check("", "");
        check("plain text 1", "plain text 1");
        check("it's", r"it\'s");
        check("a/b", r"a\/b");
        check("say \"hi\" \\", r#"say \"hi\" \\"#);
        check("\u{8}\t\n\u{c}\r", r"\b\t\n\f\r");
        check("\u{0}\u{1f}\u{7f}", "\\u0000\\u001F\u{7f}");
        check("é", r"\u00E9");
        check("€x", r"\u20ACx");
        check("😀", r"\uD83D\uDE00");
        check("0123456789abcdef", "0123456789abcdef");
        check("0123456789abcde/", r"0123456789abcde\/");
        check("0123456789abcdef0'", r"0123456789abcdef0\'");
        check("//\n\n0123456/", r"\/\/\n\n0123456\/");
    }

    #[test]
    fn every_byte_is_looked_at_wherever_it_stands() {
        for code in 0..0x100 {
            let Some(character) = char::from_u32(code) else { continue };
            for (before, behind) in (0..36).flat_map(|before| [0, 1, 7, 17].map(|n| (before, n))) {
                let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(behind));
                let mut out = String::new();
                escape_java_script(&text, &mut out);
                assert_eq!(is_plain_script(&text), !text.bytes().any(is_special), "{text}");
                assert_eq!(out == text, !text.bytes().any(is_special), "{text}");
                assert!(
                    out.starts_with(&text[..before]) && out.ends_with(&text[text.len() - behind..])
                );
            }
        }
    }

    fn is_special(byte: u8) -> bool {
        !(b' '..0x80).contains(&byte) || b"\"'\\/".contains(&byte)
    }

    #[test]
    fn forms_are_encoded_and_decoded() {
        let encode = |text: &str, expected: &str| {
            let mut out = String::new();
            url_encode(text, &mut out);
            assert_eq!(out, expected, "{text}");
            assert_eq!(url_decode(&out).as_deref(), Ok(text), "{text}");
        };
        encode("x y/&", "x+y%2F%26");
        encode(r#"{"some": "value"}"#, "%7B%22some%22%3A+%22value%22%7D");
        encode("a.b-c*d_e~", "a.b-c*d_e%7E");
        encode("é😀", "%C3%A9%F0%9F%98%80");
        let decode = |text: &str, expected: Result<&str, BadEscape>| {
            assert_eq!(url_decode(text), expected.map(str::to_owned), "{text}");
        };
        decode("x+y%2F", Ok("x y/"));
        decode("%e9", Ok("\u{fffd}"));
        decode("%", Err(BadEscape));
        decode("%4", Err(BadEscape));
        decode("%zz", Err(BadEscape));
        decode("%+1", Err(BadEscape));
        decode("é", Ok("é"));
    }

    #[test]
    fn base64_is_encoded_and_decoded() {
        let check = |text: &str, encoded: &str| {
            let mut out = String::new();
            base64_encode(text, &mut out);
            assert_eq!(out, encoded);
            assert_eq!(base64_decode(encoded), text);
        };
        check("", "");
        check("a", "YQ==");
        check("é?>", "w6k/Pg==");
        check(&"x".repeat(100), &("eHh4".repeat(33) + "eA=="));
        let decode =
            |text: &str, expected: &str| assert_eq!(base64_decode(text), expected, "{text}");
        // `{"message": "path1"}` as recorded.
        decode("eyJtZXNzYWdlIjogInBhdGgxIn0=", "{\"message\": \"path1\"}");
        decode("YQ", "a");
        decode("Y Q\n==", "a");
        decode("w6k_Pg", "é?>");
        decode("/w==", "\u{fffd}");
        decode("YQ==YQ==", "a");
        decode("A", "");
        decode("!", "");
    }
}
