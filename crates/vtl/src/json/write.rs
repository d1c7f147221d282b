//! Writes values as compact JSON: no blanks, members in order, numbers as Java prints them.

use super::node::{Items, Members};
use super::string::is_common;
use super::{Kind, NodeRef, Number, write_string};

/// How `/` is written in strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slashes {
    /// As it is: what `$input.json` prints.
    Plain,
    /// As `\/`: what a list that came from JSON prints.
    Escaped,
}

/// What is left of an open container.
enum Rest<'d> {
    Items(Items<'d>),
    Members(Members<'d>),
}

impl<'d> NodeRef<'d> {
    /// Appends the value as compact JSON, for example `{"a":[1.5,"x"]}`.
    pub fn write_json(self, slashes: Slashes, out: &mut String) {
        let Some(mut rest) = self.begin_json(slashes, out) else { return };
        // Nothing is kept of a container without others in it.
        let mut around = Vec::new();
        loop {
            let (next, close) = match &mut rest {
                Rest::Items(items) => (items.next(), ']'),
                Rest::Members(members) => (
                    members.next().map(|(name, value)| {
                        separate(out);
                        write_string(name, slashes, out);
                        out.push(':');
                        value
                    }),
                    '}',
                ),
            };
            let Some(next) = next else {
                out.push(close);
                match around.pop() {
                    Some(outer) => rest = outer,
                    None => return,
                }
                continue;
            };
            if close == ']' {
                separate(out);
            }
            if let Some(inner) = next.begin_json(slashes, out) {
                around.push(std::mem::replace(&mut rest, inner));
            }
        }
    }

    /// Appends a scalar, or opens a container.
    fn begin_json(self, slashes: Slashes, out: &mut String) -> Option<Rest<'d>> {
        match self.kind() {
            Kind::Null => out.push_str("null"),
            Kind::Boolean => {
                out.push_str(if self.boolean() == Some(true) { "true" } else { "false" })
            }
            Kind::Number => match self.number_text() {
                Some(text) => out.push_str(text),
                None => self.number().into_iter().for_each(|number| write_number(number, out)),
            },
            Kind::String => match self.plain() {
                Some(plain) if slashes == Slashes::Plain && is_common(plain) => {
                    // What needs no escape there needs none here.
                    out.push('"');
                    out.push_str(plain);
                    out.push('"');
                }
                _ => write_string(self.string().unwrap_or_default(), slashes, out),
            },
            Kind::Array => {
                out.push('[');
                return Some(Rest::Items(self.items()));
            }
            Kind::Object => {
                out.push('{');
                return Some(Rest::Members(self.members()));
            }
        }
        None
    }
}

/// Appends a comma unless a container has just been opened.
fn separate(out: &mut String) {
    if !matches!(out.as_bytes().last(), Some(b'[' | b'{')) {
        out.push(',');
    }
}

fn write_number(number: Number<'_>, out: &mut String) {
    match number {
        Number::Integer(integer) => crate::number::write_integer(i64::from(integer), out),
        Number::Long(long) => crate::number::write_integer(long, out),
        Number::Big(digits) => out.push_str(digits),
        Number::Double(double) if double.is_finite() => crate::number::write_double(double, out),
        Number::Double(_) => out.push_str("null"),
    }
}
