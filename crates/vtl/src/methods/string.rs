//! Methods of strings. Positions and lengths count UTF-16 units.

pub(crate) mod points;
pub(crate) mod white;

use std::borrow::Cow;

use super::boolean::uncomparable;
use super::format::format;
use crate::heap::Heap;
use crate::method::{Answer, Method, collection, some, string};
use crate::pattern::PatternError;
use crate::print::to_text;
use crate::value::{Array, ArrayKind, MethodError, Units, Value};

/// Calls a method of a string.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    text: &'a str,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let answer = dispatch(heap, text, method, arguments)?;
    let is_ambiguous = method == Method::Join && matches!(arguments, [_, Value::Null]);
    if answer.is_some() || is_ambiguous || !arguments.iter().any(Value::is_null) {
        return Ok(answer);
    }
    // Null fits where a string is wanted, and is found out there.
    let or_empty = |value: &Value<'a>| if value.is_null() { Value::from("") } else { *value };
    let without_nulls: Vec<Value<'a>> = arguments.iter().map(or_empty).collect();
    match dispatch(heap, text, method, &without_nulls) {
        Ok(None) => Ok(None),
        _ => Err(MethodError::NullArgument),
    }
}

/// Takes what it costs to change a text that stays as long as it is, and to keep it.
pub(crate) fn pay_for_change(heap: &Heap<'_>, text: &str) -> Result<(), MethodError> {
    heap.cells.meter.spend(text.len() / 16)?;
    heap.cells.meter.build(text.len())
}

fn dispatch<'a>(
    heap: &'a Heap<'a>,
    this: &'a str,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let meter = &heap.cells.meter;
    meter.spend(this.len() / 16)?;
    match (method, arguments) {
        (Method::Length, []) => some(Units::of(this).len() as i32),
        (Method::IsEmpty, []) => some(this.is_empty()),
        (Method::Contains, [Value::String(part)]) => some(this.contains(part)),
        (Method::StartsWith, [Value::String(part)]) => some(this.starts_with(part)),
        (Method::StartsWith, [Value::String(part), Value::Integer(from)]) => {
            let rest = usize::try_from(*from).ok().and_then(|from| rest(this, from));
            some(rest.is_some_and(|rest| rest.starts_with(part)))
        }
        // Null is found out only where the text has such a place.
        (Method::StartsWith, [Value::Null, Value::Integer(..0)]) => some(false),
        (Method::EndsWith, [Value::String(part)]) => some(this.ends_with(part)),
        (Method::EqualsIgnoreCase, [Value::String(other)]) => {
            some(this.chars().map(fold).eq(other.chars().map(fold)))
        }
        (Method::EqualsIgnoreCase, [Value::Null]) => some(false),
        (Method::ContentEquals, [Value::String(other)]) => some(this == *other),
        (Method::CompareTo, [Value::String(other)]) => some(compare(this, other)),
        (Method::CompareTo, [other]) => uncomparable(other),
        (Method::CompareToIgnoreCase, [Value::String(other)]) => {
            let folded = |text: &str| text.chars().map(fold).collect::<String>();
            some(compare(&folded(this), &folded(other)))
        }
        (Method::Concat, [Value::String(other)]) => string(heap, format!("{this}{}", other)),
        (Method::Substring, [Value::Integer(from)]) => cut(heap, this, *from, None),
        (Method::Substring | Method::SubSequence, [Value::Integer(from), Value::Integer(to)]) => {
            cut(heap, this, *from, Some(*to))
        }
        (Method::Trim, []) => some(this.trim_matches(|c| c <= ' ')),
        (Method::ToUpperCase, []) if this.is_ascii() => {
            heap.cells.keep_changed(this, str::make_ascii_uppercase).and_then(some)
        }
        (Method::ToUpperCase, []) => string(heap, this.to_uppercase()),
        (Method::ToLowerCase, []) if this.is_ascii() => {
            heap.cells.keep_changed(this, str::make_ascii_lowercase).and_then(some)
        }
        (Method::ToLowerCase, []) => string(heap, this.to_lowercase()),
        (Method::Intern, []) => some(this),
        (Method::CharAt, [Value::Integer(at)]) => unit_at(this, *at).map(|u| Some(Value::Char(u))),
        (Method::ToCharArray, []) => {
            meter.spend(size_of::<Value<'_>>() * this.len())?;
            array(heap, ArrayKind::Char, this.encode_utf16().map(Value::Char).collect())
        }
        (Method::IndexOf | Method::LastIndexOf, _) => find(this, method, arguments),
        (Method::Replace, [Value::String(old), Value::String(new)]) => {
            replace(heap, this, old, new)
        }
        (Method::Replace, [old @ Value::Char(_), new @ Value::Char(_)]) => {
            replace(heap, this, &to_text(meter, old)?, &to_text(meter, new)?)
        }
        (
            Method::ReplaceAll | Method::ReplaceFirst | Method::Matches | Method::Split,
            [Value::String(pattern), rest @ ..],
        ) => with_pattern(heap, this, method, pattern, rest),
        (Method::Formatted, values) => {
            call_static(heap, Method::Format, &[&[Value::String(this)], values].concat())
        }
        _ => match white::call(heap, this, method, arguments)? {
            None => match points::call(heap, this, method, arguments)? {
                None => call_static(heap, method, arguments),
                found => Ok(found),
            },
            found => Ok(found),
        },
    }
}

