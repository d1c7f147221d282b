//! Numbers of JSON as Java's types: the smallest of Integer, Long and BigInteger, or Double.

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
    pub(super) fn integer(text: &'d str) -> Self {
        if let Some((integer, 0)) = short(text) {
            return Self::Integer(integer as i32);
        }
        match text.parse::<i64>() {
            Ok(long) => i32::try_from(long).map_or(Self::Long(long), Self::Integer),
            Err(_) => Self::Big(text),
        }
    }

    /// The number of a text with a fraction or an exponent: infinite if it is too large.
    pub(super) fn double(text: &str) -> Self {
        // Both are doubles exactly, so that the quotient is the nearest one.
        if let Some((digits, places)) = short(text) {
            return Self::Double(f64::from(digits) / TENS[places]);
        }
        Self::Double(text.parse().unwrap_or(f64::NAN))
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

/// Digits and the point of a number that is read at sight.
const SHORT: usize = 9;
/// Powers of ten.
const TENS: [f64; SHORT] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/// The digits of a number that has nothing else but a point, and how many stand behind it; `None`
/// if there are many.
#[inline]
fn short(text: &str) -> Option<(u32, usize)> {
    let bytes = text.as_bytes();
    if bytes.len() > SHORT {
        return None;
    }
    let (mut digits, mut point) = (0, None);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => digits = digits * 10 + u32::from(byte - b'0'),
            b'.' => point = Some(at),
            _ => return None,
        }
    }
    Some((digits, point.map_or(0, |point| bytes.len() - point - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_what_long_ones_are() {
        for digits in (0..1_000_000u32).chain((1_000_000..100_000_000).step_by(997)) {
            let whole = digits.to_string();
            assert_eq!(Number::integer(&whole), Number::Integer(whole.parse().unwrap()));
            for point in 1..whole.len().min(SHORT - 1) {
                let text = format!("{}.{}", &whole[..point], &whole[point..]);
                assert_eq!(Number::double(&text), Number::Double(text.parse().unwrap()), "{text}");
            }
        }
        for text in ["0.0", "0.5", "0.00001", "0.1234567", "1e5", "-1.5", "1.5E-3"] {
            assert_eq!(Number::double(text), Number::Double(text.parse().unwrap()), "{text}");
        }
        for text in ["0", "-0", "-7", "2147483647", "-2147483648"] {
            assert_eq!(Number::integer(text), Number::Integer(text.parse().unwrap()), "{text}");
        }
    }
}
