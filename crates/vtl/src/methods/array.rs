//! Methods of arrays: Velocity lets them be called as lists of a fixed length.

use super::list;
use crate::heap::Heap;
use crate::method::{Answer, Method, place, some};
use crate::value::{Array, MethodError, Value};

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
            array.set(place(*index, array.len())?, value.clone()).map(Some)
        }
        (
            Method::Add | Method::Remove | Method::AddAll | Method::RemoveAll | Method::RetainAll,
            [_],
        )
        | (Method::Add | Method::AddAll, [Value::Integer(_), _])
        | (Method::Clear, []) => Err(MethodError::Unsupported),
        (Method::Iterator, []) | (_, [_]) | (Method::ToArray, []) => {
            list::read(heap, &Value::Array(array), &array.to_vec(), method, arguments)
        }
        _ => Ok(None),
    }
}
