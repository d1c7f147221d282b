//! Hashes: Java's `hashCode`, which templates may print, and the one that tables use.

use std::hash::Hasher;

use num_bigint::{BigInt, Sign};

use super::{Meter, MethodError, Value};
use crate::print::MAX_DEPTH;

/// Java's `hashCode`.
pub(crate) fn java_hash(meter: &Meter, value: &Value<'_>) -> Result<i32, MethodError> {
    hash_within(meter, value, MAX_DEPTH)
}

fn hash_within(meter: &Meter, value: &Value<'_>, depth: usize) -> Result<i32, MethodError> {
    let depth = depth.checked_sub(1).ok_or(MethodError::TooDeep)?;
    meter.visit(1)?;
    let hash = |value: &Value<'_>| hash_within(meter, value, depth);
    let sequence = |items: Vec<Value<'_>>| {
        let step = |sum: i32, item| Ok(sum.wrapping_mul(31).wrapping_add(hash(item)?));
        items.iter().try_fold(1, step)
    };
    let sum = |hashes: Vec<Result<i32, MethodError>>| {
        hashes.into_iter().try_fold(0, |sum: i32, hash| Ok(sum.wrapping_add(hash?)))
    };
    Ok(match value {
        Value::Null => 0,
        Value::Boolean(boolean) => {
            if *boolean {
                1231
            } else {
                1237
            }
        }
        Value::Integer(integer) => *integer,
        Value::Long(long) => fold(*long as u64),
        Value::Double(double) if double.is_nan() => 0x7ff8_0000,
        Value::Double(double) => fold(double.to_bits()),
        Value::Float(float) if float.is_nan() => 0x7fc0_0000,
        Value::Float(float) => float.to_bits() as i32,
        Value::BigInteger(big) => hash_big(meter, big)?,
        Value::Decimal(decimal) => {
            hash_big(meter, &decimal.unscaled)?.wrapping_mul(31).wrapping_add(decimal.scale)
        }
        Value::Char(unit) => i32::from(*unit),
        Value::String(text) => {
            meter.spend(text.len())?;
            let step = |sum: i32, unit| sum.wrapping_mul(31).wrapping_add(i32::from(unit));
            text.encode_utf16().fold(0, step)
        }
        Value::List(list) => sequence(list.to_vec())?,
        Value::SubList(part) => sequence(part.to_vec()?)?,
        Value::Map(map) | Value::EntrySet(map) => {
            let entry = |(key, value): &(_, _)| Ok(hash(key)? ^ hash(value)?);
            sum(map.to_vec().iter().map(entry).collect())?
        }
        Value::KeySet(map) => sum(map.to_vec().iter().map(|(key, _)| hash(key)).collect())?,
        Value::Entry(entry) => hash(&entry.key())? ^ hash(&entry.value())?,
        // Java's would be the address.
        Value::Array(_) | Value::Values(_) | Value::Cursor(_) | Value::Block(_) => 1,
        Value::Loop(_) | Value::Object(_) => 1,
    })
}

fn hash_big(meter: &Meter, big: &BigInt) -> Result<i32, MethodError> {
    meter.spend((big.bits() / 8) as usize)?;
    let (sign, digits) = big.to_u32_digits();
    let step = |sum: i32, digit: &u32| sum.wrapping_mul(31).wrapping_add(*digit as i32);
    let magnitude = digits.iter().rev().fold(0, step);
    Ok(if sign == Sign::Minus { magnitude.wrapping_neg() } else { magnitude })
}

fn fold(bits: u64) -> i32 {
    (bits ^ (bits >> 32)) as i32
}

/// The hash of a key in a table.
pub(super) fn hash_key(mut hasher: impl Hasher, key: &Value<'_>) -> Result<u64, MethodError> {
    match key {
        Value::String(text) => return Ok(hash_text(hasher, text)),
        other => hasher.write_i32(java_hash(&Meter::of_key(), other)?),
    }
    Ok(hasher.finish())
}

pub(super) fn hash_text(mut hasher: impl Hasher, key: &str) -> u64 {
    hasher.write(key.as_bytes());
    hasher.finish()
}
