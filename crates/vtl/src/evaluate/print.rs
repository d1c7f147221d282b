//! What is printed: values, references in place, and what stands for null.

use super::place::Place;
use super::{Evaluator, Halt};
use crate::json::NodeRef;
use crate::number::{write_double, write_integer};
use crate::print::print;
use crate::tree::{Escaped, Reference};
use crate::value::{List, Map, MethodError, Tree, VISIT, Value};

/// Lists and maps in one another in which definitions are looked for.
pub(super) const DEFINITIONS_DEEP: usize = 4;

impl<'a> Evaluator<'a, '_> {
    /// Appends what a reference leads to.
    pub(super) fn print_reference(
        &mut self,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        match self.near(reference) {
            Place::Variable(variable) => {
                // A copy of the whole value waits for what was just set.
                match self.variables[variable] {
                    Some(Value::String(text)) => self.print_text(text, reference.at, out),
                    Some(Value::Integer(integer)) => self.print_integer(integer, reference.at, out),
                    Some(Value::Double(double)) => self.print_double(double, reference.at, out),
                    value => self.print_any(&value.unwrap_or_default(), reference.at, out),
                }
            }
            Place::Node(tree, node) => self.print_node(tree, node, reference.at, out),
            Place::Told(running, property) => {
                let mut value = Value::Null;
                running.put_told(property, &mut value);
                self.print(&value, reference.at, out)
            }
            Place::Nothing => Ok(()),
            Place::Elsewhere => self.print_elsewhere(reference, out),
        }
    }

    /// Appends a value of a document, as it stands there if it prints so.
    #[inline(always)]
    pub(super) fn print_node(
        &mut self,
        tree: &'a Tree<'a>,
        node: NodeRef<'a>,
        at: u32,
        out: &mut String,
    ) -> Result<(), Halt> {
        match node.printed() {
            Some(text) => self.print_text(text, at, out),
            None => {
                let mut value = Value::Null;
                tree.put_value(node, &mut value);
                self.print(&value, at, out)
            }
        }
    }

    /// Prints what the steps of a reference lead to.
    #[inline(never)]
    pub(super) fn print_steps(
        &mut self,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        let mut value = Value::Null;
        self.steps(reference, &mut value)?;
        self.print_value(&value, reference, out)
    }

    /// Prints the value of a reference, or what it prints for null.
    #[inline]
    pub(super) fn print_value(
        &mut self,
        value: &Value<'a>,
        reference: &'a Reference,
        out: &mut String,
    ) -> Result<(), Halt> {
        let printed = match value {
            Value::Null => false,
            Value::Block(number) => self.print_block(*number, out)?,
            value => {
                self.print(value, reference.at, out)?;
                true
            }
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
        let mut value = Value::Null;
        self.put_reference(reference, &mut value)?;
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
    #[inline(always)]
    pub(super) fn print(
        &mut self,
        value: &Value<'a>,
        at: u32,
        out: &mut String,
    ) -> Result<(), Halt> {
        match value {
            Value::String(text) => self.print_text(text, at, out),
            Value::Integer(integer) => self.print_integer(*integer, at, out),
            Value::Double(double) => self.print_double(*double, at, out),
            value => self.print_any(value, at, out),
        }
    }

    #[inline(always)]
    pub(super) fn print_text(&self, text: &str, at: u32, out: &mut String) -> Result<(), Halt> {
        out.push_str(text);
        self.pay(VISIT + text.len(), at)
    }

    #[inline(always)]
    fn print_integer(&self, integer: i32, at: u32, out: &mut String) -> Result<(), Halt> {
        write_integer(integer, out);
        self.pay(VISIT, at)
    }

    #[inline(always)]
    fn print_double(&self, double: f64, at: u32, out: &mut String) -> Result<(), Halt> {
        write_double(double, out);
        self.pay(VISIT, at)
    }

    #[inline(always)]
    pub(super) fn pay(&self, units: usize, at: u32) -> Result<(), Halt> {
        match self.heap.cells.meter.take(units) {
            true => Ok(()),
            false => self.at(at, Err(MethodError::Spent)),
        }
    }

    #[inline(never)]
    fn print_any(&mut self, value: &Value<'a>, at: u32, out: &mut String) -> Result<(), Halt> {
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
    pub(super) fn with_definitions(
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
