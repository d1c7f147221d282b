//! Signs: where `$` begins a reference, where it is text, and where it is lost.
//!
//! The engine reads a sign together with what follows, in the state that the sign opens. What is
//! odd below is what that gives where no reference follows.

use super::reference::begins_name;
use super::text::Nodes;
use super::{Fault, Parser, blanks};
use crate::tree::{Node, Reference, Step};

impl Parser<'_, '_> {
    /// At `$`: a reference or text.
    pub(super) fn dollar(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        if self.is_reference(self.at) {
            return self.printed_reference(nodes);
        }
        if let Some(prefix) = self.odd_prefix() {
            return self.odd_reference(prefix, nodes);
        }
        let start = self.at;
        let mut length = 0;
        // Signs that begin nothing are read as one.
        while self.peek(0) == Some(b'$')
            && !self.is_reference(self.at)
            && self.odd_prefix().is_none()
        {
            length = if self.peek(1) == Some(b'!') { 2 } else { 1 };
            self.at += length;
        }
        let Some(next) = self.peek(0) else {
            return self.fault("the template ends with `$`");
        };
        let signs = &self.text[start..self.at];
        match next {
            b'#' | b' ' | b'\t' | b'\\' if self.loses_sign() => {}
            b'#' if self.peek(1) != Some(b'#') => return self.not_a_directive(signs, nodes),
            b'{' => {
                self.at += 1;
                nodes.text(signs);
                nodes.text("{");
                return self.behind_brace(nodes);
            }
            b'}' | b'[' => {
                self.at += 1;
                nodes.text(signs);
                nodes.text(if next == b'[' { "[" } else { "}" });
            }
            b'$' => nodes.text(signs),
            // All of it is lost.
            b'.' if length == 2 && self.peek(1).is_some_and(|b| b.is_ascii_alphabetic()) => {
                return self.tail(nodes);
            }
            _ => {
                nodes.text(signs.strip_suffix('!').unwrap_or(signs));
                match next {
                    b'.' if !self.peek(1).is_some_and(|b| b.is_ascii_alphanumeric()) => {
                        self.at += 1;
                        nodes.text(".");
                    }
                    b'\\' => self.plain_backslashes(nodes),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// A reference, and what is odd behind it.
    fn printed_reference(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        let braced = self.text[self.at..].trim_start_matches(['$', '!']).starts_with('{');
        let open = self.open_property == Some(self.at);
        let reference = self.reference()?;
        let ends_open = if braced { open } else { ends_with_property(&reference) };
        self.open_property = ends_open.then_some(self.at);
        nodes.push(Node::Reference(reference));
        match braced {
            true if !open => Ok(()),
            true if matches!(self.rest(), [b'(', _, ..]) => {
                self.fault("`(` belongs to the property before the braces")
            }
            _ => self.tail(nodes),
        }
    }

    /// Whether a `$` or `#` before what stands here is not printed.
    pub(super) fn loses_sign(&self) -> bool {
        let slashes = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if slashes > 0 {
            let behind = self.at + slashes;
            let lone = slashes == 1 && self.word_at(behind).is_none();
            return !lone && !self.is_reference(behind);
        }
        let at = self.at + blanks(self.rest());
        let rest = &self.text.as_bytes()[at..];
        match self.word_at(at) {
            Some(word) if self.is_set(&word) => true,
            Some(word) if at == self.at => matches!(word.name, "if" | "elseif" | "else" | "end"),
            _ => at == self.at && rest.starts_with(b"#*"),
        }
    }

    /// At `#word` behind `$`: text, whatever the word.
    fn not_a_directive(&mut self, sign: &str, nodes: &mut Nodes) -> Result<(), Fault> {
        match self.word() {
            Some(word) => {
                nodes.text(sign);
                self.verbatim(word, nodes)
            }
            None => {
                nodes.text(sign.strip_suffix('!').unwrap_or(sign));
                Ok(())
            }
        }
    }

    /// What follows a reference without braces: names, braces and brackets are read there as if
    /// they belonged to one, also behind a `#set` or a comment.
    fn tail(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        loop {
            let blanks = blanks(self.rest());
            match self.rest() {
                [b'}', ..] => {
                    nodes.text("}");
                    self.at += 1;
                    return Ok(());
                }
                [b'{', ..] => {
                    nodes.text("{");
                    self.at += 1;
                    let signs = signs(self.rest());
                    if self.peek(signs).is_some_and(begins_name) {
                        return self.lost_reference(signs);
                    }
                }
                [b'[', ..] => return self.fault("`[` behind what ends a reference"),
                [b'.', letter, ..] if letter.is_ascii_alphabetic() => {
                    nodes.text(".");
                    self.at += 1;
                    self.lost_name(nodes)?;
                    if matches!(self.rest(), [b'(', _, ..]) {
                        return self.fault("`(` behind what ends a reference");
                    }
                }
                [first, ..] if begins_name(*first) => self.lost_name(nodes)?,
                [b'#', b'*', ..] => self.block_comment()?,
                [b'#', b'[', b'[', ..] => self.raw(nodes)?,
                rest if rest.get(blanks) == Some(&b'#') => match self.word_at(self.at + blanks) {
                    Some(word) if self.is_set(&word) => {
                        self.at += blanks;
                        self.directive(word, nodes)?;
                    }
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// A name that is printed, and what it would be asked for, which is not.
    fn lost_name(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        let name = self.name();
        if matches!(name, "true" | "false") {
            return self.fault("`true` and `false` are no names of references");
        }
        nodes.text(name);
        self.steps().map(drop)
    }

    /// Behind a brace that opens nothing.
    fn behind_brace(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        let signs = signs(self.rest());
        if self.peek(signs).is_some_and(begins_name) {
            return self.lost_reference(signs);
        }
        self.tail(nodes)
    }

    /// Backslashes behind a `$` or `#` that is text are text.
    pub(super) fn plain_backslashes(&mut self, nodes: &mut Nodes) {
        let count = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if self.is_reference(self.at + count) {
            nodes.text(&self.text[self.at..self.at + count]);
            self.at += count;
        }
    }

    /// What stands in such braces is not printed, but must be a reference.
    fn lost_reference(&mut self, signs: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at += signs;
        let name = self.name();
        if matches!(name, "" | "true" | "false") {
            return self.fault_at(start, "expected a reference");
        }
        self.steps()?;
        if !self.eat(b'}') {
            return self.fault_at(start, "`{` directly behind a reference, without `}`");
        }
        Ok(())
    }
}

/// Whether the last name is a property, whatever its indexes: its state stays open.
fn ends_with_property(reference: &Reference) -> bool {
    let last = reference.steps.iter().rev().find(|step| !matches!(step, Step::Index { .. }));
    matches!(last, Some(Step::Property { .. }))
}

/// How many signs a text begins with.
fn signs(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'$' | b'!')).count()
}
