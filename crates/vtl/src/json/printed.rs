//! Numbers that stand in a text as Java prints them, which is nearly all that people and programs
//! write: `7`, `19.95`, `0.25`, and not `1e3`, `1.50` or `-0`.

use super::NodeRef;
use super::node::{Node, Tag};
use super::number::Short;

/// Signs of an integer that is sure to have 32 bits.
const INTEGER: usize = 9;
/// Digits before the point that Java prints without an exponent.
const WHOLE: usize = 7;
/// Digits behind the point. With those before it they are so few that no other number with as many
/// has the same double.
const PLACES: usize = 8;
/// Digits behind `0.` of which one must not be 0 in what Java prints without an exponent.
const SMALL: usize = 3;

impl<'d> NodeRef<'d> {
    /// What a string or a number prints, if it stands so somewhere.
    #[inline(always)]
    pub(crate) fn printed(self) -> Option<&'d str> {
        self.string().or_else(|| self.number_text())
    }

    /// The text of a number that Java prints as it stands. `None` says nothing: of many digits it is
    /// not found out.
    #[inline]
    pub(crate) fn number_text(self) -> Option<&'d str> {
        let Node { tag, first, second, .. } = *self.node;
        let (start, end) = (first as usize, second as usize);
        let text = &*self.document.text;
        let is_as_printed = match tag {
            Tag::Integer => {
                end - start <= INTEGER && text.as_bytes().get(start..end) != Some(b"-0")
            }
            Tag::Double => match Short::at(text.as_bytes(), start, end) {
                Some(short) => short.is_as_printed(),
                None => is_as_printed(&text.as_bytes()[start..end]),
            },
            _ => return None,
        };
        is_as_printed.then(|| &text[start..end])
    }
}

/// Whether Java prints a number with a fraction or an exponent as it stands.
#[inline(never)]
fn is_as_printed(number: &[u8]) -> bool {
    let unsigned = number.strip_prefix(b"-").unwrap_or(number);
    let Some(point) = unsigned.iter().position(|byte| *byte == b'.') else { return false };
    let (whole, places) = (&unsigned[..point], &unsigned[point + 1..]);
    let is_zero = |digit: &u8| *digit == b'0';
    let is_small = whole == b"0" && places.iter().take(SMALL).all(is_zero);
    let ends_in_zero = places.last().is_none_or(is_zero);
    whole.len() <= WHOLE
        && places.len() <= PLACES
        && places.iter().all(u8::is_ascii_digit)
        && (places.len() == 1 || !(is_small || ends_in_zero))
}

#[cfg(test)]
mod tests {
    use crate::json::{Document, Leniency, Number};

    /// Whether the text of a number is given, with a check that it is right.
    fn is_given(number: &str) -> bool {
        let mut is_given = Vec::new();
        for behind in ["", "            "] {
            let text = format!("{number}{behind}");
            let document = Document::parse(text, Leniency::Strict).unwrap();
            let mut printed = String::new();
            let node = document.root();
            match node.number().unwrap() {
                Number::Integer(integer) => printed.push_str(&integer.to_string()),
                Number::Double(double) => crate::number::write_double(double, &mut printed),
                _ => {}
            }
            let given = node.number_text();
            assert!(given.is_none_or(|given| given == printed && given == number), "{number}");
            is_given.push(given.is_some());
        }
        assert_eq!(is_given[0], is_given[1], "{number}");
        is_given[0]
    }

    #[test]
    fn what_java_prints_is_given_as_it_stands() {
        for number in [
            "0",
            "7",
            "-7",
            "10",
            "123456789",
            "-12345678",
            "0.0",
            "-0.0",
            "1.0",
            "0.5",
            "-0.25",
            "10.0",
            "349.0",
            "19.95",
            "0.001",
            "0.0173",
            "0.03125",
            "0.00390625",
            "1234567.0",
            "9999999.9",
            "1234567.12345678",
            "-52.520008",
            "13.404954",
            "999999.5",
            "0.00100001",
            "2.25",
        ] {
            assert!(is_given(number), "{number}");
        }
        for number in [
            "-0",
            "1234567890",
            "-123456789",
            "1e3",
            "1E3",
            "1.0e3",
            "1.5E-3",
            "1e-3",
            "0.00",
            "1.50",
            "1.00",
            "0.0001",
            "0.0009",
            "0.0000",
            "0.10",
            "10000000.0",
            "12345678.5",
            "0.123456789",
            "-1.2300",
            "5.123456780",
        ] {
            assert!(!is_given(number), "{number}");
        }
        for other in ["null", "true", "\"1.5\"", "[1]", "{}"] {
            let document = Document::parse(other, Leniency::Strict).unwrap();
            assert_eq!(document.root().number_text(), None, "{other}");
        }
    }

    #[test]
    fn what_is_given_is_what_the_printer_prints() {
        let mut random = 1u64;
        let mut given = 0;
        for _ in 0..200_000 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let bits = random >> 20;
            let (whole, places) = (bits % 8, 1 + (bits >> 3) % 8);
            let digits = (random >> 13) % 10u64.pow((whole + places) as u32);
            let unit = 10u64.pow(places as u32);
            let number = format!("{}.{:02$}", digits / unit, digits % unit, places as usize);
            given += usize::from(is_given(&number));
        }
        assert!(given > 100_000, "{given}");
    }
}
