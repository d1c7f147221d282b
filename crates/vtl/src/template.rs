//! A template: parsed once, rendered any number of times.

use crate::bounds::Bounds;
use crate::dialect::Dialect;
use crate::evaluate::Evaluator;
use crate::heap::Heap;
use crate::parse::{Parsed, parse};
use crate::tree::{Block, Macro, Node, Piece};
use crate::value::{MethodError, Value};

/// A compiled template.
#[derive(Debug)]
pub struct Template {
    source: Box<str>,
    pub(crate) dialect: Dialect,
    pub(crate) block: Block,
    pub(crate) names: Box<[Box<str>]>,
    pub(crate) macros: Box<[Macro]>,
    /// The slots of `$foreach`, `$velocityCount` and `$velocityHasNext`, if it names them.
    pub(crate) counters: [Option<u32>; 3],
}

/// The names that loops set.
const COUNTERS: [&str; 3] = ["foreach", "velocityCount", "velocityHasNext"];

/// What a template finds under the names that it did not set itself.
pub trait Globals<'a> {
    /// Puts the value of `$name` in the place of null, if there is one; asked once a rendering at most.
    fn put(&self, name: &str, into: &mut Value<'a>);
}

/// Somebody who wants to know what each reference and directive came to.
pub trait Trace {
    /// `what` as written stands at the place, counted from 1, and came to `value`.
    fn step(&mut self, line: u32, column: u32, what: &str, value: &str);
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// Counted from 1.
    pub line: u32,
    /// Characters, counted from 1.
    pub column: u32,
    /// What is wrong, as a part of a sentence.
    pub message: String,
}

/// Why a rendering ended without output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
pub struct RenderError {
    /// Counted from 1.
    pub line: u32,
    /// Characters, counted from 1.
    pub column: u32,
    /// What happened there.
    pub kind: RenderErrorKind,
}

impl RenderError {
    /// Whether wider bounds of steps, units or backtracks might have let the rendering go on.
    pub fn is_of_bounds(&self) -> bool {
        use RenderErrorKind::{Method, TooManySteps};
        let spent = [MethodError::Spent, MethodError::PatternSteps];
        self.kind == TooManySteps || matches!(&self.kind, Method(error) if spent.contains(error))
    }
}

/// What ended a rendering.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderErrorKind {
    /// A method, an index or an operator failed where Java would throw.
    #[error("{0}")]
    Method(#[from] MethodError),
    /// More than `Bounds::depth` things inside one another.
    #[error("blocks, expressions or definitions are nested too deeply")]
    TooDeep,
    /// More than `Bounds::output_bytes`.
    #[error("the output is too long")]
    OutputTooLong,
    /// More than `Bounds::steps`.
    #[error("the rendering takes too many steps")]
    TooManySteps,
    /// The text of an `#evaluate` is no template.
    #[error("in the evaluated text, {0}")]
    Evaluated(ParseError),
    /// A directive without the arguments that it needs.
    #[error("{0} needs more arguments")]
    Arguments(&'static str),
    /// `#break($x)` where `$x` is no running loop.
    #[error("`#break` leaves a loop, and this is none")]
    NotALoop,
    /// `#name(word)` where `name` is a macro.
    #[error("a bare word is no argument of a macro")]
    WordArgument,
    /// `#parse` or `#include`.
    #[error("{0} has no files to read")]
    NoFiles(&'static str),
}

impl Template {
    /// Compiles a text.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, ParseError> {
        match parse(text, dialect) {
            Ok(Parsed { block, names, macros }) => Ok(Self {
                source: text.into(),
                dialect,
                block,
                counters: COUNTERS.map(|counter| {
                    let place = names.iter().position(|name| **name == *counter)?;
                    u32::try_from(place).ok()
                }),
                names: names.into(),
                macros: macros.into(),
            }),
            Err(fault) => {
                let (line, column) = position(text, fault.at);
                Err(ParseError { line, column, message: fault.message.into_owned() })
            }
        }
    }

    /// The names of its references, without `$`.
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The output, if it is the same for every input.
    pub fn constant(&self) -> Option<&str> {
        match &*self.block {
            [] => Some(""),
            [Piece { text, node: Node::End }] => Some(text.as_str()),
            _ => None,
        }
    }

    /// Renders to a text of its own.
    pub fn render<'a, 'r>(
        &'a self,
        heap: &'a Heap<'a>,
        globals: &'r dyn Globals<'a>,
        bounds: &'r Bounds,
        trace: Option<&'r mut dyn Trace>,
    ) -> Result<String, RenderError> {
        let mut out = String::new();
        self.render_into(&mut out, heap, globals, bounds, trace)?;
        Ok(out)
    }

    /// Appends to a buffer of the caller's, which an error leaves as it was.
    pub fn render_into<'a, 'r>(
        &'a self,
        out: &mut String,
        heap: &'a Heap<'a>,
        globals: &'r dyn Globals<'a>,
        bounds: &'r Bounds,
        trace: Option<&'r mut dyn Trace>,
    ) -> Result<(), RenderError> {
        let before = out.len();
        heap.cells.meter.bound(bounds);
        let mut evaluator = Evaluator::new(self, heap, globals, bounds, trace);
        let error = match evaluator.render(out) {
            Ok(()) if !heap.cells.meter.is_overdrawn() => return Ok(()),
            Ok(()) => {
                // A value was left out for want of units.
                let ((line, column), kind) = (self.position(0), MethodError::Spent.into());
                RenderError { line, column, kind }
            }
            Err(error) => error,
        };
        out.truncate(before);
        Err(error)
    }

    /// Line and column of a byte of the text.
    pub(crate) fn position(&self, at: u32) -> (u32, u32) {
        position(&self.source, at as usize)
    }
}

/// Line and column of a byte; `\n`, `\r\n` and `\r` end lines.
fn position(text: &str, at: usize) -> (u32, u32) {
    let mut place = (1, 1);
    let mut characters = text.char_indices().peekable();
    while let Some((_, character)) = characters.next_if(|(byte, _)| *byte < at) {
        let goes_on = character == '\r' && characters.peek().is_some_and(|(_, next)| *next == '\n');
        match character {
            '\n' | '\r' if !goes_on => place = (place.0 + 1, 1),
            _ => place.1 += 1,
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_may_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Template>();
    }

    #[test]
    fn places_count_lines_and_characters() {
        let check = |text: &str, at: usize, expected: (u32, u32)| {
            assert_eq!(position(text, at), expected, "{text:?} at {at}");
        };
        check("abc", 2, (1, 3));
        check("a\nb", 2, (2, 1));
        check("a\r\nb", 3, (2, 1));
        check("a\rb", 2, (2, 1));
        check("é$", 2, (1, 2));
        check("", 9, (1, 1));
    }
}
