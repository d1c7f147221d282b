//! `#foreach`: its variable, `$foreach`, and `#break`.

use super::{Evaluator, Halt};
use crate::dialect::Dialect;
use crate::template::RenderErrorKind;
use crate::tree::{Expression, Foreach};
use crate::value::{Iteration, Loop, Value};

/// The slots of the names that every loop sets.
struct Counters {
    foreach: Option<u32>,
    count: Option<u32>,
    has_next: Option<u32>,
}

impl<'a> Evaluator<'a, '_> {
    pub(super) fn foreach(&mut self, foreach: &'a Foreach, out: &mut String) -> Result<(), Halt> {
        let Some(over) = &foreach.over else { return Ok(()) };
        let over = self.value(over)?;
        let iteration = Iteration::over(&over);
        let Some(iteration) = self.at(foreach.at, iteration)? else {
            if self.trace.is_some() {
                self.told(foreach.at, "#foreach", "nothing to walk over");
            }
            return Ok(());
        };
        let counters = self.counters();
        let names = [foreach.variable, counters.foreach, counters.count, counters.has_next];
        // They are what they were after the loop.
        let saved = names.map(|slot| {
            slot.map(|slot| {
                let variable = self.frame.variable(slot);
                (variable, self.variables[variable])
            })
        });
        let around = self.innermost;
        self.loops += 1;
        let ran = self.iterate(foreach, iteration, &counters, out);
        self.loops -= 1;
        self.innermost = around;
        for (variable, value) in saved.into_iter().flatten().rev() {
            self.variables[variable] = value;
        }
        match ran {
            Err(Halt::Break) => Ok(()),
            Err(Halt::Leave(depth)) if depth == self.loops => Ok(()),
            ran => ran,
        }
    }

    fn iterate(
        &mut self,
        foreach: &'a Foreach,
        mut iteration: Iteration<'a>,
        counters: &Counters,
        out: &mut String,
    ) -> Result<(), Halt> {
        let bound = match self.dialect {
            Dialect::Service => self.bounds.loops,
            // Steps alone end its loops.
            Dialect::Stock => usize::MAX,
        };
        let told = match counters.foreach {
            Some(slot) => Some(self.begin_loop(slot, foreach.at)?),
            None => None,
        };
        for index in 0.. {
            if index as usize >= bound || !iteration.has_next() {
                if self.trace.is_some() {
                    self.tell_loop(foreach, index, iteration.has_next());
                }
                break;
            }
            self.step()?;
            self.take_element(foreach, &mut iteration)?;
            let has_next = iteration.has_next();
            if let Some(told) = told {
                told.advance(index, has_next);
            }
            if let Some(slot) = counters.count {
                self.assign(slot, Value::Integer(index + 1));
            }
            if let Some(slot) = counters.has_next {
                self.assign(slot, Value::Boolean(has_next));
            }
            self.block(&foreach.body, out)?;
        }
        Ok(())
    }

    /// Sets the variable of the loop to the next element.
    #[inline(always)]
    fn take_element(
        &mut self,
        foreach: &'a Foreach,
        iteration: &mut Iteration<'a>,
    ) -> Result<(), Halt> {
        if let (Some(slot), true) = (foreach.variable, self.is_plain) {
            // Put there at once: a copy would wait until the element is written.
            let variable = self.variables[slot as usize].insert(Value::Null);
            let taken = iteration.put_next(self.heap, variable);
            return self.at(foreach.at, taken);
        }
        let mut element = Value::Null;
        let taken = iteration.put_next(self.heap, &mut element);
        self.at(foreach.at, taken)?;
        if self.trace.is_some() {
            self.tell_run(foreach, &element)?;
        }
        if let Some(slot) = foreach.variable {
            self.assign(slot, element);
        }
        Ok(())
    }

    fn begin_loop(&mut self, slot: u32, at: u32) -> Result<&'a Loop<'a>, Halt> {
        let begun = self.heap.keep_loop(Loop::new(self.innermost, self.loops - 1));
        let begun = self.at(at, begun)?;
        self.innermost = Some(begun);
        self.assign(slot, Value::Loop(begun));
        Ok(begun)
    }

    /// What the text names of a loop; the rest is not kept up.
    fn counters(&self) -> Counters {
        let template = self.frame.template;
        Counters {
            foreach: template.counters[0],
            count: template.counters[1],
            has_next: template.counters[2],
        }
    }

    /// The running loop that a value is.
    pub(super) fn running(&self, value: &Value<'a>) -> Option<&'a Loop<'a>> {
        let Value::Loop(asked) = value else { return None };
        let mut running = self.innermost;
        while let Some(one) = running {
            if std::ptr::eq(one, *asked) {
                return Some(one);
            }
            running = one.parent();
        }
        None
    }

    /// `#break($foreach.parent)`
    pub(super) fn leave(&mut self, at: u32, scope: &'a Expression) -> Result<(), Halt> {
        let scope = self.value(scope)?;
        if let Some(asked) = self.running(&scope) {
            return Err(Halt::Leave(asked.depth()));
        }
        Err(self.failed(at, RenderErrorKind::NotALoop))
    }
}
