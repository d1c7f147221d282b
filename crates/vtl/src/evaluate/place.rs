//! References that lead to their value without a call: names alone, members of a body, counters of
//! a loop. Most do. What is anything else is left to the steps of `reference`, with the same result.

use super::Evaluator;
use crate::json::{Kind, NodeRef};
use crate::tree::{Reference, Step};
use crate::value::{Tree, Value};

impl<'a> Evaluator<'a, '_> {
    /// Puts the value of such a reference where it is wanted: false if it is none, if it is null, or
    /// if somebody wants to know of each step.
    #[inline(always)]
    pub(super) fn put_at_once(&mut self, reference: &'a Reference, into: &mut Value<'a>) -> bool {
        if self.trace.is_some() || self.frame.bindings.is_some() {
            return false;
        }
        let variable = self.frame.variable(reference.slot);
        match (&self.variables[variable], &*reference.steps) {
            (None | Some(Value::Null | Value::Block(_)), _) => false,
            (Some(value), []) => {
                *into = *value;
                true
            }
            (Some(Value::Map(map)), steps) => match map.as_node() {
                Some((tree, node)) => self.put_place(tree, node, steps, into),
                None => false,
            },
            (Some(Value::Loop(running)), [Step::Property { name, .. }]) => {
                let told = running.told(name.property());
                let is_told = told.is_some() && self.take_steps_left(1);
                *into = told.unwrap_or_default();
                is_told
            }
            _ => false,
        }
    }

    /// The same for what properties lead to from an object of a document.
    #[inline(always)]
    fn put_place(
        &mut self,
        tree: &'a Tree<'a>,
        mut node: NodeRef<'a>,
        steps: &'a [Step],
        into: &mut Value<'a>,
    ) -> bool {
        let mut members = 0;
        for step in steps {
            let Step::Property { name, .. } = step else { return false };
            members += node.len() / 8;
            let Some(member) = name.member_of(node) else { return false };
            node = member;
        }
        // Without room for it, the steps say so at their place.
        let is_value = node.kind() != Kind::Null && !tree.is_changed();
        if !is_value
            || !self.heap.cells.meter.take(members)
            || !self.take_steps_left(steps.len() as u64)
        {
            return false;
        }
        *into = tree.value(node);
        true
    }

    /// Takes steps if there are so many left.
    #[inline]
    fn take_steps_left(&mut self, steps: u64) -> bool {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                true
            }
            None => false,
        }
    }
}
