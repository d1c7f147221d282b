//! Methods of BigIntegers.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::{big_in_radix, convert, sign};
use crate::decimal::MAX_BITS;
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::operator::low_bits;
use crate::value::{MethodError, Value};

/// Calls a method of a BigInteger.
pub(crate) fn call_big<'a>(
    heap: &'a Heap<'a>,
    big: &'a BigInt,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let meter = &heap.cells.meter;
    match (method, arguments) {
        (Method::ToString, [Value::Integer(_)]) | (Method::Sqrt, []) => meter.digits(big.bits())?,
        (Method::Gcd, [Value::BigInteger(other)]) => meter.divisor(big.bits(), other.bits())?,
        (_, [Value::BigInteger(other)]) => meter.compute(big.bits(), other.bits())?,
        _ => meter.compute(big.bits(), 64)?,
    }
    match (method, arguments) {
        (Method::CompareTo, [Value::BigInteger(other)]) => some(sign(big.cmp(other))),
        (Method::Signum, []) => some(sign(big.cmp(&BigInt::ZERO))),
        (Method::Max, [Value::BigInteger(other)]) => some(Value::BigInteger(big.max(other))),
        (Method::Min, [Value::BigInteger(other)]) => some(Value::BigInteger(big.min(other))),
        (Method::ValueOf, [Value::Integer(long)]) => own(heap, (*long).into()),
        (Method::ValueOf, [Value::Long(long)]) => own(heap, (*long).into()),
        (Method::ToString, [Value::Integer(radix)]) => string(heap, big_in_radix(big, *radix)),
        // Bits that differ from the sign's.
        (Method::BitCount, []) => {
            let bits = if big.sign() == Sign::Minus { -big - 1 } else { big.clone() };
            some(bits.iter_u64_digits().map(|digit| digit.count_ones() as i32).sum::<i32>())
        }
        (Method::BitLength, []) => {
            let bits = if big.sign() == Sign::Minus { (-big - 1u32).bits() } else { big.bits() };
            some(bits as i32)
        }
        (Method::Abs, []) => own(heap, big.abs()),
        (Method::Negate, []) => own(heap, -big),
        (Method::Not, []) => own(heap, -big - 1),
        (Method::Sqrt, []) if big.is_negative() => arithmetic(),
        (Method::Sqrt, []) => own(heap, big.sqrt()),
        (Method::IntValueExact, []) => big.to_i32().map_or_else(arithmetic, some),
        (Method::LongValueExact, []) => {
            big.to_i64().map_or_else(arithmetic, |long| some(Value::Long(long)))
        }
        (Method::ShortValueExact, []) => {
            big.to_i16().map_or_else(arithmetic, |short| some(i32::from(short)))
        }
        (Method::ByteValueExact, []) => {
            big.to_i8().map_or_else(arithmetic, |byte| some(i32::from(byte)))
        }
        (_, [Value::BigInteger(other)]) => with_big(heap, big, method, other),
        (_, [Value::Integer(count)]) => with_count(heap, big, method, *count),
        (_, [Value::Null]) if is_of_two(method) => Err(MethodError::NullArgument),
        _ => convert(low_bits(big), big.to_f64().unwrap_or(f64::NAN), method, arguments),
    }
}

fn is_of_two(method: Method) -> bool {
    use Method as M;
    matches!(
        method,
        M::Add
            | M::Subtract
            | M::Multiply
            | M::Divide
            | M::Remainder
            | M::DivideAndRemainder
            | M::Mod
            | M::Gcd
            | M::And
            | M::Or
            | M::Xor
            | M::AndNot
            | M::Max
            | M::Min
    )
}

fn with_big<'a>(heap: &'a Heap<'a>, big: &BigInt, method: Method, other: &BigInt) -> Answer<'a> {
    let is_zero = other.sign() == Sign::NoSign;
    let result = match method {
        Method::Divide | Method::Remainder if is_zero => return arithmetic(),
        Method::Mod if is_zero || other.is_negative() => return arithmetic(),
        Method::Add => big + other,
        Method::Subtract => big - other,
        Method::Multiply => big * other,
        Method::Divide => big / other,
        Method::Remainder => big % other,
        Method::Mod => ((big % other) + other) % other,
        // Of what is left both are about as long.
        Method::Gcd if !is_zero => other.gcd(&(big % other)),
        Method::Gcd => big.abs(),
        Method::And => big & other,
        Method::Or => big | other,
        Method::Xor => big ^ other,
        Method::AndNot => big & &(-other - 1),
        Method::CompareTo => return some(sign(big.cmp(other))),
        _ => return Ok(None),
    };
    own(heap, result)
}

fn with_count<'a>(heap: &'a Heap<'a>, big: &BigInt, method: Method, count: i32) -> Answer<'a> {
    let (method, size) = match (method, count.unsigned_abs()) {
        (Method::ShiftLeft, size) if count < 0 => (Method::ShiftRight, size),
        (Method::ShiftRight, size) if count < 0 => (Method::ShiftLeft, size),
        other => other,
    };
    let grows = match method {
        // A power has at least as many: zero and one stay what they are.
        Method::Pow => big.bits().saturating_sub(1).saturating_mul(u64::from(size)),
        Method::ShiftLeft if big.sign() == Sign::NoSign => return own(heap, BigInt::ZERO),
        Method::ShiftLeft => big.bits() + u64::from(size),
        Method::SetBit | Method::FlipBit | Method::ClearBit => u64::from(size),
        _ => 0,
    };
    if grows > MAX_BITS {
        return Err(MethodError::Spent);
    }
    if method == Method::Pow {
        heap.cells.meter.compute(grows, grows)?;
    }
    let bit = || BigInt::from(1) << size;
    match method {
        Method::Pow | Method::SetBit | Method::FlipBit | Method::ClearBit | Method::TestBit
            if count < 0 =>
        {
            arithmetic()
        }
        Method::Pow => own(heap, big.pow(size)),
        Method::ShiftLeft => own(heap, big << size),
        Method::ShiftRight => own(heap, big >> size),
        Method::TestBit => some(big.bit(u64::from(size))),
        Method::SetBit => own(heap, big | bit()),
        Method::FlipBit => own(heap, big ^ bit()),
        Method::ClearBit => own(heap, big & (-bit() - 1)),
        _ => convert(0, 0.0, method, &[Value::Integer(count)]),
    }
}

fn own<'a>(heap: &'a Heap<'a>, big: BigInt) -> Answer<'a> {
    Value::big_integer(heap, big).map(Some)
}

fn arithmetic<'a>() -> Answer<'a> {
    Err(MethodError::IllegalArgument("the number cannot stand here"))
}
