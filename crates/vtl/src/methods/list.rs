//! Methods of lists, and of parts of lists.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::decimal::Decimal;
use crate::heap::Heap;
use crate::method::{
    self, Answer, Method, MethodName, any_same, collection, nothing, place, position, some,
};
use crate::value::{Array, ArrayKind, Cursor, Iteration, List, MethodError, SubList, Value};

/// Calls a method of a list.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    list: List<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::Size, []) => some(list.len() as i32),
        (Method::IsEmpty, []) => some(list.is_empty()),
        (Method::Get, [Value::Integer(index)]) => {
            let place = place(*index, list.len())?;
            // A place in a document is counted from its first element.
            heap.cells.meter.spend(if list.is_json() { place / 8 } else { 0 })?;
            Ok(list.get(place))
        }
        (Method::Set, [Value::Integer(index), value]) => {
            list.set(heap, place(*index, list.len())?, *value).map(Some)
        }
        (Method::Add, [value]) => list.push(heap, *value).and_then(|()| some(true)),
        (Method::Contains, [wanted]) => match list.borrow() {
            Some(items) => some(any_same(heap, &items, wanted)?),
            None => some(any_same(heap, &list.to_vec(), wanted)?),
        },
        (Method::Clone, []) => {
            let items = list.to_vec();
            let copy =
                if list.is_json() { List::new_json(heap, items) } else { List::new(heap, items) };
            copy.map(|copy| Some(Value::List(copy)))
        }
        (Method::SubList, [Value::Integer(from), Value::Integer(to)]) => {
            let (from, to) = range(*from, *to, list.len())?;
            SubList::new(heap, list, from, to).map(|part| Some(Value::SubList(part)))
        }
        (Method::Clear, []) => {
            list.change(heap, Vec::clear)?;
            nothing()
        }
        (Method::EnsureCapacity, [Value::Integer(_)]) | (Method::TrimToSize, []) => nothing(),
        (Method::Sort, [Value::Null]) => {
            let items = sorted(heap, list.to_vec())?;
            list.change(heap, |all| *all = items)?;
            nothing()
        }
        _ => match read(heap, &Value::List(list), &list.to_vec(), method, arguments)? {
            Some(answer) => Ok(Some(answer)),
            None => change(heap, list.to_vec(), method, arguments, |items| {
                list.change(heap, |all| *all = items)
            }),
        },
    }
}

/// Calls a method of a part of a list.
pub(crate) fn call_part<'a>(
    heap: &'a Heap<'a>,
    part: SubList<'a>,
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    match (method, arguments) {
        (Method::Size, []) => some(part.len()? as i32),
        (Method::IsEmpty, []) => some(part.len()? == 0),
        (Method::Get, [Value::Integer(index)]) => part.get(place(*index, part.len()?)?),
        (Method::SubList, [Value::Integer(from), Value::Integer(to)]) => {
            let (from, to) = range(*from, *to, part.len()?)?;
            part.part(heap, from, to).map(|part| Some(Value::SubList(part)))
        }
        (Method::Set, [Value::Integer(index), value]) => {
            let mut items = part.to_vec()?;
            let place = place(*index, items.len())?;
            let old = std::mem::replace(&mut items[place], *value);
            part.replace(heap, items)?;
            Ok(Some(old))
        }
        (Method::Clear, []) => part.replace(heap, Vec::new()).and_then(|()| nothing()),
        (Method::Sort, [Value::Null]) => {
            let items = sorted(heap, part.to_vec()?)?;
            part.replace(heap, items).and_then(|()| nothing())
        }
        (Method::Add, [value]) => {
            let mut items = part.to_vec()?;
            items.push(*value);
            part.replace(heap, items)?;
            some(true)
        }
        _ => {
            let items = part.to_vec()?;
            match read(heap, &Value::SubList(part), &items, method, arguments)? {
                Some(answer) => Ok(Some(answer)),
                None => change(heap, items, method, arguments, |items| part.replace(heap, items)),
            }
        }
    }
}

