//! References that a person writes as JSON: lists and maps as a template would have made them, which
//! print `[a, b]` and `{k=v}`, where the lists of a body print as JSON.

use portico_vtl::json::{Kind, NodeRef};
use portico_vtl::{Heap, List, Map, MethodError, Value};

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
