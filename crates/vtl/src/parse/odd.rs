//! Signs that look like references and name nothing: `$\!name`.

use super::reference::{begins_name, signs};
use super::text::Pieces;
use super::{Fault, Parser};
use crate::dialect::Dialect;
use crate::tree::{Node, Reference};

/// A name that nobody can give.
pub(super) const NOBODY: &str = "$";

impl Parser<'_, '_> {
    /// With `$` at `at`: the length of `$\!`, if backslashes stand there.
    pub(super) fn odd_prefix(&self, at: usize) -> Option<usize> {
        let rest = &self.text.as_bytes()[at + 1..];
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        (slashes > 0 && rest.get(slashes) == Some(&b'!')).then_some(slashes + 2)
    }

    /// At the backslashes before the `$` at `start`.
    pub(super) fn odd_reference(&mut self, start: usize, pieces: &mut Pieces) -> Result<(), Fault> {
        let slashes = &self.text[self.at..start];
        self.at = start;
        let Some(length) = self.odd_prefix(start) else { return Ok(()) };
        // The sign of a name that is not `name`: a backslash is lost where it is printed.
        let sign = format!("${}", &self.text[start + 2..start + length]);
        self.at += length;
        let behind = self.at;
        self.at += signs(self.rest());
        let braced = self.eat(b'{');
        if !self.peek(0).is_some_and(begins_name) {
            self.at = behind;
            return match self.peek(0) {
                None => self.fault_at(start, "the template ends with `$`"),
                Some(next) => {
                    pieces.text(slashes);
                    let is_whole = matches!(next, b'[' | b'{' | b'}');
                    pieces.text(if is_whole { &self.text[start..behind] } else { "$" });
                    Ok(())
                }
            };
        }
        if self.shared.dialect == Dialect::Stock {
            pieces.text(slashes);
        }
        let name = self.at;
        self.name();
        let named = &self.text[behind..if braced { name } else { self.at }];
        let literal = format!("{sign}{named}").into();
        let steps = self.steps()?;
        if braced && !self.eat(b'}') {
            return self.fault_at(start, "`${` without `}`");
        }
        let slot = self.shared.slot(NOBODY);
        let at = self.mark(start);
        pieces.push(Node::Reference(Reference { at, slot, quiet: false, steps, literal }));
        Ok(())
    }
}
