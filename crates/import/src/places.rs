//! Places: where in a file the field of a document stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use portico_model::Finding;

use crate::tree::{Node, Span, Value};

/// The places of everything in the files of one definition.
#[derive(Clone, Debug)]
pub struct Places {
    /// By the file's name in paths, which is empty for the definition itself.
    files: BTreeMap<String, Placed>,
}

/// One file: its name in places, and its tree.
#[derive(Clone, Debug)]
struct Placed {
    name: Arc<str>,
    /// `None` when the file could not be read as a document.
    root: Option<Node>,
}

impl Places {
    pub(crate) fn new(files: impl IntoIterator<Item = (String, Arc<str>, Option<Node>)>) -> Self {
        let files = files.into_iter().map(|(key, name, root)| (key, Placed { name, root }));
        Self { files: files.collect() }
    }

    /// Gives a finding the place of its path or of the nearest value that holds it. A finding
    /// below a root member that the file does not have concerns another document (the stage's
    /// settings, for example) and gets none.
    pub fn locate(&self, finding: &mut Finding) {
        if finding.place.is_none() {
            let file = self.files.get(finding.path.file());
            finding.place = file.and_then(|file| {
                find(file.root.as_ref()?, finding.path.pointer()).map(|span| span.place(&file.name))
            });
        }
    }
}

fn find(root: &Node, pointer: &str) -> Option<Span> {
    let mut tokens = pointer.split('/').skip(1).peekable();
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
