//! Methods, properties and indexes of values, as Velocity finds them on Java's classes.
//!
//! A method is found by its name, the number of its arguments and their types: an Integer fits where
//! a long or a double is wanted, a Double does not fit an int, a number is no string and a string no
//! char. Where nothing fits there is no method, which is not an error; what would be an exception is.

use std::fmt;

use crate::heap::Heap;
use crate::json::Name;
use crate::methods::{array, boolean, list, map, number, string as text, view};
use crate::print::to_text;
use crate::value::{List, MethodError, SubList, Value, java_hash, same};

/// What a method gives: `None` if there is no such method, null if it returned null.
pub(crate) type Answer<'a> = Result<Option<Value<'a>>, MethodError>;

macro_rules! methods {
    ($($method:ident $name:literal,)*) => {
        /// The methods that values of templates have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Method {
            $($method,)*
            /// Only a host's object may have it.
            Other,
        }

        impl Method {
            fn named(name: &str) -> Self {
                match name {
                    $($name => Self::$method,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

methods! {
    Add "add", AddAll "addAll", BitCount "bitCount", BooleanValue "booleanValue",
    ByteValue "byteValue", CharAt "charAt", CharValue "charValue", Clear "clear", Clone "clone",
    CodePointAt "codePointAt", Compare "compare", CompareTo "compareTo",
    CompareToIgnoreCase "compareToIgnoreCase", Concat "concat", Contains "contains",
    ContainsAll "containsAll", ContainsKey "containsKey", ContainsValue "containsValue",
    ContentEquals "contentEquals", DoubleValue "doubleValue", EndsWith "endsWith",
    EntrySet "entrySet", Equals "equals", EqualsIgnoreCase "equalsIgnoreCase", Format "format",
    Get "get", GetKey "getKey", GetOrDefault "getOrDefault", GetValue "getValue",
    HashCode "hashCode", HasNext "hasNext", IndexOf "indexOf", Intern "intern",
    IntValue "intValue", IsEmpty "isEmpty", IsInfinite "isInfinite", IsNaN "isNaN",
    Iterator "iterator", Join "join", KeySet "keySet", LastIndexOf "lastIndexOf", Length "length",
    LogicalAnd "logicalAnd", LogicalOr "logicalOr", LogicalXor "logicalXor",
    LongValue "longValue", Matches "matches", Max "max", Min "min", Next "next",
    ParseBoolean "parseBoolean", ParseDouble "parseDouble", ParseInt "parseInt",
    ParseLong "parseLong", Put "put", PutAll "putAll", PutIfAbsent "putIfAbsent",
    Remove "remove", RemoveAll "removeAll", Replace "replace", ReplaceAll "replaceAll",
    ReplaceFirst "replaceFirst", RetainAll "retainAll", Set "set", SetValue "setValue",
    ShortValue "shortValue", Signum "signum", Size "size", Split "split",
    StartsWith "startsWith", SubList "subList", SubSequence "subSequence",
    Substring "substring", Sum "sum", ToArray "toArray", ToBinaryString "toBinaryString",
    ToCharArray "toCharArray", ToHexString "toHexString", ToLowerCase "toLowerCase",
    ToOctalString "toOctalString", ToString "toString", ToUpperCase "toUpperCase", Trim "trim",
    ValueOf "valueOf", Values "values",
}

/// The name of a method, looked up once.
pub(crate) struct MethodName {
    method: Method,
    text: Box<str>,
}

impl MethodName {
    pub(crate) fn of(text: &str) -> Self {
        Self { method: Method::named(text), text: text.into() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// The properties that values of templates have, besides the keys of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    Count,
    Empty,
    First,
    HasNext,
    Index,
    Infinite,
    Key,
    Last,
    NaN,
    Parent,
    Topmost,
    Value,
    /// Only a map or a host's object may have it.
    Other,
}

/// The name of a property, looked up once.
pub(crate) struct PropertyName {
    property: Property,
    name: Name,
}

impl PropertyName {
    pub(crate) fn of(text: &str) -> Self {
        let property = match text {
            "count" => Property::Count,
            "empty" => Property::Empty,
            "first" => Property::First,
            "hasNext" => Property::HasNext,
            "index" => Property::Index,
            "infinite" => Property::Infinite,
            "key" => Property::Key,
            "last" => Property::Last,
            "naN" => Property::NaN,
            "parent" => Property::Parent,
            "topmost" => Property::Topmost,
            "value" => Property::Value,
            _ => Property::Other,
        };
        Self { property, name: Name::new(text) }
    }

    pub(crate) fn property(&self) -> Property {
        self.property
    }

    pub(crate) fn as_str(&self) -> &str {
        self.name.as_str()
    }

    /// As the name of a member of a document.
    #[inline]
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }
}

impl fmt::Debug for PropertyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl fmt::Debug for MethodName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// The result of `$receiver.name(arguments)`.
pub(crate) fn call<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    name: &MethodName,
    arguments: &[Value<'a>],
) -> Answer<'a> {
    let method = name.method;
    match receiver {
        Value::Object(object) => return object.call(heap, &name.text, arguments),
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
        Value::Boolean(boolean) => boolean::call(*boolean, method, arguments),
        Value::Char(unit) => boolean::call_char(heap, *unit, method, arguments),
        Value::Null | Value::Block(_) | Value::Loop(_) | Value::Object(_) => Ok(None),
    }
}

/// Whether the class has the method without parameters.
///
/// Velocity 1.7 takes such a method for one that fits any arguments, unless another fits better, and
/// then fails to call it.
fn takes_nothing(receiver: &Value<'_>, method: Method) -> bool {
    use Method as M;
    let is_size = matches!(method, M::Size | M::IsEmpty | M::Clear);
    match receiver {
        _ if matches!(method, M::ToString | M::HashCode) => true,
        Value::String(_) => matches!(
            method,
            M::Length
                | M::IsEmpty
                | M::ToCharArray
                | M::Trim
                | M::ToUpperCase
                | M::ToLowerCase
                | M::Intern
        ),
        Value::Map(_) => {
            is_size || matches!(method, M::KeySet | M::Values | M::EntrySet | M::Clone)
        }
        Value::List(_) => is_size || matches!(method, M::ToArray | M::Iterator | M::Clone),
        Value::SubList(_)
        | Value::Array(_)
        | Value::KeySet(_)
        | Value::Values(_)
        | Value::EntrySet(_) => is_size || matches!(method, M::ToArray | M::Iterator),
        Value::Entry(_) => matches!(method, M::GetKey | M::GetValue),
        Value::Cursor(_) => matches!(method, M::HasNext | M::Next | M::Remove),
        Value::Double(_) => is_conversion(method) || matches!(method, M::IsNaN | M::IsInfinite),
        Value::BigInteger(_) => is_conversion(method) || matches!(method, M::Signum | M::BitCount),
        Value::Integer(_) | Value::Long(_) => is_conversion(method),
        Value::Boolean(_) => method == M::BooleanValue,
        Value::Char(_) => method == M::CharValue,
        Value::Null | Value::Block(_) | Value::Loop(_) | Value::Object(_) => false,
    }
}

/// What every number can be turned into.
fn is_conversion(method: Method) -> bool {
    use Method as M;
    matches!(method, M::IntValue | M::LongValue | M::DoubleValue | M::ShortValue | M::ByteValue)
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

/// The value of `$receiver.name`: an entry of a map, or what a getter gives.
pub(crate) fn property<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    name: &PropertyName,
) -> Answer<'a> {
    use Property as P;
    let found = match (receiver, name.property) {
        (Value::Map(map), _) => map.find(&heap.cells.meter, name.name())?,
        (Value::Loop(running), _) => running.property(name),
        (Value::Object(object), _) => object.property(heap, name.as_str()),
        (Value::Entry(entry), P::Key) => Some(entry.key()),
        (Value::Entry(entry), P::Value) => Some(entry.value()),
        (Value::String(text), P::Empty) => Some(text.is_empty().into()),
        (Value::List(list), P::Empty) => Some(list.is_empty().into()),
        (Value::SubList(part), P::Empty) => Some((part.len()? == 0).into()),
        (Value::Array(array), P::Empty) => Some(array.is_empty().into()),
        (Value::KeySet(map) | Value::Values(map) | Value::EntrySet(map), P::Empty) => {
            Some(map.is_empty().into())
        }
        (Value::Double(double), P::NaN) => Some(double.is_nan().into()),
        (Value::Double(double), P::Infinite) => Some(double.is_infinite().into()),
        _ => None,
    };
    Ok(found)
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
        Value::Object(object) => object.call(heap, "get", &arguments),
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
        (Value::Entry(entry), "value") => entry.set(heap, value).map(|_| ()),
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