/// The static methods of `String`.
fn call_static<'a>(heap: &'a Heap<'a>, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    match (method, arguments) {
        (Method::ValueOf, [Value::Array(chars)]) if chars.kind() == ArrayKind::Char => {
            points::of_chars(heap, &chars.to_vec())
        }
        (Method::ValueOf, []) => some(""),
        (Method::ValueOf, [value]) => string(heap, to_text(&heap.cells.meter, value)?),
        // Arguments may come as one array.
        (Method::Format, [Value::String(pattern), Value::Array(array)])
            if !matches!(array.kind(), ArrayKind::Char | ArrayKind::Byte) =>
        {
            string(heap, format(&heap.cells.meter, pattern, &array.to_vec())?)
        }
        // One null is taken for no array at all, whose every element is null.
        (Method::Format, [Value::String(pattern), Value::Null]) => {
            let nulls = vec![Value::Null; pattern.matches('%').count()];
            string(heap, format(&heap.cells.meter, pattern, &nulls)?)
        }
        (
            Method::Format,
            // A locale may come first; templates have none but null.
            [Value::Null, Value::String(pattern), values @ ..]
            | [Value::String(pattern), values @ ..],
        ) => string(heap, format(&heap.cells.meter, pattern, values)?),
        (Method::Compare, [Value::String(a), Value::String(b)]) => some(compare(a, b)),
        (Method::Join, [Value::String(separator), parts @ ..]) => join(heap, separator, parts),
        _ => Ok(None),
    }
}

fn join<'a>(heap: &'a Heap<'a>, separator: &str, parts: &[Value<'a>]) -> Answer<'a> {
    let items = match parts {
        [Value::Array(array)] if array.kind() == ArrayKind::String => array.to_vec(),
        [one] => match collection(heap, one)? {
            Some(items) => items,
            None if one.as_str().is_some() => parts.to_vec(),
            None => return Ok(None),
        },
        many if many.iter().all(|part| part.as_str().is_some() || part.is_null()) => many.to_vec(),
        _ => return Ok(None),
    };
    let mut out = String::new();
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push_str(separator);
        }
        match item {
            Value::String(text) => out.push_str(text),
            Value::Null => out.push_str("null"),
            _ => return Err(MethodError::WrongClass),
        }
        heap.cells.meter.spend(separator.len() + 1)?;
    }
    string(heap, out)
}

pub(super) fn array<'a>(heap: &'a Heap<'a>, kind: ArrayKind, items: Vec<Value<'a>>) -> Answer<'a> {
    Array::new(heap, kind, items).map(|array| Some(Value::Array(array)))
}

/// What follows the first `from` units.
fn rest(text: &str, from: usize) -> Option<&str> {
    let (byte, is_cut) = Units::of(text).byte(from);
    (!is_cut && from <= text.len()).then(|| &text[byte..])
}

fn unit_at(text: &str, at: i32) -> Result<u16, MethodError> {
    let units = Units::of(text);
    let place = usize::try_from(at).ok();
    place.and_then(|place| units.at(place)).ok_or_else(|| out_of_bounds(text, at))
}

fn out_of_bounds(text: &str, at: i32) -> MethodError {
    MethodError::OutOfBounds { index: i64::from(at), length: Units::of(text).len() }
}

/// The units `from..to`. Half a surrogate pair at an end becomes U+FFFD.
fn cut<'a>(heap: &'a Heap<'a>, this: &'a str, from: i32, to: Option<i32>) -> Answer<'a> {
    let units = Units::of(this);
    let length = units.len();
    let to = to.unwrap_or(length as i32);
    let places = (usize::try_from(from).ok(), usize::try_from(to).ok());
    let (Some(first), Some(last)) = places else { return Err(out_of_bounds(this, from.min(to))) };
    if last > length || first > last {
        return Err(out_of_bounds(this, if last > length { to } else { from }));
    }
    let ((start, cuts_start), (end, cuts_end)) = (units.byte(first), units.byte(last));
    if !cuts_start && !cuts_end {
        heap.cells.meter.spend((end - start) / 16)?;
        return some(&this[start..end]);
    }
    let units: Vec<u16> = this.encode_utf16().skip(first).take(last - first).collect();
    string(heap, String::from_utf16_lossy(&units))
}

