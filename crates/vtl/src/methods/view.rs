//! Methods of what maps show of themselves, of their entries, and of iterators.

use super::list::{keep, null_or_missing, read};
use crate::heap::Heap;
use crate::method::{Answer, Method, collection, nothing, some};
use crate::value::{Cursor, Entry, Map, MethodError, Value};

/// The elements of a view.
pub(crate) fn to_vec<'a>(
    heap: &'a Heap<'a>,
    view: &Value<'a>,
) -> Result<Vec<Value<'a>>, MethodError> {
    match view {
        Value::KeySet(map) => Ok(map.to_vec().into_iter().map(|(key, _)| key).collect()),
        Value::Values(map) => Ok(map.to_vec().into_iter().map(|(_, value)| value).collect()),
        Value::EntrySet(map) => {
            let entry = |(key, value)| Entry::new(heap, *map, key, value).map(Value::Entry);
            map.to_vec().into_iter().map(entry).collect()
        }
        _ => Ok(Vec::new()),
    }
}

/// Calls a method of a key set, of values, or of an entry set.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    view: &Value<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let (Value::KeySet(map) | Value::Values(map) | Value::EntrySet(map)) = view else {
        return Ok(None);
    };
    match (method, arguments) {
        (Method::Size, []) => some(map.len() as i32),
        (Method::IsEmpty, []) => some(map.is_empty()),
        (Method::Contains, [key]) if matches!(view, Value::KeySet(_)) => {
            some(map.get_value(&heap.cells.meter, key)?.is_some())
        }
        (Method::Contains | Method::ContainsAll, [_])
        | (Method::ToArray | Method::Iterator, []) => {
            read(heap, view, &to_vec(heap, view)?, method, arguments)
        }
        (Method::Add, [_]) => Err(MethodError::Unsupported),
        (Method::AddAll, [others]) => match collection(heap, others)? {
            Some(others) if others.is_empty() => some(false),
            Some(_) => Err(MethodError::Unsupported),
            None => null_or_missing(others),
        },
        (Method::Clear, []) => map.clear(heap).and_then(|()| nothing()),
        (Method::Remove, [wanted]) => remove(heap, *map, view, |heap, items| {
            let place = crate::method::position(heap, items, wanted)?;
            Ok(place.into_iter().collect())
        }),
        (Method::RemoveAll | Method::RetainAll, [others]) => match collection(heap, others)? {
            Some(others) => remove(heap, *map, view, |heap, items| {
                let retains = method == Method::RetainAll;
                let mut places = Vec::new();
                for (place, item) in items.iter().enumerate() {
                    let kept = keep(heap, vec![*item], &others, retains)?;
                    if kept.is_empty() {
                        places.push(place);
                    }
                }
                Ok(places)
            }),
            None => null_or_missing(others),
        },
        _ => Ok(None),
    }
}

/// Removes the entries at some places of a view: whether there were any.
fn remove<'a>(
    heap: &'a Heap<'a>,
    map: Map<'a>,
    view: &Value<'a>,
    places: impl FnOnce(&'a Heap<'a>, &[Value<'a>]) -> Result<Vec<usize>, MethodError>,
) -> Answer<'a> {
    let entries = map.to_vec();
    let places = places(heap, &to_vec(heap, view)?)?;
    for place in &places {
        map.remove(heap, &entries[*place].0)?;
    }
    some(!places.is_empty())
}

/// Calls a method of an entry.
pub(crate) fn call_entry<'a>(
    heap: &'a Heap<'a>,
    entry: Entry<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::GetKey, []) => Ok(Some(entry.key())),
        (Method::GetValue, []) => Ok(Some(entry.value())),
        (Method::SetValue, [value]) => entry.set(heap, *value).map(Some),
        _ => Ok(None),
    }
}

/// Calls a method of an iterator.
pub(crate) fn call_cursor<'a>(
    heap: &'a Heap<'a>,
    cursor: Cursor<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::HasNext, []) => some(cursor.has_next()),
        (Method::Next, []) => cursor.next(heap).map(Some),
        _ => Ok(None),
    }
}
