//! Methods of numbers, and the static ones of their classes, which a template reaches through a
//! number: `$n.parseInt('7')`.

mod big;
mod bits;
mod decimal;
mod float;

use num_bigint::BigInt;

pub(crate) use big::call_big;
pub(crate) use decimal::call_decimal;
pub(crate) use float::call_float;

use super::boolean::{sign, uncomparable};
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::number::{hexadecimal, parse_double, parse_integer, write_double};
use crate::operator::as_double;
use crate::value::{Meter, MethodError, Value, java_hash};

/// Calls a method of an Integer.
pub(crate) fn call_integer<'a>(
    heap: &'a Heap<'a>,
    integer: i32,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let read = |text: &str, radix: i32| {
        let bounds = (i64::from(i32::MIN), i64::from(i32::MAX));
        parse(text, radix, bounds).and_then(|n| some(n as i32))
    };
    match (method, arguments) {
        (Method::CompareTo, [Value::Integer(other)]) => some(sign(integer.cmp(other))),
        (Method::ParseInt | Method::ValueOf, [Value::String(text)]) => read(text, 10),
        (Method::ParseInt | Method::ValueOf, [Value::String(text), Value::Integer(radix)]) => {
            read(text, *radix)
        }
        (Method::ParseInt | Method::ValueOf, [Value::Null] | [Value::Null, Value::Integer(_)]) => {
            Err(not_a_number("null"))
        }
        (Method::ValueOf, [Value::Integer(other)]) => some(*other),
        (Method::Max, [Value::Integer(a), Value::Integer(b)]) => some(*a.max(b)),
        (Method::Min, [Value::Integer(a), Value::Integer(b)]) => some(*a.min(b)),
        (Method::Sum, [Value::Integer(a), Value::Integer(b)]) => some(a.wrapping_add(*b)),
        (Method::Compare, [Value::Integer(a), Value::Integer(b)]) => some(sign(a.cmp(b))),
        (Method::Signum, [Value::Integer(n)]) => some(n.signum()),
        (Method::BitCount, [Value::Integer(n)]) => some(n.count_ones() as i32),
        (Method::HashCode, [Value::Integer(n)]) => some(*n),
        (Method::ToString, [Value::Integer(n)]) => string(heap, n.to_string()),
        (Method::ToString, [Value::Integer(n), Value::Integer(radix)]) => {
            string(heap, in_radix(i64::from(*n), *radix))
        }
        (Method::ToHexString, [Value::Integer(n)]) => string(heap, format!("{n:x}")),
        (Method::ToOctalString, [Value::Integer(n)]) => string(heap, format!("{n:o}")),
        (Method::ToBinaryString, [Value::Integer(n)]) => string(heap, format!("{n:b}")),
        _ => match bits::of_integers(heap, method, arguments)? {
            None => convert(i64::from(integer), f64::from(integer), method, arguments),
            found => Ok(found),
        },
    }
}

/// Calls a method of a Long.
pub(crate) fn call_long<'a>(
    heap: &'a Heap<'a>,
    long: i64,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let read = |text: &str, radix: i32| {
        parse(text, radix, (i64::MIN, i64::MAX)).and_then(|n| some(Value::Long(n)))
    };
    let longs = (arguments.first().and_then(long_of), arguments.get(1).and_then(long_of));
    match (method, arguments, longs) {
        (Method::CompareTo, [Value::Long(other)], _) => some(sign(long.cmp(other))),
        (Method::ParseLong | Method::ValueOf, [Value::String(text)], _) => read(text, 10),
        (Method::ParseLong | Method::ValueOf, [Value::String(text), Value::Integer(radix)], _) => {
            read(text, *radix)
        }
        (
            Method::ParseLong | Method::ValueOf,
            [Value::Null] | [Value::Null, Value::Integer(_)],
            _,
        ) => Err(not_a_number("null")),
        (Method::ValueOf, [_], (Some(n), _)) => some(Value::Long(n)),
        (Method::Max, [_, _], (Some(a), Some(b))) => some(Value::Long(a.max(b))),
        (Method::Min, [_, _], (Some(a), Some(b))) => some(Value::Long(a.min(b))),
        (Method::Sum, [_, _], (Some(a), Some(b))) => some(Value::Long(a.wrapping_add(b))),
        (Method::Compare, [_, _], (Some(a), Some(b))) => some(sign(a.cmp(&b))),
        (Method::Signum, [_], (Some(n), _)) => some(n.signum() as i32),
        (Method::BitCount, [_], (Some(n), _)) => some(n.count_ones() as i32),
        (Method::HashCode, [_], (Some(n), _)) => some((n ^ ((n as u64) >> 32) as i64) as i32),
        (Method::ToString, [_], (Some(n), _)) => string(heap, n.to_string()),
        (Method::ToString, [_, Value::Integer(radix)], (Some(n), _)) => {
            string(heap, in_radix(n, *radix))
        }
        (Method::ToHexString, [_], (Some(n), _)) => string(heap, format!("{n:x}")),
        (Method::ToOctalString, [_], (Some(n), _)) => string(heap, format!("{n:o}")),
        (Method::ToBinaryString, [_], (Some(n), _)) => string(heap, format!("{n:b}")),
        _ => match bits::of_longs(heap, method, arguments)? {
            None => convert(long, long as f64, method, arguments),
            found => Ok(found),
        },
    }
}

