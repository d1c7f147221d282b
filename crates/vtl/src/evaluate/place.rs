//! References that lead to their value without a call: names alone, members of a body, counters of
//! a loop. Most do. What is anything else is left to the steps of `reference`, with the same result.

use super::Evaluator;
use crate::dialect::Dialect;
use crate::json::{NodeRef, Tag};
use crate::method::{Property, PropertyName};
use crate::tree::{Reference, Step};
use crate::value::{Loop, Tree, Value};

/// Where a reference leads.
pub(super) enum Place<'a> {
    /// To a name that has a value.
    Variable(usize),
    /// To a value of a document, which is not null.
    Node(&'a Tree<'a>, NodeRef<'a>),
    /// To what a loop tells of itself.
    Told(&'a Loop<'a>, Property),
    /// To nothing, which prints nothing.
    Nothing,
    /// Step by step, which also says what is wrong with a step.
    Elsewhere,
}

impl<'a> Evaluator<'a, '_> {
    /// Where a reference leads, if that is near, and nobody wants to know of each step. The steps are
    /// taken. It makes no call: who asks needs nothing saved for one.
    #[inline(always)]
    pub(super) fn near(&mut self, reference: &'a Reference) -> Place<'a> {
        if !self.is_plain {
            return Place::Elsewhere;
        }
        let variable = reference.slot as usize;
        let value = &self.variables[variable];
        let [Step::Property { name, .. }] = &*reference.steps else {
            let is_it = reference.steps.is_empty()
                && !matches!(value, None | Some(Value::Null | Value::Block(_)));
            return if is_it { Place::Variable(variable) } else { Place::Elsewhere };
        };
        let place = match value {
            Some(Value::Map(map)) => {
                let Some((tree, object)) = map.as_unchanged() else { return Place::Elsewhere };
                match name.near_member_of(object) {
                    Some(node) if node.tag() != Tag::Null => Place::Node(tree, node),
                    None if self.dialect == Dialect::Service && name.is_strange_to(object) => {
                        Place::Nothing
                    }
                    _ => return Place::Elsewhere,
                }
            }
            Some(Value::Loop(running)) if running.tells(name.property()) => {
                Place::Told(running, name.property())
            }
            _ => return Place::Elsewhere,
        };
        // The steps say where there were none left.
        if self.take_steps_left(1) { place } else { Place::Elsewhere }
    }

    /// Where a reference leads that is not near.
    #[inline]
    pub(super) fn far(&mut self, reference: &'a Reference) -> Place<'a> {
        if let (true, [Step::Property { name, .. }, behind @ ..]) =
            (self.is_plain, &*reference.steps)
            && let Some(Value::Map(map)) = &self.variables[reference.slot as usize]
            && let Some((tree, node)) = map.as_unchanged()
        {
            return self.member(tree, node, name, behind);
        }
        Place::Elsewhere
    }

    /// Where a property, and those behind it, lead to from an object of a document that nobody
    /// changed.
    #[inline(always)]
    pub(super) fn member(
        &mut self,
        tree: &'a Tree<'a>,
        object: NodeRef<'a>,
        name: &PropertyName,
        behind: &'a [Step],
    ) -> Place<'a> {
        let meter = &self.heap.cells.meter;
        let mut found = name.member_of(object, meter);
        for step in behind {
            let (Step::Property { name, .. }, Some(node)) = (step, found) else {
                return Place::Elsewhere;
            };
            if node.tag() != Tag::Object {
                return Place::Elsewhere;
            }
            found = name.member_of(node, meter);
        }
        let place = match found {
            Some(node) if node.tag() != Tag::Null => Place::Node(tree, node),
            _ if self.dialect == Dialect::Service => Place::Nothing,
            _ => return Place::Elsewhere,
        };
        match self.take_steps_left(1 + behind.len() as u64) {
            true => place,
            // The steps say where there were none left.
            false => Place::Elsewhere,
        }
    }

    /// Takes steps if there are so many left.
    #[inline]
    pub(super) fn take_steps_left(&mut self, steps: u64) -> bool {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                true
            }
            None => false,
        }
    }
}
