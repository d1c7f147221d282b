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
        match text.parse::<i64>() {
            Ok(long) => i32::try_from(long).map_or(Self::Long(long), Self::Integer),
            Err(_) => Self::Big(text),
        }
    }

    /// The number of a text with a fraction or an exponent: infinite if it is too large.
    pub(super) fn double(text: &str) -> Self {
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
