//! `#set`: to a name, a property or an index.

use super::{Evaluator, Halt};
use crate::method;
use crate::tree::{Expression, Set, Step, Target};
use crate::value::Value;

impl<'a> Evaluator<'a, '_> {
    /// Assigns, unless the value is null: then what was stays.
    pub(super) fn set(&mut self, set: &'a Set) -> Result<(), Halt> {
        if let Set { target: Target::Variable(slot), value: Expression::Arithmetic(chain), .. } =
            set
            && self.is_plain
        {
            return self.arithmetic(chain, |evaluator, result| {
                if !result.is_null() {
                    evaluator.variables[*slot as usize] = Some(result);
                }
            });
        }
        let mut value = Value::Null;
        self.put(&set.value, &mut value)?;
        if self.trace.is_some() {
            self.tell_set(set, &value)?;
        }
        if value.is_null() {
            return Ok(());
        }
        match &set.target {
            Target::Nowhere => Ok(()),
            Target::Variable(slot) => {
                self.assign(*slot, value);
                Ok(())
            }
            Target::Member { parent, last } => {
                // It is no reference that is written there.
                let (trace, is_plain) = (self.trace.take(), self.is_plain);
                let mut from = Value::Null;
                let read = self.put_reference(parent, &mut from);
                (self.trace, self.is_plain) = (trace, is_plain);
                read?;
                if from.is_null() {
                    return Ok(());
                }
                self.set_member(&from, last, value)
            }
        }
    }

    fn set_member(
        &mut self,
        parent: &Value<'a>,
        last: &'a Step,
        value: Value<'a>,
    ) -> Result<(), Halt> {
        match last {
            Step::Property { at, name } => {
                let set = match self.running(parent) {
                    Some(running) => running.set(self.heap, name.as_str(), value),
                    None => method::set_property(self.heap, parent, name.as_str(), value),
                };
                self.at(*at, set)
            }
            // `$m.size() = 1` sets the property `size`.
            Step::Method { at, name, .. } => {
                let set = method::set_property(self.heap, parent, name.as_str(), value);
                self.at(*at, set)
            }
            Step::Index { at, index } => {
                let index = self.value(index)?;
                self.check_index(*at, parent, &index)?;
                let set = method::set_index(self.heap, parent, &index, value);
                self.at(*at, set)
            }
        }
    }
}
