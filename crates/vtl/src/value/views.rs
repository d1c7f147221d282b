//! What is handed out beside lists and maps: arrays, parts of lists, entries, iterators.

use std::cell::RefCell;

use super::{Iteration, List, Map, Meter, MethodError, Value};
use crate::heap::Heap;

/// A handle to an array.
#[derive(Clone, Copy)]
pub struct Array<'a>(&'a ArrayCell<'a>);

/// What an array may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArrayKind {
    /// Anything: `toArray`.
    Object,
    /// Strings: `split`.
    String,
    /// Chars: `toCharArray`.
    Char,
    /// Bytes: `getBytes`.
    Byte,
}

pub(crate) struct ArrayCell<'a> {
    kind: ArrayKind,
    items: RefCell<Vec<Value<'a>>>,
}

impl<'a> Array<'a> {
    pub(crate) fn new(
        heap: &'a Heap<'a>,
        kind: ArrayKind,
        items: Vec<Value<'a>>,
    ) -> Result<Self, MethodError> {
        heap.cells.meter.spend(size_of::<Value<'_>>() * (1 + items.len()))?;
        let cell = ArrayCell { kind, items: RefCell::new(items) };
        Ok(Self(heap.cells.rare().arrays.add(cell)))
    }

    /// What it may hold.
    pub(crate) fn kind(self) -> ArrayKind {
        self.0.kind
    }

    /// How many elements there are.
    pub fn len(self) -> usize {
        self.0.items.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at a place, counted from 0.
    pub fn get(self, index: usize) -> Option<Value<'a>> {
        self.0.items.borrow().get(index).cloned()
    }

    /// A copy of the elements.
    pub fn to_vec(self) -> Vec<Value<'a>> {
        self.0.items.borrow().clone()
    }

    /// Puts a value in the place of an element: the old one.
    pub(crate) fn set(self, index: usize, value: Value<'a>) -> Result<Value<'a>, MethodError> {
        let fits = match self.0.kind {
            ArrayKind::Object => true,
            ArrayKind::String => matches!(value, Value::String(_) | Value::Null),
            ArrayKind::Char => matches!(value, Value::Char(_)),
            // No value of a template is a byte.
            ArrayKind::Byte => false,
        };
        if !fits {
            return Err(MethodError::WrongClass);
        }
        let mut items = self.0.items.borrow_mut();
        let length = items.len();
        match items.get_mut(index) {
            Some(item) => Ok(std::mem::replace(item, value)),
            None => Err(MethodError::OutOfBounds { index: index as i64, length }),
        }
    }

    pub(crate) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// A handle to a part of a list.
#[derive(Clone, Copy)]
pub struct SubList<'a>(&'a Part<'a>);

/// The elements `from..to` of a list, as long as nobody else changes its length.
pub(crate) struct Part<'a> {
    list: List<'a>,
    from: usize,
    to: std::cell::Cell<usize>,
    changes: std::cell::Cell<u32>,
}

impl<'a> SubList<'a> {
    pub(crate) fn new(
        heap: &'a Heap<'a>,
        list: List<'a>,
        from: usize,
        to: usize,
    ) -> Result<Self, MethodError> {
        let changes = list.changes().into();
        heap.cells.meter.spend(size_of::<Part<'_>>())?;
        Ok(Self(heap.cells.rare().parts.add(Part { list, from, to: to.into(), changes })))
    }

    /// A part of this part, if `from..to` lies within it.
    pub(crate) fn part(
        self,
        heap: &'a Heap<'a>,
        from: usize,
        to: usize,
    ) -> Result<Self, MethodError> {
        self.check()?;
        Self::new(heap, self.0.list, self.0.from + from, self.0.from + to)
    }

    /// How many elements there are; an error if the length of the list was changed since.
    pub(crate) fn len(self) -> Result<usize, MethodError> {
        self.check()?;
        Ok(self.0.to.get() - self.0.from)
    }

    pub(crate) fn get(self, index: usize) -> Result<Option<Value<'a>>, MethodError> {
        let length = self.len()?;
        Ok(if index < length { self.0.list.get(self.0.from + index) } else { None })
    }

    /// A copy of the elements.
    pub(crate) fn to_vec(self) -> Result<Vec<Value<'a>>, MethodError> {
        let length = self.len()?;
        Ok(self.0.list.to_vec().into_iter().skip(self.0.from).take(length).collect())
    }

    /// Whether both are one part.
    pub(crate) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }

    /// Puts other elements in the place of all of this part.
    pub(crate) fn replace(
        self,
        heap: &'a Heap<'a>,
        items: Vec<Value<'a>>,
    ) -> Result<(), MethodError> {
        self.check()?;
        let (from, to, after) = (self.0.from, self.0.to.get(), self.0.from + items.len());
        self.0.list.change(heap, |all| drop(all.splice(from..to, items)))?;
        self.0.to.set(after);
        self.0.changes.set(self.0.list.changes());
        Ok(())
    }

    fn check(self) -> Result<(), MethodError> {
        let is_current = self.0.changes.get() == self.0.list.changes();
        if is_current { Ok(()) } else { Err(MethodError::Changed) }
    }
}

/// A handle to an entry of a map.
#[derive(Clone, Copy)]
pub struct Entry<'a>(&'a EntryCell<'a>);

pub(crate) struct EntryCell<'a> {
    map: Map<'a>,
    key: Value<'a>,
    /// What it held when it was handed out: what is left if the key goes.
    value: RefCell<Value<'a>>,
}

impl<'a> Entry<'a> {
    pub(crate) fn new(
        heap: &'a Heap<'a>,
        map: Map<'a>,
        key: Value<'a>,
        value: Value<'a>,
    ) -> Result<Self, MethodError> {
        heap.cells.meter.spend(size_of::<EntryCell<'_>>())?;
        let cell = EntryCell { map, key, value: RefCell::new(value) };
        Ok(Self(heap.cells.rare().entries.add(cell)))
    }

    /// The key.
    pub fn key(self) -> Value<'a> {
        self.0.key
    }

    /// The value that the key has now.
    pub fn value(self) -> Value<'a> {
        let now = self.0.map.get_value(&Meter::of_key(), &self.0.key).ok().flatten();
        now.unwrap_or_else(|| *self.0.value.borrow())
    }

    /// Sets the value of the key: the old one.
    pub(crate) fn set(
        self,
        heap: &'a Heap<'a>,
        value: Value<'a>,
    ) -> Result<Value<'a>, MethodError> {
        if self.0.map.get_value(&heap.cells.meter, &self.0.key)?.is_some() {
            let old = self.0.map.put(heap, self.0.key, value)?;
            return Ok(old.unwrap_or_default());
        }
        Ok(self.0.value.replace(value))
    }
}

/// A handle to an iterator.
#[derive(Clone, Copy)]
pub struct Cursor<'a>(&'a CursorCell<'a>);

pub(crate) type CursorCell<'a> = RefCell<Iteration<'a>>;

impl<'a> Cursor<'a> {
    pub(crate) fn new(heap: &'a Heap<'a>, iteration: Iteration<'a>) -> Result<Self, MethodError> {
        heap.cells.meter.spend(size_of::<CursorCell<'_>>())?;
        Ok(Self(heap.cells.rare().cursors.add(RefCell::new(iteration))))
    }

    pub(crate) fn has_next(self) -> bool {
        self.0.borrow().has_next()
    }

    pub(crate) fn next(self, heap: &'a Heap<'a>) -> Result<Value<'a>, MethodError> {
        self.0.borrow_mut().next(heap)
    }

    pub(crate) fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
