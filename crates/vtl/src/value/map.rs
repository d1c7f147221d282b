//! Maps in the order of insertion: made by a template, or places in a JSON document.

use std::cell::{Cell, RefCell};

use super::table::Table;
use super::{Entries, Meter, MethodError, Tree, Value};
use crate::heap::Heap;
use crate::json::NodeRef;
use crate::method::PropertyName;

/// A handle to a map.
#[derive(Clone, Copy)]
pub struct Map<'a>(Shape<'a>);

#[derive(Clone, Copy)]
enum Shape<'a> {
    Made(&'a MapCell<'a>),
    Lent(&'a Lent<'a>),
    Json(&'a Tree<'a>, u32),
}

/// The entries of a map.
pub(crate) struct MapCell<'a> {
    table: RefCell<Table<'a>>,
    /// How often keys came or went, by which iterators see that they did.
    changes: Cell<u32>,
    is_silent: bool,
    once: Once,
}

/// A map that a host lends. Nothing in it is to be dropped.
struct Lent<'a> {
    heap: &'a Heap<'a>,
    entries: &'a dyn Entries<'a>,
    /// The map that has taken their place.
    filled: Cell<Option<&'a MapCell<'a>>>,
    is_silent: bool,
    once: Once,
}

/// The keys of a map that may be set once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// None of them.
    None,
    /// This one.
    Key(&'static str),
    /// All of them.
    All,
}

