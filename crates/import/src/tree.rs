//! A document as a tree in which every value knows its place.
//!
//! YAML and JSON become the same tree, built from events with an own stack: no input nests deeper
//! or grows larger than the limits here, aliases counted as often as they stand in the document.

mod builder;
mod json;
mod mapping;
mod scalar;
mod source;
mod yaml;

use std::sync::Arc;

use portico_model::{Class, DocumentPath, Finding, Place};

use builder::Builder;
pub(crate) use mapping::{Mapping, Member};

/// Values inside values.
pub(crate) const DEPTH: usize = 128;

/// Values and keys of one document, with aliases expanded.
pub(crate) const NODES: usize = 1_000_000;

/// A value and its place. Copies share what they hold.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// A value of YAML's core schema, which is JSON's as well.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// As written.
    Number(Arc<str>),
    String(Arc<str>),
    Sequence(Arc<[Node]>),
    Mapping(Arc<Mapping>),
}

/// A stretch of one line, counted from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
}

/// Something wrong with the text itself.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) span: Span,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

impl Value {
    /// What a message calls this kind of value.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl Span {
    /// The place of this stretch of a file.
    pub(crate) fn place(self, file: &Arc<str>) -> Place {
        let Self { line, column, length } = self;
        Place { file: Arc::clone(file), line, column, length }
    }
}

impl Problem {
    fn new(span: Span, kind: &'static str, message: impl Into<String>) -> Self {
        Self { span, kind, message: message.into(), help: None }
    }

    fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

/// Reads a file into a tree, as far as that goes: whatever is wrong is among the findings, and
/// without a root there is nothing more to read. `nodes` counts the values of all files together.
pub(crate) fn read(
    file: &Arc<str>,
    bytes: &[u8],
    nodes: &mut usize,
) -> (Option<Node>, Vec<Finding>) {
    let mut problems = Vec::new();
    let mut builder = Builder::counting_from(*nodes);
    let root = match source::decode(bytes) {
        Ok(text) if source::is_json(file, text) => json::parse(text, &mut builder, &mut problems),
        Ok(text) => yaml::parse(text, &mut builder, &mut problems),
        Err(problem) => Err(problem),
    };
    *nodes = builder.nodes();
    let root = root.map_err(|problem| problems.push(problem)).ok();
    let findings = problems.into_iter().map(|Problem { span, kind, message, help }| {
        let mut finding = Finding::new(Class::Invalid, kind, DocumentPath::root(), message);
        finding.place = Some(span.place(file));
        finding.help = help.map(str::to_owned);
        finding
    });
    (root, findings.collect())
}
