//! Printing: values as Java's `toString` shows them, and lists that came from JSON as JSON.
//!
//! The escapes of JSON printing are those of the JSON library that the service's lists come from.

use std::fmt::Write;

use crate::json::{NodeRef, Slashes, write_string};
use crate::number::{write_double, write_float, write_integer};
use crate::value::{List, Map, Meter, MethodError, Value};

/// Values inside one another that are followed: more than a JSON document may nest.
pub(crate) const MAX_DEPTH: usize = 600;

/// Appends a value as `$x` prints it; null as `null`.
pub(crate) fn print(meter: &Meter, value: &Value<'_>, out: &mut String) -> Result<(), MethodError> {
    Printer { meter, depth: 0 }.print(value, out)
}

/// A value as a text of its own.
pub(crate) fn to_text(meter: &Meter, value: &Value<'_>) -> Result<String, MethodError> {
    let mut out = String::new();
    print(meter, value, &mut out)?;
    Ok(out)
}

/// Appends a value as compact JSON.
pub(crate) fn print_json(
    meter: &Meter,
    value: &Value<'_>,
    slashes: Slashes,
    out: &mut String,
) -> Result<(), MethodError> {
    Printer { meter, depth: 0 }.json(value, slashes, out)
}

struct Printer<'m> {
    meter: &'m Meter,
    depth: usize,
}

