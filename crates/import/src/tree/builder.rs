//! Builds a tree from events: what is open stands on a stack, and limits hold at every push.

use std::mem;
use std::sync::Arc;

use super::{DEPTH, Mapping, Member, NODES, Node, Problem, Span, Value};

/// The tree so far.
#[derive(Default)]
pub(super) struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    /// Values and keys so far.
    nodes: usize,
}

/// A collection that has not ended.
struct Open {
    span: Span,
    /// The key of the mapping with one member that it stands in, when a tag said so.
    wrapper: Option<&'static str>,
    /// What to remember it by once it is complete.
    anchor: usize,
    /// Value of `Builder::nodes` when it began.
    before: usize,
    kind: Kind,
}

enum Kind {
    Sequence(Vec<Node>),
    Mapping(OpenMapping),
}

#[derive(Default)]
struct OpenMapping {
    members: Mapping,
    /// The key whose value comes next.
    key: Option<Key>,
    /// What `<<` brought in, in order.
    merged: Vec<Node>,
}

/// A key that waits for its value.
pub(super) enum Key {
    Name(Arc<str>, Span),
    Merge(Span),
    /// One that cannot be kept; its value is read and left out.
    Unusable,
}

/// A complete value that an anchor names.
#[derive(Clone)]
pub(super) struct Complete {
    pub(super) node: Node,
    pub(super) anchor: usize,
    /// Values and keys in it.
    pub(super) nodes: usize,
}

/// A mapping of one member, which stands where its value does.
pub(super) fn wrap(key: &str, node: Node) -> Node {
    let span = node.span;
    let members = Mapping::of([Member { key: key.into(), key_span: span, node }]);
    Node { value: Value::Mapping(Arc::new(members)), span }
}

/// The refusal of a value that stands too deep.
pub(super) fn too_deep(span: Span) -> Problem {
    Problem::new(span, "too-deep", format!("values are nested more than {DEPTH} deep"))
}

impl Builder {
    /// A builder that counts on from the values of other documents.
    pub(super) fn counting_from(nodes: usize) -> Self {
        Self { nodes, ..Self::default() }
    }

    /// Values and keys so far.
    pub(super) fn nodes(&self) -> usize {
        self.nodes
    }

    /// Whether the next value is a key.
    pub(super) fn expects_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open { kind: Kind::Mapping(OpenMapping { key: None, .. }), .. })
        )
    }

    /// Begins a collection.
    pub(super) fn begin(
        &mut self,
        is_mapping: bool,
        wrapper: Option<&'static str>,
        anchor: usize,
        span: Span,
    ) -> Result<(), Problem> {
        if self.open.len() == DEPTH {
            return Err(too_deep(span));
        }
        let before = self.nodes;
        self.count(1, span)?;
        let kind = if is_mapping {
            Kind::Mapping(OpenMapping::default())
        } else {
            Kind::Sequence(Vec::new())
        };
        self.open.push(Open { span, wrapper, anchor, before, kind });
        Ok(())
    }

    /// Ends the innermost collection.
    pub(super) fn end(&mut self, problems: &mut Vec<Problem>) -> Result<Option<Complete>, Problem> {
        let Some(open) = self.open.pop() else { return Ok(None) };
        let Open { span, wrapper, anchor, before, kind } = open;
        let value = match kind {
            Kind::Sequence(items) => Value::Sequence(items.into()),
            Kind::Mapping(mapping) => {
                let (members, merged) = mapping.finish();
                self.count(merged, span)?;
                Value::Mapping(Arc::new(members))
            }
        };
        let mut node = Node { value, span };
        if let Some(key) = wrapper {
            self.count(2, span)?;
            node = wrap(key, node);
        }
        let nodes = self.nodes - before;
        self.place(node.clone(), problems);
        Ok(Some(Complete { node, anchor, nodes }))
    }

    /// Adds a complete value of this many values and keys.
    pub(super) fn value(
        &mut self,
        node: Node,
        nodes: usize,
        problems: &mut Vec<Problem>,
    ) -> Result<(), Problem> {
        self.count(nodes, node.span)?;
        self.place(node, problems);
        Ok(())
    }

    /// Adds a key.
    pub(super) fn key(&mut self, key: Key, span: Span) -> Result<(), Problem> {
        self.count(1, span)?;
        if let Some(Open { kind: Kind::Mapping(mapping), .. }) = self.open.last_mut() {
            mapping.key = Some(key);
        }
        Ok(())
    }

    /// How many collections are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The tree, if there was any value.
    pub(super) fn finish(&mut self) -> Option<Node> {
        self.root.take()
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Problem> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES {
            let message = format!("the document has more than {NODES} values, aliases expanded");
            return Err(Problem::new(span, "too-many-values", message));
        }
        Ok(())
    }

    fn place(&mut self, node: Node, problems: &mut Vec<Problem>) {
        match self.open.last_mut().map(|open| &mut open.kind) {
            None => self.root = Some(node),
            Some(Kind::Sequence(items)) => items.push(node),
            Some(Kind::Mapping(mapping)) => mapping.add(node, problems),
        }
    }
}

impl OpenMapping {
    fn add(&mut self, node: Node, problems: &mut Vec<Problem>) {
        match self.key.take() {
            Some(Key::Name(key, key_span)) => {
                if let Err(second) = self.members.insert(Member { key, key_span, node }) {
                    problems.push(self.duplicate(&second));
                }
            }
            Some(Key::Merge(span)) => match node.value {
                Value::Mapping(_) => self.merged.push(node),
                Value::Sequence(items)
                    if items.iter().all(|item| matches!(item.value, Value::Mapping(_))) =>
                {
                    self.merged.extend(items.iter().cloned());
                }
                _ => problems.push(Problem::new(
                    span,
                    "syntax",
                    "\"<<\" takes a mapping, or a list of mappings",
                )),
            },
            Some(Key::Unusable) | None => {}
        }
    }

    fn duplicate(&self, second: &Member) -> Problem {
        let key = &second.key;
        let mut message = format!("the key \"{key}\" stands twice");
        if let Some(Member { key_span: Span { line, column, .. }, .. }) = self.members.get(key) {
            message.push_str(&format!("; first at line {line}, column {column}"));
        }
        Problem::new(second.key_span, "duplicate-key", message)
    }

    /// The members and how many of them came by `<<`: own keys win over merged ones, earlier
    /// merged ones over later. Source: YAML, "Merge Key Language-Independent Type".
    fn finish(mut self) -> (Mapping, usize) {
        let own = self.members.len();
        for node in mem::take(&mut self.merged) {
            let Value::Mapping(members) = node.value else { continue };
            for member in members.iter() {
                // One that is there already has been said first, so it stays.
                let _ = self.members.insert(member.clone());
            }
        }
        let merged = self.members.len() - own;
        (self.members, merged)
    }
}
