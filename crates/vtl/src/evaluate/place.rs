//! References through a document: most name a value of a body by its members, and are followed from
//! place to place. What is anything else is left to the steps of `reference`, with the same result.

use super::{Evaluator, Halt};
use crate::json::{Kind, NodeRef};
use crate::tree::{Reference, Step};
use crate::value::{Tree, Value};

impl<'a> Evaluator<'a, '_> {
    /// The value in a document that a reference leads to; none if it is not one, if it is null, or
    /// if somebody wants to know of each step.
    pub(super) fn place(&mut self, reference: &'a Reference) -> Option<(&'a Tree<'a>, u32)> {
        if self.trace.is_some() || self.frame.bindings.is_some() {
            return None;
        }
        let variable = self.frame.variable(reference.slot);
        let Some(Value::Map(map)) = &self.variables[variable] else { return None };
        let (tree, mut node) = map.as_node()?;
        let mut members = 0;
        for step in &reference.steps {
            let Step::Property { name, .. } = step else { return None };
            members += node.len() / 8;
            node = node.member(name)?;
        }
        if tree.is_changed() || node.kind() == Kind::Null {
            return None;
        }
        // Without room for it, the steps say so at their place.
        let steps = self.steps.checked_sub(reference.steps.len() as u64)?;
        if !self.heap.cells.meter.take(members) {
            return None;
        }
        self.steps = steps;
        Some((tree, node.index()))
    }

    /// Appends what a reference prints, if it leads to a text or a number of a document.
    #[inline]
    pub(super) fn print_place(
        &mut self,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<bool, Halt> {
        let Some((tree, index)) = self.place(reference) else { return Ok(false) };
        let node: NodeRef<'a> = tree.node(index);
        let printed = match node.string() {
            Some(text) => {
                out.push_str(text);
                self.heap.cells.meter.visit_of(text.len())
            }
            None => return self.print(&tree.value(node), reference.at, out).map(|()| true),
        };
        self.at(reference.at, printed).map(|()| true)
    }
}
