//! `$context` for one rendering: a map of maps, of which two carry what templates override. The
//! request is asked for a member when the template names it.

use std::cell::OnceCell;

use portico_vtl::json::{Kind, NodeRef};
use portico_vtl::{Entries, Heap, Keys, Map, MethodError, Once, Value};

use super::parameters::push_lossy;
use super::plain;
use super::{Members, Overrides, Plain, Surroundings};
use crate::{
    CONTEXT_MEMBERS, ContextMember, ContextMembers, ContextVariable, REQUEST_OVERRIDE,
    RESPONSE_OVERRIDE,
};

/// The reference `$context`.
pub(super) struct Context<'a> {
    source: Source<'a>,
    /// What templates have written before.
    carried: &'a Overrides,
}

/// Where the members come from.
enum Source<'a> {
    Request(Part<'a>),
    /// An object that somebody wrote, and its copy that templates write to.
    Document(NodeRef<'a>, OnceCell<Map<'a>>),
}

impl<'a> Context<'a> {
    pub(super) fn new(
        surroundings: &'a dyn Surroundings,
        document: Option<NodeRef<'a>>,
        carried: &'a Overrides,
    ) -> Self {
        let source = match document {
            Some(document) => Source::Document(document, OnceCell::new()),
            None => Source::Request(Part {
                carried: Some(carried),
                ..Part::new(CONTEXT_MEMBERS, surroundings, &[], Once::None)
            }),
        };
        Self { source, carried }
    }

    /// The reference itself.
    pub(super) fn map(&'a self, heap: &'a Heap<'a>) -> Result<Map<'a>, MethodError> {
        match &self.source {
            Source::Request(part) => part.map(heap),
            Source::Document(document, map) => {
                if let Some(map) = map.get() {
                    return Ok(*map);
                }
                let made = map_from(heap, *document, Once::None)?;
                add_overrides(heap, made)?;
                for name in [REQUEST_OVERRIDE, RESPONSE_OVERRIDE] {
                    if let Some(Value::Map(inner)) = made.get(name) {
                        plain::restore(heap, inner, written(self.carried, name))?;
                    }
                }
                Ok(*map.get_or_init(|| made))
            }
        }
    }

    /// Whether a template may have seen a map that it can write to.
    pub(super) fn is_seen(&self) -> bool {
        match &self.source {
            Source::Request(part) => part.inner.get().is_some(),
            Source::Document(..) => true,
        }
    }

    /// What the two maps hold now; `None` if that is more than may be kept.
    pub(super) fn overrides(&'a self, heap: &'a Heap<'a>) -> Option<Overrides> {
        let members = |name| match &self.source {
            // Nobody has seen the map, so nobody has changed or replaced it.
            Source::Request(part) if !part.is_made(name) => {
                Some(written(self.carried, name).clone())
            }
            _ => match self.map(heap).ok()?.get(name) {
                Some(Value::Map(map)) => plain::members(heap, map),
                _ => Some(Vec::new()),
            },
        };
        Some(Overrides {
            request: members(REQUEST_OVERRIDE)?,
            response: members(RESPONSE_OVERRIDE)?,
        })
    }
}

/// What templates have written into a member of `$context`.
fn written<'a>(carried: &'a Overrides, name: &str) -> &'a Members {
    const NOTHING: &Members = &Vec::new();
    match name {
        REQUEST_OVERRIDE => &carried.request,
        RESPONSE_OVERRIDE => &carried.response,
        _ => NOTHING,
    }
}

/// The members of a map, and the maps among them, which are made when a template names them.
struct Part<'a> {
    members: ContextMembers,
    surroundings: &'a dyn Surroundings,
    /// What templates have written into it.
    written: &'a [(Box<str>, Plain)],
    /// What of it may be set once.
    once: Once,
    /// What templates have written into its maps.
    carried: Option<&'a Overrides>,
    map: OnceCell<Map<'a>>,
    /// Its maps, in order.
    inner: OnceCell<Box<[Self]>>,
}

impl<'a> Part<'a> {
    fn new(
        members: ContextMembers,
        surroundings: &'a dyn Surroundings,
        written: &'a [(Box<str>, Plain)],
        once: Once,
    ) -> Self {
        let (map, inner) = Default::default();
        Self { members, surroundings, written, once, carried: None, map, inner }
    }