/// Calls a method that changes nothing; arrays have these too.
pub(super) fn read<'a>(
    heap: &'a Heap<'a>,
    list: &Value<'a>,
    items: &[Value<'a>],
    method: Method,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    heap.cells.meter.spend(items.len())?;
    let or_none = |place: Option<usize>| place.map_or(-1, |place| place as i32);
    match (method, arguments) {
        (Method::Contains, [wanted]) => some(any_same(heap, items, wanted)?),
        (Method::ContainsAll, [others]) => match collection(heap, others)? {
            Some(others) => {
                for other in &others {
                    if !any_same(heap, items, other)? {
                        return some(false);
                    }
                }
                some(true)
            }
            None => null_or_missing(others),
        },
        (Method::IndexOf, [wanted]) => some(or_none(position(heap, items, wanted)?)),
        (Method::LastIndexOf, [wanted]) => {
            let reversed: Vec<Value<'a>> = items.iter().rev().cloned().collect();
            let place = position(heap, &reversed, wanted)?;
            some(or_none(place.map(|place| items.len() - 1 - place)))
        }
        (Method::ToArray, []) => {
            Array::new(heap, ArrayKind::Object, items.to_vec()).map(|a| Some(Value::Array(a)))
        }
        (Method::ToArray, [Value::Array(array)]) if array.kind() == ArrayKind::Object => {
            read(heap, list, items, method, &[])
        }
        // Nothing that templates have is a function, but for null.
        (Method::ForEach | Method::RemoveIf | Method::ReplaceAll, [Value::Null]) => {
            Err(MethodError::NullArgument)
        }
        (Method::Of, elements) => made_of(heap, elements.to_vec()),
        (Method::CopyOf, [others]) => match collection(heap, others)? {
            Some(others) => made_of(heap, others),
            None => null_or_missing(others),
        },
        (Method::Iterator | Method::ListIterator, []) => match Iteration::over(list)? {
            Some(iteration) => Cursor::new(heap, iteration).map(|c| Some(Value::Cursor(c))),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// A list of elements, none of which may be null.
fn made_of<'a>(heap: &'a Heap<'a>, elements: Vec<Value<'a>>) -> Answer<'a> {
    if elements.iter().any(Value::is_null) {
        return Err(MethodError::NullArgument);
    }
    List::new(heap, elements).map(|list| Some(Value::List(list)))
}

/// The elements in their own order, which those of one class have.
pub(super) fn sorted<'a>(
    heap: &'a Heap<'a>,
    mut items: Vec<Value<'a>>,
) -> Result<Vec<Value<'a>>, MethodError> {
    let by = MethodName::of("compareTo");
    if let [first, rest @ ..] = &items[..] {
        // Every comparison is as good as one with the first: it fails, or all are of its class.
        for item in rest {
            order(heap, &by, first, item)?;
        }
    }
    // Each element is compared so often, which must not fail in between.
    let texts: usize = items.iter().filter_map(Value::as_str).map(|text| text.len() / 16).sum();
    let rounds = items.len().checked_ilog2().unwrap_or(0) as usize + 1;
    let numbers = of_numbers(&items).saturating_mul(items.len());
    heap.cells.meter.spend((items.len() + texts + numbers).saturating_mul(rounds))?;
    items.sort_by(|a, b| match (a, b) {
        (Value::BigInteger(a), Value::BigInteger(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.compare(b),
        _ => order(heap, &by, a, b).unwrap_or(Ordering::Equal),
    });
    Ok(items)
}

/// Units of comparing two of the large numbers among values, at most.
fn of_numbers(items: &[Value<'_>]) -> usize {
    let scale = |item: &Value<'_>| match item {
        Value::Decimal(decimal) => decimal.scale,
        _ => 0,
    };
    let point =
        Decimal { unscaled: BigInt::ZERO, scale: items.iter().map(scale).max().unwrap_or(0) };
    let units = |item: &Value<'_>| match item {
        Value::BigInteger(big) => big.bits() / 64,
        Value::Decimal(decimal) => decimal.aligned_bits(&point).pow(2) >> 12,
        _ => 0,
    };
    items.iter().map(units).max().unwrap_or(0) as usize
}

fn order<'a>(
    heap: &'a Heap<'a>,
    by: &MethodName,
    a: &Value<'a>,
    b: &Value<'a>,
) -> Result<Ordering, MethodError> {
    let compared = match (a, b) {
        (Value::Null, _) | (_, Value::Null) => return Err(MethodError::NullArgument),
        (Value::String(a), Value::String(b)) => {
            return Ok(a.encode_utf16().cmp(b.encode_utf16()));
        }
        (a, b) => method::call(heap, a, by, std::slice::from_ref(b))?,
    };
    match compared {
        Some(Value::Integer(order)) => Ok(order.cmp(&0)),
        _ => Err(MethodError::WrongClass),
    }
}

/// Calls a method that changes the elements: it works on a copy that is put back.
fn change<'a>(
    heap: &'a Heap<'a>,
    mut items: Vec<Value<'a>>,
    method: Method,
    arguments: &[Value<'a>],
    put_back: impl FnOnce(Vec<Value<'a>>) -> Result<(), MethodError>,
) -> Answer<'a> {
    let before = items.len();
    let answer = match (method, arguments) {
        (Method::Add, [Value::Integer(index), value]) => {
            items.insert(place(*index, before + 1)?, *value);
            Value::from("")
        }
        (Method::AddAll, [others]) => match collection(heap, others)? {
            Some(others) => {
                items.extend(others);
                Value::Boolean(items.len() > before)
            }
            None => return null_or_missing(others),
        },
        (Method::AddAll, [Value::Integer(index), others]) => match collection(heap, others)? {
            Some(others) => {
                let place = place(*index, before + 1)?;
                items.splice(place..place, others);
                Value::Boolean(items.len() > before)
            }
            None => return null_or_missing(others),
        },
        (Method::Remove, [Value::Integer(index)]) => items.remove(place(*index, before)?),
        (Method::Remove, [wanted]) => match position(heap, &items, wanted)? {
            Some(place) => {
                items.remove(place);
                Value::Boolean(true)
            }
            None => return some(false),
        },
        (Method::RemoveAll | Method::RetainAll, [others]) => match collection(heap, others)? {
            Some(others) => {
                items = keep(heap, items, &others, method == Method::RetainAll)?;
                Value::Boolean(items.len() < before)
            }
            None => return null_or_missing(others),
        },
        _ => return Ok(None),
    };
    put_back(items)?;
    Ok(Some(answer))
}

/// The values that are among others, or those that are not.
pub(super) fn keep<'a>(
    heap: &'a Heap<'a>,
    items: Vec<Value<'a>>,
    others: &[Value<'a>],
    those_within: bool,
) -> Result<Vec<Value<'a>>, MethodError> {
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if any_same(heap, others, &item)? == those_within {
            kept.push(item);
        }
    }
    Ok(kept)
}

/// Null is taken for a collection, and found out; another value fits no method.
pub(super) fn null_or_missing<'a>(value: &Value<'a>) -> Answer<'a> {
    if value.is_null() { Err(MethodError::NullArgument) } else { Ok(None) }
}

fn range(from: i32, to: i32, length: usize) -> Result<(usize, usize), MethodError> {
    let from_place = place(from, length + 1)?;
    let to_place = place(to, length + 1)?;
    if from_place > to_place {
        return Err(MethodError::IllegalArgument("the range ends before it begins"));
    }
    Ok((from_place, to_place))
}
