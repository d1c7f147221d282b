//! References that lead to a text of the host's and are printed: it is written to the output at once,
//! where it would else be kept and copied. The result is that of the steps.

use super::{Evaluator, Halt};
use crate::tree::{Reference, Step};
use crate::value::{Entries, MethodError, Object, Replied, Reply, VISIT, Value};

/// Where a reference led.
pub(super) enum Led {
    /// To a text, which was printed.
    Printed,
    /// To a value.
    Value,
    /// Nowhere yet: it is to be followed step by step.
    Elsewhere,
}

impl<'a> Evaluator<'a, '_> {
    /// Prints the text that a reference leads to, or puts there the value that is no text.
    #[inline(never)]
    pub(super) fn print_lent(
        &mut self,
        reference: &'a Reference,
        value: &mut Value<'a>,
        out: &mut String,
    ) -> Result<Led, Halt> {
        // Arguments of macros are evaluated each time they are named.
        if self.trace.is_some() || self.frame.bindings.is_some() || reference.steps.is_empty() {
            return Ok(Led::Elsewhere);
        }
        match (self.variable(reference.slot)?, &*reference.steps) {
            (Value::Map(map), steps) => match map.as_lent() {
                Some(entries) => self.print_entry(entries, steps, reference.at, out),
                None => Ok(Led::Elsewhere),
            },
            (Value::Object(object), [step]) => {
                self.print_reply(object, step, reference.at, value, out)
            }
            _ => Ok(Led::Elsewhere),
        }
    }

    fn print_entry(
        &mut self,
        entries: &'a dyn Entries<'a>,
        steps: &'a [Step],
        reference_at: u32,
        out: &mut String,
    ) -> Result<Led, Halt> {
        let Some(Step::Property { at, .. }) = steps.last() else { return Ok(Led::Elsewhere) };
        let name = |step: &'a Step| match step {
            Step::Property { name, .. } => Some(name.as_str()),
            _ => None,
        };
        let before = out.len();
        let is_of_names = steps.iter().all(|step| name(step).is_some());
        if !is_of_names || !entries.write(&mut steps.iter().filter_map(name), out) {
            return Ok(Led::Elsewhere);
        }
        self.take_steps(steps.len() as u64)?;
        let paid = self.heap.cells.meter.build(out.len().saturating_sub(before));
        self.at(*at, paid)?;
        self.pay_printed(before, reference_at, out)
    }

    fn print_reply(
        &mut self,
        object: &'a dyn Object<'a>,
        step: &'a Step,
        reference_at: u32,
        value: &mut Value<'a>,
        out: &mut String,
    ) -> Result<Led, Halt> {
        let Step::Method { at, name, arguments } = step else { return Ok(Led::Elsewhere) };
        let argument = match &**arguments {
            [] => None,
            [argument] => Some(argument),
            _ => return Ok(Led::Elsewhere),
        };
        self.step()?;
        let mut given = Value::Null;
        if let Some(argument) = argument {
            self.put(argument, &mut given)?;
        }
        let given = if argument.is_some() { std::slice::from_ref(&given) } else { &[] };
        let before = out.len();
        let reply = Reply::as_text(self.heap, value, out);
        match object.call(self.heap, name.as_str(), given, reply) {
            Ok(Replied::Text) => return self.pay_printed(before, reference_at, out),
            Ok(Replied::Value) if !value.is_null() => {}
            Ok(_) => *value = self.absent(),
            Err(error) => return self.at(*at, Err(error)),
        }
        Ok(Led::Value)
    }

    /// Takes what it costs to print what stands in the output from a place on.
    fn pay_printed(&self, before: usize, at: u32, out: &str) -> Result<Led, Halt> {
        let bytes = out.len().saturating_sub(before);
        match self.heap.cells.meter.take(VISIT + bytes) {
            true => Ok(Led::Printed),
            false => self.at(at, Err(MethodError::Spent)),
        }
    }
}
