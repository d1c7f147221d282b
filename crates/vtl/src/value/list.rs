//! Lists: made by a template, or places in a JSON document. They are shared and may be changed.

use std::cell::{Cell, Ref, RefCell};

use super::{MethodError, Tree, Value};
use crate::heap::Heap;

/// A handle to a list.
#[derive(Clone, Copy)]
pub struct List<'a>(Shape<'a>);

#[derive(Clone, Copy)]
enum Shape<'a> {
    Made(&'a ListCell<'a>),
    Json(&'a Tree<'a>, u32),
}

/// The elements of a list.
pub(crate) struct ListCell<'a> {
    items: RefCell<Vec<Value<'a>>>,
    /// How often its length changed, by which iterators see that it did.
    changes: Cell<u32>,
    prints_as_json: bool,
}

impl<'a> ListCell<'a> {
    pub(super) fn keep(heap: &'a Heap<'a>, items: Vec<Value<'a>>) -> Result<&'a Self, MethodError> {
        Self { items: RefCell::new(items), changes: Cell::new(0), prints_as_json: false }.kept(heap)
    }

    fn kept(self, heap: &'a Heap<'a>) -> Result<&'a Self, MethodError> {
        heap.cells.meter.spend(size_of::<Value<'_>>() * (1 + self.items.borrow().len()))?;
        Ok(heap.cells.lists.add(self))
    }
}

impl<'a> List<'a> {
    /// A list as templates write it: `[1, 'x']`.
    pub fn new(heap: &'a Heap<'a>, items: Vec<Value<'a>>) -> Result<Self, MethodError> {
        Ok(Self(Shape::Made(ListCell::keep(heap, items)?)))
    }

    /// A list that prints as JSON, though it is not one array of a document.
    pub fn new_json(heap: &'a Heap<'a>, items: Vec<Value<'a>>) -> Result<Self, MethodError> {
        let cell =
            ListCell { items: RefCell::new(items), changes: Cell::new(0), prints_as_json: true };
        Ok(Self(Shape::Made(cell.kept(heap)?)))
    }

    pub(super) fn json(tree: &'a Tree<'a>, index: u32) -> Self {
        Self(Shape::Json(tree, index))
    }

    /// Whether the list came from JSON, and so prints as JSON.
    pub fn is_json(self) -> bool {
        match self.0 {
            Shape::Made(cell) => cell.prints_as_json,
            Shape::Json(..) => true,
        }
    }

    /// How many elements there are.
    pub fn len(self) -> usize {
        match self.source() {
            Ok(cell) => cell.items.borrow().len(),
            Err((tree, index)) => tree.node(index).len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at a place, counted from 0.
    pub fn get(self, index: usize) -> Option<Value<'a>> {
        match self.source() {
            Ok(cell) => cell.items.borrow().get(index).cloned(),
            Err((tree, array)) => tree.node(array).item(index).map(|node| tree.value(node)),
        }
    }

    /// A copy of the elements.
    pub fn to_vec(self) -> Vec<Value<'a>> {
        match self.source() {
            Ok(cell) => cell.items.borrow().clone(),
            Err((tree, array)) => tree.node(array).items().map(|node| tree.value(node)).collect(),
        }
    }

    /// Puts a value in the place of an element: the old one.
    pub fn set(
        self,
        heap: &'a Heap<'a>,
        index: usize,
        value: Value<'a>,
    ) -> Result<Value<'a>, MethodError> {
        self.change(heap, |items| match items.get_mut(index) {
            Some(item) => Ok(std::mem::replace(item, value)),
            None => Err(MethodError::OutOfBounds { index: index as i64, length: items.len() }),
        })?
    }

    /// Appends a value.
    pub fn push(self, heap: &'a Heap<'a>, value: Value<'a>) -> Result<(), MethodError> {
        self.change(heap, |items| items.push(value))
    }

    /// Changes the elements. `change` must not look at any list itself.
    pub(crate) fn change<T>(
        self,
        heap: &'a Heap<'a>,
        change: impl FnOnce(&mut Vec<Value<'a>>) -> T,
    ) -> Result<T, MethodError> {
        let cell = match self.source() {
            Ok(cell) => cell,
            Err((tree, index)) => tree.change_list(heap, index)?,
        };
        let mut items = cell.items.borrow_mut();
        let before = items.len();
        let result = change(&mut items);
        let after = items.len();
        if after != before {
            cell.changes.set(cell.changes.get() + 1);
        }
        heap.cells.meter.spend(size_of::<Value<'_>>() * (1 + after.saturating_sub(before)))?;
        Ok(result)
    }

    /// How often its length changed so far.
    pub(crate) fn changes(self) -> u32 {
        self.source().map_or(0, |cell| cell.changes.get())
    }

    /// Whether both are one list.
    pub(crate) fn is_same(self, other: Self) -> bool {
        match (self.0, other.0) {
            (Shape::Made(a), Shape::Made(b)) => std::ptr::eq(a, b),
            (Shape::Json(a, index), Shape::Json(b, other)) => std::ptr::eq(a, b) && index == other,
            _ => false,
        }
    }

    /// The elements of a list that does not stand unchanged in a document.
    pub(crate) fn borrow(self) -> Option<Ref<'a, Vec<Value<'a>>>> {
        self.source().ok().map(|cell| cell.items.borrow())
    }

    /// The unchanged array of a document that this is.
    pub(crate) fn as_node(self) -> Option<(&'a Tree<'a>, crate::json::NodeRef<'a>)> {
        self.source().err().map(|(tree, index)| (tree, tree.node(index)))
    }

    #[inline(always)]
    fn source(self) -> Result<&'a ListCell<'a>, (&'a Tree<'a>, u32)> {
        match self.0 {
            Shape::Made(cell) => Ok(cell),
            Shape::Json(tree, index) => tree.changed_list(index).ok_or((tree, index)),
        }
    }
}
