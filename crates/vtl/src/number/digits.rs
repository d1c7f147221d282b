//! Digit generation after Steele and White, with the margins of Java up to 18: half the distance to
//! the next double, or float, on both sides (a quarter for powers of two), not reached by either end; numbers in
//! scientific form have at least two digits.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

use super::Decimal;

/// Where 128 bits are enough: exponents of two in units of the last bit, and exponents of ten.
const NEAR_SHIFTS: std::ops::RangeInclusive<i32> = -80..=0;
const NEAR_EXPONENTS: std::ops::RangeInclusive<i32> = -8..=12;

/// `significand * 2^scale`, whose margins are those of numbers with the same scale.
pub(super) struct Binary {
    significand: u64,
    scale: i32,
}

impl Binary {
    /// A positive double.
    pub(super) fn of_double(absolute: f64) -> Self {
        Self::of_bits(absolute.to_bits(), 52, 1075)
    }

    /// A positive float.
    pub(super) fn of_float(absolute: f32) -> Self {
        Self::of_bits(absolute.to_bits().into(), 23, 150)
    }

    fn of_bits(bits: u64, fraction_bits: u32, bias: i32) -> Self {
        let (hidden, raw) = (1 << fraction_bits, (bits >> fraction_bits) as i32);
        let fraction = bits & (hidden - 1);
        let significand = if raw == 0 { fraction } else { fraction | hidden };
        Self { significand, scale: raw.max(1) - bias }
    }
}

/// The digits of a positive number, whose decimal exponent is given, or one more.
pub(super) fn generate(number: Binary, exponent: i32) -> Decimal {
    let Binary { significand, scale } = number;
    let margin_bits = i32::from(significand.count_ones() == 1);
    // Everything in units of a quarter of the last bit.
    let shift = scale - 1 - margin_bits;
    if NEAR_SHIFTS.contains(&shift) && NEAR_EXPONENTS.contains(&exponent) {
        return near(significand, margin_bits, shift, exponent);
    }
    let mut value = BigUint::from(significand) << (1 + margin_bits) as usize;
    let mut margin = BigUint::from(1u32);
    let mut unit = BigUint::from(1u32);
    let ten = |power: i32| BigUint::from(10u32).pow(power.unsigned_abs());
    if shift >= 0 {
        value <<= shift as usize;
        margin <<= shift as usize;
    } else {
        unit <<= shift.unsigned_abs() as usize;
    }
    if exponent >= 0 {
        unit *= ten(exponent);
    } else {
        value *= ten(exponent);
        margin *= ten(exponent);
    }
    let zeros = |number: &BigUint| number.trailing_zeros().unwrap_or(0);
    let common = zeros(&value).min(zeros(&margin)).min(zeros(&unit));
    (value, margin, unit) = (value >> common, margin >> common, unit >> common);
    let wraps = wraps(significand, zeros(&value), zeros(&unit), exponent);
    digits_of(value, margin, unit, exponent, wraps)
}

/// The same for numbers of everyday size.
fn near(significand: u64, margin_bits: i32, shift: i32, exponent: i32) -> Decimal {
    let ten = u128::from(10u64.pow(exponent.unsigned_abs()));
    let (of_unit, of_value) = if exponent >= 0 { (ten, 1) } else { (1, ten) };
    let value = (u128::from(significand) << (1 + margin_bits)) * of_value;
    let (margin, unit) = (of_value, of_unit << shift.unsigned_abs());
    let zeros = |number: u128| u64::from(number.trailing_zeros());
    let common = zeros(value | margin | unit);
    let (value, margin, unit) = (value >> common, margin >> common, unit >> common);
    let wraps = wraps(significand, zeros(value), zeros(unit), exponent);
    // Of what fits, digits are got by a division each. A margin that reaches ten units ends them.
    match (u64::try_from(value), u64::try_from(margin), u64::try_from(unit)) {
        (Ok(value), Ok(margin), Ok(unit)) if value < MOST_IN_64 && unit < MOST_IN_64 => {
            digits_of(value, margin, unit, exponent, wraps)
        }
        _ => digits_of(value, margin, unit, exponent, wraps),
    }
}

/// Below this a hundred times a number, and the sum of two, are below 2^64.
const MOST_IN_64: u64 = 1 << 56;

/// Whether Java does this conversion in 64 bits, where margins may overflow. The zeros are those at
/// the ends of value and unit in bits.
fn wraps(significand: u64, value_zeros: u64, unit_zeros: u64, exponent: i32) -> bool {
    let odd_bits = u64::from(64 - significand.leading_zeros() - significand.trailing_zeros());
    let value_bits = odd_bits + value_zeros + bits_of_five_to((-exponent).max(0));
    let tens_bits = unit_zeros + 1 + bits_of_five_to(exponent.max(0) + 1);
    value_bits < 64 && tens_bits < 64
}

