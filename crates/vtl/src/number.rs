//! Numbers as Java 17 prints and reads them.

mod digits;

use digits::{Binary, generate};

/// Bits of the significand of a double and of a float, with the hidden one.
const DOUBLE_BITS: i32 = 53;
const FLOAT_BITS: i32 = 24;
/// Powers of ten, all exact.
const TENS: [f64; 18] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17,
];
/// What is printed without an exponent.
const EVERYDAY: std::ops::Range<f64> = 1e-3..1e7;
/// Below this every integer is a double.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;
/// Integers from here on are no longs.
const LONGS_END: f64 = 9_223_372_036_854_775_808.0;

/// Appends an integer.
pub(crate) fn write_integer(integer: impl itoa::Integer, out: &mut String) {
    out.push_str(itoa::Buffer::new().format(integer));
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
    // Signed integers are what processors turn doubles into at once.
    let whole = absolute as i64;
    if absolute < 1e7 && whole as f64 == absolute {
        write_integer(whole, out);
        return out.push_str(".0");
    }
    if !write_short(absolute, out) {
        let Decimal { digits, exponent } = decimal(absolute);
        write_decimal(&digits, exponent, out);
    }
}

/// Appends a float as `Float.toString`.
pub(crate) fn write_float(float: f32, out: &mut String) {
    if !float.is_finite() || float == 0.0 || (float.fract() == 0.0 && float.abs() < 1e7) {
        return write_double(f64::from(float), out);
    }
    if float.is_sign_negative() {
        out.push('-');
    }
    let Decimal { digits, exponent } = of_float(float.abs());
    write_decimal(&digits, exponent, out);
}

/// Appends a number of at most four digits behind the point, as most that people write are: whether
/// it is one.
///
/// Up to 11 digits, it is the only decimal of so few that reads back as the same double, so also the
/// shortest. Powers of two are left to the long way.
fn write_short(absolute: f64, out: &mut String) -> bool {
    if is_power_of_two(absolute) || !EVERYDAY.contains(&absolute) {
        return false;
    }
    let parts = (absolute * 1e4 + 0.5) as i64;
    if parts as f64 / 1e4 != absolute {
        return false;
    }
    let (whole, mut behind) = (parts as u64 / 10_000, parts as u64 % 10_000);
    write_integer(whole, out);
    out.push('.');
    for unit in [1000, 100, 10, 1] {
        if behind == 0 {
            break;
        }
        out.push(char::from(b'0' + (behind / unit) as u8));
        behind %= unit;
    }
    true
}

/// `0.digits * 10^exponent`, in ASCII digits without zeros at the ends.
struct Decimal {
    digits: String,
    exponent: i32,
}

fn write_decimal(digits: &str, exponent: i32, out: &mut String) {
    let or_zero = |digits| if str::is_empty(digits) { "0" } else { digits };
    match exponent {
        1..8 => {
            let whole = exponent as usize;
            let (before, after) = digits.split_at(whole.min(digits.len()));
            out.push_str(before);
            out.extend(std::iter::repeat_n('0', whole - before.len()));
            out.push('.');
            out.push_str(or_zero(after));
        }
        -2..1 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', exponent.unsigned_abs() as usize));
            out.push_str(digits);
        }
        _ => {
            out.push_str(&digits[..1]);
            out.push('.');
            out.push_str(or_zero(&digits[1..]));
            out.push('E');
            write_integer(exponent - 1, out);
        }
    }
}

/// A positive number with so many digits behind the point, as `%.2f` prints it: the digits that
/// `Double.toString` shows, rounded half up.
pub(crate) fn rounded(absolute: f64, precision: usize) -> String {
    let mut number = if absolute == 0.0 {
        Decimal { digits: "0".to_owned(), exponent: 1 }
    } else {
        decimal(absolute)
    };
    number.keep(number.exponent as isize + precision as isize);
    let digit = |place: isize| match usize::try_from(place) {
        Ok(place) => number.digit(place),
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
        Decimal { digits: "0".to_owned(), exponent: 1 }
    } else {
        decimal(absolute)
    };
    number.keep(1 + precision as isize);
    let mut out = String::new();
    for place in 0..=precision {
        if place == 1 {
            out.push('.');
        }
        out.push(number.digit(place));
    }
    let exponent = number.exponent - 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    out + &format!("e{sign}{:02}", exponent.unsigned_abs())
}

