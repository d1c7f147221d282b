//! Methods of arrays: Velocity lets them be called as lists of a fixed length.

use super::list;
use crate::heap::Heap;
use crate::method::{Answer, Method, any_same, collection, nothing, place, some};
use crate::value::{Array, List, MethodError, Value};

/// Calls a method of an array.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    array: Array<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::Size, []) => some(array.len() as i32),
        (Method::IsEmpty, []) => some(array.is_empty()),
        (Method::Get, [Value::Integer(index)]) => Ok(array.get(place(*index, array.len())?)),
        (Method::Set, [Value::Integer(index), value]) => {
            array.set(place(*index, array.len())?, *value).map(Some)
        }
        (Method::Add, [_] | [Value::Integer(_), _])
        | (Method::Remove, [Value::Integer(_)])
        | (Method::Clear, []) => Err(MethodError::Unsupported),
        (Method::Remove, [wanted]) => unless_found(any_same(heap, &array.to_vec(), wanted)?),
        (Method::AddAll, [others] | [Value::Integer(_), others]) => {
            match collection(heap, others)? {
                Some(others) => unless_found(!others.is_empty()),
                None => list::null_or_missing(others),
            }
        }
        (Method::RemoveAll | Method::RetainAll, [others]) => match collection(heap, others)? {
            Some(others) => {
                let kept = list::keep(heap, array.to_vec(), &others, method == Method::RetainAll)?;
                unless_found(kept.len() < array.len())
            }
            None => list::null_or_missing(others),
        },
        (Method::Sort, [Value::Null]) => {
            for (place, item) in list::sorted(heap, array.to_vec())?.into_iter().enumerate() {
                array.set(place, item)?;
            }
            nothing()
        }
        (Method::SubList, [Value::Integer(_), Value::Integer(_)]) => {
            list::call(heap, List::new(heap, array.to_vec())?, method, arguments)
        }
        (Method::Iterator | Method::ToArray, []) | (_, [_]) => {
            list::read(heap, &Value::Array(array), &array.to_vec(), method, arguments)
        }
        _ => Ok(None),
    }
}

/// A change of length fails only where there is something to change.
fn unless_found<'a>(found: bool) -> Answer<'a> {
    if found { Err(MethodError::Unsupported) } else { some(false) }
}