/// The length of a power of five in bits, 0 of that to 0. The factor is the logarithm of five to two.
fn bits_of_five_to(power: i32) -> u64 {
    if power == 0 { 0 } else { ((power as u64 * 1_217_359) >> 19) + 1 }
}

/// What digits are generated in.
trait Wide: PartialOrd {
    /// Ten times the number.
    fn tenfold(&self) -> Self;
    /// How often the unit goes into it, and leaves the rest.
    fn divide(&mut self, unit: &Self) -> u8;
    fn plus(&self, other: &Self) -> Self;
    /// The lowest 64 bits.
    fn low(&self) -> i64;
}

impl Wide for u128 {
    fn tenfold(&self) -> Self {
        // Only a margin that Java takes the low bits of may wrap.
        self.wrapping_mul(10)
    }

    fn divide(&mut self, unit: &Self) -> u8 {
        let mut digit = 0;
        while *self >= *unit {
            *self -= unit;
            digit += 1;
        }
        digit
    }

    fn plus(&self, other: &Self) -> Self {
        self.wrapping_add(*other)
    }

    fn low(&self) -> i64 {
        *self as i64
    }
}

impl Wide for u64 {
    fn tenfold(&self) -> Self {
        self.wrapping_mul(10)
    }

    fn divide(&mut self, unit: &Self) -> u8 {
        let digit = *self / unit;
        *self %= unit;
        digit as u8
    }

    fn plus(&self, other: &Self) -> Self {
        self.wrapping_add(*other)
    }

    fn low(&self) -> i64 {
        *self as i64
    }
}

impl Wide for BigUint {
    fn tenfold(&self) -> Self {
        self * 10u32
    }

    fn divide(&mut self, unit: &Self) -> u8 {
        let digit = (&*self / unit).to_u8().unwrap_or(9);
        *self %= unit;
        digit
    }

    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn low(&self) -> i64 {
        self.iter_u64_digits().next().unwrap_or(0) as i64
    }
}

fn digits_of<N: Wide>(
    mut value: N,
    mut margin: N,
    unit: N,
    mut exponent: i32,
    wraps: bool,
) -> Decimal {
    let (mut digits, mut count) = (0u64, 0);
    let tens = unit.tenfold();
    let (mut low, mut high);
    loop {
        let digit = value.divide(&unit);
        value = value.tenfold();
        margin = margin.tenfold();
        (low, high) = if wraps {
            ends_in_64_bits(&value, &margin, &tens)
        } else {
            (value < margin, value.plus(&margin) > tens)
        };
        if count == 0 && digit == 0 && !high {
            // The exponent was that of a decimal rounded up.
            exponent -= 1;
            continue;
        }
        (digits, count) = (digits * 10 + u64::from(digit), count + 1);
        let needs_second = count == 1 && !(-3..8).contains(&exponent);
        if (low || high) && !needs_second {
            break;
        }
    }
    let tie = value.plus(&value).partial_cmp(&tens);
    let is_up = tie.is_some_and(|tie| tie.is_gt() || (tie.is_eq() && digits % 2 == 1));
    if high && (!low || is_up) {
        digits += 1;
    }
    let mut printed = itoa::Buffer::new();
    let printed = printed.format(digits);
    Decimal {
        digits: printed.trim_end_matches('0').to_owned(),
        // Rounded up, nines have one digit more.
        exponent: exponent + 1 + printed.len() as i32 - count,
    }
}

/// Whether the digits so far are within the margin of the number, and whether they would be if the
/// last one were one more.
fn ends_in_64_bits<N: Wide>(value: &N, margin: &N, tens: &N) -> (bool, bool) {
    let (value, margin, tens) = (value.low(), margin.low(), tens.low());
    if margin <= 0 {
        return (true, true);
    }
    (value < margin, value.wrapping_add(margin) > tens)
}

#[cfg(test)]
mod tests {
    use super::bits_of_five_to;

    #[test]
    fn powers_of_five_have_so_many_bits() {
        assert_eq!(bits_of_five_to(0), 0);
        for power in 1..=55 {
            let five = 5u128.pow(power);
            assert_eq!(bits_of_five_to(power as i32), u64::from(five.ilog2()) + 1, "{power}");
        }
        assert!((56..=1100).all(|power| bits_of_five_to(power) > 128));
    }
}
