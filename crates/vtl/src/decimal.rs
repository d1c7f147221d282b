//! Decimals of any size, as Java's `BigDecimal`: what Velocity computes in where a BigInteger meets
//! a Double.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::Signed;

/// Bits of an integer or a decimal that is computed; Java's own bound is far above.
pub(crate) const MAX_BITS: u64 = 1 << 16;
/// Digits behind the point of a decimal that is computed, or zeros before it that are not written.
pub(crate) const MAX_SCALE: i32 = 1 << 14;
/// No digit has more bits.
const BITS_OF_DIGIT: u64 = 4;

/// `unscaled / 10^scale`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub(crate) unscaled: BigInt,
    pub(crate) scale: i32,
}

impl Decimal {
    /// A double, exactly; `None` for what is not finite.
    pub(crate) fn of_double(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        let bits = double.to_bits();
        let (fraction, raw) = (bits & ((1 << 52) - 1), (bits >> 52 & 0x7ff) as i32);
        let significand = if raw == 0 { fraction } else { fraction | 1 << 52 };
        let dropped = significand.trailing_zeros().min(63);
        let (significand, exponent) = (significand >> dropped, raw.max(1) - 1075 + dropped as i32);
        let mut unscaled = BigInt::from(significand);
        if double.is_sign_negative() {
            unscaled = -unscaled;
        }
        if significand == 0 {
            return Some(Self { unscaled, scale: 0 });
        }
        let power = exponent.unsigned_abs();
        Some(match exponent {
            0.. => Self { unscaled: unscaled << power, scale: 0 },
            _ => Self { unscaled: unscaled * BigInt::from(5).pow(power), scale: -exponent },
        })
    }

    /// Both with as many digits behind the point.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i32) {
        let scale = self.scale.max(other.scale);
        (self.scaled(scale), other.scaled(scale), scale)
    }

    /// The digits with so many of them behind the point, which are at least as many as there are.
    fn scaled(&self, scale: i32) -> BigInt {
        &self.unscaled * ten(scale.abs_diff(self.scale))
    }

    /// Bits of the larger once both have as many digits behind the point, at most.
    pub(crate) fn aligned_bits(&self, other: &Self) -> u64 {
        let scale = self.scale.max(other.scale);
        let bits = |of: &Self| of.unscaled.bits() + bits_of_ten(scale.abs_diff(of.scale));
        bits(self).max(bits(other))
    }

    /// Bits that the digits and the power of ten have together, at most.
    pub(crate) fn bits(&self) -> u64 {
        self.unscaled.bits() + bits_of_ten(self.scale.unsigned_abs())
    }

    /// Whether it is small enough to be kept.
    pub(crate) fn is_bounded(&self) -> bool {
        self.scale.abs() <= MAX_SCALE && self.unscaled.bits() <= MAX_BITS
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Self { unscaled: a + b, scale }
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        let (a, b, scale) = self.aligned(other);
        Self { unscaled: a - b, scale }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        Self {
            unscaled: &self.unscaled * &other.unscaled,
            scale: self.scale.saturating_add(other.scale),
        }
    }

    /// The quotient with as many digits behind the point as this has, halves rounded towards zero.
    pub(crate) fn over(&self, other: &Self) -> Self {
        let power = ten(other.scale.unsigned_abs());
        let (dividend, divisor) = match other.scale {
            0.. => (&self.unscaled * power, other.unscaled.clone()),
            _ => (self.unscaled.clone(), &other.unscaled * power),
        };
        let (mut quotient, rest) = dividend.div_rem(&divisor);
        if rest.abs() * 2 > divisor.abs() {
            let is_negative =
                (dividend.sign() == Sign::Minus) != (other.unscaled.sign() == Sign::Minus);
            quotient += if is_negative { -1 } else { 1 };
        }
        Self { unscaled: quotient, scale: self.scale }
    }

    /// How both compare as numbers.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    /// The digits before the point.
    pub(crate) fn whole(&self) -> BigInt {
        let power = ten(self.scale.unsigned_abs());
        if self.scale < 0 { &self.unscaled * power } else { &self.unscaled / power }
    }

    pub(crate) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.unscaled, -self.scale).parse().unwrap_or(f64::NAN)
    }

    /// Without an exponent.
    pub(crate) fn to_plain(&self) -> String {
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let Ok(scale) = usize::try_from(self.scale) else { return self.whole().to_string() };
        let digits = self.unscaled.abs().to_string();
        let zeros = "0".repeat((scale + 1).saturating_sub(digits.len()));
        let digits = zeros + &digits;
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

impl From<BigInt> for Decimal {
    fn from(unscaled: BigInt) -> Self {
        Self { unscaled, scale: 0 }
    }
}

/// As `BigDecimal.toString`: with an exponent where six zeros or more would follow the point, or some
/// would stand before it that are no digits of the number.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.unscaled.abs().to_string();
        let exponent = digits.len() as i64 - 1 - i64::from(self.scale);
        if self.scale >= 0 && exponent >= -6 {
            return f.write_str(&self.to_plain());
        }
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        match exponent {
            0 => write!(f, "{sign}{first}{point}{rest}"),
            _ => write!(f, "{sign}{first}{point}{rest}E{exponent:+}"),
        }
    }
}

fn ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

fn bits_of_ten(power: u32) -> u64 {
    BITS_OF_DIGIT * u64::from(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_print_as_in_java() {
        let check = |double: f64, expected: &str| {
            assert_eq!(
                Decimal::of_double(double).map(|d| d.to_string()).as_deref(),
                Some(expected)
            );
        };
        check(0.0, "0");
        check(2.5, "2.5");
        check(-1e3, "-1000");
        check(0.1, "0.1000000000000000055511151231257827021181583404541015625");
        check(1.0 / 1048576.0, "9.5367431640625E-7");
        check(1.0 / 524288.0, "0.0000019073486328125");
    }

    #[test]
    fn zeros_before_the_point_print_as_in_java() {
        let check = |unscaled: i32, scale: i32, text: &str, plain: &str| {
            let decimal = Decimal { unscaled: unscaled.into(), scale };
            assert_eq!((&*decimal.to_string(), &*decimal.to_plain()), (text, plain));
        };
        check(1, -2, "1E+2", "100");
        check(-125, -1, "-1.25E+3", "-1250");
        check(0, -3, "0E+3", "0");
        check(0, 7, "0E-7", "0.0000000");
        check(12, 3, "0.012", "0.012");
        check(-5, 0, "-5", "-5");
    }
}
