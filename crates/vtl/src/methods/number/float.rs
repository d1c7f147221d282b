//! Methods of Floats.

use super::{convert, not_a_number, order, sign};
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::number::{parse_double, write_float};
use crate::value::{Meter, MethodError, Value, java_hash};

/// Calls a method of a Float.
pub(crate) fn call_float<'a>(
    heap: &'a Heap<'a>,
    float: f32,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let floats = (arguments.first().and_then(float_of), arguments.get(1).and_then(float_of));
    let compare = |a: f32, b: f32| order(f64::from(a), f64::from(b));
    match (method, arguments, floats) {
        (Method::CompareTo, [Value::Float(other)], _) => some(sign(compare(float, *other))),
        (Method::ParseFloat | Method::ValueOf, [Value::String(text)], _) => {
            match parse_double(text) {
                Some(double) => some(Value::Float(double as f32)),
                None => Err(not_a_number(text)),
            }
        }
        (Method::ParseFloat | Method::ValueOf, [Value::Null], _) => Err(MethodError::NullArgument),
        (Method::ValueOf, [_], (Some(n), _)) => some(Value::Float(n)),
        (Method::IsNaN, [], _) => some(float.is_nan()),
        (Method::IsInfinite, [], _) => some(float.is_infinite()),
        (Method::IsNaN, [_], (Some(n), _)) => some(n.is_nan()),
        (Method::IsInfinite, [_], (Some(n), _)) => some(n.is_infinite()),
        (Method::IsFinite, [_], (Some(n), _)) => some(n.is_finite()),
        (Method::Max, [_, _], (Some(a), Some(b))) => {
            some(Value::Float(if compare(a, b).is_lt() { b } else { a }))
        }
        (Method::Min, [_, _], (Some(a), Some(b))) => {
            some(Value::Float(if compare(a, b).is_gt() { b } else { a }))
        }
        (Method::Sum, [_, _], (Some(a), Some(b))) => some(Value::Float(a + b)),
        (Method::Compare, [_, _], (Some(a), Some(b))) => some(sign(compare(a, b))),
        (Method::ToString, [_], (Some(n), _)) => {
            let mut out = String::new();
            write_float(n, &mut out);
            string(heap, out)
        }
        (Method::HashCode, [_], (Some(n), _)) => {
            some(java_hash(&Meter::default(), &Value::Float(n))?)
        }
        (Method::IntValue, [], _) => some(float as i32),
        (Method::ShortValue, [], _) => some(i32::from(float as i32 as i16)),
        (Method::ByteValue, [], _) => some(i32::from(float as i32 as i8)),
        _ => convert(float as i64, f64::from(float), method, arguments),
    }
}

/// What fits where a float is wanted.
fn float_of(value: &Value<'_>) -> Option<f32> {
    match value {
        Value::Integer(integer) => Some(*integer as f32),
        Value::Long(long) => Some(*long as f32),
        Value::Float(float) => Some(*float),
        _ => None,
    }
}
