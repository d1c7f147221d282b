//! The static methods of Integer and Long on their bits, and on numbers without a sign.

use super::{big_in_radix, long_of, not_a_number};
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::number::parse_integer;
use crate::value::{MethodError, Value};

/// Calls such a method of Integer.
pub(super) fn of_integers<'a>(
    heap: &'a Heap<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::Decode, [Value::String(text)]) => {
            decode(text, (i64::from(i32::MIN), i64::from(i32::MAX))).and_then(|n| some(n as i32))
        }
        (Method::ParseUnsignedInt, [Value::String(text)]) => {
            unsigned(text, 10, u64::from(u32::MAX)).and_then(|n| some(n as i32))
        }
        (Method::ParseUnsignedInt, [Value::String(text), Value::Integer(radix)]) => {
            unsigned(text, *radix, u64::from(u32::MAX)).and_then(|n| some(n as i32))
        }
        (Method::Decode, [Value::Null]) => Err(MethodError::NullArgument),
        (Method::ParseUnsignedInt, [Value::Null] | [Value::Null, Value::Integer(_)]) => {
            Err(not_a_number("null"))
        }
        (_, [Value::Integer(n)]) => of_integer(heap, method, *n),
        (Method::ToUnsignedString, [Value::Integer(n), Value::Integer(radix)]) => {
            string(heap, big_in_radix(&(*n as u32).into(), *radix))
        }
        (_, [Value::Integer(a), Value::Integer(b)]) => {
            let (left, right) = (*a as u32, *b as u32);
            match method {
                Method::RotateLeft => some(a.rotate_left(right & 31)),
                Method::RotateRight => some(a.rotate_right(right & 31)),
                Method::CompareUnsigned => some(left.cmp(&right) as i32),
                Method::DivideUnsigned => or_zero(left.checked_div(right).map(|n| n as i32)),
                Method::RemainderUnsigned => or_zero(left.checked_rem(right).map(|n| n as i32)),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn of_integer<'a>(heap: &'a Heap<'a>, method: Method, n: i32) -> Answer<'a> {
    match method {
        Method::HighestOneBit => some(highest(u64::from(n as u32)) as i32),
        Method::LowestOneBit => some(n & n.wrapping_neg()),
        Method::NumberOfLeadingZeros => some(n.leading_zeros() as i32),
        Method::NumberOfTrailingZeros => some(n.trailing_zeros() as i32),
        Method::Reverse => some(n.reverse_bits()),
        Method::ReverseBytes => some(n.swap_bytes()),
        Method::ToUnsignedLong => some(Value::Long(i64::from(n as u32))),
        Method::ToUnsignedString => string(heap, (n as u32).to_string()),
        _ => Ok(None),
    }
}

/// Calls such a method of Long.
pub(super) fn of_longs<'a>(
    heap: &'a Heap<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let longs = (arguments.first().and_then(long_of), arguments.get(1).and_then(long_of));
    match (method, arguments, longs) {
        (Method::Decode, [Value::String(text)], _) => {
            decode(text, (i64::MIN, i64::MAX)).and_then(|n| some(Value::Long(n)))
        }
        (Method::ParseUnsignedLong, [Value::String(text)], _) => {
            unsigned(text, 10, u64::MAX).and_then(|n| some(Value::Long(n as i64)))
        }
        (Method::ParseUnsignedLong, [Value::String(text), Value::Integer(radix)], _) => {
            unsigned(text, *radix, u64::MAX).and_then(|n| some(Value::Long(n as i64)))
        }
        (Method::Decode, [Value::Null], _) => Err(MethodError::NullArgument),
        (Method::ParseUnsignedLong, [Value::Null] | [Value::Null, Value::Integer(_)], _) => {
            Err(not_a_number("null"))
        }
        (_, [_], (Some(n), _)) => of_long(heap, method, n),
        (Method::ToUnsignedString, [_, Value::Integer(radix)], (Some(n), _)) => {
            string(heap, big_in_radix(&(n as u64).into(), *radix))
        }
        (Method::RotateLeft, [_, Value::Integer(count)], (Some(n), _)) => {
            some(Value::Long(n.rotate_left(*count as u32 & 63)))
        }
        (Method::RotateRight, [_, Value::Integer(count)], (Some(n), _)) => {
            some(Value::Long(n.rotate_right(*count as u32 & 63)))
        }
        (_, [_, _], (Some(a), Some(b))) => {
            let (left, right) = (a as u64, b as u64);
            let long = |n: u64| Value::Long(n as i64);
            match method {
                Method::CompareUnsigned => some(left.cmp(&right) as i32),
                Method::DivideUnsigned => or_zero(left.checked_div(right).map(long)),
                Method::RemainderUnsigned => or_zero(left.checked_rem(right).map(long)),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

fn of_long<'a>(heap: &'a Heap<'a>, method: Method, n: i64) -> Answer<'a> {
    match method {
        Method::HighestOneBit => some(Value::Long(highest(n as u64) as i64)),
        Method::LowestOneBit => some(Value::Long(n & n.wrapping_neg())),
        Method::NumberOfLeadingZeros => some(n.leading_zeros() as i32),
        Method::NumberOfTrailingZeros => some(n.trailing_zeros() as i32),
        Method::Reverse => some(Value::Long(n.reverse_bits())),
        Method::ReverseBytes => some(Value::Long(n.swap_bytes())),
        Method::ToUnsignedString => string(heap, (n as u64).to_string()),
        _ => Ok(None),
    }
}

fn highest(n: u64) -> u64 {
    n.checked_ilog2().map_or(0, |bit| 1 << bit)
}

fn or_zero<'a>(result: Option<impl Into<Value<'a>>>) -> Answer<'a> {
    match result {
        Some(result) => some(result),
        None => Err(MethodError::IllegalArgument("division by zero")),
    }
}

/// Reads decimal digits, or others behind `0x`, `#` and `0`.
fn decode(text: &str, (min, max): (i64, i64)) -> Result<i64, MethodError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let hexadecimal = ["0x", "0X", "#"].iter().find_map(|prefix| digits.strip_prefix(prefix));
    let (digits, radix) = match (hexadecimal, digits.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (digits, 10),
    };
    let signed = digits.starts_with(['+', '-']);
    let number = parse_integer(&format!("{sign}{digits}"), radix, min, max);
    number.filter(|_| !signed).ok_or_else(|| not_a_number(text))
}

fn unsigned(text: &str, radix: i32, max: u64) -> Result<u64, MethodError> {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
    let number = radix
        .filter(|_| !text.starts_with('-'))
        .and_then(|radix| u64::from_str_radix(text, radix).ok());
    number.filter(|number| *number <= max).ok_or_else(|| not_a_number(text))
}
