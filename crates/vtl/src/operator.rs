//! Operators: Java's arithmetic over Integer, Long, BigInteger and Double, as Velocity 1.7 widens
//! it, and its two ideas of being equal. What has no result is null.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use crate::heap::Heap;
use crate::print::print;
use crate::tree::Arithmetic;
use crate::value::{Meter, MethodError, Value, same};

/// Bits of a BigInteger; Java's own bound is far above.
const MAX_BITS: u64 = 1 << 16;

/// Two operands in the type that their operation is done in.
enum Pair {
    /// The results of two Integers are Integers where they fit.
    Integers {
        left: i64,
        right: i64,
        are_long: bool,
    },
    Big(BigInt, BigInt),
    Doubles(f64, f64),
}

/// The result for operands as they nearly always are: Integers whose result is one, and Doubles.
#[inline(always)]
pub(crate) fn everyday<'a>(
    operator: Arithmetic,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Option<Value<'a>> {
    let (a, b) = match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => {
            let result = match operator {
                Arithmetic::Add => a.checked_add(*b),
                Arithmetic::Subtract => a.checked_sub(*b),
                Arithmetic::Multiply => a.checked_mul(*b),
                Arithmetic::Divide | Arithmetic::Modulo => None,
            };
            return result.map(Value::Integer);
        }
        (Value::Double(a), Value::Double(b)) => (*a, *b),
        (Value::Double(a), Value::Integer(b)) => (*a, f64::from(*b)),
        _ => return None,
    };
    Some(Value::Double(match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide | Arithmetic::Modulo => return None,
    }))
}

/// `a + b` where one of them is a text.
pub(crate) fn join<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    let mut text = String::new();
    print(&heap.cells.meter, a, &mut text)?;
    print(&heap.cells.meter, b, &mut text)?;
    Value::string(heap, text)
}

/// `a + b`
pub(crate) fn add<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    arithmetic(heap, a, b, i64::checked_add, |a, b| a + b, |a, b| a + b)
}

/// `a - b`
pub(crate) fn subtract<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    arithmetic(heap, a, b, i64::checked_sub, |a, b| a - b, |a, b| a - b)
}

/// `a * b`
pub(crate) fn multiply<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    arithmetic(heap, a, b, i64::checked_mul, |a, b| a * b, |a, b| a * b)
}

/// `a / b`: null if `b` is zero, `0.0` too.
pub(crate) fn divide<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    if is_zero(b) {
        return Ok(Value::Null);
    }
    arithmetic(heap, a, b, |a, b| Some(a.wrapping_div(b)), |a, b| a / b, |a, b| a / b)
}

/// `a % b`: null if `b` is zero, `0.0` too. With a BigInteger the result is never negative, and a
/// negative `b` an error.
pub(crate) fn remainder<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    if is_zero(b) {
        return Ok(Value::Null);
    }
    if let Some(Pair::Big(_, b)) = pair(a, b)
        && b.sign() == Sign::Minus
    {
        return Err(MethodError::IllegalArgument("the modulus is negative"));
    }
    // Java does these in BigDecimals, of which Velocity takes no remainder.
    if let (Value::BigInteger(_), Value::Double(_)) | (Value::Double(_), Value::BigInteger(_)) =
        (a, b)
    {
        return Err(MethodError::WrongClass);
    }
    let modulus = |a: BigInt, b: BigInt| ((a % &b) + &b) % b;
    arithmetic(heap, a, b, |a, b| Some(a.wrapping_rem(b)), modulus, |a, b| a % b)
}

#[inline]
fn arithmetic<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
    long: impl Fn(i64, i64) -> Option<i64>,
    big: impl Fn(BigInt, BigInt) -> BigInt,
    double: impl Fn(f64, f64) -> f64,
) -> Result<Value<'a>, MethodError> {
    let result = match pair(a, b) {
        None => return Ok(Value::Null),
        Some(Pair::Doubles(a, b)) => return Ok(Value::Double(double(a, b))),
        Some(Pair::Integers { left, right, are_long }) => match long(left, right) {
            Some(long) => {
                let integer = i32::try_from(long).ok().filter(|_| !are_long);
                return Ok(integer.map_or(Value::Long(long), Value::Integer));
            }
            None => big(left.into(), right.into()),
        },
        Some(Pair::Big(a, b)) => big(a, b),
    };
    if result.bits() > MAX_BITS {
        Err(MethodError::Spent)
    } else {
        Value::big_integer(heap, result)
    }
}

/// Both operands in one type, if both are numbers.
fn pair(a: &Value<'_>, b: &Value<'_>) -> Option<Pair> {
    if let (Value::Double(a), Value::Double(b)) = (a, b) {
        return Some(Pair::Doubles(*a, *b));
    }
    if let (Some(left), Some(right)) = (as_long(a), as_long(b)) {
        let is_long = |value: &Value<'_>| matches!(value, Value::Long(_));
        return Some(Pair::Integers { left, right, are_long: is_long(a) || is_long(b) });
    }
    let is_double = |value: &Value<'_>| matches!(value, Value::Double(_));
    if is_double(a) || is_double(b) {
        return Some(Pair::Doubles(as_double(a)?, as_double(b)?));
    }
    if let (Some(a), Some(b)) = (as_big(a), as_big(b)) {
        return Some(Pair::Big(a, b));
    }
    Some(Pair::Doubles(as_double(a)?, as_double(b)?))
}

fn as_long(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(integer) => Some(i64::from(*integer)),
        Value::Long(long) => Some(*long),
        _ => None,
    }
}

fn as_big(value: &Value<'_>) -> Option<BigInt> {
    match value {
        Value::BigInteger(big) => Some((*big).clone()),
        other => as_long(other).map(BigInt::from),
    }
}

/// The number as a Double, if it is one.
pub(crate) fn as_double(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Integer(integer) => Some(f64::from(*integer)),
        Value::Long(long) => Some(*long as f64),
        Value::BigInteger(big) => big.to_f64(),
        Value::Double(double) => Some(*double),
        _ => None,
    }
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::BigInteger(big) => big.sign() == Sign::NoSign,
        other => as_double(other) == Some(0.0),
    }
}

/// How two numbers compare, across types; `None` if one is no number.
#[inline]
pub(crate) fn compare(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        _ => compare_any(a, b),
    }
}

fn compare_any(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    Some(match pair(a, b)? {
        Pair::Integers { left, right, .. } => left.cmp(&right),
        Pair::Big(a, b) => a.cmp(&b),
        // What is neither less nor greater counts as equal, and so NaN equals every number.
        Pair::Doubles(a, b) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
    })
}

/// `a == b`: numbers by value, one class by `equals`, two classes by their texts.
pub(crate) fn equal<'a>(meter: &Meter, a: &Value<'a>, b: &Value<'a>) -> Result<bool, MethodError> {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Ok(a == b);
    }
    if a.is_null() || b.is_null() {
        return Ok(a.is_null() && b.is_null());
    }
    if let Some(ordering) = compare(a, b) {
        return Ok(ordering == Ordering::Equal);
    }
    if std::mem::discriminant(a) == std::mem::discriminant(b) {
        return same(meter, a, b);
    }
    let (mut left, mut right) = (String::new(), String::new());
    print(meter, a, &mut left)?;
    print(meter, b, &mut right)?;
    Ok(left == right)
}

/// Whether a reference with this value holds in a condition.
pub(crate) fn truth(value: &Value<'_>) -> bool {
    !matches!(value, Value::Null | Value::Boolean(false))
}
