//! Operators: Java's arithmetic over Integer, Long, BigInteger and Double, as Velocity 1.7 widens
//! it, and its two ideas of being equal. What has no result is null.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use crate::decimal::Decimal;
use crate::heap::Heap;
use crate::print::print;
use crate::tree::Arithmetic;
use crate::value::{Meter, MethodError, Value, same};

/// Two operands in the type that their operation is done in.
enum Pair {
    /// The results of two Integers are Integers where they fit.
    Integers {
        left: i64,
        right: i64,
        are_long: bool,
    },
    Big(BigInt, BigInt),
    Floats(f32, f32),
    Doubles(f64, f64),
    Decimals(Decimal, Decimal),
}

/// What the operands and the results of operators nearly always are.
#[derive(Clone, Copy)]
pub(crate) enum Everyday {
    Integer(i32),
    Double(f64),
}

impl From<Everyday> for Value<'_> {
    #[inline(always)]
    fn from(number: Everyday) -> Self {
        match number {
            Everyday::Integer(integer) => Self::Integer(integer),
            Everyday::Double(double) => Self::Double(double),
        }
    }
}

/// The result for operands as they nearly always are: Integers whose result is one, and Doubles.
#[inline(always)]
pub(crate) fn everyday(operator: Arithmetic, a: &Value<'_>, b: &Value<'_>) -> Option<Everyday> {
    let (a, b) = match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => {
            let result = match operator {
                Arithmetic::Add => a.checked_add(*b),
                Arithmetic::Subtract => a.checked_sub(*b),
                Arithmetic::Multiply => a.checked_mul(*b),
                Arithmetic::Divide | Arithmetic::Modulo => None,
            };
            return result.map(Everyday::Integer);
        }
        (Value::Double(a), Value::Double(b)) => (*a, *b),
        (Value::Double(a), Value::Integer(b)) => (*a, f64::from(*b)),
        _ => return None,
    };
    Some(Everyday::Double(match operator {
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
    arithmetic(heap, a, b, Arithmetic::Add, i64::checked_add, |a, b| a + b)
}

/// `a - b`
pub(crate) fn subtract<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    arithmetic(heap, a, b, Arithmetic::Subtract, i64::checked_sub, |a, b| a - b)
}

/// `a * b`
pub(crate) fn multiply<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Value<'a>, MethodError> {
    arithmetic(heap, a, b, Arithmetic::Multiply, i64::checked_mul, |a, b| a * b)
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
    arithmetic(heap, a, b, Arithmetic::Divide, |a, b| Some(a.wrapping_div(b)), |a, b| a / b)
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
    arithmetic(heap, a, b, Arithmetic::Modulo, |a, b| Some(a.wrapping_rem(b)), |a, b| a % b)
}

#[inline]
fn arithmetic<'a>(
    heap: &'a Heap<'a>,
    a: &Value<'a>,
    b: &Value<'a>,
    operation: Arithmetic,
    long: impl Fn(i64, i64) -> Option<i64>,
    double: impl Fn(f64, f64) -> f64,
) -> Result<Value<'a>, MethodError> {
    match pair(a, b) {
        None => Ok(Value::Null),
        Some(Pair::Doubles(a, b)) => Ok(Value::Double(double(a, b))),
        Some(Pair::Floats(a, b)) => Ok(Value::Float(double(f64::from(a), f64::from(b)) as f32)),
        Some(Pair::Integers { left, right, are_long }) => match long(left, right) {
            Some(long) => {
                let integer = i32::try_from(long).ok().filter(|_| !are_long);
                Ok(integer.map_or(Value::Long(long), Value::Integer))
            }
            None => of_big(heap, &left.into(), &right.into(), operation),
        },
        Some(Pair::Big(a, b)) => of_big(heap, &a, &b, operation),
        Some(Pair::Decimals(a, b)) => of_decimals(heap, &a, &b, operation),
    }
}

/// The remainder of BigIntegers is never negative, and by a negative one an error.
#[cold]
fn of_big<'a>(
    heap: &'a Heap<'a>,
    a: &BigInt,
    b: &BigInt,
    operation: Arithmetic,
) -> Result<Value<'a>, MethodError> {
    let meter = &heap.cells.meter;
    match operation {
        Arithmetic::Add | Arithmetic::Subtract => meter.compute(a.bits() + b.bits(), 64)?,
        _ => meter.compute(a.bits(), b.bits())?,
    }
    let result = match operation {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Modulo if b.sign() == Sign::Minus => {
            return Err(MethodError::IllegalArgument("the modulus is negative"));
        }
        Arithmetic::Modulo => ((a % b) + b) % b,
    };
    Value::big_integer(heap, result)
}

