//! `$foreach`: what a loop tells about itself.

use std::cell::{Cell, OnceCell};

use super::{Map, MethodError, Value};
use crate::heap::Heap;
use crate::method::{self, Answer, MethodName, Property, PropertyName};

/// A loop that runs, or ran.
pub struct Loop<'a> {
    /// The loop around it.
    parent: Option<&'a Loop<'a>>,
    /// Loops around it.
    depth: usize,
    /// Counted from 0.
    index: Cell<i32>,
    has_next: Cell<bool>,
    /// What the body set: `#set($foreach.name = 1)` or `$foreach.put('name', 1)`.
    own: OnceCell<Map<'a>>,
}

impl<'a> Loop<'a> {
    /// A loop before its first run.
    pub(crate) fn new(parent: Option<&'a Self>, depth: usize) -> Self {
        let (index, has_next) = Default::default();
        Self { parent, depth, index, has_next, own: OnceCell::new() }
    }

    /// Tells the body of which run it is one.
    pub(crate) fn advance(&self, index: i32, has_next: bool) {
        self.index.set(index);
        self.has_next.set(has_next);
    }

    pub(crate) fn parent(&self) -> Option<&'a Self> {
        self.parent
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    /// Sets a property of its own; what a loop tells of itself stays what it is.
    pub(crate) fn set(
        &self,
        heap: &'a Heap<'a>,
        name: &'a str,
        value: Value<'a>,
    ) -> Result<(), MethodError> {
        self.own(heap)?.put(heap, Value::from(name), value).map(drop)
    }

    /// What the body set, if it set anything.
    pub(crate) fn what_was_set(&self) -> Option<Map<'a>> {
        self.own.get().copied()
    }

    fn own(&self, heap: &'a Heap<'a>) -> Result<Map<'a>, MethodError> {
        match self.own.get() {
            Some(own) => Ok(*own),
            None => {
                let own = Map::new(heap)?;
                Ok(*self.own.get_or_init(|| own))
            }
        }
    }

    /// The value of `$foreach.name`.
    pub(crate) fn property(&'a self, name: &PropertyName) -> Option<Value<'a>> {
        self.told(name.property()).or_else(|| self.own.get()?.get(name.as_str()))
    }

    fn told(&'a self, property: Property) -> Option<Value<'a>> {
        self.tells(property).then(|| {
            let mut value = Value::Null;
            self.put_told(property, &mut value);
            value
        })
    }

    /// Whether the loop tells this about itself.
    #[inline(always)]
    pub(crate) fn tells(&self, property: Property) -> bool {
        use Property as P;
        match property {
            P::Index | P::Count | P::First | P::Last | P::HasNext | P::Topmost => true,
            P::Parent => self.parent.is_some(),
            _ => false,
        }
    }

    /// Whether what it tells holds as a condition.
    #[inline(always)]
    pub(crate) fn truth(&self, property: Property) -> bool {
        match property {
            Property::First => self.index.get() == 0,
            Property::Last => !self.has_next.get(),
            Property::HasNext => self.has_next.get(),
            _ => true,
        }
    }

    /// Puts what the loop tells about itself where it is wanted.
    #[inline(always)]
    pub(crate) fn put_told(&'a self, property: Property, into: &mut Value<'a>) {
        match property {
            Property::Index => *into = Value::Integer(self.index.get()),
            Property::Count => *into = Value::Integer(self.index.get() + 1),
            Property::Parent => *into = self.parent.map_or(Value::Null, Value::Loop),
            Property::Topmost => *into = Value::Loop(self.topmost()),
            holds => *into = Value::Boolean(self.truth(holds)),
        }
    }

    fn topmost(&'a self) -> &'a Self {
        let mut topmost = self;
        while let Some(parent) = topmost.parent {
            topmost = parent;
        }
        topmost
    }

    /// The result of `$foreach.name(arguments)`: what is no getter is a method of a map.
    pub(crate) fn call(
        &'a self,
        heap: &'a Heap<'a>,
        name: &MethodName,
        arguments: &[Value<'a>],
    ) -> Answer<'a> {
        let property = match name.as_str() {
            "getIndex" => Property::Index,
            "getCount" => Property::Count,
            "isFirst" | "getFirst" => Property::First,
            "isLast" | "getLast" => Property::Last,
            "hasNext" | "getHasNext" => Property::HasNext,
            "getParent" => Property::Parent,
            "getTopmost" => Property::Topmost,
            _ => return method::call(heap, &Value::Map(self.own(heap)?), name, arguments),
        };
        Ok(if arguments.is_empty() { self.told(property) } else { None })
    }
}
