//! What only stock Velocity does: macros and `#evaluate`.

use std::rc::Rc;

use super::scope::Frame;
use super::{Evaluator, Halt};
use crate::dialect::Dialect;
use crate::template::RenderErrorKind;
use crate::tree::{Block, Call, Expression, Macro, Operand, Reference};
use crate::value::Value;

/// What the parameters of a running macro stand for: expressions of the caller's, evaluated each
/// time they are named.
pub(super) struct Bindings<'a> {
    /// Variables, and what was written for them.
    arguments: Vec<(usize, &'a Operand)>,
    /// What `$bodyContent` prints.
    body: Option<&'a Block>,
    caller: Frame<'a>,
}

/// The name under which a block macro finds its body.
const BODY: &str = "bodyContent";

impl<'a> Evaluator<'a, '_> {
    /// The value of a parameter of the running macro, or of one that called it.
    pub(super) fn argument(&mut self, variable: usize) -> Result<Option<Value<'a>>, Halt> {
        let mut bindings = self.frame.bindings.clone();
        while let Some(bound) = bindings {
            if let Some((_, operand)) = bound.arguments.iter().find(|(named, _)| *named == variable)
            {
                let frame = std::mem::replace(&mut self.frame, bound.caller.clone());
                let value = self.value(&operand.value);
                self.frame = frame;
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
        match bound.arguments.iter().find(|(named, _)| *named == variable) {
            Some((_, operand)) if reference.steps.is_empty() => &operand.literal,
            _ => &reference.literal,
        }
    }

    /// `#name(…)`: a macro, or text.
    pub(super) fn call_macro(&mut self, call: &'a Call, out: &mut String) -> Result<(), Halt> {
        let Some((template, called)) = self.find_macro(&call.name) else {
            out.push_str(&call.literal);
            return Ok(());
        };
        let caller = self.frame.clone();
        let mut frame = match std::ptr::eq(template, caller.template) {
            true => caller.clone(),
            false => Frame::of(template),
        };
        let variables = called.parameters.iter().map(|(slot, _)| frame.variable(*slot));
        let arguments = variables.zip(&call.arguments).collect();
        frame.bindings = Some(Rc::new(Bindings { arguments, body: call.body.as_ref(), caller }));
        let around = std::mem::replace(&mut self.frame, frame);
        let ran = self.block(&called.body, out);
        self.frame = around;
        ran
    }

    fn find_macro(&self, name: &str) -> Option<(&'a crate::template::Template, &'a Macro)> {
        let template = self.frame.template;
        let called = template.macros.iter().find(|known| *known.name == *name)?;
        Some((template, called))
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
            bindings: self.frame.bindings.clone(),
        };
        let around = std::mem::replace(&mut self.frame, frame);
        let ran = self.block(&template.block, out);
        self.frame = around;
        ran
    }
}
