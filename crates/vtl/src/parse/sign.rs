//! Signs: where `$` begins a reference, where it is text, and where it is lost.
//!
//! The engine reads a sign together with what follows, in the state that the sign opens. What is
//! odd below is what that gives where no reference follows.

use memchr::memchr;

use super::chain::{Chain, Last, Sign};
use super::reference::{begins_name, ends_with_property};
use super::text::Pieces;
use super::{Fault, Parser, blanks};
use crate::dialect::Dialect;
use crate::tree::{Escaped, Node, Reference};

impl Parser<'_, '_> {
    /// At `$` or the backslashes before it: a reference or text. Signs that begin nothing are read
    /// as one with what follows.
    pub(super) fn signs(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        let start = self.at;
        let mut chain = Chain::default();
        while let Some(sign) = self.sign(&chain) {
            if self.is_reference(sign.at) {
                self.at = start;
                return self.printed_reference(sign.at, pieces);
            }
            if self.odd_prefix(sign.at).is_some() {
                break;
            }
            chain.push(sign, &self.text[self.at..sign.end]);
            self.at = sign.end;
        }
        match (chain.last, self.sign(&chain)) {
            (Last::Nothing, Some(sign)) => self.odd_reference(sign.at, pieces),
            (_, Some(sign)) => {
                if self.shared.dialect == Dialect::Stock {
                    pieces.text(&self.text[start..self.at]);
                }
                self.odd_reference(sign.at, pieces)
            }
            (_, None) => self.behind_signs(start, &chain, pieces),
        }
    }

    /// The sign here, with the backslashes before it.
    pub(super) fn sign(&self, chain: &Chain) -> Option<Sign> {
        let at = self.at + self.backslashes_here();
        match self.text.as_bytes().get(at) {
            Some(b'$') => {
                let quiet = self.text[at..].starts_with("$!");
                Some(Sign { at, end: at + 1 + usize::from(quiet), quiet })
            }
            Some(b'#') if at == self.at && chain.last == Last::Slashed => {
                let digit = self.peek(1).is_some_and(|byte| byte.is_ascii_digit());
                let lost = !digit && self.word().is_none() && !self.opens_comment();
                lost.then_some(Sign { at, end: at + 1, quiet: false })
            }
            _ => None,
        }
    }

    /// How many bytes of signs stand between a reference and what belongs to it all the same:
    /// `$x$!.y` is `$x.y`. Behind a property any sign is such, before a parenthesis too.
    pub(super) fn signs_inside(&mut self, behind_property: bool) -> usize {
        let start = self.at;
        let mut chain = Chain::default();
        while let Some(sign) = self.sign(&chain) {
            if self.is_reference(sign.at) || self.odd_prefix(sign.at).is_some() {
                self.at = start;
                return 0;
            }
            chain.push(sign, &self.text[self.at..sign.end]);
            self.at = sign.end;
        }
        let belongs = match self.rest() {
            [b'[', ..] => behind_property || matches!(chain.last, Last::Slashed | Last::Spent),
            [b'.', letter, ..] if letter.is_ascii_alphabetic() => {
                behind_property || chain.last != Last::Plain
            }
            [b'(', ..] => behind_property && self.opens_arguments(),
            _ => false,
        };
        let length = self.at - start;
        self.at = start;
        if belongs { length } else { 0 }
    }

    /// Where the reference stands that signs here lead to.
    pub(super) fn signs_before_reference(&mut self) -> Option<usize> {
        let start = self.at;
        let mut chain = Chain::default();
        let mut found = None;
        while let Some(sign) = self.sign(&chain) {
            if self.is_reference(sign.at) {
                found = Some(sign.at);
                break;
            }
            chain.push(sign, &self.text[self.at..sign.end]);
            self.at = sign.end;
        }
        self.at = start;
        found
    }

    /// Steps over signs before a reference, which mean nothing in expressions and arguments; false
    /// if there is no reference.
    pub(super) fn skip_signs(&mut self) -> bool {
        let Some(at) = self.signs_before_reference() else { return false };
        if at > self.at {
            self.lost.push(self.at..at);
            self.at = at;
        }
        true
    }

    fn backslashes_here(&self) -> usize {
        self.rest().iter().take_while(|byte| **byte == b'\\').count()
    }

