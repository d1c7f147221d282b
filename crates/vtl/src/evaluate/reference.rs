//! References: a variable, then step by step to what is printed or used.

use super::{Evaluator, Halt};
use crate::method;
use crate::print::print;
use crate::tree::{Escaped, Expression, Reference, Step};
use crate::value::{List, Map, MethodError, Value};

/// Lists and maps in one another in which definitions are looked for.
const DEFINITIONS_DEEP: usize = 4;

impl<'a> Evaluator<'a, '_> {
    /// The value of a reference; null only in stock Velocity.
    pub(super) fn reference(&mut self, reference: &'a Reference) -> Result<Value<'a>, Halt> {
        match self.place(reference) {
            Some((tree, index)) => Ok(tree.value(tree.node(index))),
            None => self.steps(reference),
        }
    }

    /// The same step by step.
    pub(super) fn steps(&mut self, reference: &'a Reference) -> Result<Value<'a>, Halt> {
        if self.trace.is_some() {
            return self.told_steps(reference);
        }
        self.untold_steps(reference)
    }

    #[cold]
    fn told_steps(&mut self, reference: &'a Reference) -> Result<Value<'a>, Halt> {
        let value = self.untold_steps(reference)?;
        let text = self.text(&value, reference.at)?;
        self.told(reference.at, &reference.literal, &text);
        Ok(value)
    }

    fn untold_steps(&mut self, reference: &'a Reference) -> Result<Value<'a>, Halt> {
        let Some((last, before)) = reference.steps.split_last() else {
            return match self.variable(reference.slot) {
                Ok(Value::Null) => Ok(self.absent()),
                variable => variable,
            };
        };
        let mut value = self.variable(reference.slot)?;
        if value.is_null() {
            value = self.absent();
        }
        for step in before {
            if value.is_null() {
                return Ok(value);
            }
            value = self.follow(&value, step)?;
        }
        if value.is_null() { Ok(value) } else { self.follow(&value, last) }
    }

    #[inline(never)]
    fn member(&mut self, map: Map<'a>, at: u32, name: &str) -> Result<Value<'a>, Halt> {
        self.step()?;
        match map.find(&self.heap.cells.meter, name) {
            Ok(None | Some(Value::Null)) => Ok(self.absent()),
            Ok(Some(value)) => Ok(value),
            Err(error) => self.at(at, Err(error)),
        }
    }

    fn follow(&mut self, value: &Value<'a>, step: &'a Step) -> Result<Value<'a>, Halt> {
        if let (Value::Map(map), Step::Property { at, name }) = (value, step) {
            return self.member(*map, *at, name);
        }
        self.step()?;
        let (at, found) = match step {
            Step::Property { at, name } => (*at, method::property(self.heap, value, name)),
            Step::Index { at, index } => {
                let index = self.value(index)?;
                self.check_index(*at, value, &index)?;
                (*at, method::index(self.heap, value, &index))
            }
            Step::Method { at, name, arguments } => {
                match value {
                    Value::Block(number) => {
                        return self.block_method(*number, name.as_str(), arguments);
                    }
                    // A definition in it is what it renders to.
                    Value::List(_) | Value::Map(_)
                        if self.has_definitions()
                            && arguments.is_empty()
                            && name.as_str() == "toString" =>
                    {
                        if let Some(rendered) =
                            self.with_definitions(value, *at, DEFINITIONS_DEEP)?
                        {
                            let text = self.text(&rendered, *at)?;
                            let text = Value::string(self.heap, text);
                            return self.at(*at, text);
                        }
                    }
                    _ => {}
                }
                let called = match &**arguments {
                    [] => method::call(self.heap, value, name, &[]),
                    [one] => match self.value(one) {
                        Ok(ref one) => {
                            method::call(self.heap, value, name, std::slice::from_ref(one))
                        }
                        Err(halt) => return Err(halt),
                    },
                    [one, two] => {
                        let both = [self.value(one)?, self.value(two)?];
                        method::call(self.heap, value, name, &both)
                    }
                    many => {
                        let many = self.values(many)?;
                        method::call(self.heap, value, name, &many)
                    }
                };
                (*at, called)
            }
        };
        match self.at(at, found)? {
            None | Some(Value::Null) => Ok(self.absent()),
            Some(value) => Ok(value),
        }
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

    pub(super) fn print_reference(
        &mut self,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        if self.print_place(reference, out)? {
            return Ok(());
        }
        let printed = match self.steps(reference) {
            Ok(Value::Null) => false,
            Ok(Value::Block(number)) => self.print_block(number, out)?,
            Ok(ref value) => {
                self.print(value, reference.at, out)?;
                true
            }
            Err(halt) => return Err(halt),
        };
        if !printed && !reference.quiet {
            out.push_str(self.null_literal(reference));
        }
        Ok(())
    }

    /// `\$x`: in stock Velocity the backslashes count only if there is a value; before a definition
    /// that is printed there are none.
    pub(super) fn print_escaped(
        &mut self,
        escaped: &'a Escaped,
        out: &mut String,
    ) -> Result<(), Halt> {
        let Escaped { slashes, signs, reference } = escaped;
        let value = self.reference(reference)?;
        let (is_odd, is_null) = (slashes % 2 == 1, value.is_null());
        let printed = match (is_odd, is_null) {
            (false, false) if matches!(value, Value::Block(_)) => 0,
            (_, false) => slashes / 2,
            (true, true) => slashes / 2 + 1,
            (false, true) => *slashes,
        };
        out.extend(std::iter::repeat_n('\\', printed));
        if is_odd {
            out.push_str(self.null_literal(reference));
            return Ok(());
        }
        if !matches!(value, Value::Block(_)) {
            out.push_str(signs);
        }
        match is_null {
            false => return self.print(&value, reference.at, out),
            true if reference.quiet => {}
            true => out.push_str(self.null_literal(reference)),
        }
        Ok(())
    }

    /// Appends a value.
    pub(super) fn print(
        &mut self,
        value: &Value<'a>,
        at: u32,
        out: &mut String,
    ) -> Result<(), Halt> {
        if let Value::Block(number) = value {
            return self.print_block(*number, out).map(|_| ());
        }
        let rendered = match self.has_definitions() {
            true => self.with_definitions(value, at, DEFINITIONS_DEEP)?,
            false => None,
        };
        let printed = print(&self.heap.cells.meter, rendered.as_ref().unwrap_or(value), out);
        self.at(at, printed)
    }

    /// A list or a map with the definitions in it rendered, if there are any.
    fn with_definitions(
        &mut self,
        value: &Value<'a>,
        at: u32,
        levels: usize,
    ) -> Result<Option<Value<'a>>, Halt> {
        match value {
            Value::Block(number) => {
                let mut text = String::new();
                self.print_block(*number, &mut text)?;
                let text = Value::string(self.heap, text);
                self.at(at, text).map(Some)
            }
            Value::List(list) if levels > 0 => {
                let mut items = list.to_vec();
                let mut is_changed = false;
                for item in &mut items {
                    if let Some(rendered) = self.with_definitions(item, at, levels - 1)? {
                        (*item, is_changed) = (rendered, true);
                    }
                }
                if !is_changed {
                    return Ok(None);
                }
                let list = List::new(self.heap, items);
                self.at(at, list).map(|list| Some(Value::List(list)))
            }
            Value::Map(map) if levels > 0 => {
                let mut entries = map.to_vec();
                let mut is_changed = false;
                for part in entries.iter_mut().flat_map(|(key, value)| [key, value]) {
                    if let Some(rendered) = self.with_definitions(part, at, levels - 1)? {
                        (*part, is_changed) = (rendered, true);
                    }
                }
                if !is_changed {
                    return Ok(None);
                }
                let map = Map::new(self.heap);
                let map = self.at(at, map)?;
                for (key, value) in entries {
                    let put = map.put(self.heap, key, value);
                    self.at(at, put)?;
                }
                Ok(Some(Value::Map(map)))
            }
            _ => Ok(None),
        }
    }

    /// A value as a text of its own.
    pub(super) fn text(&mut self, value: &Value<'a>, at: u32) -> Result<String, Halt> {
        let mut text = String::new();
        self.print(value, at, &mut text)?;
        Ok(text)
    }
}