impl Decimal {
    /// The digit at a place; behind the last one are zeros.
    fn digit(&self, place: usize) -> char {
        self.digits.as_bytes().get(place).copied().map_or('0', char::from)
    }

    /// Rounds half up to the first `count` digits.
    fn keep(&mut self, count: isize) {
        let Ok(count) = usize::try_from(count) else {
            self.digits.clear();
            return;
        };
        let Some(next) = self.digits.as_bytes().get(count).copied() else { return };
        self.digits.truncate(count);
        if next >= b'5' {
            self.digits = (self.digits.parse::<u64>().unwrap_or(0) + 1).to_string();
            self.exponent += i32::from(self.digits.len() > count);
        }
    }
}

/// The digits that Java prints: those of the shortest decimal that reads back as the same double,
/// except where Java up to 18 prints more.
fn decimal(absolute: f64) -> Decimal {
    if EVERYDAY.contains(&absolute) && !is_power_of_two(absolute) {
        return everyday(absolute);
    }
    let shortest = shortest(absolute);
    // Decimals of 15 digits in this range are never half-way between two doubles, where the rules
    // part.
    let is_plain = (1e-290..EXACT_INTEGERS).contains(&absolute) && !is_power_of_two(absolute);
    if is_plain && shortest.digits.len() <= 15 {
        return shortest;
    }
    if absolute.fract() == 0.0 && absolute < LONGS_END {
        return of_integer(absolute as u64, DOUBLE_BITS);
    }
    generate(Binary::of_double(absolute), shortest.exponent - 1)
}

/// The decimal exponent of a positive number that no double is too small for, or one more: Gay's
/// tangent of the logarithm at 1.5. Where digits are generated in 64 bits it is seen from which of
/// both that began.
fn estimate(absolute: f64) -> i32 {
    let bits = absolute.to_bits();
    let significand = f64::from_bits(bits & ((1 << 52) - 1) | 1f64.to_bits());
    let exponent = f64::from((bits >> 52) as i32 - 1023);
    ((significand - 1.5) * 0.289529654 + 0.176091259 + exponent * std::f64::consts::LOG10_2).floor()
        as i32
}

/// The digits that Java prints of a positive float.
fn of_float(absolute: f32) -> Decimal {
    if absolute.fract() == 0.0 && f64::from(absolute) < LONGS_END {
        return of_integer(absolute as u64, FLOAT_BITS);
    }
    generate(Binary::of_float(absolute), estimate(f64::from(absolute)))
}

fn is_power_of_two(absolute: f64) -> bool {
    absolute.to_bits() << 12 == 0
}

/// The same for a number that is printed without an exponent, and no power of two.
fn everyday(absolute: f64) -> Decimal {
    let (mut exponent, mut power) = (6, 1e6);
    while absolute < power {
        exponent -= 1;
        power = if exponent < 0 { 1.0 / TENS[-exponent as usize] } else { TENS[exponent as usize] };
    }
    // If a decimal of 15 digits reads back as this double, it is this one: the product is wrong by
    // less than a tenth, and the quotient of integers below 2^53 and 10^23 by nothing.
    let scale = TENS[(14 - exponent) as usize];
    let parts = (absolute * scale + 0.5) as i64;
    if parts as f64 / scale != absolute {
        return generate(Binary::of_double(absolute), exponent);
    }
    let digits = parts.to_string().trim_end_matches('0').to_owned();
    Decimal { digits, exponent: exponent + 1 }
}

fn shortest(absolute: f64) -> Decimal {
    of_scientific(&format!("{absolute:e}"))
}

/// What Rust prints as `1.5e3`.
fn of_scientific(text: &str) -> Decimal {
    let (significand, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = significand.chars().filter(char::is_ascii_digit).collect();
    Decimal { digits, exponent: exponent.parse::<i32>().unwrap_or(0) + 1 }
}

/// All digits of an integer, but for those that are beyond the precision of a significand.
fn of_integer(mut integer: u64, significand_bits: i32) -> Decimal {
    let insignificant_bits = integer.ilog2() as i32 - significand_bits - 1;
    let dropped = if insignificant_bits > 1 { (1u64 << insignificant_bits).ilog10() } else { 0 };
    if dropped > 0 {
        let unit = 10u64.pow(dropped);
        integer = integer / unit + u64::from(integer % unit >= unit / 2);
    }
    let text = integer.to_string();
    let exponent = (text.len() + dropped as usize) as i32;
    Decimal { digits: text.trim_end_matches('0').to_owned(), exponent }
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
mod tests;
