//! `String.format`: the conversions of `java.util.Formatter`.

mod date;

use date::date;

use crate::number::{hexadecimal, rounded, scientific};
use crate::print::print;
use crate::value::{Meter, MethodError, Value, java_hash};

/// Characters that a width or a precision may ask for.
const WIDTH: usize = 100_000;

/// One `%` and what follows.
struct Spec {
    /// The place of the argument, counted from 1; 0 for the argument before.
    place: Option<usize>,
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    conversion: char,
    /// What of a date: `Y` of `%tY`.
    of_date: Option<char>,
}

impl Spec {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }
}

fn error<T>(problem: impl Into<String>) -> Result<T, MethodError> {
    Err(MethodError::Format(problem.into()))
}

/// Formats values by a pattern.
pub(super) fn format(
    meter: &Meter,
    pattern: &str,
    values: &[Value<'_>],
) -> Result<String, MethodError> {
    let mut out = String::new();
    let mut rest = pattern;
    let (mut next, mut last) = (0, None);
    while let Some((plain, after)) = rest.split_once('%') {
        out.push_str(plain);
        let spec;
        (spec, rest) = read(after)?;
        let text = match spec.conversion {
            'n' => "\n".to_owned(),
            '%' => "%".to_owned(),
            _ => {
                let place = match spec.place {
                    Some(0) => last,
                    Some(place) => Some(place - 1),
                    None => {
                        next += 1;
                        Some(next - 1)
                    }
                };
                last = place;
                let value = place.and_then(|place| match values {
                    // A lone null is no list of arguments, and each of those is null.
                    [Value::Null] => values.first(),
                    values => values.get(place),
                });
                let Some(value) = value else { return error("an argument is missing") };
                convert(meter, &spec, value)?
            }
        };
        meter.spend(text.len() + spec.width.unwrap_or(0))?;
        pad(&spec, &text, &mut out);
    }
    out.push_str(rest);
    Ok(out)
}

/// Reads `[place$][flags][width][.precision]conversion`.
fn read(text: &str) -> Result<(Spec, &str), MethodError> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| match text.parse::<usize>() {
        Ok(number) if number <= WIDTH => Ok(number),
        _ => error("a width or a precision is too large"),
    };
    let mut rest = text;
    let mut place = None;
    let length = digits(rest);
    if let Some(after) = rest.strip_prefix('<') {
        (place, rest) = (Some(0), after);
    } else if length > 0
        && !rest.starts_with('0')
        && let Some(after) = rest[length..].strip_prefix('$')
    {
        (place, rest) = (Some(number(&rest[..length])?), after);
    }
    let length = rest.bytes().take_while(|byte| b"-#+ 0,(".contains(byte)).count();
    let flags = rest[..length].to_owned();
    rest = &rest[length..];
    let length = digits(rest);
    let width = if length > 0 { Some(number(&rest[..length])?) } else { None };
    rest = &rest[length..];
    let mut precision = None;
    if let Some(after) = rest.strip_prefix('.') {
        let length = digits(after);
        if length == 0 {
            return error("a precision is missing");
        }
        (precision, rest) = (Some(number(&after[..length])?), &after[length..]);
    }
    let Some(conversion) = rest.chars().next() else { return error("a conversion is missing") };
    let repeated = flags.char_indices().any(|(at, flag)| flags[at + 1..].contains(flag));
    rest = &rest[conversion.len_utf8()..];
    let of_date = if matches!(conversion, 't' | 'T') { rest.chars().next() } else { None };
    rest = &rest[of_date.map_or(0, char::len_utf8)..];
    let spec = Spec { place, flags, width, precision, conversion, of_date };
    if repeated || !is_sound(&spec) {
        return error(format!("the flags of %{conversion} do not go together"));
    }
    Ok((spec, rest))
}

/// Whether flags, width and precision may stand together before the conversion.
fn is_sound(spec: &Spec) -> bool {
    let needs_width = spec.has('-') || spec.has('0');
    let both = |a, b| spec.has(a) && spec.has(b);
    if (needs_width && spec.width.is_none()) || both('-', '0') || both('+', ' ') {
        return false;
    }
    let allowed = match spec.conversion.to_ascii_lowercase() {
        'b' | 'h' | 's' | 'c' | 't' => "-",
        'd' => "-+ 0,(",
        'x' | 'o' => "-#0",
        'e' => "-#+ 0(",
        'f' => "-#+ 0,(",
        'g' => "-+ 0,(",
        '%' => "-",
        'n' => "",
        _ => return true,
    };
    let takes_precision =
        !matches!(spec.conversion, 'c' | 'C' | 'd' | 'x' | 'X' | 'o' | '%' | 'n' | 't' | 'T');
    let takes_width = spec.conversion != 'n';
    spec.flags.chars().all(|flag| allowed.contains(flag))
        && (takes_precision || spec.precision.is_none())
        && (takes_width || spec.width.is_none())
}

