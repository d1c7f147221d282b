//! Methods of booleans and of chars.

use std::cmp::Ordering;

use crate::method::{Answer, Method, some};
use crate::print::to_text;
use crate::value::{Meter, MethodError, Value};

/// Calls a method of a boolean.
pub(crate) fn call<'a>(boolean: bool, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::BooleanValue, []) => some(boolean),
        (Method::ParseBoolean | Method::ValueOf, [Value::String(text)]) => {
            some(text.as_str().eq_ignore_ascii_case("true"))
        }
        (Method::ParseBoolean | Method::ValueOf, [Value::Null]) => some(false),
        (Method::ValueOf, [Value::Boolean(other)]) => some(*other),
        (Method::ToString, [Value::Boolean(other)]) => {
            Ok(Some(Value::text(if *other { "true" } else { "false" })))
        }
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
pub(crate) fn call_char<'a>(unit: u16, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::CharValue, []) => Ok(Some(Value::Char(unit))),
        (Method::CompareTo, [Value::Char(other)]) => some(i32::from(unit) - i32::from(*other)),
        (Method::CompareTo, [other]) => uncomparable(other),
        (Method::ToString, [other @ Value::Char(_)]) => {
            Ok(Some(Value::string(to_text(&Meter::default(), other)?)))
        }
        (Method::ValueOf, [Value::Char(other)]) => Ok(Some(Value::Char(*other))),
        _ => Ok(None),
    }
}

/// -1, 0 or 1.
pub(super) fn sign(ordering: Ordering) -> i32 {
    ordering as i32
}

/// `compareTo` takes any object, and then wants its own class.
pub(super) fn uncomparable<'a>(other: &Value<'a>) -> Answer<'a> {
    Err(if other.is_null() { MethodError::NullArgument } else { MethodError::WrongClass })
}