impl Printer<'_> {
    fn print(&mut self, value: &Value<'_>, out: &mut String) -> Result<(), MethodError> {
        match value {
            Value::Entry(entry) => self.print_entry(&entry.key(), &entry.value(), out),
            Value::List(list) if list.is_json() => self.json(value, Slashes::Escaped, out),
            Value::Map(map) if map.is_silent() => self.meter.visit(1),
            Value::Map(map) => self.print_map(*map, out),
            Value::Loop(running) => match running.what_was_set() {
                Some(own) => self.print_map(own, out),
                None => self.print_scalar(value, out),
            },
            Value::List(_)
            | Value::SubList(_)
            | Value::Array(_)
            | Value::KeySet(_)
            | Value::Values(_)
            | Value::EntrySet(_) => self.print_collection(value, out),
            scalar => self.print_scalar(scalar, out),
        }
    }

    fn print_entry(
        &mut self,
        key: &Value<'_>,
        value: &Value<'_>,
        out: &mut String,
    ) -> Result<(), MethodError> {
        let before = out.len();
        self.enter()?;
        self.print(key, out)?;
        out.push('=');
        self.print(value, out)?;
        self.depth -= 1;
        self.meter.visit_of(out.len().saturating_sub(before))
    }

    /// What holds no other values; by itself, so that the stack has no room for it where values are
    /// nested.
    fn print_scalar(&self, value: &Value<'_>, out: &mut String) -> Result<(), MethodError> {
        let before = out.len();
        match value {
            Value::Null => out.push_str("null"),
            Value::Boolean(boolean) => out.push_str(if *boolean { "true" } else { "false" }),
            Value::Integer(integer) => write_integer(*integer, out),
            Value::Long(long) => write_integer(*long, out),
            Value::BigInteger(big) => {
                self.meter.digits(big.bits())?;
                let _ = write!(out, "{big}");
            }
            Value::Double(double) => write_double(*double, out),
            Value::Float(float) => write_float(*float, out),
            Value::Decimal(decimal) => {
                self.meter.digits(decimal.unscaled.bits())?;
                let _ = write!(out, "{decimal}");
            }
            Value::Char(unit) => out.extend(
                char::decode_utf16([*unit]).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
            ),
            Value::String(text) => out.push_str(text),
            Value::Loop(_) => out.push_str("{}"),
            Value::Object(object) => object.print(out),
            _ => {}
        }
        self.meter.visit_of(out.len().saturating_sub(before))
    }

    fn print_map<'a>(&mut self, map: Map<'a>, out: &mut String) -> Result<(), MethodError> {
        self.enter()?;
        out.push('{');
        for (n, (key, value)) in map.to_vec().iter().enumerate() {
            if n > 0 {
                out.push_str(", ");
            }
            let is_self = |value: &Value<'a>| matches!(value, Value::Map(m) if m.is_same(map));
            for (part, after) in [(key, "="), (value, "")] {
                if is_self(part) {
                    out.push_str("(this Map)");
                } else {
                    self.print(part, out)?;
                }
                out.push_str(after);
            }
        }
        out.push('}');
        self.depth -= 1;
        Ok(())
    }

    /// Whatever prints as `[a, b]`.
    fn print_collection(&mut self, value: &Value<'_>, out: &mut String) -> Result<(), MethodError> {
        self.enter()?;
        out.push('[');
        if let Value::EntrySet(map) = value {
            self.print_entries(*map, out)?;
        }
        for (n, item) in elements(value)?.iter().enumerate() {
            if n > 0 {
                out.push_str(", ");
            }
            if is_same_list(value, item) {
                out.push_str("(this Collection)");
            } else {
                self.print(item, out)?;
            }
        }
        out.push(']');
        self.depth -= 1;
        Ok(())
    }

    fn print_entries(&mut self, map: Map<'_>, out: &mut String) -> Result<(), MethodError> {
        for (n, (key, value)) in map.to_vec().iter().enumerate() {
            if n > 0 {
                out.push_str(", ");
            }
            self.print(key, out)?;
            out.push('=');
            self.print(value, out)?;
        }
        Ok(())
    }

    fn json(
        &mut self,
        value: &Value<'_>,
        slashes: Slashes,
        out: &mut String,
    ) -> Result<(), MethodError> {
        let before = out.len();
        if let Some(node) = unchanged(value) {
            node.write_json(slashes, out);
            return self.meter.spend(out.len().saturating_sub(before));
        }
        match value {
            Value::List(list) => return self.json_list(*list, slashes, out),
            Value::Map(map) => return self.json_map(*map, slashes, out),
            Value::Double(double) if !double.is_finite() => out.push_str("null"),
            Value::Float(float) if !float.is_finite() => out.push_str("null"),
            Value::Null
            | Value::Boolean(_)
            | Value::Integer(_)
            | Value::Long(_)
            | Value::BigInteger(_)
            | Value::Double(_)
            | Value::Float(_)
            | Value::Decimal(_) => return self.print(value, out),
            Value::SubList(_) | Value::Array(_) | Value::KeySet(_) | Value::Values(_) => {
                return self.json_items(&elements(value)?, slashes, out);
            }
            other => {
                let mut text = String::new();
                self.print(other, &mut text)?;
                write_string(&text, slashes, out);
            }
        }
        self.meter.visit_of(out.len().saturating_sub(before))
    }

    fn json_list(
        &mut self,
        list: List<'_>,
        slashes: Slashes,
        out: &mut String,
    ) -> Result<(), MethodError> {
        self.json_items(&list.to_vec(), slashes, out)
    }

    fn json_items(
        &mut self,
        items: &[Value<'_>],
        slashes: Slashes,
        out: &mut String,
    ) -> Result<(), MethodError> {
        self.enter()?;
        out.push('[');
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            self.json(item, slashes, out)?;
        }
        out.push(']');
        self.depth -= 1;
        Ok(())
    }

    fn json_map(
        &mut self,
        map: Map<'_>,
        slashes: Slashes,
        out: &mut String,
    ) -> Result<(), MethodError> {
        self.enter()?;
        out.push('{');
        for (n, (key, value)) in map.to_vec().iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            let mut name = String::new();
            self.print(key, &mut name)?;
            write_string(&name, slashes, out);
            out.push(':');
            self.json(value, slashes, out)?;
        }
        out.push('}');
        self.depth -= 1;
        Ok(())
    }

    fn enter(&mut self) -> Result<(), MethodError> {
        self.depth += 1;
        self.meter.visit(2)?;
        if self.depth > MAX_DEPTH { Err(MethodError::TooDeep) } else { Ok(()) }
    }
}

/// The elements of a collection that is no map.
fn elements<'a>(value: &Value<'a>) -> Result<Vec<Value<'a>>, MethodError> {
    Ok(match value {
        Value::List(list) => list.to_vec(),
        Value::SubList(part) => part.to_vec()?,
        Value::Array(array) => array.to_vec(),
        Value::KeySet(map) => map.to_vec().into_iter().map(|(key, _)| key).collect(),
        Value::Values(map) => map.to_vec().into_iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    })
}

/// The place in a document that a value still is, with everything in it.
fn unchanged<'a>(value: &Value<'a>) -> Option<NodeRef<'a>> {
    let (tree, node) = match value {
        Value::List(list) => list.as_node()?,
        Value::Map(map) => map.as_node()?,
        _ => return None,
    };
    (!tree.is_changed()).then_some(node)
}

fn is_same_list<'a>(a: &Value<'a>, b: &Value<'a>) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => a.is_same(*b),
        (Value::SubList(a), Value::SubList(b)) => a.is_same(*b),
        (Value::KeySet(a), Value::KeySet(b)) | (Value::Values(a), Value::Values(b)) => {
            a.is_same(*b)
        }
        _ => false,
    }
}