fn convert(meter: &Meter, spec: &Spec, value: &Value<'_>) -> Result<String, MethodError> {
    if let Value::BigInteger(big) = value {
        meter.digits(big.bits())?;
    }
    let text = match spec.conversion {
        'b' | 'B' => shortened(
            spec,
            match value {
                Value::Null => "false".into(),
                Value::Boolean(boolean) => boolean.to_string(),
                _ => "true".into(),
            },
        ),
        's' | 'S' => {
            let mut text = String::new();
            print(meter, value, &mut text)?;
            shortened(spec, text)
        }
        'h' | 'H' => shortened(
            spec,
            match value {
                Value::Null => "null".into(),
                other => format!("{:x}", java_hash(meter, other)?),
            },
        ),
        _ if value.is_null() && "cCdoxXeEfgGaA".contains(spec.conversion) => {
            shortened(spec, "null".into())
        }
        't' | 'T' => match (spec.of_date.and_then(|of| date(of, 0)), value) {
            (None, _) => return error("unknown conversion of a date"),
            (_, Value::Null) => "null".into(),
            (_, Value::Long(ms)) => spec.of_date.and_then(|of| date(of, *ms)).unwrap_or_default(),
            _ => return error("the argument is no date"),
        },
        'c' | 'C' => character(value)?,
        'd' => decimal(spec, value)?,
        'o' | 'x' | 'X' => radix(spec, value)?,
        'e' | 'E' | 'f' | 'g' | 'G' => double(spec, value)?,
        'a' | 'A' if spec.flags.is_empty() && spec.precision.is_none() => match value {
            Value::Double(number) => hexadecimal(*number),
            _ => return error("the argument is no Double"),
        },
        other => return error(format!("unknown conversion %{other}")),
    };
    Ok(if spec.conversion.is_ascii_uppercase() { text.to_uppercase() } else { text })
}

/// At most as many characters as the precision says.
fn shortened(spec: &Spec, text: String) -> String {
    match spec.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text,
    }
}

fn character(value: &Value<'_>) -> Result<String, MethodError> {
    match value {
        Value::Char(unit) => Ok(String::from_utf16_lossy(&[*unit])),
        Value::Integer(code) => match u32::try_from(*code).ok().and_then(char::from_u32) {
            Some(c) => Ok(c.to_string()),
            None => error("no such character"),
        },
        _ => error("the argument is no character"),
    }
}

fn decimal(spec: &Spec, value: &Value<'_>) -> Result<String, MethodError> {
    let digits = match value {
        Value::Integer(integer) => integer.to_string(),
        Value::Long(long) => long.to_string(),
        Value::BigInteger(big) => big.to_string(),
        _ => return error("the argument is no integer"),
    };
    let (is_negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, &*digits),
    };
    Ok(signed(spec, is_negative, digits))
}

/// Adds grouping, zeros and the sign to digits.
fn signed(spec: &Spec, is_negative: bool, digits: &str) -> String {
    let (whole, fraction) = digits.split_at(digits.find(['.', 'e']).unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (n, digit) in whole.chars().enumerate() {
        if spec.has(',') && n > 0 && (whole.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(fraction);
    let (before, after) = match is_negative {
        true if spec.has('(') => ("(", ")"),
        true => ("-", ""),
        false if spec.has('+') => ("+", ""),
        false if spec.has(' ') => (" ", ""),
        false => ("", ""),
    };
    let width = if spec.has('0') { spec.width.unwrap_or(0) } else { 0 };
    let zeros = width.saturating_sub(before.len() + grouped.len() + after.len());
    format!("{before}{}{grouped}{after}", "0".repeat(zeros))
}

fn radix(spec: &Spec, value: &Value<'_>) -> Result<String, MethodError> {
    let is_octal = spec.conversion == 'o';
    let digits = match value {
        Value::Integer(n) if is_octal => format!("{n:o}"),
        Value::Integer(n) => format!("{n:x}"),
        Value::Long(n) if is_octal => format!("{n:o}"),
        Value::Long(n) => format!("{n:x}"),
        Value::BigInteger(n) => n.to_str_radix(if is_octal { 8 } else { 16 }),
        _ => return error("the argument is no integer"),
    };
    let prefix = match (spec.has('#'), is_octal) {
        (true, true) => "0",
        (true, false) => "0x",
        (false, _) => "",
    };
    let width = if spec.has('0') { spec.width.unwrap_or(0) } else { 0 };
    let zeros = width.saturating_sub(prefix.len() + digits.len());
    Ok(format!("{prefix}{}{digits}", "0".repeat(zeros)))
}

fn double(spec: &Spec, value: &Value<'_>) -> Result<String, MethodError> {
    let Value::Double(number) = value else { return error("the argument is no Double") };
    let number = *number;
    let absolute = number.abs();
    let is_negative = number.is_sign_negative() && !number.is_nan();
    if !number.is_finite() {
        let text = if number.is_nan() { "NaN" } else { "Infinity" };
        let plain = Spec { flags: spec.flags.replace(['0', ','], ""), ..*spec };
        return Ok(if number.is_nan() { text.into() } else { signed(&plain, is_negative, text) });
    }
    let precision = spec.precision.unwrap_or(6);
    let digits = match spec.conversion {
        'f' => rounded(absolute, precision),
        'e' | 'E' => scientific(absolute, precision),
        _ => general(absolute, precision.max(1)),
    };
    Ok(signed(spec, is_negative, &digits))
}

/// `%g`: plain from 1e-4 up to ten to the precision, else scientific; `precision` digits count.
fn general(absolute: f64, precision: usize) -> String {
    if absolute == 0.0 {
        return rounded(0.0, precision - 1);
    }
    let text = scientific(absolute, precision - 1);
    let exponent = text.split_once('e').and_then(|(_, e)| e.parse::<i32>().ok()).unwrap_or(0);
    if (-4..precision as i32).contains(&exponent) {
        return rounded(absolute, (precision as i32 - 1 - exponent).unsigned_abs() as usize);
    }
    text
}

/// Blanks up to the width: before the text, or behind it.
fn pad(spec: &Spec, text: &str, out: &mut String) {
    let width = spec.width.unwrap_or(0);
    let blanks = width.saturating_sub(text.chars().count());
    let blanks = std::iter::repeat_n(' ', blanks);
    if spec.has('-') {
        out.push_str(text);
        out.extend(blanks);
    } else {
        out.extend(blanks);
        out.push_str(text);
    }
}
