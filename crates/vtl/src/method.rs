//! Methods, properties and indexes of values, as Velocity finds them on Java's classes.
//!
//! A method is found by its name, the number of its arguments and their types: an Integer fits where
//! a long or a double is wanted, a Double does not fit an int, a number is no string and a string no
//! char. Where nothing fits there is no method, which is not an error; what would be an exception is.

mod bare;
mod name;
mod property;

use crate::heap::Heap;
use crate::methods::{array, boolean, character, list, map, number, string as text, view};
use crate::print::to_text;
use crate::value::{List, MethodError, Object, Replied, Reply, SubList, Value, java_hash, same};
use bare::takes_nothing;
pub(crate) use name::{Method, MethodName};
pub(crate) use property::{Property, PropertyName, property};

/// What a method gives: `None` if there is no such method, null if it returned null.
pub(crate) type Answer<'a> = Result<Option<Value<'a>>, MethodError>;

/// The result of `$receiver.name(arguments)`.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    name: &MethodName,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let method = name.method;
    match receiver {
        Value::Object(object) => return ask(heap, *object, name.as_str(), arguments),
        Value::Loop(running) => return running.call(heap, name, arguments),
        _ => {}
    }
    match (method, arguments) {
        (Method::Other, _) => return Ok(None),
        (Method::ToString, []) if !matches!(receiver, Value::Null) => {
            return match receiver {
                Value::String(_) => Ok(Some(*receiver)),
                other => string(heap, to_text(&heap.cells.meter, other)?),
            };
        }
        (Method::Equals, [other]) => return some(same(&heap.cells.meter, receiver, other)?),
        (Method::HashCode, []) => {
            return some(Value::Integer(java_hash(&heap.cells.meter, receiver)?));
        }
        _ => {}
    }
    let answer = dispatch(heap, receiver, method, arguments)?;
    if answer.is_none() && !arguments.is_empty() && takes_nothing(receiver, method) {
        return Err(MethodError::TooManyArguments);
    }
    Ok(answer)
}

/// What a host's object answers, as a value.
fn ask<'a>(
    heap: &'a Heap<'a>,
    object: &'a dyn Object<'a>,
    name: &str,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let mut value = Value::Null;
    let replied = object.call(name, arguments, Reply::as_value(heap, &mut value))?;
    Ok((replied == Replied::Value).then_some(value))
}

fn dispatch<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match receiver {
        Value::String(text) => text::call(heap, text, method, arguments),
        Value::Map(map) => map::call(heap, *map, method, arguments),
        Value::List(list) => list::call(heap, *list, method, arguments),
        Value::SubList(part) => list::call_part(heap, *part, method, arguments),
        Value::Array(array) => array::call(heap, *array, method, arguments),
        Value::KeySet(_) | Value::Values(_) | Value::EntrySet(_) => {
            view::call(heap, receiver, method, arguments)
        }
        Value::Entry(entry) => view::call_entry(heap, *entry, method, arguments),
        Value::Cursor(cursor) => view::call_cursor(heap, *cursor, method, arguments),
        Value::Integer(integer) => number::call_integer(heap, *integer, method, arguments),
        Value::Long(long) => number::call_long(heap, *long, method, arguments),
        Value::BigInteger(big) => number::call_big(heap, big, method, arguments),
        Value::Double(double) => number::call_double(heap, *double, method, arguments),
        Value::Float(float) => number::call_float(heap, *float, method, arguments),
        Value::Decimal(decimal) => number::call_decimal(heap, decimal, method, arguments),
        Value::Boolean(boolean) => boolean::call(*boolean, method, arguments),
        Value::Char(unit) => character::call(heap, *unit, method, arguments),
        Value::Null | Value::Block(_) | Value::Loop(_) | Value::Object(_) => Ok(None),
    }
}

/// An answer that is there.
pub(crate) fn some<'a>(value: impl Into<Value<'a>>) -> Answer<'a> {
    Ok(Some(value.into()))
}

/// An answer that is a text, which was made.
pub(crate) fn string<'a>(heap: &'a Heap<'a>, text: String) -> Answer<'a> {
    Value::string(heap, text).map(Some)
}

/// What a method without a result gives: nothing that could be seen.
pub(crate) fn nothing<'a>() -> Answer<'a> {
    some("")
}

