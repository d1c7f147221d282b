//! References that are printed and lead to no place: what they give is written to the output at once
//! where it is a text of the host's or a changed one, which would else be kept and copied. The result
//! is that of the steps.

use super::place::Place;
use super::{Evaluator, Halt};
use crate::json::NodeRef;
use crate::methods::string;
use crate::tree::{Expression, Reference, Step};
use crate::value::{Entries, Keys, Map, Object, Replied, Reply, Tree, VISIT, Value};

/// What came of a call of a host's object.
enum Asked {
    Replied(Replied),
    /// It is no such call, and nothing happened.
    Otherwise,
}

impl<'a> Evaluator<'a, '_> {
    /// Prints such a reference.
    #[inline(never)]
    pub(super) fn print_elsewhere(
        &mut self,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        if !self.is_plain {
            return self.print_steps(reference, out);
        }
        match self.variables.get(reference.slot as usize) {
            Some(None) => self.print_first(reference, out),
            Some(Some(Value::Object(object))) => self.print_call(*object, reference, out),
            Some(Some(Value::Map(map))) => {
                let map = *map;
                self.print_from_map(map, reference, out)
            }
            _ => self.print_steps(reference, out),
        }
    }

    /// Prints a reference whose name nobody asked the globals for yet.
    #[inline(never)]
    fn print_first(&mut self, reference: &'a Reference, out: &mut String) -> Result<(), Halt> {
        self.ask_globals(reference.slot as usize);
        self.print_elsewhere(reference, out)
    }

    /// Prints what a call of a host's object gives.
    #[inline(never)]
    fn print_call(
        &mut self,
        object: &'a dyn Object<'a>,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        let (before, mut value) = (out.len(), Value::Null);
        let reply = Reply::as_text(self.heap, &mut value, out);
        match self.ask(object, reference, reply)? {
            Asked::Replied(Replied::Text) => {
                return self.pay(VISIT + out.len().saturating_sub(before), reference.at);
            }
            Asked::Replied(Replied::Value) if !value.is_null() => {
                if let Value::String(text) = value {
                    return self.print_text(text, reference.at, out);
                }
            }
            Asked::Replied(_) => value = self.absent(),
            Asked::Otherwise => return self.print_steps(reference, out),
        }
        self.print_value(&value, reference, out)
    }

    /// Puts what a call of a host's object gives; false, and nothing happened, if the reference is
    /// none.
    #[inline(never)]
    pub(super) fn put_call(
        &mut self,
        reference: &'a Reference,
        into: &mut Value<'a>,
    ) -> Result<bool, Halt> {
        let variable = reference.slot as usize;
        if self.variables[variable].is_none() {
            self.ask_globals(variable);
        }
        let Some(Value::Object(object)) = self.variables[variable] else { return Ok(false) };
        *into = Value::Null;
        let reply = Reply::as_value(self.heap, into);
        match self.ask(object, reference, reply)? {
            Asked::Replied(Replied::Value) if !into.is_null() => {}
            Asked::Replied(_) => *into = self.absent(),
            Asked::Otherwise => return Ok(false),
        }
        Ok(true)
    }

    /// Calls a host's object, if that is all a reference does.
    #[inline(always)]
    fn ask(
        &mut self,
        object: &'a dyn Object<'a>,
        reference: &'a Reference,
        reply: Reply<'_, 'a>,
    ) -> Result<Asked, Halt> {
        let [Step::Method { at, name, arguments }] = &*reference.steps else {
            return Ok(Asked::Otherwise);
        };
        // The steps say where there were none left.
        if arguments.len() > 1 || !self.take_steps_left(1) {
            return Ok(Asked::Otherwise);
        }
        let mut given = Value::Null;
        let given = match arguments.first() {
            None => &[],
            Some(argument) => {
                match argument {
                    // As most are.
                    Expression::Reference(reference) => {
                        self.put_reference(reference, &mut given)?
                    }
                    other => self.put_argument(other, &mut given)?,
                }
                std::slice::from_ref(&given)
            }
        };
        let replied = object.call(name.as_str(), given, reply);
        self.at(*at, replied).map(Asked::Replied)
    }

    #[inline(never)]
    fn put_argument(&mut self, argument: &'a Expression, into: &mut Value<'a>) -> Result<(), Halt> {
        self.put(argument, into)
    }

    /// Prints what is read from a map.
    #[inline(never)]
    fn print_from_map(
        &mut self,
        map: Map<'a>,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        if let Some(entries) = map.as_lent() {
            return self.print_entry(entries, reference, out);
        }
        if let (Some((tree, object)), [_, .., Step::Method { .. }]) =
            (map.as_unchanged(), &*reference.steps)
        {
            return self.print_from_member(tree, object, reference, out);
        }
        match self.far(reference) {
            Place::Node(tree, node) => self.print_node(tree, node, reference.at, out),
            Place::Nothing => Ok(()),
            _ => self.print_steps(reference, out),
        }
    }

    /// Prints what the last step makes of a member of a body.
    #[inline(never)]
    fn print_from_member(
        &mut self,
        tree: &'a Tree<'a>,
        object: NodeRef<'a>,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        let [Step::Property { name, .. }, behind @ .., last] = &*reference.steps else {
            return self.print_steps(reference, out);
        };
        let value = match self.member(tree, object, name, behind) {
            Place::Node(tree, node) => tree.value(node),
            Place::Nothing => self.absent(),
            _ => return self.print_steps(reference, out),
        };
        self.print_last(value, last, reference, out)
    }

    /// Prints the text that names lead to.
    #[inline(never)]
    fn print_entry(
        &mut self,
        entries: &'a dyn Entries<'a>,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        let (before, steps) = (out.len(), &*reference.steps);
        let last = match steps.last() {
            Some(Step::Property { at, .. }) => *at,
            _ => return self.print_steps(reference, out),
        };
        let are_names = steps.iter().all(|step| matches!(step, Step::Property { .. }));
        if !are_names || !entries.write(Keys::of(steps), out) {
            return self.print_steps(reference, out);
        }
        if !self.take_steps_left(steps.len() as u64) {
            // Which says that there were not so many left.
            return self.take_steps(steps.len() as u64);
        }
        let bytes = out.len().saturating_sub(before);
        if !entries.lends_texts() {
            let built = self.heap.cells.meter.build(bytes);
            self.at(last, built)?;
        }
        self.pay(VISIT + bytes, reference.at)
    }

    /// Prints what the last step leads to.
    fn print_last(
        &mut self,
        mut value: Value<'a>,
        step: &'a Step,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        match (value, step) {
            (Value::String(text), Step::Method { at, name, arguments })
                if arguments.is_empty() && text.is_ascii() =>
            {
                if let Some(change) = name.change_of_ascii() {
                    self.step()?;
                    let paid = string::pay_for_change(self.heap, text);
                    self.at(*at, paid)?;
                    let before = out.len();
                    out.push_str(text);
                    change(&mut out[before..]);
                    return self.pay(VISIT + text.len(), reference.at);
                }
            }
            _ => {}
        }
        self.follow(&mut value, step)?;
        self.print_value(&value, reference, out)
    }
}
