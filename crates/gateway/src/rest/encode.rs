//! Percent-encoding between paths, queries and fields (RFC 3986, section 2.1).

/// Appends text so that it stands for itself in any part of a URI: all but unreserved characters
/// are encoded.
pub(crate) fn write_encoded(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => out.push(*byte),
            byte => out.extend_from_slice(&escape(*byte)),
        }
    }
}

/// Appends a raw segment of a path so that it is one value of a query, where `+` would be a space.
pub(crate) fn write_path_as_query(segment: &[u8], out: &mut Vec<u8>) {
    for byte in segment {
        match byte {
            b'&' | b'=' | b'+' | b';' | b'?' | b'#' => out.extend_from_slice(&escape(*byte)),
            _ => out.push(*byte),
        }
    }
}

fn escape(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// Appends a query value as the text it stands for: `+` is a space, `%41` an `A`; a `%` without
/// two digits stays.
pub(crate) fn write_query_decoded(value: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        let digits = value.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        let decoded = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, decoded) {
            (b'%', Some(decoded)) if value[at + 1] != b'+' => {
                out.push(decoded);
                at += 3;
                continue;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(*byte),
        }
        at += 1;
    }
}

/// Appends a raw query value so that it means the same in a path, where `+` is no space.
pub(crate) fn write_query_as_path(value: &[u8], out: &mut Vec<u8>) {
    for byte in value {
        match byte {
            b'+' => out.extend_from_slice(b"%20"),
            b'/' => out.extend_from_slice(b"%2F"),
            b'?' => out.extend_from_slice(b"%3F"),
            _ => out.push(*byte),
        }
    }
}

/// The raw `name=value` pairs of a query; a pair without `=` has an empty value.
pub(crate) fn query_pairs(query: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
        match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (pair, &[][..]),
        }
    })
}

/// Whether a raw name of a query is this name; query names are case-sensitive.
pub(crate) fn is_query_name(raw: &[u8], name: &str) -> bool {
    if raw.iter().any(|byte| b"%+".contains(byte)) {
        let mut decoded = Vec::with_capacity(raw.len());
        write_query_decoded(raw, &mut decoded);
        return decoded == name.as_bytes();
    }
    raw == name.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_encoded_and_decoded() {
        let encoded = |text: &str| collect(|out| write_encoded(text.as_bytes(), out));
        assert_eq!(encoded("a-b._~9"), "a-b._~9");
        assert_eq!(encoded("a b/ü&+%"), "a%20b%2F%C3%BC%26%2B%25");

        let decoded = |text: &str| collect(|out| write_query_decoded(text.as_bytes(), out));
        assert_eq!(decoded("a+b%20c%2Bd"), "a b c+d");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
        assert_eq!(decoded("%+1"), "% 1");

        let in_query = |text: &str| collect(|out| write_path_as_query(text.as_bytes(), out));
        assert_eq!(in_query("7&role=admin"), "7%26role%3Dadmin");
        assert_eq!(in_query("a+b;c?d#e%20%26f"), "a%2Bb%3Bc%3Fd%23e%20%26f");

        let in_path = |text: &str| collect(|out| write_query_as_path(text.as_bytes(), out));
        assert_eq!(in_path("a+b/c?d%2Fe"), "a%20b%2Fc%3Fd%2Fe");
    }

    #[test]
    fn queries_are_pairs() {
        let pairs: Vec<_> = query_pairs(b"a=1&b&&c=&d=x=y").collect();
        let expected: [(&[u8], &[u8]); 4] =
            [(b"a", b"1"), (b"b", b""), (b"c", b""), (b"d", b"x=y")];
        assert_eq!(pairs, expected);
        assert!(is_query_name(b"a", "a"));
        assert!(!is_query_name(b"A", "a"));
        assert!(is_query_name(b"first+name", "first name"));
        assert!(is_query_name(b"%61", "a"));
    }
}
