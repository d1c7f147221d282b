//! Numbers of JSON as Java's types: the smallest of Integer, Long and BigInteger, or Double.

use super::scan;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number<'d> {
    /// An integer of 32 bits.
    Integer(i32),
    /// An integer of 64 bits that needs more than 32.
    Long(i64),
    /// The digits of an integer that needs more than 64 bits, with a minus in front if negative.
    Big(&'d str),
    /// With a fraction or an exponent.
    Double(f64),
}

impl<'d> Number<'d> {
    /// The number of an integer at a place of a text.
    #[inline]
    pub(super) fn integer(text: &'d str, start: usize, end: usize) -> Self {
        let bytes = text.as_bytes();
        if let (Some(digit), 1) = (bytes.get(start), end - start) {
            return Self::Integer(i32::from(digit & 15));
        }
        let is_negative = is_negative(text, start);
        let first = start + usize::from(is_negative);
        let magnitude = match end - first {
            length @ ..=WORD => up_to_eight(bytes, first, length),
            length @ ..=TWO_WORDS => {
                let before = length - WORD;
                let behind = up_to_eight(bytes, first + before, WORD);
                up_to_eight(bytes, first, before) * 100_000_000 + behind
            }
            _ => return Self::long(&text[start..end]),
        } as i64;
        let long = if is_negative { -magnitude } else { magnitude };
        i32::try_from(long).map_or(Self::Long(long), Self::Integer)
    }

    #[cold]
    fn long(text: &'d str) -> Self {
        text.parse().map_or(Self::Big(text), Self::Long)
    }

    /// The number with a fraction or an exponent at a place of a text: infinite if it is too large.
    #[inline]
    pub(super) fn double(text: &str, start: usize, end: usize) -> Self {
        let is_negative = is_negative(text, start);
        let first = start + usize::from(is_negative);
        let read = match end - first {
            length @ ..=WORD => few(text.as_bytes(), first, length),
            ..=EXACT => more(&text.as_bytes()[first..end]),
            _ => None,
        };
        let Some((whole, places)) = read else {
            return Self::Double(text[start..end].parse().unwrap_or(f64::NAN));
        };
        // Both are doubles exactly, so that the quotient is the nearest one.
        let double = whole as i64 as f64 / TENS[places];
        Self::Double(if is_negative { -double } else { double })
    }

    /// The nearest double.
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => f64::from(integer),
            Self::Long(long) => long as f64,
            Self::Big(digits) => digits.parse().unwrap_or(f64::NAN),
            Self::Double(double) => double,
        }
    }
}

/// Bytes that are looked at together.
const WORD: usize = 8;
const TWO_WORDS: usize = 2 * WORD;
/// Digits and the point of a number whose digits together are a double exactly.
const EXACT: usize = 16;
/// Powers of ten.
const TENS: [f64; EXACT] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

#[inline]
fn is_negative(text: &str, start: usize) -> bool {
    text.as_bytes().get(start) == Some(&b'-')
}

/// The number of up to eight digits.
#[inline]
fn up_to_eight(text: &[u8], start: usize, length: usize) -> u64 {
    value(scan::aligned(scan::digits(scan::word_at(text, start, length)), length))
}

/// The number of eight digits.
#[inline]
fn value(digits: u64) -> u64 {
    // Neighbours are joined: to pairs, to fours, and to eight.
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let second = ((pairs >> 16) & PAIRS).wrapping_mul(1 + (10_000 << 32));
    first.wrapping_add(second) >> 32
}

/// The digits of a short number with a fraction, and how many stand behind the point; `None` if it
/// has an exponent.
#[inline]
fn few(text: &[u8], start: usize, length: usize) -> Option<(u64, usize)> {
    let word = scan::word_at(text, start, length);
    let (point, before) = (scan::no_digit(word).first(), scan::no_digit(word).before());
    if point >= length || text.get(start + point) != Some(&b'.') {
        return None;
    }
    let joined = (word & before) | ((word >> 8) & !before);
    let digits = scan::aligned(scan::digits(joined), length - 1);
    (!scan::is_above_nine(digits)).then(|| (value(digits), length - 1 - point))
}

/// The same of a longer one.
fn more(text: &[u8]) -> Option<(u64, usize)> {
    let point = text.iter().position(|byte| *byte == b'.')?;
    let mut digits = text[..point].iter().chain(&text[point + 1..]);
    let whole = digits.try_fold(0, |whole, digit| {
        digit.is_ascii_digit().then(|| whole * 10 + u64::from(digit - b'0'))
    })?;
    Some((whole, text.len() - 1 - point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_library_reads() {
        let check = |text: &str| {
            for (before, behind) in [("", ""), ("[1", "9, 99999"), ("", ".5e5]}  ")] {
                let around = format!("{before}{text}{behind}");
                let number = Number::double(&around, before.len(), before.len() + text.len());
                assert_eq!(number, Number::Double(text.parse().unwrap()), "{around}");
            }
        };
        let integer = |text: &str| {
            let expected = match text.parse::<i64>() {
                Ok(long) => i32::try_from(long).map_or(Number::Long(long), Number::Integer),
                Err(_) => Number::Big(text),
            };
            for (before, behind) in [("", ""), ("[1", "9, 99999"), ("", "]}      ")] {
                let around = format!("{before}{text}{behind}");
                let number = Number::integer(&around, before.len(), before.len() + text.len());
                assert_eq!(number, expected, "{around}");
            }
        };
        for digits in (0..1_000_000u32).step_by(7).chain((1_000_000..100_000_000).step_by(9973)) {
            let whole = digits.to_string();
            integer(&whole);
            for point in 1..whole.len() {
                check(&format!("{}.{}", &whole[..point], &whole[point..]));
            }
        }
        let digits = "90071992547409931234567890";
        for length in 1..digits.len() {
            for sign in ["", "-"] {
                integer(&format!("{sign}{}", &digits[..length]));
                integer(&format!("{sign}9{}", "0".repeat(length)));
                for point in 1..length {
                    let (before, behind) = digits[..length].split_at(point);
                    for exponent in ["", "e0", "E5", "e-7", "e+22", "e300", "e-320"] {
                        check(&format!("{sign}{before}.{behind}{exponent}"));
                        check(&format!("{sign}0.{behind}{exponent}"));
                        check(&format!("{sign}{before}e{point}"));
                    }
                }
            }
        }
        for text in ["0.0", "-0.0", "0.5", "0.00001", "0.1234567", "1e5", "-1.5", "1.5E-3"] {
            check(text);
        }
        for text in ["0", "-0", "-7", "2147483647", "-2147483648", "-2147483649"] {
            integer(text);
        }
        let zero = Number::double("-0.0", 0, 4).as_f64();
        assert!(zero == 0.0 && zero.is_sign_negative());
    }
}