impl<'a> MapCell<'a> {
    pub(super) fn keep(heap: &'a Heap<'a>) -> Result<&'a Self, MethodError> {
        heap.cells.meter.spend(size_of::<Self>())?;
        Ok(Self::kept(heap, Table::default(), false, Once::None))
    }

    fn kept(heap: &'a Heap<'a>, table: Table<'a>, is_silent: bool, once: Once) -> &'a Self {
        let (table, changes) = (RefCell::new(table), Cell::new(0));
        heap.cells.maps.add(Self { table, changes, is_silent, once })
    }

    fn get_text(&self, key: &str) -> Option<Value<'a>> {
        self.table.borrow().get_text(key)
    }

    /// Forgets the changes that filled it.
    pub(super) fn begin(&self) {
        self.changes.set(0);
    }

    pub(super) fn put(
        &self,
        heap: &Heap<'_>,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Option<Value<'a>>, MethodError> {
        heap.cells.meter.spend(2 * size_of::<Value<'_>>())?;
        if !matches!(self.once, Once::None) {
            self.check_once(&key)?;
        }
        let old = self.table.borrow_mut().put(key, value)?;
        if old.is_none() {
            self.changes.set(self.changes.get() + 1);
        }
        Ok(old)
    }

    #[cold]
    fn check_once(&self, key: &Value<'a>) -> Result<(), MethodError> {
        let Some(name) = key.as_str() else { return Ok(()) };
        let is_meant = match self.once {
            Once::None => false,
            Once::Key(key) => key == name,
            Once::All => true,
        };
        match self.table.borrow().get(key)? {
            Some(_) if is_meant => Err(MethodError::SetTwice(name.chars().take(100).collect())),
            _ => Ok(()),
        }
    }
}

impl<'a> Lent<'a> {
    /// The map itself, with everything in it.
    #[inline(never)]
    fn cell(&self) -> &'a MapCell<'a> {
        if let Some(cell) = self.filled.get() {
            return cell;
        }
        let fill = || {
            let entries = self.entries.all(self.heap)?;
            self.heap.cells.meter.spend(2 * size_of::<Value<'_>>() * entries.len())?;
            Table::of(entries)
        };
        // Without room for them there are none, and the rendering fails when it next asks.
        let table = fill().unwrap_or_default();
        let cell = MapCell::kept(self.heap, table, self.is_silent, self.once);
        self.filled.set(Some(cell));
        cell
    }

    #[inline(never)]
    fn get_text(&self, key: &str) -> Result<Option<Value<'a>>, MethodError> {
        match self.filled.get() {
            Some(cell) => Ok(cell.get_text(key)),
            None => self.entries.get(self.heap, key),
        }
    }
}

impl<'a> Map<'a> {
    /// An empty map.
    pub fn new(heap: &'a Heap<'a>) -> Result<Self, MethodError> {
        Ok(Self(Shape::Made(MapCell::keep(heap)?)))
    }

    /// A map that prints nothing, whatever it comes to hold. Setting a key again that may be set once
    /// ends the rendering.
    pub fn silent(heap: &'a Heap<'a>, once: Once) -> Result<Self, MethodError> {
        heap.cells.meter.spend(size_of::<MapCell<'a>>())?;
        Ok(Self(Shape::Made(MapCell::kept(heap, Table::default(), true, once))))
    }

    /// The same, with these entries, no two of which have the same key.
    #[inline]
    pub fn silent_of(
        heap: &'a Heap<'a>,
        entries: &'a dyn Entries<'a>,
        once: Once,
    ) -> Result<Self, MethodError> {
        Self::lent(heap, entries, true, once)
    }

    /// A map with these entries, no two of which have the same key.
    #[inline]
    pub fn of(heap: &'a Heap<'a>, entries: &'a dyn Entries<'a>) -> Result<Self, MethodError> {
        Self::lent(heap, entries, false, Once::None)
    }

    #[inline]
    fn lent(
        heap: &'a Heap<'a>,
        entries: &'a dyn Entries<'a>,
        is_silent: bool,
        once: Once,
    ) -> Result<Self, MethodError> {
        heap.cells.meter.spend(size_of::<MapCell<'a>>())?;
        let lent = Lent { heap, entries, filled: Cell::new(None), is_silent, once };
        Ok(Self(Shape::Lent(heap.cells.small.alloc(lent))))
    }

    /// Whether it prints nothing.
    pub fn is_silent(self) -> bool {
        match self.0 {
            Shape::Made(cell) => cell.is_silent,
            Shape::Lent(lent) => lent.is_silent,
            Shape::Json(..) => false,
        }
    }

    /// The entries that a host lends, as long as nobody asked for more than single ones.
    #[inline]
    pub(crate) fn as_lent(self) -> Option<&'a dyn Entries<'a>> {
        match self.0 {
            Shape::Lent(lent) if lent.filled.get().is_none() => Some(lent.entries),
            _ => None,
        }
    }

    pub(super) fn json(tree: &'a Tree<'a>, index: u32) -> Self {
        Self(Shape::Json(tree, index))
    }

    /// How many entries there are.
    pub fn len(self) -> usize {
        match self.source() {
            Ok(cell) => cell.table.borrow().len(),
            Err((tree, index)) => tree.node(index).len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The value of a textual key.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        if let Shape::Lent(lent) = self.0 {
            return lent.get_text(key).ok().flatten();
        }
        match self.source() {
            Ok(cell) => cell.get_text(key),
            Err((tree, index)) => tree.node(index).member(key).map(|node| tree.value(node)),
        }
    }

    /// The value of a textual key, at the cost of looking for it.
    #[inline(always)]
    pub(crate) fn find(
        self,
        meter: &Meter,
        key: &PropertyName,
    ) -> Result<Option<Value<'a>>, MethodError> {
        if let Shape::Lent(lent) = self.0 {
            return lent.get_text(key.as_str());
        }
        match self.source() {
            Ok(cell) => Ok(cell.get_text(key.as_str())),
            Err((tree, index)) => {
                let member = key.member_of(tree.node(index), meter);
                Ok(member.map(|node| tree.value(node)))
            }
        }
    }

    /// The value of any key: `1` and `"1"` are two.
    pub(crate) fn get_value(
        self,
        meter: &Meter,
        key: &Value<'a>,
    ) -> Result<Option<Value<'a>>, MethodError> {
        match self.source() {
            Ok(cell) => cell.table.borrow().get(key),
            Err((tree, index)) => {
                let object = tree.node(index);
                meter.spend(object.len() / 8)?;
                let Some(name) = key.as_str() else { return Ok(None) };
                Ok(object.member(name).map(|node| tree.value(node)))
            }
        }
    }

    /// Sets the value of a key: the old one, if there was the key.
    pub fn put(
        self,
        heap: &'a Heap<'a>,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Option<Value<'a>>, MethodError> {
        self.cell(heap)?.put(heap, key, value)
    }

    /// Sets the value of a textual key that outlives the rendering.
    pub fn put_text(
        self,
        heap: &'a Heap<'a>,
        key: &'a str,
        value: Value<'a>,
    ) -> Result<(), MethodError> {
        self.put(heap, Value::String(key), value).map(|_| ())
    }

    /// Removes a key: its value, if there was the key.
    pub(crate) fn remove(
        self,
        heap: &'a Heap<'a>,
        key: &Value<'a>,
    ) -> Result<Option<Value<'a>>, MethodError> {
        if self.get_value(&heap.cells.meter, key)?.is_none() {
            return Ok(None);
        }
        let cell = self.cell(heap)?;
        let removed = cell.table.borrow_mut().remove(key)?;
        cell.changes.set(cell.changes.get() + 1);
        Ok(removed)
    }

    /// Removes all entries.
    pub(crate) fn clear(self, heap: &'a Heap<'a>) -> Result<(), MethodError> {
        let cell = self.cell(heap)?;
        *cell.table.borrow_mut() = Table::default();
        cell.changes.set(cell.changes.get() + 1);
        Ok(())
    }

    /// A copy of the entries.
    pub fn to_vec(self) -> Vec<(Value<'a>, Value<'a>)> {
        match self.source() {
            Ok(cell) => cell.table.borrow().iter().cloned().collect(),
            Err((tree, index)) => {
                let members = tree.node(index).members();
                members.map(|(name, node)| (Value::String(name), tree.value(node))).collect()
            }
        }
    }

    /// The first entry at or behind a place, and that place; for maps that stand in no document.
    pub(super) fn entry_from(self, place: usize) -> Option<(usize, (Value<'a>, Value<'a>))> {
        let cell = self.source().ok()?;
        let table = cell.table.borrow();
        table.from(place).map(|(place, entry)| (place, *entry))
    }

    /// How often keys came or went so far.
    pub(crate) fn changes(self) -> u32 {
        self.source().map_or(0, |cell| cell.changes.get())
    }

    /// Whether both are one map.
    pub(crate) fn is_same(self, other: Self) -> bool {
        match (self.0, other.0) {
            (Shape::Made(a), Shape::Made(b)) => std::ptr::eq(a, b),
            (Shape::Lent(a), Shape::Lent(b)) => std::ptr::eq(a, b),
            (Shape::Json(a, index), Shape::Json(b, other)) => std::ptr::eq(a, b) && index == other,
            _ => false,
        }
    }

    /// The unchanged object of a document that this is.
    #[inline]
    pub(crate) fn as_node(self) -> Option<(&'a Tree<'a>, NodeRef<'a>)> {
        match self.0 {
            Shape::Json(..) => self.source().err().map(|(tree, index)| (tree, tree.node(index))),
            _ => None,
        }
    }

    /// The same, if nothing of the document was changed.
    #[inline(always)]
    pub(crate) fn as_unchanged(self) -> Option<(&'a Tree<'a>, NodeRef<'a>)> {
        match self.0 {
            Shape::Json(tree, index) if !tree.is_changed() => Some((tree, tree.node(index))),
            _ => None,
        }
    }

    fn cell(self, heap: &'a Heap<'a>) -> Result<&'a MapCell<'a>, MethodError> {
        match self.source() {
            Ok(cell) => Ok(cell),
            Err((tree, index)) => tree.change_map(heap, index),
        }
    }

    #[inline(always)]
    fn source(self) -> Result<&'a MapCell<'a>, (&'a Tree<'a>, u32)> {
        match self.0 {
            Shape::Made(cell) => Ok(cell),
            Shape::Lent(lent) => Ok(lent.cell()),
            Shape::Json(tree, index) => tree.changed_map(index).ok_or((tree, index)),
        }
    }
}
