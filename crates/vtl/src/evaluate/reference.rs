//! References: a variable, then step by step to what is printed or used.

use super::place::Place;
use super::print::DEFINITIONS_DEEP;
use super::{Evaluator, Halt};
use crate::method::{self, Answer, MethodName};
use crate::tree::{Expression, Reference, Step};
use crate::value::{MethodError, Value};

impl<'a> Evaluator<'a, '_> {
    /// Puts the value of a reference where it is wanted; null only in stock Velocity.
    #[inline(never)]
    pub(super) fn put_reference(
        &mut self,
        reference: &'a Reference,
        into: &mut Value<'a>,
    ) -> Result<(), Halt> {
        match self.near(reference) {
            Place::Variable(variable) => *into = self.variables[variable].unwrap_or_default(),
            Place::Node(tree, node) => tree.put_value(node, into),
            Place::Told(running, property) => running.put_told(property, into),
            Place::Nothing => *into = Value::String(""),
            Place::Elsewhere => return self.put_far(reference, into),
        }
        Ok(())
    }

    /// The same of a reference that leads farther.
    #[inline(never)]
    fn put_far(&mut self, reference: &'a Reference, into: &mut Value<'a>) -> Result<(), Halt> {
        match self.far(reference) {
            Place::Node(tree, node) => tree.put_value(node, into),
            Place::Nothing => *into = Value::String(""),
            _ => return self.steps(reference, into),
        }
        Ok(())
    }

    /// The same step by step.
    #[inline(never)]
    pub(super) fn steps(
        &mut self,
        reference: &'a Reference,
        into: &mut Value<'a>,
    ) -> Result<(), Halt> {
        if self.is_plain && !reference.steps.is_empty() && self.put_call(reference, into)? {
            return Ok(());
        }
        self.untold_steps(reference, into)?;
        if self.trace.is_some() {
            let text = self.text(into, reference.at)?;
            self.told(reference.at, &reference.literal, &text);
        }
        Ok(())
    }

    fn untold_steps(&mut self, reference: &'a Reference, into: &mut Value<'a>) -> Result<(), Halt> {
        *into = self.variable(reference.slot)?;
        if into.is_null() {
            *into = self.absent();
        }
        for step in &reference.steps {
            if into.is_null() {
                break;
            }
            self.follow(into, step)?;
        }
        Ok(())
    }

    /// Puts what a step leads to in the place of a value.
    pub(super) fn follow(&mut self, value: &mut Value<'a>, step: &'a Step) -> Result<(), Halt> {
        self.step()?;
        let (at, found) = match step {
            Step::Property { at, name } => (*at, method::property(self.heap, value, name)),
            Step::Index { at, index } => {
                let index = self.value(index)?;
                self.check_index(*at, value, &index)?;
                (*at, method::index(self.heap, value, &index))
            }
            Step::Method { at, name, arguments } => {
                (*at, self.method(value, *at, name, arguments)?)
            }
        };
        match found {
            Ok(Some(Value::Null) | None) => *value = self.absent(),
            Ok(Some(found)) => *value = found,
            Err(error) => return self.at(at, Err(error)),
        }
        Ok(())
    }

    #[inline(never)]
    fn method(
        &mut self,
        value: &Value<'a>,
        at: u32,
        name: &'a MethodName,
        arguments: &'a [Expression],
    ) -> Result<Answer<'a>, Halt> {
        match value {
            Value::Block(number) => {
                let answer = self.block_method(*number, name.as_str(), arguments)?;
                return Ok(Ok(Some(answer)));
            }
            // A definition in it is what it renders to.
            Value::List(_) | Value::Map(_)
                if self.has_definitions()
                    && arguments.is_empty()
                    && name.as_str() == "toString" =>
            {
                if let Some(rendered) = self.with_definitions(value, at, DEFINITIONS_DEEP)? {
                    let text = self.text(&rendered, at)?;
                    return Ok(Value::string(self.heap, text).map(Some));
                }
            }
            _ => {}
        }
        Ok(match arguments {
            [] => method::call(self.heap, value, name, &[]),
            [one] => {
                let one = self.value(one)?;
                method::call(self.heap, value, name, std::slice::from_ref(&one))
            }
            [one, two] => {
                let both = [self.value(one)?, self.value(two)?];
                method::call(self.heap, value, name, &both)
            }
            many => {
                let many = self.values(many)?;
                method::call(self.heap, value, name, &many)
            }
        })
    }

    /// A negative index needs a size to be counted from.
    pub(super) fn check_index(
        &self,
        at: u32,
        value: &Value<'a>,
        index: &Value<'a>,
    ) -> Result<(), Halt> {
        let negative = matches!(index, Value::Integer(index) if *index < 0);
        let sized = matches!(
            value,
            Value::List(_)
                | Value::SubList(_)
                | Value::Array(_)
                | Value::Map(_)
                | Value::KeySet(_)
                | Value::Values(_)
                | Value::EntrySet(_)
                | Value::Loop(_)
                | Value::Object(_)
        );
        match negative && !sized {
            true => self.at(at, Err(MethodError::WrongClass)),
            false => Ok(()),
        }
    }

    /// The only methods of a definition are `toString()` and `equals(x)`.
    fn block_method(
        &mut self,
        number: u32,
        name: &str,
        arguments: &'a [Expression],
    ) -> Result<Value<'a>, Halt> {
        if let ("equals", [other]) = (name, arguments) {
            let other = self.value(other)?;
            return Ok(Value::Boolean(matches!(other, Value::Block(same) if same == number)));
        }
        if name != "toString" || !arguments.is_empty() {
            return Ok(self.absent());
        }
        let mut text = String::new();
        self.print_block(number, &mut text)?;
        let text = Value::string(self.heap, text);
        self.at(0, text)
    }
}