/// Calls a method of a Double.
pub(crate) fn call_double<'a>(
    heap: &'a Heap<'a>,
    double: f64,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let read = |text: &str| {
        parse_double(text).map(|n| Some(Value::Double(n))).ok_or_else(|| not_a_number(text))
    };
    let doubles = (arguments.first().and_then(double_of), arguments.get(1).and_then(double_of));
    match (method, arguments, doubles) {
        (Method::CompareTo, [Value::Double(other)], _) => some(sign(order(double, *other))),
        (Method::ParseDouble | Method::ValueOf, [Value::String(text)], _) => read(text),
        (Method::ParseDouble | Method::ValueOf, [Value::Null], _) => Err(MethodError::NullArgument),
        (Method::ValueOf, [_], (Some(n), _)) => some(Value::Double(n)),
        (Method::IsNaN, [], _) => some(double.is_nan()),
        (Method::IsInfinite, [], _) => some(double.is_infinite()),
        (Method::IsNaN, [_], (Some(n), _)) => some(n.is_nan()),
        (Method::IsInfinite, [_], (Some(n), _)) => some(n.is_infinite()),
        (Method::IsFinite, [_], (Some(n), _)) => some(n.is_finite()),
        (Method::DoubleToLongBits | Method::DoubleToRawLongBits, [_], (Some(n), _)) => {
            some(Value::Long(n.to_bits() as i64))
        }
        (Method::LongBitsToDouble, [bits], _) => match long_of(bits) {
            Some(bits) => some(Value::Double(f64::from_bits(bits as u64))),
            None => Ok(None),
        },
        (Method::Max, [_, _], (Some(a), Some(b))) => some(Value::Double(larger(a, b))),
        (Method::Min, [_, _], (Some(a), Some(b))) => some(Value::Double(-larger(-a, -b))),
        (Method::Sum, [_, _], (Some(a), Some(b))) => some(Value::Double(a + b)),
        (Method::Compare, [_, _], (Some(a), Some(b))) => some(sign(order(a, b))),
        (Method::ToString, [_], (Some(n), _)) => {
            let mut out = String::new();
            write_double(n, &mut out);
            string(heap, out)
        }
        (Method::HashCode, [_], (Some(n), _)) => {
            some(java_hash(&Meter::default(), &Value::Double(n))?)
        }
        (Method::ToHexString, [_], (Some(n), _)) => string(heap, hexadecimal(n)),
        // Java casts a double to a long within the long's range.
        (Method::IntValue, [], _) => some(double as i32),
        (Method::ShortValue, [], _) => some(i32::from(double as i32 as i16)),
        (Method::ByteValue, [], _) => some(i32::from(double as i32 as i8)),
        _ => convert(double as i64, double, method, arguments),
    }
}

/// What every number can be turned into, and `compareTo` with what is not of its class.
fn convert<'a>(long: i64, double: f64, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::IntValue, []) => some(long as i32),
        (Method::LongValue, []) => some(Value::Long(long)),
        (Method::DoubleValue, []) => some(Value::Double(double)),
        (Method::FloatValue, []) => some(Value::Float(double as f32)),
        (Method::ShortValue, []) => some(i32::from(long as i16)),
        (Method::ByteValue, []) => some(i32::from(long as i8)),
        (Method::CompareTo, [other]) => uncomparable(other),
        _ => Ok(None),
    }
}

/// What fits where a long is wanted.
fn long_of(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(integer) => Some(i64::from(*integer)),
        Value::Long(long) => Some(*long),
        _ => None,
    }
}

/// What fits where a double is wanted.
fn double_of(value: &Value<'_>) -> Option<f64> {
    if matches!(value, Value::BigInteger(_) | Value::Decimal(_)) { None } else { as_double(value) }
}

/// Java's order of doubles: -0.0 before 0.0, NaN behind all.
fn order(a: f64, b: f64) -> std::cmp::Ordering {
    let canonical = |double: f64| if double.is_nan() { f64::NAN.abs() } else { double };
    canonical(a).total_cmp(&canonical(b))
}

fn larger(a: f64, b: f64) -> f64 {
    if order(a, b).is_lt() { b } else { a }
}

fn parse(text: &str, radix: i32, (min, max): (i64, i64)) -> Result<i64, MethodError> {
    u32::try_from(radix)
        .ok()
        .and_then(|radix| parse_integer(text, radix, min, max))
        .ok_or_else(|| not_a_number(text))
}

fn not_a_number(text: &str) -> MethodError {
    MethodError::NotANumber(text.len())
}

/// The digits of an integer, with a sign in front; a radix that does not exist is 10.
fn in_radix(number: i64, radix: i32) -> String {
    big_in_radix(&BigInt::from(number), radix)
}

fn big_in_radix(number: &BigInt, radix: i32) -> String {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix)).unwrap_or(10);
    number.to_str_radix(radix)
}