/// Of decimals Velocity takes no remainder.
#[cold]
fn of_decimals<'a>(
    heap: &'a Heap<'a>,
    a: &Decimal,
    b: &Decimal,
    operation: Arithmetic,
) -> Result<Value<'a>, MethodError> {
    let meter = &heap.cells.meter;
    let (of_a, of_b) = (a.unscaled.bits(), b.unscaled.bits());
    match operation {
        Arithmetic::Add | Arithmetic::Subtract => {
            meter.compute(a.aligned_bits(b), a.aligned_bits(b))?;
        }
        Arithmetic::Multiply => meter.compute(of_a, of_b)?,
        Arithmetic::Divide | Arithmetic::Modulo => meter.compute(of_a + b.bits(), b.bits())?,
    }
    let result = match operation {
        Arithmetic::Add => a.plus(b),
        Arithmetic::Subtract => a.minus(b),
        Arithmetic::Multiply => a.times(b),
        Arithmetic::Divide => a.over(b),
        Arithmetic::Modulo => return Err(MethodError::WrongClass),
    };
    Value::decimal(heap, result)
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
    wide_pair(a, b)
}

/// The same where one is no Integer and no Long.
#[inline(never)]
fn wide_pair(a: &Value<'_>, b: &Value<'_>) -> Option<Pair> {
    let either = |is: fn(&Value<'_>) -> bool| is(a) || is(b);
    let is_floating = either(|value| matches!(value, Value::Double(_) | Value::Float(_)));
    let is_big = either(|value| matches!(value, Value::BigInteger(_)));
    if either(|value| matches!(value, Value::Decimal(_))) || (is_floating && is_big) {
        return Some(Pair::Decimals(as_decimal(a)?, as_decimal(b)?));
    }
    if either(|value| matches!(value, Value::Double(_))) {
        return Some(Pair::Doubles(as_double(a)?, as_double(b)?));
    }
    if is_floating {
        return Some(Pair::Floats(as_float(a)?, as_float(b)?));
    }
    Some(Pair::Big(as_big(a)?, as_big(b)?))
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

fn as_float(value: &Value<'_>) -> Option<f32> {
    match value {
        Value::Float(float) => Some(*float),
        other => as_long(other).map(|long| long as f32),
    }
}

pub(crate) fn as_decimal(value: &Value<'_>) -> Option<Decimal> {
    match value {
        Value::Decimal(decimal) => Some((*decimal).clone()),
        Value::Double(double) => Decimal::of_double(*double),
        Value::Float(float) => Decimal::of_double(f64::from(*float)),
        other => as_big(other).map(Decimal::from),
    }
}

/// The lowest 64 bits, as Java narrows integers.
pub(crate) fn low_bits(big: &BigInt) -> i64 {
    let low = big.iter_u64_digits().next().unwrap_or(0) as i64;
    if big.sign() == Sign::Minus { low.wrapping_neg() } else { low }
}

/// The number as a Double, if it is one.
pub(crate) fn as_double(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Integer(integer) => Some(f64::from(*integer)),
        Value::Long(long) => Some(*long as f64),
        Value::BigInteger(big) => big.to_f64(),
        Value::Double(double) => Some(*double),
        Value::Float(float) => Some(f64::from(*float)),
        Value::Decimal(decimal) => Some(decimal.to_f64()),
        _ => None,
    }
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::BigInteger(big) => big.sign() == Sign::NoSign,
        Value::Decimal(decimal) => decimal.unscaled.sign() == Sign::NoSign,
        other => as_double(other) == Some(0.0),
    }
}

/// How two numbers compare, across types; `None` if one is no number.
#[inline]
pub(crate) fn compare(
    meter: &Meter,
    a: &Value<'_>,
    b: &Value<'_>,
) -> Result<Option<Ordering>, MethodError> {
    let (a, b) = match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => return Ok(Some(a.cmp(b))),
        (Value::String(_), _) | (_, Value::String(_)) => return Ok(None),
        (Value::Double(a), Value::Double(b)) => (*a, *b),
        (Value::Double(a), Value::Integer(b)) => (*a, f64::from(*b)),
        _ => return compare_any(meter, a, b),
    };
    Ok(Some(order(a, b)))
}

/// What is neither less nor greater counts as equal, and so NaN equals every number.
#[inline(always)]
fn order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or(Ordering::Equal)
}

#[inline(never)]
fn compare_any(
    meter: &Meter,
    a: &Value<'_>,
    b: &Value<'_>,
) -> Result<Option<Ordering>, MethodError> {
    let Some(pair) = pair(a, b) else { return Ok(None) };
    Ok(Some(match pair {
        Pair::Integers { left, right, .. } => left.cmp(&right),
        Pair::Big(a, b) => {
            meter.compute(a.bits() + b.bits(), 64)?;
            a.cmp(&b)
        }
        Pair::Floats(a, b) => order(f64::from(a), f64::from(b)),
        Pair::Decimals(a, b) => {
            meter.compute(a.aligned_bits(&b), a.aligned_bits(&b))?;
            a.compare(&b)
        }
        Pair::Doubles(a, b) => order(a, b),
    }))
}

/// `a == b`: numbers by value, one class by `equals`, two classes by their texts.
pub(crate) fn equal<'a>(meter: &Meter, a: &Value<'a>, b: &Value<'a>) -> Result<bool, MethodError> {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Ok(a == b);
    }
    if a.is_null() || b.is_null() {
        return Ok(a.is_null() && b.is_null());
    }
    if let Some(ordering) = compare(meter, a, b)? {
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
