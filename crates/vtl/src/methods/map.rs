//! Methods of maps.

use super::list::null_or_missing;
use crate::heap::Heap;
use crate::method::{Answer, Method, any_same, nothing, some};
use crate::value::{Map, MethodError, Value, same};

/// Calls a method of a map.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    map: Map<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let meter = &heap.cells.meter;
    let get = |key: &Value<'a>| map.get_value(meter, key);
    match (method, arguments) {
        (Method::Size, []) => some(map.len() as i32),
        (Method::IsEmpty, []) => some(map.is_empty()),
        (Method::Get, [key]) => Ok(Some(get(key)?.unwrap_or_default())),
        (Method::GetOrDefault, [key, other]) => Ok(Some(get(key)?.unwrap_or(*other))),
        (Method::ContainsKey, [key]) => some(get(key)?.is_some()),
        (Method::ContainsValue, [wanted]) => {
            let values: Vec<Value<'a>> = map.to_vec().into_iter().map(|(_, value)| value).collect();
            some(any_same(heap, &values, wanted)?)
        }
        (Method::KeySet, []) => Ok(Some(Value::KeySet(map))),
        (Method::Values, []) => Ok(Some(Value::Values(map))),
        (Method::EntrySet, []) => Ok(Some(Value::EntrySet(map))),
        // Nothing that templates have is a function, but for null.
        (
            Method::ComputeIfAbsent | Method::ComputeIfPresent | Method::Compute,
            [_, Value::Null],
        )
        | (Method::Merge, [_, _, Value::Null])
        | (Method::ForEach | Method::ReplaceAll, [Value::Null]) => Err(MethodError::NullArgument),
        (Method::Of, []) => Map::new(heap).map(|map| Some(Value::Map(map))),
        (Method::Of, [Value::Null, _] | [_, Value::Null]) => Err(MethodError::NullArgument),
        (Method::Of, [key, value]) => {
            let map = Map::new(heap)?;
            map.put(heap, *key, *value)?;
            Ok(Some(Value::Map(map)))
        }
        (Method::Clone, []) => {
            let copy = Map::new(heap)?;
            put_all(heap, copy, map)?;
            Ok(Some(Value::Map(copy)))
        }
        _ => change(heap, map, method, arguments),
    }
}

/// Calls a method that changes the map.
fn change<'a>(
    heap: &'a Heap<'a>,
    map: Map<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let get = |key: &Value<'a>| map.get_value(&heap.cells.meter, key);
    match (method, arguments) {
        (Method::Put, [key, value]) => Ok(Some(map.put(heap, *key, *value)?.unwrap_or_default())),
        (Method::PutIfAbsent, [key, value]) => match get(key)? {
            Some(old) if !old.is_null() => Ok(Some(old)),
            _ => {
                map.put(heap, *key, *value)?;
                Ok(Some(Value::Null))
            }
        },
        (Method::PutAll, [Value::Map(other)]) => {
            put_all(heap, map, *other)?;
            nothing()
        }
        (Method::PutAll, [other]) => null_or_missing(other),
        (Method::Remove, [key]) => Ok(Some(map.remove(heap, key)?.unwrap_or_default())),
        (Method::Remove, [key, value]) => {
            let holds = holds(heap, map, key, value)?;
            if holds {
                map.remove(heap, key)?;
            }
            some(holds)
        }
        (Method::Replace, [key, value]) => match get(key)? {
            Some(_) => Ok(Some(map.put(heap, *key, *value)?.unwrap_or_default())),
            None => Ok(Some(Value::Null)),
        },
        (Method::Replace, [key, old, new]) => {
            let holds = holds(heap, map, key, old)?;
            if holds {
                map.put(heap, *key, *new)?;
            }
            some(holds)
        }
        (Method::Clear, []) => map.clear(heap).and_then(|()| nothing()),
        _ => Ok(None),
    }
}

fn put_all<'a>(heap: &'a Heap<'a>, map: Map<'a>, other: Map<'a>) -> Result<(), MethodError> {
    for (key, value) in other.to_vec() {
        map.put(heap, key, value)?;
    }
    Ok(())
}

/// Whether a key has a value that equals another.
fn holds<'a>(
    heap: &'a Heap<'a>,
    map: Map<'a>,
    key: &Value<'a>,
    wanted: &Value<'a>,
) -> Result<bool, MethodError> {
    match map.get_value(&heap.cells.meter, key)? {
        Some(value) => same(&heap.cells.meter, &value, wanted),
        None => Ok(false),
    }
}
