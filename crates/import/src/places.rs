//! Places: where in a file the field of a document stands.

use std::sync::Arc;

use portico_model::{DocumentPath, Finding, Place};

use crate::tree::{Node, Span, Value};

/// The places of everything in one file.
#[derive(Clone, Debug)]
pub struct Places {
    file: Arc<str>,
    /// `None` when the file could not be read as a document.
    root: Option<Node>,
}

impl Places {
    pub(crate) fn new(file: &str, root: Option<Node>) -> Self {
        Self { file: file.into(), root }
    }

    /// Gives a finding the place of its path or of the nearest value that holds it. A finding
    /// below a root member that the file does not have concerns another document (the stage's
    /// settings, for example) and gets none.
    pub fn locate(&self, finding: &mut Finding) {
        if finding.place.is_none() {
            finding.place = self.find(&finding.path).map(|span| self.place(span));
        }
    }

    /// The place of a span of this file.
    pub(crate) fn place(&self, span: Span) -> Place {
        let Span { line, column, length } = span;
        Place { file: Arc::clone(&self.file), line, column, length }
    }

    fn find(&self, path: &DocumentPath) -> Option<Span> {
        let root = self.root.as_ref()?;
        let mut tokens = path.as_str().split('/').skip(1).peekable();
        let (mut node, mut span) = (root, root.span);
        let mut depth = 0;
        while let Some(token) = tokens.next() {
            let Some((child, key)) = child(node, token) else {
                let foreign = depth == 0 && tokens.peek().is_some();
                return (!foreign).then_some(span);
            };
            node = child;
            // A collection is pointed at by its key: it may be a thousand lines long.
            span = match child.value {
                Value::Mapping(_) | Value::Sequence(_) => key.unwrap_or(child.span),
                _ => child.span,
            };
            depth += 1;
        }
        Some(span)
    }
}

/// The child that one token of a JSON Pointer names, with the place of its key.
fn child<'n>(node: &'n Node, token: &str) -> Option<(&'n Node, Option<Span>)> {
    match &node.value {
        Value::Mapping(members) => {
            let key = token.replace("~1", "/").replace("~0", "~");
            let member = members.get(&key)?;
            Some((&member.node, Some(member.key_span)))
        }
        Value::Sequence(items) => Some((items.get(token.parse::<usize>().ok()?)?, None)),
        _ => None,
    }
}
