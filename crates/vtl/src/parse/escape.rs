//! Backslashes: they count only directly before a reference or the word of a directive.

use super::directive::Word;
use super::text::Nodes;
use super::{Fault, Parser};
use crate::dialect::Dialect;
use crate::tree::Node;

impl Parser<'_, '_> {
    /// At the first of a run of backslashes.
    pub(super) fn backslashes(&mut self, nodes: &mut Nodes) -> Result<(), Fault> {
        let count = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        let slashes = &self.text[self.at..self.at + count];
        self.at += count;
        if self.is_reference(self.at) {
            return self.escaped_reference(slashes, nodes);
        }
        let Some(word) = self.word() else {
            nodes.text(slashes);
            return Ok(());
        };
        let printed = match self.is_directive(word.name) {
            // They stay as they are before a whole `#set(`, and before braces but those of `#if`.
            true if count % 2 == 0 && (self.is_set(&word) || self.keeps_slashes(&word)) => count,
            true => count / 2,
            false => count,
        };
        nodes.text(&slashes[..printed]);
        if count % 2 == 1 {
            nodes.text(&self.text[self.at..word.end]);
            self.at = word.end;
        }
        Ok(())
    }

    fn keeps_slashes(&self, word: &Word<'_>) -> bool {
        let braced = self.text[..word.end].ends_with('}');
        braced && !matches!(word.name, "if" | "elseif" | "else" | "end")
    }

    fn escaped_reference(&mut self, slashes: &str, nodes: &mut Nodes) -> Result<(), Fault> {
        let reference = self.reference()?;
        match self.shared.dialect {
            // A name is not null, so that what is printed is known.
            Dialect::Service if reference.steps.is_empty() => {
                nodes.text(&slashes[..slashes.len() / 2]);
                match slashes.len() % 2 {
                    1 => nodes.text(&reference.literal),
                    _ => nodes.push(Node::Reference(reference)),
                }
            }
            Dialect::Service | Dialect::Stock => {
                nodes.push(Node::Escaped(slashes.len(), Box::new(reference)))
            }
        }
        Ok(())
    }
}
