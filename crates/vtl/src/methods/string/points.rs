//! Code points, regions, bytes and chars of strings.

use super::array;
use crate::heap::Heap;
use crate::method::{Answer, Method, some, string};
use crate::value::{ArrayKind, MethodError, Units, Value};

/// Calls such a method.
pub(super) fn call<'a>(
    heap: &'a Heap<'a>,
    this: &'a str,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::CodePointAt, [Value::Integer(at)]) => code_point(this, *at, 0),
        (Method::CodePointBefore, [Value::Integer(at)]) => code_point(this, *at, 1),
        (Method::CodePointCount, [Value::Integer(from), Value::Integer(to)]) => {
            let (from, to) = (place(this, *from)?, place(this, *to)?);
            if from > to {
                return Err(out_of_bounds(this, from as i32));
            }
            let units: Vec<u16> = this.encode_utf16().skip(from).take(to - from).collect();
            some(char::decode_utf16(units).count() as i32)
        }
        (Method::OffsetByCodePoints, [Value::Integer(from), Value::Integer(points)]) => {
            offset(this, place(this, *from)?, *points)
        }
        (
            Method::RegionMatches,
            [
                Value::Integer(at),
                Value::String(other),
                Value::Integer(from),
                Value::Integer(length),
            ],
        ) => some(region(this, *at, other, (*from, *length), false)),
        (
            Method::RegionMatches,
            [
                Value::Boolean(folds),
                Value::Integer(at),
                Value::String(other),
                Value::Integer(from),
                Value::Integer(length),
            ],
        ) => some(region(this, *at, other, (*from, *length), *folds)),
        (Method::GetBytes, []) => bytes(heap, this.as_bytes().to_vec()),
        (Method::GetBytes, [Value::String(charset)]) => match encoded(this, charset) {
            Some(encoded) => bytes(heap, encoded),
            None => Err(MethodError::IllegalArgument("no such charset")),
        },
        (Method::CopyValueOf, [Value::Array(chars)]) if chars.kind() == ArrayKind::Char => {
            of_chars(heap, &chars.to_vec())
        }
        (
            Method::CopyValueOf | Method::ValueOf,
            [Value::Array(chars), Value::Integer(from), Value::Integer(count)],
        ) if chars.kind() == ArrayKind::Char => {
            let chars = chars.to_vec();
            let range = usize::try_from(*from).ok().zip(usize::try_from(*count).ok());
            let part = range.and_then(|(from, count)| chars.get(from..from.checked_add(count)?));
            match part {
                Some(part) => of_chars(heap, part),
                None => {
                    Err(MethodError::OutOfBounds { index: i64::from(*from), length: chars.len() })
                }
            }
        }
        _ => Ok(None),
    }
}

/// The text of an array of chars.
pub(super) fn of_chars<'a>(heap: &'a Heap<'a>, chars: &[Value<'a>]) -> Answer<'a> {
    let unit = |value: &Value<'_>| if let Value::Char(unit) = value { Some(*unit) } else { None };
    let units: Vec<u16> = chars.iter().filter_map(unit).collect();
    string(heap, String::from_utf16_lossy(&units))
}

/// The bytes of a text as an array.
pub(crate) fn bytes<'a>(heap: &'a Heap<'a>, bytes: Vec<u8>) -> Answer<'a> {
    heap.cells.meter.spend(size_of::<Value<'_>>() * bytes.len())?;
    let items = bytes.into_iter().map(|byte| Value::Integer(i32::from(byte as i8))).collect();
    array(heap, ArrayKind::Byte, items)
}

/// The bytes of a text in a charset, with `?` for what is not in it.
fn encoded(text: &str, charset: &str) -> Option<Vec<u8>> {
    let narrow = |most: u32| {
        let byte = |c: char| if u32::from(c) <= most { u32::from(c) as u8 } else { b'?' };
        text.chars().map(byte).collect()
    };
    Some(match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "unicode-1-1-utf-8" => text.as_bytes().to_vec(),
        "us-ascii" | "ascii" | "iso646-us" => narrow(0x7f),
        "iso-8859-1" | "iso8859_1" | "latin1" | "l1" | "iso_8859-1" | "8859_1" => narrow(0xff),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16" | "utf16" | "unicode" => {
            let mark = Some(0xfeff).filter(|_| !text.is_empty());
            mark.into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
        }
        _ => return None,
    })
}

