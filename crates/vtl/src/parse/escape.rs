//! Backslashes: they count only directly before a reference or the word of a directive.

use super::directive::Word;
use super::text::Pieces;
use super::{Fault, Parser};

impl Parser<'_, '_> {
    /// At the first of a run of backslashes.
    pub(super) fn backslashes(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        let count = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if self.peek(count) == Some(b'$') {
            return self.signs(pieces);
        }
        let slashes = &self.text[self.at..self.at + count];
        self.at += count;
        let Some(word) = self.word() else {
            pieces.text(slashes);
            return Ok(());
        };
        let printed = match self.is_directive(word.name) {
            // They stay as they are before `#set`, and before braces but those of `#if`.
            true if count % 2 == 0 && (word.name == "set" || self.keeps_slashes(&word)) => count,
            true => count / 2,
            false => count,
        };
        pieces.text(&slashes[..printed]);
        if count % 2 == 1 {
            pieces.text(&self.text[self.at..word.end]);
            self.at = word.end;
        }
        Ok(())
    }

    fn keeps_slashes(&self, word: &Word<'_>) -> bool {
        let braced = self.text[..word.end].ends_with('}');
        braced && !matches!(word.name, "if" | "elseif" | "else" | "end")
    }
}
