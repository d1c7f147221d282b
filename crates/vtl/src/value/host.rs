//! What hosts lend to templates: objects that are called, and maps that are filled when somebody asks
//! for more than single entries of them.

use super::{MethodError, Tree, Value};
use crate::heap::Heap;
use crate::json::{NodeRef, Tag};
use crate::tree::Step;

/// Something of the host's that templates may read and call.
pub trait Object<'a> {
    /// The value of `$object.name`; `None` if there is no such property.
    fn property(&'a self, heap: &'a Heap<'a>, name: &str) -> Option<Value<'a>>;

    /// Gives `reply` the result of `$object.name(arguments)`, unless there is no such method.
    fn call(
        &'a self,
        name: &str,
        arguments: &[Value<'a>],
        reply: Reply<'_, 'a>,
    ) -> Result<Replied, MethodError>;

    /// Appends what `$object` prints.
    fn print(&self, out: &mut String);
}

/// What a map holds that is filled when somebody asks for more than single entries of it.
pub trait Entries<'a> {
    /// The value of a key; the same each time.
    fn get(&'a self, heap: &'a Heap<'a>, key: &str) -> Result<Option<Value<'a>>, MethodError>;

    /// All of them, in order.
    fn all(&'a self, heap: &'a Heap<'a>) -> Result<Vec<(Value<'a>, Value<'a>)>, MethodError>;

    /// Whether `get` gives texts where they stand, which takes no room for them.
    fn lends_texts(&self) -> bool;

    /// Appends the text that keys lead to, the first here and each other in the map before it. False,
    /// and nothing is appended, if they lead to no text, or if only the maps on the way know it.
    fn write(&self, keys: Keys<'_>, out: &mut String) -> bool;
}

/// Names behind one another: those of a reference.
#[derive(Clone)]
pub struct Keys<'k>(std::slice::Iter<'k, Step>);

impl<'k> Keys<'k> {
    /// The names of these steps, which are properties.
    pub(crate) fn of(steps: &'k [Step]) -> Self {
        Self(steps.iter())
    }
}

impl<'k> Iterator for Keys<'k> {
    type Item = &'k str;

    #[inline]
    fn next(&mut self) -> Option<&'k str> {
        match self.0.next() {
            Some(Step::Property { name, .. }) => Some(name.as_str()),
            _ => None,
        }
    }
}

/// Where the result of a call is wanted: as a value, or in the output if it is a text.
pub struct Reply<'p, 'a> {
    heap: &'a Heap<'a>,
    value: &'p mut Value<'a>,
    out: Option<&'p mut String>,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Replied {
    /// There is no such method, or its result is null.
    Nothing,
    /// The value was set.
    Value,
    /// A text was appended to the output, and paid for.
    Text,
}

impl<'p, 'a> Reply<'p, 'a> {
    pub(crate) fn as_value(heap: &'a Heap<'a>, value: &'p mut Value<'a>) -> Self {
        Self { heap, value, out: None }
    }

    pub(crate) fn as_text(
        heap: &'a Heap<'a>,
        value: &'p mut Value<'a>,
        out: &'p mut String,
    ) -> Self {
        Self { heap, value, out: Some(out) }
    }

    /// Where the values of this rendering are kept.
    #[inline]
    pub fn heap(&self) -> &'a Heap<'a> {
        self.heap
    }

    /// Gives a value that there is.
    #[inline]
    pub fn value(self, value: Value<'a>) -> Result<Replied, MethodError> {
        *self.value = value;
        Ok(Replied::Value)
    }

    /// Gives a value of a document, as `Value::json` has it.
    #[inline]
    pub fn json(self, node: NodeRef<'a>) -> Result<Replied, MethodError> {
        match node.tag() {
            Tag::Array | Tag::Object => Tree::open(self.heap, node)?.put_value(node, self.value),
            _ => *self.value = Value::json(self.heap, node)?,
        }
        Ok(Replied::Value)
    }

    /// Gives the text that `write` appends; if it says false, nothing.
    #[inline]
    pub fn text(
        self,
        write: impl FnOnce(&mut String) -> Result<bool, MethodError>,
    ) -> Result<Replied, MethodError> {
        let Some(out) = self.out else {
            let Some(text) = self.heap.cells.write(write)? else { return Ok(Replied::Nothing) };
            return self.value(Value::String(text));
        };
        let before = out.len();
        if !write(out)? {
            return Ok(Replied::Nothing);
        }
        // As much as if it had been kept and then printed.
        self.heap.cells.meter.build(out.len().saturating_sub(before))?;
        Ok(Replied::Text)
    }
}
