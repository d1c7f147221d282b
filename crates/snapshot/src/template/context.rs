//! `$context` for one rendering: a map of maps, of which two carry what templates override.

use portico_vtl::json::{Kind, NodeRef};
use portico_vtl::{Heap, Map, MethodError, Once, Value};

use super::plain;
use super::{Overrides, Surroundings};
use crate::{CONTEXT_MEMBERS, ContextMember, REQUEST_OVERRIDE, RESPONSE_OVERRIDE};

/// Where the members come from.
pub(super) enum Source<'a> {
    /// The values of the request, one after the other, and where each of them ends.
    Request { texts: String, ends: Vec<usize> },
    /// An object that somebody wrote.
    Document(NodeRef<'a>),
}

impl<'a> Source<'a> {
    pub(super) fn new(surroundings: &dyn Surroundings, document: Option<NodeRef<'a>>) -> Self {
        if let Some(document) = document {
            return Self::Document(document);
        }
        let (mut bytes, mut ends) = (Vec::with_capacity(512), Vec::with_capacity(24));
        write_values(CONTEXT_MEMBERS, surroundings, &mut bytes, &mut ends);
        match String::from_utf8(bytes) {
            Ok(texts) => Self::Request { texts, ends },
            // Bytes of the client, for example of its User-Agent, that are no UTF-8.
            Err(error) => Self::repaired(error.as_bytes(), &ends),
        }
    }

    fn repaired(bytes: &[u8], ends: &[usize]) -> Self {
        let (mut texts, mut repaired, mut start) = (String::new(), Vec::new(), 0);
        for end in ends {
            texts.push_str(&String::from_utf8_lossy(&bytes[start..*end]));
            repaired.push(texts.len());
            start = *end;
        }
        Self::Request { texts, ends: repaired }
    }
}

/// Appends the values of members in their order, and notes where each ends.
fn write_values(
    members: &[ContextMember],
    surroundings: &dyn Surroundings,
    bytes: &mut Vec<u8>,
    ends: &mut Vec<usize>,
) {
    for member in members {
        match member {
            ContextMember::Value(_, variable) => {
                surroundings.write_context(variable, bytes);
                ends.push(bytes.len());
            }
            ContextMember::Map(_, members) => write_values(members, surroundings, bytes, ends),
            ContextMember::Empty(_) => {}
        }
    }
}

/// The reference `$context`.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    heap: &'a Heap<'a>,
    map: Map<'a>,
}

impl<'a> Context<'a> {
    /// The members of the source, with what templates have written before.
    pub(super) fn new(
        heap: &'a Heap<'a>,
        source: &'a Source<'a>,
        carried: &'a Overrides,
    ) -> Result<Self, MethodError> {
        let map = match source {
            Source::Request { texts, ends } => {
                let values = &mut Values { texts, ends: ends.iter(), start: 0 };
                map_of(heap, CONTEXT_MEMBERS, values, Once::None)?
            }
            Source::Document(node) => {
                let map = map_from(heap, *node, Once::None)?;
                add_overrides(heap, map)?;
                map
            }
        };
        for (name, members) in
            [(REQUEST_OVERRIDE, &carried.request), (RESPONSE_OVERRIDE, &carried.response)]
        {
            if let Some(Value::Map(inner)) = map.get(name) {
                plain::restore(heap, inner, members)?;
            }
        }
        Ok(Self { heap, map })
    }

    /// The reference itself.
    pub(super) fn value(self) -> Value<'a> {
        Value::Map(self.map)
    }

    /// What the two maps hold now; `None` if that is more than may be kept.
    pub(super) fn overrides(self) -> Option<Overrides> {
        let members = |name| match self.map.get(name) {
            Some(Value::Map(map)) => plain::members(self.heap, map),
            _ => Some(Vec::new()),
        };
        Some(Overrides {
            request: members(REQUEST_OVERRIDE)?,
            response: members(RESPONSE_OVERRIDE)?,
        })
    }
}

/// The values of a request, to be taken in their order.
struct Values<'a> {
    texts: &'a str,
    ends: std::slice::Iter<'a, usize>,
    start: usize,
}

impl<'a> Values<'a> {
    fn next(&mut self) -> &'a str {
        let Some(end) = self.ends.next() else { return "" };
        let text = &self.texts[self.start..*end];
        self.start = *end;
        text
    }
}

/// A map of members with their values, of which some may be set once.
fn map_of<'a>(
    heap: &'a Heap<'a>,
    members: &'static [ContextMember],
    values: &mut Values<'a>,
    once: Once,
) -> Result<Map<'a>, MethodError> {
    let mut entries = Vec::with_capacity(members.len());
    for member in members {
        let (name, value) = match member {
            ContextMember::Value(name, _) => (name, Value::text(values.next())),
            ContextMember::Empty(name) => (name, Value::text("")),
            ContextMember::Map(name, members) => {
                (name, Value::Map(map_of(heap, members, values, overridden_in(name))?))
            }
        };
        entries.push((Value::text(name), value));
    }
    Map::silent_once(heap, entries, once)
}

/// What of the map of this name is a parameter: it may be overridden once.
/// Source: AWS, "Override your API's request and response parameters and status codes".
fn overridden_in(map: &str) -> Once {
    match map {
        "header" | "path" | "querystring" => Once::All,
        RESPONSE_OVERRIDE => Once::Key("status"),
        _ => Once::None,
    }
}

/// A copy of an object, whose objects print nothing, like those of a request.
fn map_from<'a>(heap: &'a Heap<'a>, node: NodeRef<'a>, once: Once) -> Result<Map<'a>, MethodError> {
    let map = Map::silent_once(heap, Vec::new(), once)?;
    for (name, member) in node.members() {
        let value = match member.kind() {
            Kind::Object => Value::Map(map_from(heap, member, overridden_in(&name))?),
            _ => Value::json(heap, member)?,
        };
        map.put(heap, Value::String(name.into()), value)?;
    }
    Ok(map)
}

/// Adds what overrides are written to: that can be done, whoever wrote the members.
fn add_overrides<'a>(heap: &'a Heap<'a>, map: Map<'a>) -> Result<(), MethodError> {
    for member in CONTEXT_MEMBERS {
        let ContextMember::Map(name, members) = member else { continue };
        if ![REQUEST_OVERRIDE, RESPONSE_OVERRIDE].contains(name) {
            continue;
        }
        let inner = match map.get(name) {
            Some(Value::Map(inner)) => inner,
            _ => Map::silent_once(heap, Vec::new(), overridden_in(name))?,
        };
        for member in *members {
            if let ContextMember::Map(part, _) = member
                && inner.get(part).is_none()
            {
                let empty = Map::silent_once(heap, Vec::new(), overridden_in(part))?;
                inner.put_text(heap, part, Value::Map(empty))?;
            }
        }
        map.put_text(heap, name, Value::Map(inner))?;
    }
    Ok(())
}
