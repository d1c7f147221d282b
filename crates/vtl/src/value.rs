//! The values of templates: Java's, since templates see their classes in overloads, equality and
//! printing. Values are small and copied; what they hold is in the heap, or outlives it.

mod cells;
mod equality;
mod hash;
mod host;
mod iteration;
mod list;
mod loops;
mod map;
mod table;
mod text;
mod tree;
mod views;

use num_bigint::BigInt;

use crate::decimal::{Decimal, MAX_BITS};
use crate::heap::Heap;
use crate::json::{NodeRef, Slashes};
use crate::print::{print, print_json};

pub(crate) use cells::{Cells, Meter, VISIT};
pub(crate) use equality::same;
pub(crate) use hash::java_hash;
pub use host::{Entries, Keys, Object, Replied, Reply};
pub(crate) use iteration::Iteration;
pub use list::List;
pub use loops::Loop;
pub use map::{Map, Once};
pub(crate) use text::Units;
pub(crate) use tree::Tree;
pub(crate) use views::ArrayKind;
pub use views::{Array, Cursor, Entry, SubList};

/// A value.
// What a value holds begins at a word, so that it is copied in words.
#[derive(Clone, Copy, Default)]
#[repr(u64)]
pub enum Value<'a> {
    /// Nothing.
    #[default]
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// An integer of 32 bits.
    Integer(i32),
    /// An integer of 64 bits.
    Long(i64),
    /// An integer of any size.
    BigInteger(&'a BigInt),
    /// A floating-point number.
    Double(f64),
    /// A floating-point number of 32 bits, as `floatValue` gives it.
    Float(f32),
    /// A decimal of any size.
    Decimal(&'a Decimal),
    /// One UTF-16 unit.
    Char(u16),
    /// Text.
    String(&'a str),
    /// A growable list.
    List(List<'a>),
    /// A part of a list, as `subList` gives it.
    SubList(SubList<'a>),
    /// A map in the order of insertion.
    Map(Map<'a>),
    /// An array, as `split` and `toArray` give it.
    Array(Array<'a>),
    /// The keys of a map: a view of it.
    KeySet(Map<'a>),
    /// The values of a map: a view of it.
    Values(Map<'a>),
    /// The entries of a map: a view of it.
    EntrySet(Map<'a>),
    /// One entry of a map.
    Entry(Entry<'a>),
    /// An iterator.
    Cursor(Cursor<'a>),
    /// A `#define` body: its number in the evaluator's table.
    Block(u32),
    /// `$foreach`.
    Loop(&'a Loop<'a>),
    /// What the host lends: `$input`, `$util`.
    Object(&'a dyn Object<'a>),
}

/// Why a method, an index or an operator ended the rendering, as a Java exception would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MethodError {
    /// Outside a list, an array or a text.
    #[error("index {index} is out of bounds for length {length}")]
    OutOfBounds {
        /// The index asked for.
        index: i64,
        /// How many elements there are.
        length: usize,
    },
    /// A text that spells no number; of so many bytes, for the text may be anybody's.
    #[error("a text of {0} bytes is not a number")]
    NotANumber(usize),
    /// Null where a value is needed.
    #[error("an argument is null")]
    NullArgument,
    /// A regular expression that cannot be read, or used within bounds.
    #[error("regular expression: {0}")]
    Pattern(String),
    /// A regular expression that takes more steps back than it may.
    #[error("regular expression: matching takes too many steps")]
    PatternSteps,
    /// A key that may be set once was set again.
    #[error("\"{0}\" is set already, and may be set once")]
    SetTwice(String),
    /// A format string that cannot be read, or does not fit its arguments.
    #[error("format: {0}")]
    Format(String),
    /// An argument outside what the method takes.
    #[error("illegal argument: {0}")]
    IllegalArgument(&'static str),
    /// A method without parameters was called with arguments.
    #[error("the method takes no arguments")]
    TooManyArguments,
    /// A value of a class that cannot stand here.
    #[error("a value of this class cannot stand here")]
    WrongClass,
    /// `next` behind the last element.
    #[error("no more elements")]
    NoMoreElements,
    /// A list or map was changed while it was iterated.
    #[error("changed while it was iterated")]
    Changed,
    /// The collection cannot do this.
    #[error("this collection does not support the operation")]
    Unsupported,
    /// Values inside one another, beyond what is followed.
    #[error("values are nested too deeply")]
    TooDeep,
    /// The bytes and elements of one rendering are used up.
    #[error("the rendering builds or reads too much")]
    Spent,
    /// An error of a host object.
    #[error("{0}")]
    Host(String),
}

impl<'a> Value<'a> {
    /// A text that was made, kept in the heap.
    pub fn string(heap: &'a Heap<'a>, text: String) -> Result<Self, MethodError> {
        heap.cells.keep_text(text).map(Self::String)
    }

    /// An integer that was computed. Errors: it is larger than any that is.
    pub(crate) fn big_integer(heap: &'a Heap<'a>, big: BigInt) -> Result<Self, MethodError> {
        if big.bits() > MAX_BITS {
            return Err(MethodError::Spent);
        }
        heap.cells.keep_big_integer(big).map(Self::BigInteger)
    }

    /// A decimal that was computed. Errors: it is larger than any that is.
    pub(crate) fn decimal(heap: &'a Heap<'a>, decimal: Decimal) -> Result<Self, MethodError> {
        if !decimal.is_bounded() {
            return Err(MethodError::Spent);
        }
        heap.cells.keep_decimal(decimal).map(Self::Decimal)
    }

    /// A value of a JSON document. Containers are new ones: a change to them is not seen by values
    /// made from the same document before.
    pub fn json(heap: &'a Heap<'a>, node: NodeRef<'a>) -> Result<Self, MethodError> {
        Tree::value_of(heap, node)
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&'a str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Appends what `$x` prints; null is `null`.
    pub fn print(&self, heap: &Heap<'_>, out: &mut String) -> Result<(), MethodError> {
        print(&heap.cells.meter, self, out)
    }

    /// Appends the value as compact JSON.
    pub fn write_json(&self, heap: &Heap<'_>, out: &mut String) -> Result<(), MethodError> {
        print_json(&heap.cells.meter, self, Slashes::Plain, out)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<bool> for Value<'_> {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(text)
    }
}

impl From<i32> for Value<'_> {
    fn from(integer: i32) -> Self {
        Self::Integer(integer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_small() {
        assert_eq!(size_of::<Value<'_>>(), 24);
        assert_eq!(size_of::<Option<Value<'_>>>(), 24);
    }
}
