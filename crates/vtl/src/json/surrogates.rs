//! Surrogates that stand alone in a JSON text (RFC 8259, section 8.2), for readers that take none.

use super::string::read_unit;

/// The text with U+FFFD for each escaped surrogate that stands alone; `None` if there is none.
pub fn mended(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let Some(unit) = unit(text, at) else {
            // The character behind a backslash is part of its escape.
            at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        };
        match (unit, self::unit(text, at + 6)) {
            (0xd800..0xdc00, Some(0xdc00..0xe000)) => at += 12,
            (0xd800..0xe000, _) => {
                mended.push_str(&text[from..at]);
                mended.push_str("\\ufffd");
                at += 6;
                from = at;
            }
            _ => at += 6,
        }
    }
    if from == 0 {
        return None;
    }
    mended.push_str(&text[from..]);
    Some(mended)
}

/// The code unit that `\uXXXX` at this place stands for.
fn unit(text: &str, at: usize) -> Option<u16> {
    read_unit(text.as_bytes().get(at..)?.strip_prefix(b"\\u")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_surrogates_are_mended() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(mended(text).as_deref(), expected, "{text}");
        };
        check("", None);
        check("\\", None);
        check("\\u", None);
        check("\\u00e9\\n", None);
        check(r"\ud83d\ude00", None);
        check(r"\\ud83d", None);
        check(r"\ud83d", Some(r"\ufffd"));
        check(r"a\uDE00b\ud83d\u0041c", Some(r"a\ufffdb\ufffd\u0041c"));
        check(r"\ud83d\ud83d\ude00é", Some(r"\ufffd\ud83d\ude00é"));
        check("\\é\\ud800", Some("\\é\\ufffd"));
    }
}
