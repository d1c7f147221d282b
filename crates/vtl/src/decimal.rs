//! Decimals of any size, as Java's `BigDecimal`: what Velocity computes in where a BigInteger meets
//! a Double.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};
use num_traits::Signed;

/// `unscaled / 10^scale`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub(crate) unscaled: BigInt,
    pub(crate) scale: u32,
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
            _ => Self { unscaled: unscaled * BigInt::from(5).pow(power), scale: power },
        })
    }

    /// Both with as many digits behind the point.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, u32) {
        let scale = self.scale.max(other.scale);
        (self.scaled(scale), other.scaled(scale), scale)
    }

    fn scaled(&self, scale: u32) -> BigInt {
        &self.unscaled * ten(scale - self.scale)
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
        let dividend = &self.unscaled * ten(other.scale);
        let (mut quotient, rest) = (&dividend / &other.unscaled, &dividend % &other.unscaled);
        if rest.abs() * 2 > other.unscaled.abs() {
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
        &self.unscaled / ten(self.scale)
    }

    pub(crate) fn to_f64(&self) -> f64 {
        format!("{}e-{}", self.unscaled, self.scale).parse().unwrap_or(f64::NAN)
    }

    /// Without an exponent.
    pub(crate) fn to_plain(&self) -> String {
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.unscaled.abs().to_string(), width = scale + 1);
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

/// As `BigDecimal.toString`: with an exponent where six zeros or more would follow the point.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.unscaled.abs().to_string();
        let exponent = digits.len() as i64 - 1 - i64::from(self.scale);
        if exponent >= -6 {
            return f.write_str(&self.to_plain());
        }
        let sign = if self.unscaled.is_negative() { "-" } else { "" };
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{sign}{first}{point}{rest}E{exponent}")
    }
}

fn ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
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
}
