//! Numbers as Java 17 prints and reads them.

use num_bigint::BigUint;
use num_traits::ToPrimitive;

/// Bits of a double's significand, with the hidden one.
const SIGNIFICAND_BITS: i32 = 53;
/// Below this every integer is a double.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// Appends an integer.
pub(crate) fn write_integer(mut integer: i64, out: &mut String) {
    if (0..10).contains(&integer) {
        return out.push(char::from(b'0' + integer as u8));
    }
    let mut digits = [0; 20];
    let mut at = digits.len();
    let is_negative = integer < 0;
    while integer != 0 {
        at -= 1;
        digits[at] = b'0' + (integer % 10).unsigned_abs() as u8;
        integer /= 10;
    }
    if is_negative {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

/// Appends a double as `Double.toString`: `4.0`, `1.0E-4`, `1.23456789E9`.
pub fn write_double(double: f64, out: &mut String) {
    if double.is_nan() {
        return out.push_str("NaN");
    }
    if double.is_sign_negative() {
        out.push('-');
    }
    let absolute = double.abs();
    if absolute.is_infinite() {
        return out.push_str("Infinity");
    }
    if absolute == 0.0 {
        return out.push_str("0.0");
    }
    if absolute < 1e7 && absolute.fract() == 0.0 {
        write_integer(absolute as i64, out);
        return out.push_str(".0");
    }
    let Decimal { digits, exponent } = decimal(absolute);
    write_decimal(&digits, exponent, out);
}

/// `0.digits * 10^exponent`, in ASCII digits without zeros at the ends.
struct Decimal {
    digits: Vec<u8>,
    exponent: i32,
}

fn write_decimal(digits: &[u8], exponent: i32, out: &mut String) {
    let push = |digits: &[u8], out: &mut String| {
        out.extend(digits.iter().map(|digit| char::from(*digit)));
    };
    let push_or_zero = |digits: &[u8], out: &mut String| {
        push(if digits.is_empty() { b"0" } else { digits }, out);
    };
    match exponent {
        1..8 => {
            let whole = exponent as usize;
            let (before, after) = digits.split_at(whole.min(digits.len()));
            push(before, out);
            out.extend(std::iter::repeat_n('0', whole - before.len()));
            out.push('.');
            push_or_zero(after, out);
        }
        -2..1 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize));
            push(digits, out);
        }
        _ => {
            push(&digits[..1], out);
            out.push('.');
            push_or_zero(&digits[1..], out);
            out.push('E');
            write_integer(i64::from(exponent) - 1, out);
        }
    }
}

/// A positive number with so many digits behind the point, as `%.2f` prints it: the digits that
/// `Double.toString` shows, rounded half up.
pub(crate) fn rounded(absolute: f64, precision: usize) -> String {
    let mut number = if absolute == 0.0 {
        Decimal { digits: vec![b'0'], exponent: 1 }
    } else {
        decimal(absolute)
    };
    number.keep(number.exponent as isize + precision as isize);
    let digit = |place: isize| match usize::try_from(place) {
        Ok(place) => number.digits.get(place).copied().map_or('0', char::from),
        Err(_) => '0',
    };
    let point = number.exponent.max(1) as isize;
    let first = (number.exponent - 1).min(0) as isize;
    let shift = first.min(0);
    let mut out = String::new();
    for place in 0..point + precision as isize {
        if place == point {
            out.push('.');
        }
        out.push(digit(place + shift));
    }
    out
}

/// A positive number as `%.2e` prints it: `1.25e+03`.
pub(crate) fn scientific(absolute: f64, precision: usize) -> String {
    let mut number = if absolute == 0.0 {
        Decimal { digits: vec![b'0'], exponent: 1 }
    } else {
        decimal(absolute)
    };
    number.keep(1 + precision as isize);
    let mut out = String::new();
    for place in 0..=precision {
        if place == 1 {
            out.push('.');
        }
        out.push(number.digits.get(place).copied().map_or('0', char::from));
    }
    let exponent = number.exponent - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("e{sign}{:02}", exponent.unsigned_abs())
}