/// A place that a template named, if there is one in what has `length` places.
pub(crate) fn place(index: i32, length: usize) -> Result<usize, MethodError> {
    usize::try_from(index)
        .ok()
        .filter(|place| *place < length)
        .ok_or(MethodError::OutOfBounds { index: i64::from(index), length })
}

/// The value of `$receiver[key]`: an entry with exactly that key, or an element, negative places
/// counted from the end.
pub(crate) fn index<'a>(heap: &'a Heap<'a>, receiver: &Value<'a>, key: &Value<'a>) -> Answer<'a> {
    let key = from_end(receiver, key)?;
    let arguments = [key];
    match receiver {
        Value::Map(map) => map::call(heap, *map, Method::Get, &arguments),
        Value::List(list) => list::call(heap, *list, Method::Get, &arguments),
        Value::SubList(part) => list::call_part(heap, *part, Method::Get, &arguments),
        Value::Array(array) => array::call(heap, *array, Method::Get, &arguments),
        Value::Loop(running) => running.call(heap, &MethodName::of("get"), &arguments),
        Value::Object(object) => ask(heap, *object, "get", &arguments),
        _ => Ok(None),
    }
}

/// A negative index counted from the end of whatever has a size: an error if it has none.
fn from_end<'a>(receiver: &Value<'a>, key: &Value<'a>) -> Result<Value<'a>, MethodError> {
    let Value::Integer(index) = key else { return Ok(*key) };
    if *index >= 0 {
        return Ok(*key);
    }
    let length = match receiver {
        Value::Map(map) => map.len(),
        Value::List(list) => list.len(),
        Value::SubList(part) => part.len()?,
        Value::Array(array) => array.len(),
        Value::KeySet(map) | Value::Values(map) | Value::EntrySet(map) => map.len(),
        // A loop is an empty map, and hosts count for themselves.
        Value::Loop(_) | Value::Object(_) => return Ok(*key),
        _ => return Err(MethodError::WrongClass),
    };
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    Ok(Value::Integer(index.saturating_add(length)))
}

/// `#set($receiver.name = value)`: nothing happens where there is no such property.
pub(crate) fn set_property<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    name: &'a str,
    value: Value<'a>,
) -> Result<(), MethodError> {
    match (receiver, name) {
        (Value::Map(map), _) => map.put_text(heap, name, value),
        (Value::Entry(entry), "value" | "Value") => entry.set(heap, value).map(|_| ()),
        _ => Ok(()),
    }
}

/// `#set($receiver[key] = value)`: nothing happens where nothing can be set.
pub(crate) fn set_index<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    key: &Value<'a>,
    value: Value<'a>,
) -> Result<(), MethodError> {
    let arguments = [from_end(receiver, key)?, value];
    let set = match receiver {
        Value::Map(map) => map::call(heap, *map, Method::Put, &arguments),
        Value::List(list) => list::call(heap, *list, Method::Set, &arguments),
        Value::SubList(part) => list::call_part(heap, *part, Method::Set, &arguments),
        Value::Array(array) => array::call(heap, *array, Method::Set, &arguments),
        _ => return Ok(()),
    };
    set.map(|_| ())
}

/// The elements of what Java calls a Collection: neither arrays nor maps are.
pub(crate) fn collection<'a>(
    heap: &'a Heap<'a>,
    value: &Value<'a>,
) -> Result<Option<Vec<Value<'a>>>, MethodError> {
    let items = match value {
        Value::List(list) => List::to_vec(*list),
        Value::SubList(part) => SubList::to_vec(*part)?,
        Value::KeySet(_) | Value::Values(_) | Value::EntrySet(_) => view::to_vec(heap, value)?,
        _ => return Ok(None),
    };
    heap.cells.meter.spend(items.len())?;
    Ok(Some(items))
}

/// Whether one of the values equals another.
pub(crate) fn any_same<'a>(
    heap: &'a Heap<'a>,
    items: &[Value<'a>],
    wanted: &Value<'a>,
) -> Result<bool, MethodError> {
    Ok(position(heap, items, wanted)?.is_some())
}

/// Where the first value stands that equals another.
pub(crate) fn position<'a>(
    heap: &'a Heap<'a>,
    items: &[Value<'a>],
    wanted: &Value<'a>,
) -> Result<Option<usize>, MethodError> {
    let meter = &heap.cells.meter;
    meter.visit(items.len())?;
    for (place, item) in items.iter().enumerate() {
        if same(meter, wanted, item)? {
            return Ok(Some(place));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests;
