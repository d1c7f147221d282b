//! Methods of booleans.

use std::cmp::Ordering;

use crate::method::{Answer, Method, some};
use crate::value::{MethodError, Value};

/// Calls a method of a boolean.
pub(crate) fn call<'a>(boolean: bool, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::BooleanValue, []) => some(boolean),
        (Method::ParseBoolean | Method::ValueOf, [Value::String(text)]) => {
            some(text.eq_ignore_ascii_case("true"))
        }
        (Method::ParseBoolean | Method::ValueOf, [Value::Null]) => some(false),
        // No system property is anybody's business.
        (Method::GetBoolean, [Value::String(_) | Value::Null]) => some(false),
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

/// -1, 0 or 1.
pub(super) fn sign(ordering: Ordering) -> i32 {
    ordering as i32
}

/// `compareTo` takes any object, and then wants its own class.
pub(super) fn uncomparable<'a>(other: &Value<'a>) -> Answer<'a> {
    Err(if other.is_null() { MethodError::NullArgument } else { MethodError::WrongClass })
}
