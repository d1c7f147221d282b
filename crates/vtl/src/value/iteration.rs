//! Going through a collection, as Java's iterators do: they notice when it changes under them.

use super::{Array, Cursor, Entry, List, Map, MethodError, SubList, Tree, Value};
use crate::heap::Heap;
use crate::json::{Items, Members, NodeRef};

/// A walk over the elements of a value.
pub(crate) struct Iteration<'a>(Walk<'a>);

enum Walk<'a> {
    List {
        list: List<'a>,
        next: usize,
        changes: u32,
    },
    /// An array of a document, as long as nobody changes it.
    Json {
        list: List<'a>,
        tree: &'a Tree<'a>,
        items: Items<'a>,
        next: usize,
        length: usize,
    },
    Part {
        part: SubList<'a>,
        next: usize,
        length: usize,
    },
    Array {
        array: Array<'a>,
        next: usize,
    },
    Map {
        map: Map<'a>,
        side: Side,
        next: Next<'a>,
        changes: u32,
    },
    Cursor(Cursor<'a>),
}

/// Which view of a map is walked over.
#[derive(Clone, Copy)]
enum Side {
    Keys,
    Values,
    Entries,
}

/// The entry that comes next. Java's iterator has found it already when it hands out the one before.
enum Next<'a> {
    Made(Option<(usize, (Value<'a>, Value<'a>))>),
    Json(&'a Tree<'a>, Members<'a>, Option<(Value<'a>, Value<'a>)>),
}

impl<'a> Iteration<'a> {
    /// The walk of `#foreach` over a value: of a map its values. `None` if there is nothing to walk
    /// over, as for a string.
    pub(crate) fn over(value: &Value<'a>) -> Result<Option<Self>, MethodError> {
        Ok(Some(Self(match value {
            Value::List(list) => match list.as_node() {
                Some((tree, node)) => Walk::Json {
                    list: *list,
                    tree,
                    items: node.items(),
                    next: 0,
                    length: node.len(),
                },
                None => Walk::List { list: *list, next: 0, changes: list.changes() },
            },
            Value::SubList(part) => Walk::Part { part: *part, next: 0, length: part.len()? },
            Value::Array(array) => Walk::Array { array: *array, next: 0 },
            Value::Map(map) | Value::Values(map) => walk_map(*map, Side::Values),
            Value::KeySet(map) => walk_map(*map, Side::Keys),
            Value::EntrySet(map) => walk_map(*map, Side::Entries),
            Value::Cursor(cursor) => Walk::Cursor(*cursor),
            _ => return Ok(None),
        })))
    }

    /// Whether there is another element.
    #[inline(always)]
    pub(crate) fn has_next(&self) -> bool {
        match &self.0 {
            Walk::Json { tree, next, length, .. } if !tree.is_changed() => next < length,
            _ => self.any_has_next(),
        }
    }

    #[inline(never)]
    fn any_has_next(&self) -> bool {
        match &self.0 {
            // Not `<`: a list that became shorter has a next one by Java's rule, and taking it fails.
            Walk::List { list, next, .. } | Walk::Json { list, next, .. } => *next != list.len(),
            Walk::Part { next, length, .. } => next < length,
            Walk::Array { array, next } => *next < array.len(),
            Walk::Map { next: Next::Made(next), .. } => next.is_some(),
            Walk::Map { next: Next::Json(.., next), .. } => next.is_some(),
            Walk::Cursor(cursor) => cursor.has_next(),
        }
    }

    /// Puts the next element where it is wanted. Errors: there is none, or the collection was changed.
    #[inline(always)]
    pub(crate) fn put_next(
        &mut self,
        heap: &'a Heap<'a>,
        into: &mut Value<'a>,
    ) -> Result<(), MethodError> {
        match &mut self.0 {
            Walk::Json { tree, items, next, .. } if !tree.is_changed() => {
                heap.cells.meter.spend(1)?;
                let node = items.next().ok_or(MethodError::NoMoreElements)?;
                *next += 1;
                tree.put_value(node, into);
            }
            _ => *into = self.next(heap)?,
        }
        Ok(())
    }

    /// The next element.
    #[inline(never)]
    pub(crate) fn next(&mut self, heap: &'a Heap<'a>) -> Result<Value<'a>, MethodError> {
        heap.cells.meter.spend(1)?;
        match &mut self.0 {
            Walk::List { list, next, changes } => {
                if list.changes() != *changes {
                    return Err(MethodError::Changed);
                }
                let value = list.get(*next).ok_or(MethodError::NoMoreElements)?;
                *next += 1;
                Ok(value)
            }
            Walk::Json { list, tree, items, next, .. } => {
                if list.changes() != 0 {
                    return Err(MethodError::Changed);
                }
                let node = items.next().ok_or(MethodError::NoMoreElements)?;
                // Its elements may have been set.
                let is_changed = list.borrow().is_some();
                let value = if is_changed { list.get(*next) } else { None };
                *next += 1;
                Ok(value.unwrap_or_else(|| tree.value(node)))
            }
            Walk::Part { part, next, length } => {
                if part.len()? != *length {
                    return Err(MethodError::Changed);
                }
                let value = part.get(*next)?.ok_or(MethodError::NoMoreElements)?;
                *next += 1;
                Ok(value)
            }
            Walk::Array { array, next } => {
                let value = array.get(*next).ok_or(MethodError::NoMoreElements)?;
                *next += 1;
                Ok(value)
            }
            Walk::Map { map, side, next, changes } => {
                if map.changes() != *changes {
                    return Err(MethodError::Changed);
                }
                let (key, value) = next.take(*map).ok_or(MethodError::NoMoreElements)?;
                Ok(match side {
                    Side::Keys => key,
                    Side::Values => value,
                    Side::Entries => Value::Entry(Entry::new(heap, *map, key, value)?),
                })
            }
            Walk::Cursor(cursor) => cursor.next(heap),
        }
    }
}

fn walk_map(map: Map<'_>, side: Side) -> Walk<'_> {
    let next = match map.as_node() {
        Some((tree, node)) => {
            let mut members = node.members();
            let first = members.next().map(|(name, node)| pair(tree, name, node));
            Next::Json(tree, members, first)
        }
        None => Next::Made(map.entry_from(0)),
    };
    Walk::Map { map, side, next, changes: map.changes() }
}

impl<'a> Next<'a> {
    /// Hands out the entry that was found, with the value that it has now, and finds the one behind.
    fn take(&mut self, map: Map<'a>) -> Option<(Value<'a>, Value<'a>)> {
        match self {
            Self::Made(next) => {
                let (place, _) = next.take()?;
                let (_, entry) = map.entry_from(place)?;
                *next = map.entry_from(place + 1);
                Some(entry)
            }
            Self::Json(tree, members, next) => {
                let (key, value) = next.take()?;
                *next = members.next().map(|(name, node)| pair(tree, name, node));
                if map.as_node().is_some() {
                    return Some((key, value));
                }
                let now = key.as_str().and_then(|name| map.get(name));
                Some((key, now.unwrap_or(value)))
            }
        }
    }
}

fn pair<'a>(tree: &'a Tree<'a>, name: &'a str, node: NodeRef<'a>) -> (Value<'a>, Value<'a>) {
    (Value::String(name), tree.value(node))
}
