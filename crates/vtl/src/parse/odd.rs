//! Signs that look like references and name nothing: `$\!name` and `${$name}`.

use super::reference::begins_name;
use super::text::Nodes;
use super::{Fault, Parser};
use crate::dialect::Dialect;
use crate::tree::{Node, Reference};

/// How an odd reference begins.
pub(super) enum Prefix {
    /// `$\!`: so many bytes.
    Slashes(usize),
    /// `${$`
    Inside,
}

/// A name that nobody can give.
const NOBODY: &str = "$";

impl Parser<'_, '_> {
    /// With `$` at `at`.
    pub(super) fn odd_prefix(&self, at: usize) -> Option<Prefix> {
        let rest = &self.text.as_bytes()[at + 1..];
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        if slashes > 0 && rest.get(slashes) == Some(&b'!') {
            return Some(Prefix::Slashes(slashes + 2));
        }
        let mut inside = rest.strip_prefix(b"{$")?;
        inside = inside.strip_prefix(b"!").unwrap_or(inside);
        inside.first().is_some_and(|byte| begins_name(*byte)).then_some(Prefix::Inside)
    }

    /// At the backslashes before the `$` at `start`.
    pub(super) fn odd_reference(&mut self, start: usize, nodes: &mut Nodes) -> Result<(), Fault> {
        let slashes = &self.text[self.at..start];
        self.at = start;
        let Some(prefix) = self.odd_prefix(start) else { return Ok(()) };
        match prefix {
            Prefix::Inside => {
                nodes.text(slashes);
                self.at += 2;
                self.reference()?;
                if !self.eat(b'}') {
                    return self.fault_at(start, "`${` without `}`");
                }
                let literal = self.text[start..self.at].into();
                nodes.push(Node::Reference(self.nobody(start, literal)));
                Ok(())
            }
            Prefix::Slashes(length) => {
                // The sign of a name that is not `name`: a backslash is lost where it is printed.
                let sign = format!("${}", &self.text[start + 2..start + length]);
                self.at += length;
                let behind = self.at;
                let braced = self.eat(b'{');
                if !self.peek(0).is_some_and(begins_name) {
                    self.at = behind;
                    return match self.peek(0) {
                        None => self.fault_at(start, "the template ends with `$`"),
                        Some(_) => {
                            nodes.text(slashes);
                            nodes.text("$");
                            Ok(())
                        }
                    };
                }
                if self.shared.dialect == Dialect::Stock {
                    nodes.text(slashes);
                }
                self.name();
                let named = if braced { "{" } else { &self.text[behind..self.at] };
                let literal = format!("{sign}{named}").into();
                let steps = self.steps()?;
                if braced && !self.eat(b'}') {
                    return self.fault_at(start, "`${` without `}`");
                }
                nodes.push(Node::Reference(Reference { steps, ..self.nobody(start, literal) }));
                Ok(())
            }
        }
    }

    fn nobody(&mut self, start: usize, literal: Box<str>) -> Reference {
        let slot = self.shared.slot(NOBODY);
        Reference { at: self.mark(start), slot, quiet: false, steps: Box::default(), literal }
    }
}
