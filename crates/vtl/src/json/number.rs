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
    #[inline(never)]
    pub(super) fn integer(text: &'d str, start: usize, end: usize) -> Self {
        let is_negative = is_negative(text, start);
        let first = start + usize::from(is_negative);
        let magnitude = match end - first {
            length @ ..=WORD => up_to_eight(text.as_bytes(), first, length),
            length @ ..=TWO_WORDS => {
                let before = length - WORD;
                let behind = up_to_eight(text.as_bytes(), first + before, WORD);
                up_to_eight(text.as_bytes(), first, before) * 100_000_000 + behind
            }
            _ => return text[start..end].parse().map_or(Self::Big(&text[start..end]), Self::Long),
        } as i64;
        let long = if is_negative { -magnitude } else { magnitude };
        i32::try_from(long).map_or(Self::Long(long), Self::Integer)
    }

    /// The number with a fraction or an exponent at a place of a text: infinite if it is too large.
    #[inline(never)]
    pub(super) fn double(text: &str, start: usize, end: usize) -> Self {
        let is_negative = is_negative(text, start);
        let text = &text[start..end];
        let unsigned = &text.as_bytes()[usize::from(is_negative)..];
        let few = if unsigned.len() <= EXACT { few(unsigned) } else { None };
        Self::Double(match few {
            Some((whole, places)) => quotient(whole, places, is_negative),
            None => text.parse().unwrap_or(f64::NAN),
        })
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

/// A number of up to eight signs behind its minus.
#[derive(Clone, Copy)]
pub(super) struct Short {
    /// What its digits stand for, the last in the highest byte; 0 before the first.
    digits: u64,
    is_negative: bool,
}

/// In place of digits, the point has this bit, and the `e` of an exponent has the other.
const POINT: u64 = 0x1010_1010_1010_1010;
const EXPONENT: u64 = 0x4040_4040_4040_4040;

impl Short {
    /// The number at a place of a text, unless it is longer or stands near the end.
    #[inline(always)]
    pub(super) fn at(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let window: &[u8; WORD + 1] = text.get(start..start + WORD + 1)?.first_chunk()?;
        let is_negative = window[0] == b'-';
        let word = window[usize::from(is_negative)..]
            .first_chunk()
            .map(|eight| u64::from_le_bytes(*eight))?;
        let length = end - start - usize::from(is_negative);
        if length > WORD {
            return None;
        }
        // There is at least one digit.
        let digits = scan::digits(word).wrapping_shl(u64::BITS.wrapping_sub(8 * length as u32));
        Some(Self { digits, is_negative })
    }

    /// Its value if it has neither a fraction nor an exponent.
    #[inline(always)]
    pub(super) fn integer(self) -> i32 {
        let magnitude = value(self.digits) as i32;
        if self.is_negative { -magnitude } else { magnitude }
    }

    /// Its value if it has a fraction; `None` if it has an exponent.
    #[inline(always)]
    pub(super) fn double(self) -> Option<f64> {
        let Self { digits, is_negative } = self;
        if digits & EXPONENT != 0 {
            return None;
        }
        // The lowest bit of the byte that was the point.
        let point = (digits & POINT) >> 4;
        let before = point.wrapping_sub(1);
        let behind = !(before << 8 | 0xff);
        let joined = (digits & behind) | (digits & before) << 8;
        let places = (7 - point.trailing_zeros() as usize / 8) & 7;
        Some(quotient(value(joined), places, is_negative))
    }

    /// Whether Java prints a number with a fraction as it stands: what `printed` says of any.
    #[inline(always)]
    pub(super) fn is_as_printed(self) -> bool {
        let point = (self.digits & POINT) >> 4;
        let whole = self.digits & point.wrapping_sub(1);
        let at = point.trailing_zeros();
        // What is behind the point, the first digit in the lowest byte.
        let places = (self.digits >> 8).checked_shr(at).unwrap_or_default();
        let is_small = whole == 0 && places & 0xff_ffff == 0;
        let ends_in_zero = self.digits >> 56 == 0;
        self.digits & EXPONENT == 0 && (at == 48 || !(is_small || ends_in_zero))
    }
}

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

/// The double nearest to so many digits with so many behind the point: both are doubles exactly, so
/// that the quotient is.
#[inline(always)]
fn quotient(digits: u64, places: usize, is_negative: bool) -> f64 {
    let double = digits as i64 as f64 / TENS[places];
    if is_negative { -double } else { double }
}

/// The digits of a number with a fraction as one, and how many stand behind the point; `None` if it
/// has an exponent.
fn few(text: &[u8]) -> Option<(u64, usize)> {
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
                let (start, end) = (before.len(), before.len() + text.len());
                let expected = text.parse().unwrap();
                let short = Short::at(around.as_bytes(), start, end).and_then(Short::double);
                assert!(short.is_none_or(|double| double == expected), "{around}");
                let number = Number::double(&around, start, end);
                assert_eq!(number, Number::Double(expected), "{around}");
            }
        };
        let integer = |text: &str| {
            let expected = match text.parse::<i64>() {
                Ok(long) => i32::try_from(long).map_or(Number::Long(long), Number::Integer),
                Err(_) => Number::Big(text),
            };
            for (before, behind) in [("", ""), ("[1", "9, 99999"), ("", "]}      ")] {
                let around = format!("{before}{text}{behind}");
                let (start, end) = (before.len(), before.len() + text.len());
                let short = Short::at(around.as_bytes(), start, end).map(Short::integer);
                assert!(
                    short.is_none_or(|integer| Number::Integer(integer) == expected),
                    "{around}"
                );
                assert_eq!(Number::integer(&around, start, end), expected, "{around}");
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
