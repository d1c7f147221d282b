//! What a path leads to, as compact JSON.

use super::Selected;
use crate::json::{Slashes, write_string};
use crate::number::{write_double, write_integer};

impl Selected<'_> {
    /// Appends what was selected as compact JSON; `null` if there is nothing.
    pub fn write_json(&self, slashes: Slashes, out: &mut String) {
        match self {
            Self::Missing | Self::Null => out.push_str("null"),
            Self::Node(node) => node.write_json(slashes, out),
            Self::Integer(integer) => write_integer(i64::from(*integer), out),
            Self::Double(double) if double.is_finite() => write_double(*double, out),
            Self::Double(_) => out.push_str("null"),
            Self::Text(text) => write_string(text, slashes, out),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    item.write_json(slashes, out);
                }
                out.push(']');
            }
            Self::Members(members) => {
                out.push('{');
                for (place, (name, value)) in members.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    write_string(name, slashes, out);
                    out.push(':');
                    value.write_json(slashes, out);
                }
                out.push('}');
            }
        }
    }
}
