//! What a trace is told of directives. Nothing here is called where nobody traces.

use super::{Evaluator, Halt};
use crate::tree::{Foreach, Set, Target};
use crate::value::Value;

impl<'a> Evaluator<'a, '_> {
    #[cold]
    pub(super) fn told(&mut self, at: u32, what: &str, value: &str) {
        let (line, column) = self.frame.position(at);
        if let Some(trace) = &mut self.trace {
            trace.step(line, column, what, value);
        }
    }

    /// For example `#set $order = 7`.
    #[cold]
    pub(super) fn tell_set(&mut self, set: &Set, value: &Value<'a>) -> Result<(), Halt> {
        let mut text = self.text(value, set.at)?;
        if value.is_null() {
            text.push_str(", so nothing is set");
        }
        let target = match &set.target {
            Target::Nowhere => "nothing".to_owned(),
            Target::Variable(slot) => format!("${}", self.name(self.frame.variable(*slot))),
            Target::Member { parent, .. } => parent.literal.to_string(),
        };
        self.told(set.at, &format!("#set {target}"), &text);
        Ok(())
    }

    /// For example `#foreach $item = pen`, before the body runs with it.
    #[cold]
    pub(super) fn tell_run(&mut self, foreach: &Foreach, value: &Value<'a>) -> Result<(), Halt> {
        let text = self.text(value, foreach.at)?;
        let what = match foreach.variable {
            Some(slot) => format!("#foreach ${}", self.name(self.frame.variable(slot))),
            None => "#foreach".to_owned(),
        };
        self.told(foreach.at, &what, &text);
        Ok(())
    }

    /// For example `#foreach = the end, after 2 items`.
    #[cold]
    pub(super) fn tell_loop(&mut self, foreach: &Foreach, ran: i32, is_cut: bool) {
        let items = if ran == 1 { "item" } else { "items" };
        let cut = if is_cut { ", and no loop goes further" } else { "" };
        self.told(foreach.at, "#foreach", &format!("the end, after {ran} {items}{cut}"));
    }
}
