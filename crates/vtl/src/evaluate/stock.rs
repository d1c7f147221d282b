//! What only stock Velocity does: macros and `#evaluate`.

use std::cell::RefCell;
use std::rc::Rc;

use super::scope::Frame;
use super::{Evaluator, Halt};
use crate::dialect::Dialect;
use crate::template::RenderErrorKind;
use crate::tree::{Call, Expression, Macro, Operand, Reference};
use crate::value::Value;

/// Macros that may run inside one another. Source: Apache Velocity 1.7, default settings,
/// `velocimacro.max.depth`.
const MACROS_INSIDE: usize = 20;

/// The name under which a macro finds the body of its call.
const BODY: &str = "bodyContent";

/// What the parameters of a running macro stand for: expressions of the caller's, evaluated each
/// time they are named.
pub(super) struct Bindings<'a> {
    /// Variables, and what was written for them.
    arguments: Vec<(usize, &'a Operand)>,
    /// Parameters that the macro set, and the body of its call.
    own: RefCell<Vec<(usize, Value<'a>)>>,
    caller: Frame<'a>,
}

impl<'a> Bindings<'a> {
    fn own(&self, variable: usize) -> Option<Value<'a>> {
        let own = self.own.borrow();
        own.iter().find(|(named, _)| *named == variable).map(|(_, value)| *value)
    }

    fn argument(&self, variable: usize) -> Option<&'a Operand> {
        let mut given = self.arguments.iter().rev();
        let (_, operand) = given.find(|(named, _)| *named == variable)?;
        Some(operand)
    }

    /// A parameter that is set is the macro's own from then on.
    pub(super) fn set(&self, variable: usize, value: &Value<'a>) {
        if self.argument(variable).is_some() {
            let mut own = self.own.borrow_mut();
            own.retain(|(named, _)| *named != variable);
            own.push((variable, *value));
        }
    }
}

impl<'a> Evaluator<'a, '_> {
    /// The value of a parameter of the running macro, or of one that called it.
    pub(super) fn argument(&mut self, variable: usize) -> Result<Option<Value<'a>>, Halt> {
        let mut bindings = self.frame.bindings.clone();
        while let Some(bound) = bindings {
            if let Some(value) = bound.own(variable) {
                return Ok(Some(value));
            }
            if let Some(operand) = bound.argument(variable) {
                let frame = self.enter(bound.caller.clone());
                let value = self.deeper(|evaluator| evaluator.value(&operand.value));
                self.enter(frame);
                return value.map(Some);
            }
            bindings = bound.caller.bindings.clone();
        }
        Ok(None)
    }

    /// What a reference prints for null: in a macro, what the caller wrote for the parameter.
    pub(super) fn null_literal(&self, reference: &'a Reference) -> &'a str {
        let Some(bound) = &self.frame.bindings else { return &reference.literal };
        let variable = self.frame.variable(reference.slot);
        let plain = reference.literal.strip_prefix('$') == Some(self.name(variable));
        match bound.argument(variable) {
            // Constants are not remembered as written.
            Some(operand) if plain && !is_constant(&operand.value) => &operand.literal,
            _ => &reference.literal,
        }
    }

    /// `#name(…)`: a macro, or text.
    pub(super) fn call_macro(&mut self, call: &'a Call, out: &mut String) -> Result<(), Halt> {
        let Some((mut frame, called)) = self.find_macro(&call.name) else {
            out.push_str(&call.literal);
            return Ok(());
        };
        if call.arguments.iter().any(|argument| matches!(argument.value, Expression::Null)) {
            return Err(self.failed(call.at, RenderErrorKind::WordArgument));
        }
        if self.macros == MACROS_INSIDE {
            return Err(self.failed(call.at, RenderErrorKind::TooDeep));
        }
        let caller = self.frame.clone();
        let mut own = Vec::new();
        if let (Some(body), Some(slot)) = (&call.body, frame.slot(BODY)) {
            let number = self.keep_definition(body, caller.clone())?;
            own.push((frame.variable(slot), Value::Block(number)));
        }
        let variables = called.parameters.iter().map(|slot| match slot {
            Some(slot) => frame.variable(*slot),
            None => usize::MAX,
        });
        let arguments = variables.zip(&call.arguments).collect();
        frame.bindings = Some(Rc::new(Bindings { arguments, own: RefCell::new(own), caller }));
        let around = self.enter(frame);
        self.macros += 1;
        let ran = self.block(&called.body, out);
        self.macros -= 1;
        self.enter(around);
        match ran {
            Err(Halt::Break) => Ok(()),
            ran => ran,
        }
    }

    /// The macro that was defined first, in the template or in a text that it evaluated.
    fn find_macro(&mut self, name: &str) -> Option<(Frame<'a>, &'a Macro)> {
        let root = Frame::of(self.root);
        std::iter::once(&root).chain(&self.evaluated).find_map(|frame| {
            let called = frame.template.macros.iter().find(|known| *known.name == *name)?;
            Some((frame.clone(), called))
        })
    }

    /// `#evaluate(…)`
    pub(super) fn evaluate(
        &mut self,
        at: u32,
        source: &'a Expression,
        out: &mut String,
    ) -> Result<(), Halt> {
        let source = self.value(source)?;
        if source.is_null() {
            return Ok(());
        }
        let source = self.text(&source, at)?;
        let spent = self.heap.cells.meter.spend(64 * source.len());
        self.at(at, spent)?;
        let template = match self.heap.template(&source, Dialect::Stock) {
            Ok(template) => template,
            Err(error) => return Err(self.failed(at, RenderErrorKind::Evaluated(error))),
        };
        let slots = template.names.iter().map(|name| self.bring(name)).collect();
        let frame = Frame {
            template,
            evaluated_at: Some(self.frame.position(at)),
            slots: Some(slots),
            bindings: None,
        };
        if !template.macros.is_empty() {
            self.evaluated.push(frame.clone());
        }
        let bindings = self.frame.bindings.clone();
        let around = self.enter(Frame { bindings, ..frame });
        let ran = self.block(&template.block, out);
        self.enter(around);
        match ran {
            Err(Halt::Break | Halt::Stop) => Ok(()),
            ran => ran,
        }
    }
}

fn is_constant(expression: &Expression) -> bool {
    matches!(
        expression,
        Expression::Boolean(_)
            | Expression::Integer(_)
            | Expression::Long(_)
            | Expression::BigInteger(_)
            | Expression::Double(_)
    )
}
