//! JSON as a tape: one pass over the text makes one vector of nodes, which point into the text.
//!
//! Strings are borrowed unless they have escapes, numbers are parsed when somebody asks for them. Of
//! members with the same name the last counts, at the place of the first. Halves
//! of surrogate pairs become U+FFFD. Sources: RFC 8259; for the loose form see `lenient`.

mod careful;
mod lenient;
mod name;
mod names;
mod node;
mod number;
mod parse;
mod printed;
mod scan;
mod sight;
mod string;
mod surrogates;
mod tape;
mod unescape;
mod write;

use std::borrow::Cow;

pub(crate) use name::Name;
pub(crate) use node::Tag;
pub use node::{Items, Kind, Members, NodeRef};
pub use number::Number;
pub(crate) use string::write_string;
pub use surrogates::mended;
pub use write::Slashes;

use node::{Node, Texts};
use tape::Tape;

/// Containers inside containers, beyond which a text is refused.
pub const DEPTH: usize = 512;

/// What is taken for JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// RFC 8259.
    Strict,
    /// The loose form of the service: `{statusCode: 200,}`, `'text'`, or a bare text.
    Loose,
}

/// A JSON text and where its values stand.
#[derive(Clone, Debug)]
pub struct Document<'t> {
    text: Cow<'t, str>,
    /// What the strings with escapes stand for.
    unescaped: String,
    /// At least one; values in the order of the text, the names of members before them.
    nodes: Tape,
}

/// Why a text is no JSON, and where: `at` counts bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {at}")]
pub struct JsonError {
    /// The byte at which reading stopped.
    pub at: usize,
    /// What was wrong there.
    pub problem: JsonProblem,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonProblem {
    /// The text ends within a value.
    #[error("the text ends too early")]
    End,
    /// No value, name or sign of punctuation that could stand here.
    #[error("unexpected character")]
    Unexpected,
    /// An escape that JSON does not have.
    #[error("unknown escape")]
    Escape,
    /// A control character in a string.
    #[error("unescaped control character")]
    Control,
    /// More than `DEPTH` containers inside containers.
    #[error("nested too deeply")]
    TooDeep,
    /// 4 GiB or more.
    #[error("the text is too long")]
    TooLong,
}

impl<'t> Document<'t> {
    /// Bytes beside the text that each value takes, and each name of a member.
    pub const BYTES_A_VALUE: usize = size_of::<Node>();

    /// Reads a whole text.
    pub fn parse(text: impl Into<Cow<'t, str>>, leniency: Leniency) -> Result<Self, JsonError> {
        let text = text.into();
        match (parse::tape(&text), leniency) {
            (Ok((nodes, unescaped)), _) => Ok(Self { text, unescaped, nodes: nodes.into() }),
            (Err(error), Leniency::Strict) => Err(error),
            // Rare, so it may be slow: the loose text is written anew as JSON and read again.
            (Err(_), Leniency::Loose) => {
                let text = lenient::strict(&text)?;
                let (nodes, unescaped) = parse::tape(&text)?;
                Ok(Self { text: text.into(), unescaped, nodes: nodes.into() })
            }
        }
    }

    fn texts(&self) -> Texts<'_> {
        Texts { plain: &self.text, unescaped: &self.unescaped }
    }

    /// The value at a place of the tape that is known to hold one.
    #[inline(always)]
    pub(crate) fn node(&self, index: u32) -> NodeRef<'_> {
        NodeRef::new(self, index)
    }

    /// Bytes that it takes beside its text.
    pub fn bytes_beside(&self) -> usize {
        self.unescaped.len() + self.nodes.len() * Self::BYTES_A_VALUE
    }

    /// The outermost value.
    pub fn root(&self) -> NodeRef<'_> {
        NodeRef::new(self, 0)
    }
}

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
