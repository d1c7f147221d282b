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
    /// The number of an integer's text.
    #[inline]
    pub(super) fn integer(text: &'d str) -> Self {
        let (is_negative, digits) = sign(text.as_bytes());
        if digits.len() > 2 * WORD {
            return Self::long(text);
        }
        let magnitude = match digits.split_last_chunk::<WORD>() {
            Some((before, last)) if !before.is_empty() => {
                let last = value(scan::digits(u64::from_le_bytes(*last)));
                value(aligned(before)) * 100_000_000 + last
            }
            _ => value(aligned(digits)),
        } as i64;
        let long = if is_negative { -magnitude } else { magnitude };
        i32::try_from(long).map_or(Self::Long(long), Self::Integer)
    }

    #[cold]
    fn long(text: &'d str) -> Self {
        text.parse().map_or(Self::Big(text), Self::Long)
    }

    /// The number of a text with a fraction or an exponent: infinite if it is too large.
    #[inline]
    pub(super) fn double(text: &str) -> Self {
        let (is_negative, digits) = sign(text.as_bytes());
        let Some((whole, places)) = few(digits).or_else(|| more(digits)) else {
            return Self::Double(text.parse().unwrap_or(f64::NAN));
        };
        // Both are doubles exactly, so that the quotient is the nearest one.
        let double = whole as f64 / TENS[places];
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
/// Digits and the point of a number whose digits together are a double exactly.
const EXACT: usize = 16;
/// Powers of ten.
const TENS: [f64; EXACT] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Whether a number is negative, and what is behind the minus.
#[inline]
fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    }
}

/// What up to eight digits stand for, the last in the highest bits, zeros before the first.
#[inline]
fn aligned(digits: &[u8]) -> u64 {
    let word = scan::digits(scan::word(digits));
    word.checked_shl(u64::BITS - 8 * digits.len() as u32).unwrap_or_default()
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

/// The digits of a short number with a fraction, and how many stand behind the point.
#[inline]
fn few(text: &[u8]) -> Option<(u64, usize)> {
    if text.len() > WORD {
        return None;
    }
    let word = scan::word(text);
    let point = scan::no_digit(word);
    text.get(point.first()).filter(|sign| **sign == b'.')?;
    let before = point.before();
    let digits = scan::digits((word & before) | ((word >> 8) & !before));
    // The byte behind the digits is one of the zeros behind the text.
    let digits = digits.checked_shl(8 * (WORD + 1 - text.len()) as u32)?;
    let is_exponent = scan::is_above_nine(digits);
    (!is_exponent).then(|| (value(digits), text.len() - 1 - point.first()))
}

/// The same of a longer one.
fn more(text: &[u8]) -> Option<(u64, usize)> {
    let point = text.iter().position(|byte| *byte == b'.').filter(|_| text.len() <= EXACT)?;
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
            assert_eq!(Number::double(text), Number::Double(text.parse().unwrap()), "{text}");
        };
        let integer = |text: &str| {
            let expected = match text.parse::<i64>() {
                Ok(long) => i32::try_from(long).map_or(Number::Long(long), Number::Integer),
                Err(_) => Number::Big(text),
            };
            assert_eq!(Number::integer(text), expected, "{text}");
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
        let zero = Number::double("-0.0").as_f64();
        assert!(zero == 0.0 && zero.is_sign_negative());
    }
}
