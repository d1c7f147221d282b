//! `$stageVariables`, and references that a person writes as JSON: lists and maps as a template would
//! have made them, which print `[a, b]` and `{k=v}`, where the lists of a body print as JSON.

use std::collections::BTreeMap;

use portico_vtl::json::{Kind, NodeRef};
use portico_vtl::{Entries, Heap, Keys, List, Map, MethodError, Value};

/// The variables of a stage.
pub(super) struct StageVariables<'a>(pub(super) &'a BTreeMap<String, String>);

impl<'a> Entries<'a> for StageVariables<'a> {
    fn get(&'a self, _: &'a Heap<'a>, key: &str) -> Result<Option<Value<'a>>, MethodError> {
        Ok(self.0.get(key).map(|value| Value::String(value)))
    }

    fn all(&'a self, _: &'a Heap<'a>) -> Result<Vec<(Value<'a>, Value<'a>)>, MethodError> {
        let entry = |(name, value)| (Value::String(name), Value::String(value));
        Ok(self.0.iter().map(|(name, value)| (&**name, &**value)).map(entry).collect())
    }

    fn lends_texts(&self) -> bool {
        true
    }

    fn write(&self, mut keys: Keys<'_>, out: &mut String) -> bool {
        match (keys.next().and_then(|key| self.0.get(key)), keys.next()) {
            (Some(value), None) => out.push_str(value),
            _ => return false,
        }
        true
    }
}

/// The value of a node. It recurses no deeper than a document nests.
pub(super) fn value<'a>(heap: &'a Heap<'a>, node: NodeRef<'a>) -> Result<Value<'a>, MethodError> {
    Ok(match node.kind() {
        Kind::Array => {
            let items: Result<_, _> = node.items().map(|item| value(heap, item)).collect();
            Value::List(List::new(heap, items?)?)
        }
        Kind::Object => {
            let map = Map::new(heap)?;
            for (name, member) in node.members() {
                map.put(heap, Value::String(name), value(heap, member)?)?;
            }
            Value::Map(map)
        }
        _ => Value::json(heap, node)?,
    })
}