/// A position within the text, or behind it.
fn place(text: &str, at: i32) -> Result<usize, MethodError> {
    let place = usize::try_from(at).ok().filter(|place| *place <= Units::of(text).len());
    place.ok_or_else(|| out_of_bounds(text, at))
}

fn out_of_bounds(text: &str, at: i32) -> MethodError {
    MethodError::OutOfBounds { index: i64::from(at), length: Units::of(text).len() }
}

/// The code point at a position, or the one that ends there.
fn code_point<'a>(text: &str, at: i32, before: i32) -> Answer<'a> {
    let place = at.checked_sub(before).and_then(|place| usize::try_from(place).ok());
    let units = Units::of(text);
    let unit = |place: usize| units.at(place);
    let Some((place, code)) = place.and_then(|place| Some((place, unit(place)?))) else {
        return Err(out_of_bounds(text, at));
    };
    let pair = if before == 1 {
        place.checked_sub(1).and_then(unit).map(|high| [high, code])
    } else {
        unit(place + 1).map(|low| [code, low])
    };
    let whole = pair.and_then(|pair| match char::decode_utf16(pair).next()? {
        Ok(c) if c.len_utf16() == 2 => Some(u32::from(c)),
        _ => None,
    });
    some(whole.unwrap_or_else(|| u32::from(code)) as i32)
}

/// The position so many code points further, or back.
fn offset<'a>(text: &str, from: usize, points: i32) -> Answer<'a> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let (is_back, count) = (points < 0, points.unsigned_abs() as usize);
    let mut part = if is_back { units[..from].to_vec() } else { units[from..].to_vec() };
    if is_back {
        // A pair the other way round is one again when it is swapped.
        part.reverse();
    }
    let mut passed = 0;
    for _ in 0..count {
        let (first, second) = (part.get(passed), part.get(passed + 1));
        let is_high = |unit: Option<&u16>| unit.is_some_and(|u| (0xd800..0xdc00).contains(u));
        let is_low = |unit: Option<&u16>| unit.is_some_and(|u| (0xdc00..0xe000).contains(u));
        let is_pair = match is_back {
            true => is_low(first) && is_high(second),
            false => is_high(first) && is_low(second),
        };
        if first.is_none() {
            return Err(out_of_bounds(text, points));
        }
        passed += 1 + usize::from(is_pair);
    }
    some((if is_back { from - passed } else { from + passed }) as i32)
}

/// Whether a part of the text is a part of another; not where one is not there.
fn region(text: &str, at: i32, other: &str, (from, length): (i32, i32), folds: bool) -> bool {
    let part = |text: &str, from: i32| -> Option<Vec<u16>> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let from = usize::try_from(from).ok()?;
        match usize::try_from(length) {
            Ok(length) => Some(units.get(from..from.checked_add(length)?)?.to_vec()),
            // A part of less than nothing may begin so much behind the end.
            Err(_) => {
                let end = units.len() + length.unsigned_abs() as usize;
                (from <= end).then(Vec::new)
            }
        }
    };
    let (Some(a), Some(b)) = (part(text, at), part(other, from)) else { return false };
    let fold = |unit: u16| match char::from_u32(u32::from(unit)) {
        Some(c) if folds => u32::from(super::fold(c)),
        _ => u32::from(unit),
    };
    a.len() == b.len() && a.into_iter().map(fold).eq(b.into_iter().map(fold))
}
