//! JSONPath in the Jayway dialect: a path is parsed once and then selects from documents.
//!
//! Source: AWS, "Mapping template and access logging variable reference", which names the dialect;
//! the rules are those of the Java library 2.0 with its default options.

mod compare;
mod cursor;
mod filter;
mod function;
mod parse;
mod select;
mod term;
mod write;

use std::borrow::Cow;
use std::str::FromStr;

use crate::json::{Name, NodeRef};

use filter::Filter;
use function::Function;

/// Characters of a path; longer ones are refused.
pub const PATH_CHARACTERS: usize = 4096;

/// Steps of a path, with those of the paths in it; more are refused.
pub const STEPS: usize = 256;

/// Values that one selection may look at, unless the caller says otherwise.
pub const VISITS: u64 = 10_000_000;

/// A path, for example `$.orders[?(@.total > 10)].id`.
#[derive(Debug)]
pub struct JsonPath {
    start: Start,
    steps: Box<[Step]>,
    definite: bool,
    /// Members and single elements, nothing else.
    straight: bool,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// `$`: at the outermost value.
    Root,
    /// `@`, in filters: at the value that is tested.
    Current,
}

/// One step of a path.
#[derive(Debug)]
struct Step {
    /// Behind `..`: the step is made from every value within too.
    deep: bool,
    kind: StepKind,
}

#[derive(Debug)]
enum StepKind {
    /// `.name` or `['name']`
    Member(Name),
    /// `['a','b']`
    Members(Box<[Name]>),
    /// `[0]` or `[-1]`
    Item(i32),
    /// `[0,2]`
    Items(Box<[i32]>),
    /// `[1:3]`
    Slice(Option<i32>, Option<i32>),
    /// `*`
    Any,
    /// `[?(@.a > 1)]`
    Filter(Filter),
    /// `.length()`
    Function(Function),
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub enum Selected<'d> {
    /// Nothing.
    Missing,
    /// A value of the document.
    Node(NodeRef<'d>),
    /// What an indefinite path leads to, or what a function made: an array.
    List(Vec<Selected<'d>>),
    /// The members that `['a','b']` names: an object.
    Members(Vec<(Cow<'d, str>, NodeRef<'d>)>),
    /// The result of a function that has none, for example `length()` of a number.
    Null,
    /// The result of `length()`.
    Integer(i32),
    /// The result of a calculation.
    Double(f64),
    /// The result of `concat()`.
    Text(String),
}

/// Why a path cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonPathError {
    /// The text is no path. `at` counts bytes.
    #[error("not a JSONPath: {reason} at byte {at}")]
    Syntax {
        /// Where reading stopped.
        at: usize,
        /// What was wrong there.
        reason: &'static str,
    },
    /// A function was called for values that it does not take.
    #[error("the function {0} cannot be applied here")]
    Function(&'static str),
    /// A filter was applied to a value that is no array and no object.
    #[error("a filter cannot be applied to a scalar")]
    Filter,
    /// A filter compares with the elements of an array, and they are no scalars.
    #[error("a filter cannot compare with arrays or objects in an array")]
    Operand,
    /// A regular expression took too many steps.
    #[error("a regular expression of the path takes too long")]
    Pattern,
    /// More values were looked at than the bound admits.
    #[error("the path looks at too many values")]
    Bound,
}

impl FromStr for JsonPath {
    type Err = JsonPathError;

    fn from_str(text: &str) -> Result<Self, JsonPathError> {
        Self::parse(text)
    }
}

impl JsonPath {
    /// Reads a path, for example `$.a[0]` or `a.b`.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        parse::path(text)
    }

    /// Whether the path leads to one value at most, and not to a list of what it finds.
    pub fn is_definite(&self) -> bool {
        self.definite
    }

    /// What the path leads to from the outermost value of a document, looking at `visits` values
    /// at most.
    pub fn select<'d>(
        &self,
        root: NodeRef<'d>,
        visits: u64,
    ) -> Result<Selected<'d>, JsonPathError> {
        select::select(self, root, visits)
    }
}

#[cfg(test)]
mod tests;
