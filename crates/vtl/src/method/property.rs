//! Properties of values.

use std::fmt;

use super::Answer;
use crate::heap::Heap;
use crate::json::{Name, NodeRef};
use crate::methods::string::{points::bytes, white::is_blank};
use crate::value::{Meter, Value};

/// The properties that values of templates have, besides the keys of maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    Blank,
    Bytes,
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
        // Getters are found by names with a capital, too.
        let property = match text {
            "blank" | "Blank" => Property::Blank,
            "bytes" | "Bytes" => Property::Bytes,
            "count" | "Count" => Property::Count,
            "empty" | "Empty" => Property::Empty,
            "first" | "First" => Property::First,
            "hasNext" | "HasNext" => Property::HasNext,
            "index" | "Index" => Property::Index,
            "infinite" | "Infinite" => Property::Infinite,
            "key" | "Key" => Property::Key,
            "last" | "Last" => Property::Last,
            "naN" | "NaN" => Property::NaN,
            "parent" | "Parent" => Property::Parent,
            "topmost" | "Topmost" => Property::Topmost,
            "value" | "Value" => Property::Value,
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

    /// The member of an object of a document that has this name, if it is short and stands where it
    /// was found before.
    #[inline(always)]
    pub(crate) fn near_member_of<'d>(&self, object: NodeRef<'d>) -> Option<NodeRef<'d>> {
        object.remembered_short(&self.name)
    }

    /// Whether it is sure that an object of a document has no member of this name.
    #[inline(always)]
    pub(crate) fn is_strange_to(&self, object: NodeRef<'_>) -> bool {
        !object.may_have(&self.name)
    }

    /// The member of an object of a document that has this name. To look for one that is not near uses
    /// up the meter.
    #[inline(always)]
    pub(crate) fn member_of<'d>(&self, object: NodeRef<'d>, meter: &Meter) -> Option<NodeRef<'d>> {
        match object.remembered(&self.name) {
            Some(member) => Some(member),
            None => self.search(object, meter),
        }
    }

    /// Without room for it, the rendering fails when it next asks the meter.
    #[inline(never)]
    fn search<'d>(&self, object: NodeRef<'d>, meter: &Meter) -> Option<NodeRef<'d>> {
        if self.is_strange_to(object) {
            return None;
        }
        let found = object.member_named(&self.name);
        // Of a near one nobody may see whether it was remembered.
        if !matches!(found, Some((_, true))) {
            meter.spend(object.len() / 8).ok()?;
        }
        found.map(|(member, _)| member)
    }
}

impl fmt::Debug for PropertyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The value of `$receiver.name`: an entry of a map, or what a getter gives.
#[inline(never)]
pub(crate) fn property<'a>(
    heap: &'a Heap<'a>,
    receiver: &Value<'a>,
    name: &PropertyName,
) -> Answer<'a> {
    use Property as P;
    let found = match (receiver, name.property) {
        (Value::Map(map), _) => map.find(&heap.cells.meter, name)?,
        (Value::Loop(running), _) => running.property(name),
        (Value::Object(object), _) => object.property(heap, name.as_str()),
        (Value::Entry(entry), P::Key) => Some(entry.key()),
        (Value::Entry(entry), P::Value) => Some(entry.value()),
        (Value::String(text), P::Empty) => Some(text.is_empty().into()),
        (Value::String(text), P::Blank) => Some(is_blank(text).into()),
        (Value::String(text), P::Bytes) => bytes(heap, text.as_bytes().to_vec())?,
        (Value::List(list), P::Empty) => Some(list.is_empty().into()),
        (Value::SubList(part), P::Empty) => Some((part.len()? == 0).into()),
        (Value::Array(array), P::Empty) if name.as_str() == "empty" => {
            Some(array.is_empty().into())
        }
        (Value::KeySet(map) | Value::Values(map) | Value::EntrySet(map), P::Empty) => {
            Some(map.is_empty().into())
        }
        (Value::Double(double), P::NaN) => Some(double.is_nan().into()),
        (Value::Double(double), P::Infinite) => Some(double.is_infinite().into()),
        (Value::Float(float), P::NaN) => Some(float.is_nan().into()),
        (Value::Float(float), P::Infinite) => Some(float.is_infinite().into()),
        _ => None,
    };
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounds::Bounds;

    #[test]
    fn what_a_look_up_takes_does_not_depend_on_those_before() {
        let heap = Heap::default();
        let meter = &heap.cells.meter;
        meter.bound(&Bounds { units: 0, ..Bounds::default() });
        let members: Vec<String> = (0..1000).map(|n| format!("\"n{n}\":{n}")).collect();
        let document = heap.document(format!("{{{}}}", members.join(","))).unwrap();
        for (name, is_free) in
            [("n0", true), ("n100", true), ("n127", true), ("n128", false), ("x", false)]
        {
            let name = PropertyName::of(name);
            for _ in 0..3 {
                assert_eq!(name.member_of(document.root(), meter).is_some(), is_free, "{name:?}");
            }
        }
    }
}