    /// Behind signs that begin no reference.
    fn behind_signs(
        &mut self,
        start: usize,
        chain: &Chain,
        pieces: &mut Pieces,
    ) -> Result<(), Fault> {
        let Some(next) = self.peek(0) else {
            return self.fault("the template ends with `$`");
        };
        let written = &self.text[start..self.at];
        let letter_follows = self.peek(1).is_some_and(|byte| byte.is_ascii_alphabetic());
        match next {
            b' ' | b'\t' if self.loses_sign() => return self.tail(pieces),
            b'#' | b'\\' if self.loses_sign() => {}
            b'#' => return self.behind_signs_hash(written, chain, pieces),
            b'[' if matches!(chain.last, Last::Slashed | Last::Spent) => {
                return self.fault("`[` behind what ends a reference");
            }
            b'{' => {
                self.at += 1;
                pieces.text(written);
                pieces.text("{");
                return self.behind_brace(pieces);
            }
            b'[' if self.peek(1) == Some(b'[') && self.is_second_sign(start, written, pieces) => {
                return self.fault("`[[` behind signs");
            }
            b'}' | b'[' => {
                self.at += 1;
                pieces.text(written);
                pieces.text(if next == b'[' { "[" } else { "}" });
            }
            b'.' if chain.last == Last::Plain => {
                let is_second = self.is_second_sign(start, written, pieces);
                pieces.text(written);
                if is_second {
                    return self.behind_second_sign(pieces);
                }
                if !self.peek(1).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                    self.at += 1;
                    pieces.text(".");
                }
            }
            // All of it is lost.
            b'.' if letter_follows => return self.tail(pieces),
            _ => pieces.text(&chain.printed),
        }
        Ok(())
    }

    /// At `#`, which is text behind signs, whatever the word.
    fn behind_signs_hash(
        &mut self,
        written: &str,
        chain: &Chain,
        pieces: &mut Pieces,
    ) -> Result<(), Fault> {
        if let Some(word) = self.word() {
            pieces.text(written);
            return self.verbatim(word, pieces);
        }
        if self.rest().starts_with(b"#[[") {
            // The brackets are not those of a raw block, but for where it ends.
            pieces.text(if written == "$" { "[" } else { "[[" });
            return self.raw(pieces);
        }
        if matches!(self.peek(1), Some(b' ' | b'\t')) {
            self.at += 1;
            if self.loses_sign() {
                return Ok(());
            }
            self.at -= 1;
        }
        let is_read = self.opens_comment()
            || self.is_reference(self.at + 1)
            || self.peek(1).is_some_and(|byte| byte.is_ascii_digit());
        pieces.text(if is_read { written } else { &chain.printed });
        Ok(())
    }

    fn opens_comment(&self) -> bool {
        matches!(self.rest(), [b'#', b'#' | b'*', ..] | [b'#', b'[', b'[', ..])
    }

    /// A reference, what is before it and what is odd behind it.
    fn printed_reference(&mut self, at: usize, pieces: &mut Pieces) -> Result<(), Fault> {
        let start = self.at;
        let slashes = self.backslashes_here();
        let mut signs = &self.text[start + slashes..at];
        if self.shared.may_define && self.text[..start].ends_with('#') && pieces.take_hash() {
            signs = &self.text[start - 1..at];
        }
        self.at = at;
        let braced = self.text[at..].trim_start_matches(['$', '!']).starts_with('{');
        let open = self.is_open_property(start);
        let reference = self.reference()?;
        self.open_reference(start, (!braced).then(|| ends_with_property(&reference.steps)));
        // Braces close the state of the reference.
        self.keep_lasting(start, braced);
        self.print(slashes, signs, reference, pieces);
        if braced && !open { Ok(()) } else { self.tail(pieces) }
    }

    fn print(&self, slashes: usize, signs: &str, reference: Reference, pieces: &mut Pieces) {
        let is_known = self.shared.dialect == Dialect::Service && reference.steps.is_empty();
        if slashes == 0 && !signs.is_empty() && self.shared.may_define {
            // Before a definition they are not printed.
            let signs = signs.into();
            pieces.push(Node::Escaped(Box::new(Escaped { slashes, signs, reference })));
        } else if slashes == 0 {
            pieces.text(signs);
            pieces.push(Node::Reference(reference));
        } else if is_known && slashes % 2 == 1 {
            // A name is not null, so that what is printed is known.
            pieces.text(&"\\".repeat(slashes / 2));
            pieces.text(&reference.literal);
        } else {
            pieces.push(Node::Escaped(Box::new(Escaped {
                slashes,
                signs: signs.into(),
                reference,
            })));
        }
    }

    /// Whether a `$` or `#` before what stands here is not printed.
    pub(super) fn loses_sign(&self) -> bool {
        let slashes = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if slashes > 0 {
            let behind = self.at + slashes;
            let lone = slashes == 1 && self.word_at(behind).is_none();
            return !lone && self.peek(slashes) != Some(b'$');
        }
        let at = self.at + blanks(self.rest());
        let rest = &self.text.as_bytes()[at..];
        match self.word_at(at) {
            Some(word) if self.is_set(&word) => true,
            Some(word) if at == self.at => matches!(word.name, "if" | "elseif" | "else" | "end"),
            _ => at == self.at && rest.starts_with(b"#*"),
        }
    }

    /// What follows a reference without braces: names, braces and brackets are read there as if
    /// they belonged to one, also behind a `#set` or a comment.
    pub(super) fn tail(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        loop {
            let start = self.at;
            if self.peek(0).is_some_and(|byte| byte == b'(' || begins_name(byte)) {
                self.close_name(start);
            }
            if self.is_open_property(start) {
                self.at += self.signs_inside(true);
                self.keep_open(start);
                if self.peek(0) == Some(b'(') && self.opens_arguments() && self.closes_parenthesis()
                {
                    return self.fault("`(` behind what ends a reference");
                }
            }
            let blanks = blanks(self.rest());
            match self.rest() {
                [b'}', ..] => {
                    pieces.text("}");
                    self.at += 1;
                    self.close_reference(start);
                    if !self.is_open_property(self.at) {
                        return Ok(());
                    }
                }
                [b'{', ..] => {
                    pieces.text("{");
                    self.at += 1;
                    if let Some(name) = self.name_in_brace() {
                        return self.lost_reference(name);
                    }
                    self.keep_open(start);
                }
                [b'[', ..] => return self.fault("`[` behind what ends a reference"),
                [b'.', letter, ..] if letter.is_ascii_alphabetic() => {
                    pieces.text(".");
                    self.at += 1;
                    self.lost_name(pieces)?;
                    if matches!(self.rest(), [b'(', _, ..]) {
                        return self.fault("`(` behind what ends a reference");
                    }
                }
                [first, ..] if begins_name(*first) => {
                    let open = self.is_open_property(start);
                    self.lost_name(pieces)?;
                    self.keep_open(start);
                    if open && matches!(self.rest(), [b'(', _, ..]) && self.closes_parenthesis() {
                        return self.fault("`(` behind what ends a reference");
                    }
                }
                [b'#', b'*', ..] => self.block_comment()?,
                [b'#', b'[', b'[', ..] => self.raw(pieces)?,
                rest if rest.get(blanks) == Some(&b'#') => match self.word_at(self.at + blanks) {
                    Some(word) if self.is_set(&word) => {
                        self.at += blanks;
                        self.keep_lasting(start, false);
                        self.directive(word, pieces)?;
                        self.keep_open(start);
                    }
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// Behind a brace: where the name begins of what is read as a reference.
    fn name_in_brace(&mut self) -> Option<usize> {
        if self.peek(0).is_some_and(begins_name) {
            return Some(self.at);
        }
        let sign = self.signs_before_reference()?;
        let quiet = self.text[sign..].starts_with("$!");
        let name = sign + 1 + usize::from(quiet);
        (!self.text[name..].starts_with('{')).then_some(name)
    }

    /// Whether a parenthesis is closed anywhere from here on.
    fn closes_parenthesis(&self) -> bool {
        memchr(b')', self.rest()).is_some()
    }

    /// A name that is printed, and what it would be asked for, which is not.
    fn lost_name(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        let name = self.name();
        if matches!(name, "true" | "false") {
            return self.fault("`true` and `false` are no names of references");
        }
        pieces.text(name);
        self.steps().map(drop)
    }

    /// Behind a brace that opens nothing.
    fn behind_brace(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        if let Some(name) = self.name_in_brace() {
            return self.lost_reference(name);
        }
        match self.peek(0) {
            Some(b'!') => Ok(()),
            _ => self.tail(pieces),
        }
    }

    /// Backslashes behind a `$` or `#` that is text are text.
    pub(super) fn plain_backslashes(&mut self, pieces: &mut Pieces) {
        let count = self.rest().iter().take_while(|byte| **byte == b'\\').count();
        if self.is_reference(self.at + count) {
            pieces.text(&self.text[self.at..self.at + count]);
            self.at += count;
        }
    }

    /// What stands in such braces is not printed, but must be a reference.
    fn lost_reference(&mut self, name: usize) -> Result<(), Fault> {
        let start = self.at;
        self.at = name;
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
