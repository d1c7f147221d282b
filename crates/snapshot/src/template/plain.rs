//! Values of a rendering as plain data and back, within bounds: a map may hold itself.

use portico_vtl::{Heap, List, Map, MethodError, Value};

use super::{Members, Plain};

/// Lists and maps inside one another that are kept.
const DEPTH: usize = 32;

/// Values and bytes of text that the overrides of a request may have; AWS has no such limit, but no
/// use for that many either.
const UNITS: usize = 4 * 1024 * 1024;

/// What a map holds; `None` if that is too much.
pub(super) fn members<'a>(heap: &'a Heap<'a>, map: Map<'a>) -> Option<Members> {
    Keeper { heap, left: UNITS }.members(map, DEPTH)
}

/// Counts what is kept.
struct Keeper<'a> {
    heap: &'a Heap<'a>,
    left: usize,
}

impl Keeper<'_> {
    fn spend(&mut self, units: usize) -> Option<()> {
        self.left = self.left.checked_sub(units)?;
        Some(())
    }

    fn members(&mut self, map: Map<'_>, depth: usize) -> Option<Members> {
        self.spend(map.len())?;
        let mut members = Vec::new();
        for (key, value) in map.to_vec() {
            // What is always there, and nearly always as it was.
            if matches!(value, Value::Map(inner) if inner.is_silent() && inner.is_empty()) {
                continue;
            }
            let name = self.text(&key)?;
            members.push((name, self.value(&value, depth)?));
        }
        Some(members)
    }

    fn value(&mut self, value: &Value<'_>, depth: usize) -> Option<Plain> {
        Some(match value {
            Value::Null => Plain::Null,
            Value::Boolean(boolean) => Plain::Boolean(*boolean),
            Value::Integer(integer) => Plain::Integer(*integer),
            Value::Long(integer) => Plain::Long(*integer),
            Value::Double(double) => Plain::Double(*double),
            Value::List(list) => self.list(*list, depth.checked_sub(1)?)?,
            Value::Map(map) => Plain::Map(self.members(*map, depth.checked_sub(1)?)?),
            // An integer of any size, an array, a view: what it prints is what is left of it.
            other => Plain::Text(self.text(other)?),
        })
    }

    fn list(&mut self, list: List<'_>, depth: usize) -> Option<Plain> {
        self.spend(list.len())?;
        let items: Option<_> = list.to_vec().iter().map(|item| self.value(item, depth)).collect();
        Some(Plain::List(items?, list.is_json()))
    }

    fn text(&mut self, value: &Value<'_>) -> Option<Box<str>> {
        let mut printed = String::new();
        let text = match value.as_str() {
            Some(text) => text,
            None => {
                value.print(self.heap, &mut printed).ok()?;
                &printed
            }
        };
        self.spend(text.len())?;
        Some(text.into())
    }
}

/// Puts members into a map. Maps that are there already are filled, so that they stay what they
/// are.
pub(super) fn restore<'a>(
    heap: &'a Heap<'a>,
    map: Map<'a>,
    members: &'a [(Box<str>, Plain)],
) -> Result<(), MethodError> {
    for (name, plain) in members {
        match (plain, map.get(name)) {
            (Plain::Map(members), Some(Value::Map(inner))) => restore(heap, inner, members)?,
            _ => map.put_text(heap, name, value(heap, plain)?)?,
        }
    }
    Ok(())
}

fn value<'a>(heap: &'a Heap<'a>, plain: &'a Plain) -> Result<Value<'a>, MethodError> {
    Ok(match plain {
        Plain::Null => Value::Null,
        Plain::Boolean(boolean) => Value::Boolean(*boolean),
        Plain::Integer(integer) => Value::Integer(*integer),
        Plain::Long(integer) => Value::Long(*integer),
        Plain::Double(double) => Value::Double(*double),
        Plain::Text(text) => Value::String(text),
        Plain::List(items, is_json) => {
            let items: Result<_, _> = items.iter().map(|item| value(heap, item)).collect();
            let list = if *is_json { List::new_json } else { List::new };
            Value::List(list(heap, items?)?)
        }
        Plain::Map(members) => {
            let map = Map::new(heap)?;
            restore(heap, map, members)?;
            Value::Map(map)
        }
    })
}
