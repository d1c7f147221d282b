//! How many schemas hold for one value, one by way of the other: references that come back to
//! themselves without going down into the body have no end.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::UnusableSchema;
use super::units::{LINK, Unit};

/// Schemas that may hold for one value by way of references, `allOf` and the like.
const CHAIN: usize = 32;

/// The lengths of chains among these units.
pub(super) struct Chains<'a> {
    units: &'a [Result<Unit, UnusableSchema>],
    /// By the address of the schema.
    known: HashMap<*const Value, usize>,
}

impl<'a> Chains<'a> {
    pub(super) fn new(units: &'a [Result<Unit, UnusableSchema>]) -> Self {
        Self { units, known: HashMap::new() }
    }

    /// Refuses chains that are too long or have no end, from whatever schema of a unit.
    pub(super) fn measure_all(&mut self, value: &'a Value) -> Result<(), UnusableSchema> {
        match value {
            Value::Object(members) => {
                self.measure(value, 0)?;
                members.values().try_for_each(|value| self.measure_all(value))
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.measure_all(item)),
            _ => Ok(()),
        }
    }

    /// The length of the chain that begins with this schema, which stands `above` others in one.
    fn measure(&mut self, schema: &'a Value, above: usize) -> Result<usize, UnusableSchema> {
        let known = self.known.get(&std::ptr::from_ref(schema)).copied();
        if above + known.unwrap_or(1) > CHAIN {
            return Err(UnusableSchema::Endless(CHAIN));
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let mut longest = 0;
        for next in self.next(schema) {
            longest = longest.max(self.measure(next, above + 1)?);
        }
        self.known.insert(schema, longest + 1);
        Ok(longest + 1)
    }

    /// The schemas that hold for a value because this one does. A unit that is none is told of by
    /// itself.
    fn next(&self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(unit) = schema.get(LINK).and_then(Value::as_u64) {
            let unit = usize::try_from(unit).ok().and_then(|unit| self.units.get(unit));
            let unit = unit.and_then(|unit| unit.as_ref().ok());
            return unit.map(|unit| &unit.schema).into_iter().collect();
        }
        let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(list).flatten();
        let dependencies = schema.get("dependencies").and_then(Value::as_object);
        let dependencies = dependencies.into_iter().flat_map(Map::values);
        lists.chain(schema.get("not")).chain(dependencies).collect()
    }
}
