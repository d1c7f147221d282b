//! References that lead to their value without a call: names alone, members of a body, counters of
//! a loop. Most do. What is anything else is left to the steps of `reference`, with the same result.

use super::Evaluator;
use crate::json::Kind;
use crate::tree::{Reference, Step};
use crate::value::{Map, Value};

impl<'a> Evaluator<'a, '_> {
    /// The value of such a reference; none if it is not one, if it is null, or if somebody wants to
    /// know of each step.
    #[inline(always)]
    pub(super) fn at_once(&mut self, reference: &'a Reference) -> Option<Value<'a>> {
        if self.trace.is_some() || self.frame.bindings.is_some() {
            return None;
        }
        let variable = self.frame.variable(reference.slot);
        match (self.variables[variable].as_ref()?, &*reference.steps) {
            (Value::Null | Value::Block(_), _) => None,
            (value, []) => Some(*value),
            (Value::Map(map), steps) => self.place(*map, steps),
            (Value::Loop(running), [Step::Property { name, .. }]) => {
                self.steps = self.steps.checked_sub(1)?;
                running.told(name.property())
            }
            _ => None,
        }
    }

    /// The value in a document to which properties lead from one of its objects.
    fn place(&mut self, from: Map<'a>, steps: &'a [Step]) -> Option<Value<'a>> {
        let (tree, mut node) = from.as_node()?;
        let mut members = 0;
        for step in steps {
            let Step::Property { name, .. } = step else { return None };
            members += node.len() / 8;
            node = node.member(name.as_str())?;
        }
        if tree.is_changed() || node.kind() == Kind::Null {
            return None;
        }
        // Without room for it, the steps say so at their place.
        let left = self.steps.checked_sub(steps.len() as u64)?;
        if !self.heap.cells.meter.take(members) {
            return None;
        }
        self.steps = left;
        Some(tree.value(node))
    }
}
