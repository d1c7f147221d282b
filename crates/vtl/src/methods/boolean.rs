//! Methods of booleans and of chars.

use std::cmp::Ordering;

use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::print::to_text;
use crate::value::{Meter, MethodError, Value};

/// Calls a method of a boolean.
pub(crate) fn call<'a>(boolean: bool, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::BooleanValue, []) => some(boolean),
        (Method::ParseBoolean | Method::ValueOf, [Value::String(text)]) => {
            some(text.eq_ignore_ascii_case("true"))
        }
        (Method::ParseBoolean | Method::ValueOf, [Value::Null]) => some(false),
        (Method::ValueOf, [Value::Boolean(other)]) => some(*other),
        (Method::ToString, [Value::Boolean(other)]) => some(if *other { "true" } else { "false" }),
        (Method::HashCode, [Value::Boolean(other)]) => some(if *other { 1231 } else { 1237 }),
        (Method::CompareTo, [Value::Boolean(other)]) => some(sign(boolean.cmp(other))),
        (Method::Compare, [Value::Boolean(a), Value::Boolean(b)]) => some(sign(a.cmp(b))),
        (Method::LogicalAnd, [Value::Boolean(a), Value::Boolean(b)]) => some(a & b),
        (Method::LogicalOr, [Value::Boolean(a), Value::Boolean(b)]) => some(a | b),
        (Method::LogicalXor, [Value::Boolean(a), Value::Boolean(b)]) => some(a ^ b),
        (Method::CompareTo, [other]) => uncomparable(other),
        _ => Ok(None),
    }
}

/// Calls a method of a char.
pub(crate) fn call_char<'a>(
    heap: &'a Heap<'a>,
    unit: u16,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::CharValue, []) => Ok(Some(Value::Char(unit))),
        (Method::CompareTo, [Value::Char(other)]) => some(i32::from(unit) - i32::from(*other)),
        (Method::CompareTo, [other]) => uncomparable(other),
        (Method::ToString, [other @ Value::Char(_)]) => {
            string(heap, to_text(&Meter::default(), other)?)
        }
        (Method::ToString, [Value::Integer(code)]) => match code_point(*code) {
            Some(c) => string(heap, c.to_string()),
            None => Err(MethodError::IllegalArgument("no such character")),
        },
        (Method::ToUpperCase, [Value::Char(other)]) => {
            Ok(Some(Value::Char(recase(u32::from(*other), true) as u16)))
        }
        (Method::ToLowerCase, [Value::Char(other)]) => {
            Ok(Some(Value::Char(recase(u32::from(*other), false) as u16)))
        }
        (Method::ToUpperCase, [Value::Integer(code)]) => some(recase(*code as u32, true) as i32),
        (Method::ToLowerCase, [Value::Integer(code)]) => some(recase(*code as u32, false) as i32),
        (Method::ValueOf, [Value::Char(other)]) => Ok(Some(Value::Char(*other))),
        _ => Ok(None),
    }
}

fn code_point(code: i32) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}

/// A code point in the other case, where that is one too.
fn recase(code: u32, upper: bool) -> u32 {
    let Some(c) = char::from_u32(code) else { return code };
    let mapped: Vec<char> =
        if upper { c.to_uppercase().collect() } else { c.to_lowercase().collect() };
    if let [only] = mapped[..] { u32::from(only) } else { code }
}

/// -1, 0 or 1.
pub(super) fn sign(ordering: Ordering) -> i32 {
    ordering as i32
}

/// `compareTo` takes any object, and then wants its own class.
pub(super) fn uncomparable<'a>(other: &Value<'a>) -> Answer<'a> {
    Err(if other.is_null() { MethodError::NullArgument } else { MethodError::WrongClass })
}
