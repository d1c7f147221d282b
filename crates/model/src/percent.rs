//! Percent-encoding in references (RFC 3986, section 2.1).

/// The text that a reference stands for; what is no escape, or becomes no text, stays as it is.
pub fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded() {
        let check = |text: &str, expected: &str| assert_eq!(percent_decoded(text), expected);
        check("", "");
        check("/a%20b%2Fc", "/a b/c");
        check("%C3%A9", "é");
        check("%c3%a9%", "é%");
        check("100%zz%4", "100%zz%4");
        check("%FF", "%FF");
    }
}
