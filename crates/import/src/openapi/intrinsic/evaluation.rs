//! A tree with texts in place of the functions that have one.

use std::collections::HashMap;
use std::sync::Arc;

use super::{EVALUATED_BYTES, Values, function};
use crate::tree::{Mapping, Member, Node, Value};

/// What AWS's import replaces in any text.
const EVERYWHERE: [&str; 3] = ["AWS::AccountId", "AWS::Partition", "AWS::Region"];

/// What becomes of a value.
#[derive(Clone)]
enum Change {
    Same,
    Other(Node),
    /// `AWS::NoValue`: it is as if it were not there.
    Gone,
}

/// Evaluates what can be evaluated in a tree.
pub(in crate::openapi) struct Evaluation<'v> {
    values: Values<'v>,
    /// What became of what is shared by aliases: it is evaluated once.
    shared: HashMap<usize, Change>,
    bytes: usize,
}

impl<'v> Evaluation<'v> {
    pub(in crate::openapi) fn new(values: Values<'v>) -> Self {
        Self { values, shared: HashMap::new(), bytes: 0 }
    }

    /// The tree with texts in place of functions.
    pub(in crate::openapi) fn tree(&mut self, root: Node) -> Node {
        let change = self.node(&root);
        // Addresses say which value is meant only for as long as the tree they are of is there.
        self.shared.clear();
        match change {
            Change::Other(node) => node,
            Change::Same | Change::Gone => root,
        }
    }

    fn node(&mut self, node: &Node) -> Change {
        let (address, count) = match &node.value {
            Value::String(text) => (Arc::as_ptr(text).cast::<u8>().addr(), Arc::strong_count(text)),
            Value::Sequence(items) => {
                (Arc::as_ptr(items).cast::<u8>().addr(), Arc::strong_count(items))
            }
            Value::Mapping(members) => (Arc::as_ptr(members).addr(), Arc::strong_count(members)),
            _ => return Change::Same,
        };
        if count == 1 {
            return self.changed(node);
        }
        if let Some(known) = self.shared.get(&address) {
            return match known.clone() {
                Change::Other(other) => Change::Other(Node { span: node.span, ..other }),
                change => change,
            };
        }
        let change = self.changed(node);
        self.shared.insert(address, change.clone());
        change
    }

    fn changed(&mut self, node: &Node) -> Change {
        match &node.value {
            Value::String(text) => self.names(text).map_or(Change::Same, |text| {
                Change::Other(Node { value: Value::String(text.into()), span: node.span })
            }),
            Value::Sequence(items) => self.sequence(node, items),
            Value::Mapping(members) => self.mapping(node, members),
            _ => Change::Same,
        }
    }

    /// What becomes of the values that do not stay as they are, the last first: most do.
    fn changes<'n>(&mut self, nodes: impl Iterator<Item = &'n Node>) -> Vec<(usize, Change)> {
        let changes = nodes.enumerate().map(|(at, node)| (at, self.node(node)));
        let mut changes: Vec<_> =
            changes.filter(|(_, change)| !matches!(change, Change::Same)).collect();
        changes.reverse();
        changes
    }

    fn sequence(&mut self, node: &Node, items: &[Node]) -> Change {
        let mut changes = self.changes(items.iter());
        if changes.is_empty() {
            return Change::Same;
        }
        let items = items.iter().enumerate().filter_map(|(at, item)| {
            changed_to(&mut changes, at).unwrap_or_else(|| Some(item.clone()))
        });
        Change::Other(Node { value: Value::Sequence(items.collect()), span: node.span })
    }

    fn mapping(&mut self, node: &Node, members: &Arc<Mapping>) -> Change {
        let mut changes = self.changes(members.iter().map(|member| &member.node));
        let is_same = changes.is_empty();
        let value = if is_same {
            Value::Mapping(Arc::clone(members))
        } else {
            let members = members.iter().enumerate().filter_map(|(at, member)| {
                match changed_to(&mut changes, at) {
                    Some(node) => node.map(|node| Member { node, ..member.clone() }),
                    None => Some(member.clone()),
                }
            });
            Value::Mapping(Arc::new(Mapping::of(members)))
        };
        if let Some((name, argument)) = function(&value) {
            if name == "Ref"
                && matches!(&argument.value, Value::String(s) if **s == *"AWS::NoValue")
            {
                return Change::Gone;
            }
            if let Ok(text) = self.values.evaluate(name, argument)
                && self.spend(text.len())
            {
                return Change::Other(Node { value: Value::String(text.into()), span: node.span });
            }
        }
        if is_same { Change::Same } else { Change::Other(Node { value, span: node.span }) }
    }

    /// A text with the names that AWS's import replaces, if it has any.
    fn names(&mut self, text: &str) -> Option<String> {
        // The first is found by far faster, and most texts have none.
        if !text.contains('$') || !text.contains("${AWS::") {
            return None;
        }
        let mut result = String::new();
        let mut rest = text;
        let mut found = false;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            let name = after.split_once('}').filter(|(name, _)| EVERYWHERE.contains(name));
            match name.and_then(|(name, after)| Some((self.values.get(name).ok()?, after))) {
                Some((value, after)) => {
                    result.push_str(value);
                    rest = after;
                    found = true;
                }
                None => {
                    result.push_str("${");
                    rest = after;
                }
            }
            if result.len() > EVALUATED_BYTES {
                return None;
            }
        }
        result.push_str(rest);
        (found && self.spend(result.len())).then_some(result)
    }

    /// Whether there is room for this much text.
    fn spend(&mut self, bytes: usize) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        self.bytes <= EVALUATED_BYTES
    }
}

/// What the value at this place became, if it changed: another, or nothing.
fn changed_to(changes: &mut Vec<(usize, Change)>, at: usize) -> Option<Option<Node>> {
    let (_, change) = changes.pop_if(|(place, _)| *place == at)?;
    match change {
        Change::Other(node) => Some(Some(node)),
        Change::Gone => Some(None),
        Change::Same => None,
    }
}