/// `indexOf` and `lastIndexOf` of a text or of a code point, perhaps from a position on.
fn find<'a>(this: &str, method: Method, arguments: &[Value<'a>]) -> Answer<'a> {
    let (wanted, from) = match arguments {
        [Value::String(text)] => (Cow::from(*text), None),
        [Value::String(text), Value::Integer(from)] => (Cow::from(*text), Some(*from)),
        [Value::Integer(code)] => (code_text(*code).into(), None),
        [Value::Integer(code), Value::Integer(from)] => (code_text(*code).into(), Some(*from)),
        _ => return Ok(None),
    };
    let is_impossible = wanted.is_empty() && matches!(arguments[0], Value::Integer(_));
    let units = Units::of(this);
    let place = |byte: Option<usize>| {
        let byte = byte.filter(|_| !is_impossible);
        some(byte.map_or(-1, |byte| units.position(byte) as i32))
    };
    if method == Method::IndexOf {
        let (start, is_cut) = units.byte(usize::try_from(from.unwrap_or(0)).unwrap_or(0));
        let start = if is_cut { next_boundary(this, start) } else { start };
        return place(this[start..].find(&*wanted).map(|at| start + at));
    }
    let Some(from) = from else { return place(this.rfind(&*wanted)) };
    let Ok(from) = usize::try_from(from) else { return place(None) };
    let (last, _) = units.byte(from);
    let end = (last + wanted.len()).min(this.len());
    // The last match that begins at or before `last`.
    let end = (end..=this.len()).find(|end| this.is_char_boundary(*end)).unwrap_or(this.len());
    place(this[..end].rfind(&*wanted).filter(|at| *at <= last))
}

fn next_boundary(text: &str, byte: usize) -> usize {
    byte + text[byte..].chars().next().map_or(0, char::len_utf8)
}

/// The text of a code point; empty for what is none.
fn code_text(code: i32) -> String {
    let c = u32::try_from(code).ok().and_then(char::from_u32);
    c.map(String::from).unwrap_or_default()
}

fn replace<'a>(heap: &'a Heap<'a>, this: &'a str, old: &str, new: &str) -> Answer<'a> {
    let count = this.matches(old).count();
    if count == 0 {
        return some(this);
    }
    heap.cells.meter.spend(count.saturating_mul(new.len()))?;
    string(heap, this.replace(old, new))
}

fn with_pattern<'a>(
    heap: &'a Heap<'a>,
    this: &'a str,
    method: Method,
    pattern: &str,
    rest: &[Value<'a>],
) -> Answer<'a> {
    let meter = &heap.cells.meter;
    meter.spend(this.len())?;
    let is_known = matches!(
        (method, rest),
        (Method::Matches, [])
            | (Method::ReplaceAll, [Value::String(_) | Value::Null])
            | (Method::ReplaceFirst, [Value::String(_)])
            | (Method::Split, [] | [Value::Integer(_)])
    );
    if !is_known {
        return Ok(None);
    }
    let pattern = heap.cells.pattern(pattern)?;
    let (failed, steps_back) = (PatternError::of_method, pattern.steps_back());
    let attempt = &mut || match steps_back {
        true => meter.step_back().map_err(|_| PatternError::Spent),
        false => Ok(()),
    };
    match (method, rest) {
        (Method::Matches, []) => {
            attempt().map_err(failed)?;
            some(pattern.matches(this).map_err(failed)?)
        }
        (Method::ReplaceAll | Method::ReplaceFirst, [Value::String(new)]) => {
            let limit = if method == Method::ReplaceFirst { 1 } else { usize::MAX };
            // A replacement as long as the text, at every character, must not take the memory first.
            let most = this.len().saturating_add(1).min(limit).saturating_mul(new.len());
            if most > 1 << 20 {
                heap.cells.meter.spend(most)?;
            }
            match pattern.replace(this, new, limit, attempt).map_err(failed)? {
                Some(replaced) => string(heap, replaced),
                None => some(this),
            }
        }
        // Java misses the replacement only when it needs it.
        (Method::ReplaceAll, [Value::Null]) if !pattern.finds(this).map_err(failed)? => some(this),
        (Method::Split, [] | [Value::Integer(_)]) => {
            let limit = if let [Value::Integer(limit)] = rest { *limit } else { 0 };
            let parts = pattern.split(this, limit, attempt).map_err(failed)?;
            heap.cells.meter.spend(parts.len())?;
            let part = |part: std::ops::Range<usize>| Value::from(&this[part]);
            array(heap, ArrayKind::String, parts.into_iter().map(part).collect())
        }
        _ => Ok(None),
    }
}

/// The difference of the first units that differ, or of the lengths.
fn compare(a: &str, b: &str) -> i32 {
    let mut pairs = a.encode_utf16().zip(b.encode_utf16());
    match pairs.find(|(a, b)| a != b) {
        Some((a, b)) => i32::from(a) - i32::from(b),
        None => Units::of(a).len() as i32 - Units::of(b).len() as i32,
    }
}

/// A character without its case, as long as that is one character.
fn fold(c: char) -> char {
    let one = |mut mapped: Box<dyn Iterator<Item = char>>, c: char| match (
        mapped.next(),
        mapped.next(),
    ) {
        (Some(only), None) => only,
        _ => c,
    };
    let upper = one(Box::new(c.to_uppercase()), c);
    one(Box::new(upper.to_lowercase()), upper)
}