impl Decimal {
    /// Rounds half up to the first `count` digits.
    fn keep(&mut self, count: isize) {
        let Ok(count) = usize::try_from(count) else {
            self.digits.clear();
            return;
        };
        let Some(next) = self.digits.get(count).copied() else { return };
        self.digits.truncate(count);
        if next >= b'5' {
            self.exponent += round_up(&mut self.digits);
        }
    }
}

/// The digits that Java prints: those of the shortest decimal that reads back as the same double,
/// except where Java up to 18 prints more.
fn decimal(absolute: f64) -> Decimal {
    let shortest = shortest(absolute);
    let is_power_of_two = absolute.to_bits() << 12 == 0;
    // Decimals of 15 digits in this range are never half-way between two doubles, where the rules
    // part.
    let is_plain = (1e-290..EXACT_INTEGERS).contains(&absolute) && !is_power_of_two;
    if is_plain && shortest.digits.len() <= 15 {
        return shortest;
    }
    if absolute.fract() == 0.0 && absolute < 9_223_372_036_854_775_808.0 {
        return of_integer(absolute as u64);
    }
    generate(absolute, shortest.exponent - 1)
}

fn shortest(absolute: f64) -> Decimal {
    let text = format!("{absolute:e}");
    let (significand, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = significand.bytes().filter(u8::is_ascii_digit).collect();
    Decimal { digits, exponent: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// All digits of an integer, but for those that are beyond a double's precision.
fn of_integer(mut integer: u64) -> Decimal {
    let insignificant_bits = integer.ilog2() as i32 - SIGNIFICAND_BITS - 1;
    let dropped = if insignificant_bits > 1 { (1u64 << insignificant_bits).ilog10() } else { 0 };
    if dropped > 0 {
        let unit = 10u64.pow(dropped);
        integer = integer / unit + u64::from(integer % unit >= unit / 2);
    }
    let text = integer.to_string();
    let exponent = (text.len() + dropped as usize) as i32;
    Decimal { digits: text.trim_end_matches('0').as_bytes().to_vec(), exponent }
}

/// Digit generation after Steele and White, with the margins of Java up to 18: half the distance to
/// the next double on both sides (a quarter for powers of two), not reached by either end; numbers in
/// scientific form have at least two digits.
fn generate(absolute: f64, exponent: i32) -> Decimal {
    let bits = absolute.to_bits();
    let (fraction, raw) = (bits & ((1 << 52) - 1), (bits >> 52) as i32);
    let significand = if raw == 0 { fraction } else { fraction | 1 << 52 };
    let scale = raw.max(1) - 1075;
    let margin_bits = i32::from(significand.count_ones() == 1);
    // Everything in units of a quarter of the last bit.
    let shift = scale - 1 - margin_bits;
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
    let common = [&value, &margin, &unit].into_iter().filter_map(BigUint::trailing_zeros).min();
    let common = common.unwrap_or(0);
    (value, margin, unit) = (value >> common, margin >> common, unit >> common);
    let wraps = wraps(significand, &value, &unit, exponent);
    digits_of(value, margin, unit, exponent, wraps)
}

/// Whether Java does this conversion in 64 bits, where margins may overflow.
fn wraps(significand: u64, value: &BigUint, unit: &BigUint, exponent: i32) -> bool {
    let bits_of_five_to = |power: i32| match power {
        0 => 0,
        power => BigUint::from(5u32).pow(power.unsigned_abs()).bits(),
    };
    let odd_bits = u64::from(64 - significand.leading_zeros() - significand.trailing_zeros());
    let value_bits =
        odd_bits + value.trailing_zeros().unwrap_or(0) + bits_of_five_to((-exponent).max(0));
    let tens_bits = unit.trailing_zeros().unwrap_or(0) + 1 + bits_of_five_to(exponent.max(0) + 1);
    value_bits < 64 && tens_bits < 64
}

fn digits_of(
    mut value: BigUint,
    mut margin: BigUint,
    unit: BigUint,
    mut exponent: i32,
    wraps: bool,
) -> Decimal {
    let mut digits = Vec::with_capacity(20);
    let tens = &unit * 10u32;
    let (mut low, mut high);
    loop {
        let digit = (&value / &unit).to_u8().unwrap_or(9);
        value = (&value % &unit) * 10u32;
        margin *= 10u32;
        (low, high) = if wraps {
            ends_in_64_bits(&value, &margin, &tens)
        } else {
            (value < margin, &value + &margin > tens)
        };
        let is_first = digits.is_empty();
        if is_first && digit == 0 && !high {
            // The exponent was that of a decimal rounded up.
            exponent -= 1;
            continue;
        }
        digits.push(b'0' + digit);
        let needs_second = is_first && !(-3..8).contains(&exponent);
        if (low || high) && !needs_second {
            break;
        }
    }
    let tie = (value * 2u32).cmp(&tens);
    let is_odd = digits.last().is_some_and(|digit| digit % 2 == 1);
    if high && (!low || tie.is_gt() || (tie.is_eq() && is_odd)) {
        exponent += round_up(&mut digits);
    }
    while digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    Decimal { digits, exponent: exponent + 1 }
}

/// Whether the digits so far are within the margin of the number, and whether they would be if the
/// last one were one more.
fn ends_in_64_bits(value: &BigUint, margin: &BigUint, tens: &BigUint) -> (bool, bool) {
    let wrapped = |number: &BigUint| number.iter_u64_digits().next().unwrap_or(0) as i64;
    let (value, margin, tens) = (wrapped(value), wrapped(margin), wrapped(tens));
    if margin <= 0 {
        return (true, true);
    }
    (value < margin, value.wrapping_add(margin) > tens)
}

/// Adds one to the last digit: 1 if the number got one digit more.
fn round_up(digits: &mut Vec<u8>) -> i32 {
    while digits.last() == Some(&b'9') {
        digits.pop();
    }
    match digits.last_mut() {
        Some(digit) => {
            *digit += 1;
            0
        }
        None => {
            digits.push(b'1');
            1
        }
    }
}

/// A double as `Double.toHexString`: `0x1.cp2`.
pub(crate) fn hexadecimal(double: f64) -> String {
    if !double.is_finite() {
        let mut out = String::new();
        write_double(double, &mut out);
        return out;
    }
    let bits = double.to_bits();
    let sign = if double.is_sign_negative() { "-" } else { "" };
    let digits = format!("{:013x}", bits & ((1 << 52) - 1));
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    let exponent = (bits >> 52 & 0x7ff) as i32;
    match exponent {
        0 if double == 0.0 => format!("{sign}0x0.0p0"),
        0 => format!("{sign}0x0.{digits}p-1022"),
        _ => format!("{sign}0x1.{digits}p{}", exponent - 1023),
    }
}

/// Reads a text as `Double.parseDouble`: blanks around it, a sign, digits, an exponent, a type
/// letter; also `NaN` and `Infinity`. Hexadecimal floating-point texts are not read.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let number = unsigned.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(unsigned);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && number.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b));
    if !is_number {
        return None;
    }
    number.parse::<f64>().ok().map(|double| sign * double)
}

/// Reads a text as `Integer.parseInt` and `Long.parseLong` do, within `min..=max`.
pub(crate) fn parse_integer(text: &str, radix: u32, min: i64, max: i64) -> Option<i64> {
    if !(2..=36).contains(&radix) {
        return None;
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(text, radix).ok()?;
    i64::try_from(number).ok().filter(|number| (min..=max).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_in_java() {
        let check = |double: f64, expected: &str| {
            let mut out = String::new();
            write_double(double, &mut out);
            assert_eq!(out, expected);
        };
        check(0.0, "0.0");
        check(-0.0, "-0.0");
        check(4.0, "4.0");
        check(-1.5, "-1.5");
        check(0.001, "0.001");
        check(0.002, "0.002");
        check(1e-4, "1.0E-4");
        check(9999999.0, "9999999.0");
        check(9999999.5, "9999999.5");
        check(1e7, "1.0E7");
        check(1234567890.0, "1.23456789E9");
        check(1.0 / 3.0, "0.3333333333333333");
        check(f64::MIN_POSITIVE, "2.2250738585072014E-308");
        check(f64::from_bits(1), "4.9E-324");
        check(f64::MAX, "1.7976931348623157E308");
        check(f64::INFINITY, "Infinity");
        check(f64::NAN, "NaN");
    }
}
