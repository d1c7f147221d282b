//! Java's `equals`: values of two classes are never equal, collections are compared deeply.

use super::{Array, Meter, MethodError, Value};
use crate::print::MAX_DEPTH;

/// Whether `a.equals(b)`, with null equal to null only.
pub(crate) fn same<'a>(meter: &Meter, a: &Value<'a>, b: &Value<'a>) -> Result<bool, MethodError> {
    same_within(meter, a, b, MAX_DEPTH)
}

fn same_within<'a>(
    meter: &Meter,
    a: &Value<'a>,
    b: &Value<'a>,
    depth: usize,
) -> Result<bool, MethodError> {
    match same_scalars(meter, a, b)? {
        Some(same) => Ok(same),
        None => same_collections(meter, a, b, depth),
    }
}

/// The same of what holds no other values; by itself, so that the stack has no room for it where
/// values are nested.
fn same_scalars<'a>(
    meter: &Meter,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Option<bool>, MethodError> {
    Ok(Some(match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Boolean(a), Value::Boolean(b)) => a == b,
        (Value::Integer(a), Value::Integer(b)) => a == b,
        (Value::Long(a), Value::Long(b)) => a == b,
        (Value::BigInteger(a), Value::BigInteger(b)) => {
            meter.compute(a.bits(), 64)?;
            a == b
        }
        // Java compares bits here: NaN equals itself, and 0.0 is not -0.0.
        (Value::Double(a), Value::Double(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Float(a), Value::Float(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Decimal(a), Value::Decimal(b)) => {
            meter.compute(a.unscaled.bits(), 64)?;
            a == b
        }
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => Array::is_same(*a, *b),
        (Value::Values(a), Value::Values(b)) => a.is_same(*b),
        (Value::Cursor(a), Value::Cursor(b)) => a.is_same(*b),
        (Value::Block(a), Value::Block(b)) => a == b,
        (Value::Loop(a), Value::Loop(b)) => std::ptr::eq(*a, *b),
        (Value::Object(a), Value::Object(b)) => std::ptr::addr_eq(*a, *b),
        _ => return Ok(None),
    }))
}

fn same_collections<'a>(
    meter: &Meter,
    a: &Value<'a>,
    b: &Value<'a>,
    depth: usize,
) -> Result<bool, MethodError> {
    let depth = depth.checked_sub(1).ok_or(MethodError::TooDeep)?;
    match (a, b) {
        (Value::List(a), Value::List(b)) if a.is_same(*b) => return Ok(true),
        (Value::Map(a), Value::Map(b)) if a.is_same(*b) => return Ok(true),
        (Value::Entry(a), Value::Entry(b)) => {
            return Ok(same_within(meter, &a.key(), &b.key(), depth)?
                && same_within(meter, &a.value(), &b.value(), depth)?);
        }
        (Value::Map(a), Value::Map(b)) | (Value::EntrySet(a), Value::EntrySet(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            return all(a.to_vec().iter(), |(key, value)| {
                meter.visit(1 + b.len() / 8)?;
                let other = b.get_value(meter, key)?;
                other.map_or(Ok(false), |other| same_within(meter, value, &other, depth))
            });
        }
        (Value::KeySet(a), Value::KeySet(b)) => {
            let has = |key: &Value<'a>| Ok(b.get_value(meter, key)?.is_some());
            return Ok(a.len() == b.len() && all(a.to_vec().iter(), |(key, _)| has(key))?);
        }
        _ => {}
    }
    let (Some(a), Some(b)) = (as_list(a)?, as_list(b)?) else { return Ok(false) };
    meter.visit(1 + a.len())?;
    Ok(a.len() == b.len() && all(a.iter().zip(&b), |(a, b)| same_within(meter, a, b, depth))?)
}

/// The elements, if the value is a `java.util.List`.
fn as_list<'a>(value: &Value<'a>) -> Result<Option<Vec<Value<'a>>>, MethodError> {
    Ok(match value {
        Value::List(list) => Some(list.to_vec()),
        Value::SubList(part) => Some(part.to_vec()?),
        _ => None,
    })
}

fn all<T>(
    mut items: impl Iterator<Item = T>,
    mut test: impl FnMut(T) -> Result<bool, MethodError>,
) -> Result<bool, MethodError> {
    items.try_fold(true, |so_far, item| Ok(so_far && test(item)?))
}
