//! How the end of a body is told (RFC 9112, section 6).

/// The length of a message body as its head declares it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    #[default]
    None,
    /// `Content-Length`, in bytes.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// An answer that ends when its connection does.
    Close,
}

impl Framing {
    /// Bytes of the body, where the head says it.
    pub fn length(self) -> Option<u64> {
        match self {
            Self::None => Some(0),
            Self::Length(bytes) => Some(bytes),
            Self::Chunked | Self::Close => None,
        }
    }
}

/// Parses the value of a `Content-Length` field: digits and nothing else, so that no two
/// recipients can differ about it.
pub(super) fn parse_length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || value.len() > 19 || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_digits() {
        let check = |value: &str, expected: Option<u64>| {
            assert_eq!(parse_length(value.as_bytes()), expected, "{value:?}");
        };
        check("0", Some(0));
        check("00012", Some(12));
        check("9999999999999999999", Some(9_999_999_999_999_999_999));
        check("99999999999999999999", None);
        check("", None);
        check("+5", None);
        check("-5", None);
        check("5,5", None);
        check("5 5", None);
        check("0x5", None);
    }
}
