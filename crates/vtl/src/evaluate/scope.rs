//! Where names are looked up: slots of the running template, and what evaluated texts bring.

use std::rc::Rc;

use super::stock::Bindings;
use super::{Evaluator, Halt};
use crate::template::Template;
use crate::tree::{Block, Define};
use crate::value::Value;

/// The text that runs: its slots and its places.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    pub template: &'a Template,
    /// The place that errors get: that of the `#evaluate` whose text runs.
    pub evaluated_at: Option<(u32, u32)>,
    /// The variables of the slots of an evaluated text; otherwise they are the same.
    pub slots: Option<Rc<[u32]>>,
    /// The arguments of the macro that runs.
    pub bindings: Option<Rc<Bindings<'a>>>,
}

/// What `#define` stored.
pub(super) struct Definition<'a> {
    pub body: &'a Block,
    frame: Frame<'a>,
    /// How many renderings of it run.
    running: usize,
}

/// A definition that uses itself is null inside so many renderings of itself.
/// Source: Apache Velocity 1.7, `directive.define` of the default settings.
const DEFINITIONS_INSIDE: usize = 2;

impl<'a> Frame<'a> {
    pub(super) fn of(template: &'a Template) -> Self {
        Self { template, evaluated_at: None, slots: None, bindings: None }
    }

    pub(super) fn position(&self, at: u32) -> (u32, u32) {
        self.evaluated_at.unwrap_or_else(|| self.template.position(at))
    }

    /// The slot of a name of the text.
    pub(super) fn slot(&self, name: &str) -> Option<u32> {
        let place = self.template.names.iter().position(|known| **known == *name)?;
        u32::try_from(place).ok()
    }

    /// The variable of a slot.
    #[inline]
    pub(super) fn variable(&self, slot: u32) -> usize {
        match &self.slots {
            None => slot as usize,
            Some(slots) => slots[slot as usize] as usize,
        }
    }
}

impl<'a> Evaluator<'a, '_> {
    /// Runs another text from now on: the one that ran.
    pub(super) fn enter(&mut self, frame: Frame<'a>) -> Frame<'a> {
        self.is_plain = self.trace.is_none() && frame.slots.is_none() && frame.bindings.is_none();
        std::mem::replace(&mut self.frame, frame)
    }

    /// The value of a name, which may be null.
    #[inline]
    pub(super) fn variable(&mut self, slot: u32) -> Result<Value<'a>, Halt> {
        let variable = self.frame.variable(slot);
        if self.frame.bindings.is_none()
            && let Some(value) = self.variables[variable]
        {
            return Ok(value);
        }
        self.look_up(variable)
    }

    #[inline(never)]
    fn look_up(&mut self, variable: usize) -> Result<Value<'a>, Halt> {
        if let Some(value) = self.argument(variable)? {
            return Ok(value);
        }
        if let Some(value) = self.variables[variable] {
            return Ok(value);
        }
        self.ask_globals(variable);
        Ok(self.variables[variable].unwrap_or_default())
    }

    /// Gives a name the value that it has before it is set.
    #[inline(never)]
    pub(super) fn ask_globals(&mut self, variable: usize) {
        let name = self.name(variable);
        self.globals.put(name, self.variables[variable].insert(Value::Null));
    }

    /// Sets a name.
    #[inline(always)]
    pub(super) fn assign(&mut self, slot: u32, value: Value<'a>) {
        let variable = match self.is_plain {
            true => slot as usize,
            false => self.variable_to_set(slot, &value),
        };
        self.variables[variable] = Some(value);
    }

    /// The variable of a slot, whose parameter, if it is one, is told.
    #[inline(never)]
    fn variable_to_set(&mut self, slot: u32, value: &Value<'a>) -> usize {
        let variable = self.frame.variable(slot);
        if let Some(bindings) = &self.frame.bindings {
            bindings.set(variable, value);
        }
        variable
    }

    /// The name of a variable.
    pub(super) fn name(&self, variable: usize) -> &'a str {
        let own = self.root.names.len();
        match self.root.names.get(variable) {
            Some(name) => name,
            None => self.brought[variable - own],
        }
    }

    /// The variable of a name of an evaluated text.
    pub(super) fn bring(&mut self, name: &'a str) -> u32 {
        let known = (0..self.variables.len()).find(|variable| self.name(*variable) == name);
        let variable = known.unwrap_or_else(|| {
            self.brought.push(name);
            self.variables.push(None);
            self.variables.len() - 1
        });
        u32::try_from(variable).unwrap_or(u32::MAX)
    }

    /// Whether there is a `#define` that was passed.
    pub(super) fn has_definitions(&self) -> bool {
        !self.definitions.is_empty()
    }

    /// `#define($x)`
    pub(super) fn define(&mut self, define: &'a Define) -> Result<(), Halt> {
        let Some(slot) = define.slot else { return Ok(()) };
        let variable = self.frame.variable(slot);
        if let Some(Value::Block(number)) = &self.variables[variable] {
            // Defined again in a loop.
            if std::ptr::eq(self.definitions[*number as usize].body, &define.body) {
                return Ok(());
            }
        }
        if self.trace.is_some() {
            let what = format!("#define ${}", self.name(variable));
            self.told(define.at, &what, "what is printed where it is named");
        }
        let frame = self.frame.clone();
        let number = self.keep_definition(&define.body, frame)?;
        self.variables[variable] = Some(Value::Block(number));
        Ok(())
    }

    /// The number of a body that is rendered later.
    pub(super) fn keep_definition(
        &mut self,
        body: &'a Block,
        frame: Frame<'a>,
    ) -> Result<u32, Halt> {
        let number = u32::try_from(self.definitions.len()).unwrap_or(u32::MAX);
        let spent = self.heap.cells.meter.spend(size_of::<Definition<'a>>());
        self.at(0, spent)?;
        self.definitions.push(Definition { body, frame, running: 0 });
        Ok(number)
    }

    /// Appends what a definition renders to at this moment; false if it uses itself too often.
    pub(super) fn print_block(&mut self, number: u32, out: &mut String) -> Result<bool, Halt> {
        let definition = &mut self.definitions[number as usize];
        if definition.running == DEFINITIONS_INSIDE {
            return Ok(false);
        }
        definition.running += 1;
        let body = definition.body;
        // Its text's slots, but the arguments of the macro that runs now.
        let bindings = self.frame.bindings.clone();
        let frame = Frame { bindings, ..definition.frame.clone() };
        let around = self.enter(frame);
        let printed = self.block(body, out);
        self.enter(around);
        self.definitions[number as usize].running -= 1;
        match printed {
            Ok(()) | Err(Halt::Break) => Ok(true),
            Err(halt) => Err(halt),
        }
    }
}