    fn map(&'a self, heap: &'a Heap<'a>) -> Result<Map<'a>, MethodError> {
        if let Some(map) = self.map.get() {
            return Ok(*map);
        }
        let map = Map::silent_of(heap, self, self.once)?;
        if !self.written.is_empty() {
            plain::restore(heap, map, self.written)?;
        }
        Ok(*self.map.get_or_init(|| map))
    }

    /// Whether a template may have seen the map of this name.
    fn is_made(&self, name: &str) -> bool {
        let parts = self.inner.get().map_or(&[][..], |inner| inner);
        let mut named = self.maps().zip(parts);
        named.any(|((known, _), part)| known == name && part.map.get().is_some())
    }

    /// The names of its maps and their members.
    fn maps(&self) -> impl Iterator<Item = (&'static str, ContextMembers)> {
        self.members.iter().filter_map(|member| match member {
            ContextMember::Map(name, members) => Some((*name, *members)),
            _ => None,
        })
    }

    fn inner(&'a self, heap: &'a Heap<'a>, name: &str) -> Result<Option<Value<'a>>, MethodError> {
        let parts = self.inner.get_or_init(|| {
            let part = |(name, members)| {
                let written = self.carried.map_or(&[][..], |carried| written(carried, name));
                Self::new(members, self.surroundings, written, overridden_in(name))
            };
            self.maps().map(part).collect()
        });
        let mut named = self.maps().zip(parts);
        let found = named.find(|((known, _), _)| *known == name);
        found.map(|(_, part)| part.map(heap).map(Value::Map)).transpose()
    }

    /// Appends the value of a variable.
    fn write_variable(&self, variable: &ContextVariable, out: &mut String) {
        self.surroundings.show_context(variable, &mut |bytes| push_lossy(bytes, out));
    }
}

impl<'a> Entries<'a> for Part<'a> {
    fn get(&'a self, heap: &'a Heap<'a>, key: &str) -> Result<Option<Value<'a>>, MethodError> {
        match self.members.find(key) {
            None => Ok(None),
            Some(ContextMember::Value(_, variable)) => {
                let write = |out: &mut String| {
                    self.write_variable(variable, out);
                    Ok(())
                };
                heap.write(write).map(Some)
            }
            Some(ContextMember::Empty(_)) => Ok(Some("".into())),
            Some(ContextMember::Map(name, _)) => self.inner(heap, name),
        }
    }

    fn all(&'a self, heap: &'a Heap<'a>) -> Result<Vec<(Value<'a>, Value<'a>)>, MethodError> {
        let entry = |member: &'static ContextMember| {
            let name = member.name();
            Ok((name.into(), self.get(heap, name)?.unwrap_or_default()))
        };
        self.members.iter().map(entry).collect()
    }

    fn lends_texts(&self) -> bool {
        false
    }

    /// Maps that nobody has seen are as they were.
    fn write(&self, mut keys: Keys<'_>, out: &mut String) -> bool {
        if self.inner.get().is_some() {
            return false;
        }
        let mut members = self.members;
        while let Some(found) = keys.next().and_then(|key| members.find(key)) {
            match found {
                ContextMember::Map(_, inner) => members = *inner,
                ContextMember::Value(_, variable) if keys.next().is_none() => {
                    self.write_variable(variable, out);
                    return true;
                }
                _ => return false,
            }
        }
        false
    }
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
    let map = Map::silent(heap, once)?;
    for (name, member) in node.members() {
        let value = match member.kind() {
            Kind::Object => Value::Map(map_from(heap, member, overridden_in(name))?),
            _ => Value::json(heap, member)?,
        };
        map.put(heap, Value::String(name), value)?;
    }
    Ok(map)
}

/// Adds what overrides are written to: that can be done, whoever wrote the members.
fn add_overrides<'a>(heap: &'a Heap<'a>, map: Map<'a>) -> Result<(), MethodError> {
    for member in CONTEXT_MEMBERS.iter() {
        let ContextMember::Map(name, members) = member else { continue };
        if ![REQUEST_OVERRIDE, RESPONSE_OVERRIDE].contains(name) {
            continue;
        }
        let inner = match map.get(name) {
            Some(Value::Map(inner)) => inner,
            _ => Map::silent(heap, overridden_in(name))?,
        };
        for member in members.iter() {
            if let ContextMember::Map(part, _) = member
                && inner.get(part).is_none()
            {
                let empty = Map::silent(heap, overridden_in(part))?;
                inner.put_text(heap, part, Value::Map(empty))?;
            }
        }
        map.put_text(heap, name, Value::Map(inner))?;
    }
    Ok(())
}
