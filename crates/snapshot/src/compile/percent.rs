//! Percent-encoding of the literal parts of an integration's URI (RFC 3986).

/// What a literal is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Segments of a path with their slashes.
    Path,
    /// A name or value of a query.
    Query,
}

/// A `%` that no two hexadecimal digits follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LonePercent;

/// Encodes text that is not encoded: every byte but those that can only mean themselves.
pub(super) fn encode(text: &str, part: Part) -> Box<[u8]> {
    let mut encoded = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        let kept = match part {
            Part::Path => is_path_byte(byte),
            Part::Query => is_unreserved(byte),
        };
        push(&mut encoded, byte, kept);
    }
    encoded.into()
}

/// Completes text that a URI holds: what is encoded stays, what cannot stand in a URI is encoded.
pub(super) fn complete(text: &str, part: Part) -> Result<Box<[u8]>, LonePercent> {
    let bytes = text.as_bytes();
    let mut encoded = Vec::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'%' {
            let digits = bytes.get(at + 1..at + 3).ok_or(LonePercent)?;
            if !digits.iter().all(u8::is_ascii_hexdigit) {
                return Err(LonePercent);
            }
        }
        let kept = byte == b'%' || is_path_byte(byte) || (part == Part::Query && byte == b'?');
        push(&mut encoded, byte, kept);
    }
    Ok(encoded.into())
}

fn push(encoded: &mut Vec<u8>, byte: u8, kept: bool) {
    if kept {
        encoded.push(byte);
    } else {
        let digit = |value: u8| b"0123456789ABCDEF"[usize::from(value)];
        encoded.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
    }
}

/// `unreserved` of RFC 3986, section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// `pchar` of RFC 3986, section 3.3, and the slash.
fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_encoded_once() {
        let check = |text: &str, part: Part, encoded: &str, completed: Option<&str>| {
            let string = |bytes: Box<[u8]>| String::from_utf8(bytes.into()).unwrap();
            assert_eq!(string(encode(text, part)), encoded, "{text}");
            let complete = complete(text, part).ok().map(string);
            assert_eq!(complete.as_deref(), completed, "{text}");
        };
        check("/a b/c", Part::Path, "/a%20b/c", Some("/a%20b/c"));
        check("a%2Fb", Part::Path, "a%252Fb", Some("a%2Fb"));
        check("100%", Part::Path, "100%25", None);
        check("%é", Part::Path, "%25%C3%A9", None);
        check("é", Part::Query, "%C3%A9", Some("%C3%A9"));
        check("a/b?c&d=e", Part::Query, "a%2Fb%3Fc%26d%3De", Some("a/b?c&d=e"));
        check("a?b#c", Part::Path, "a%3Fb%23c", Some("a%3Fb%23c"));
        check("\r\n\"", Part::Path, "%0D%0A%22", Some("%0D%0A%22"));
    }
}
