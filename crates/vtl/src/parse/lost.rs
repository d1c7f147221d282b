//! White space in heads, arguments and indexes, and the signs there that begin nothing: they are
//! lost, as if they were not written.

use super::reference::begins_name;
use super::text::Pieces;
use super::{Fault, Parser};
use memchr::memchr;

use super::chain::Chain;

impl Parser<'_, '_> {
    /// Steps over white space and lost signs. A sign that parts white space in two is left, for
    /// only one run of it may stand anywhere.
    pub(super) fn skip_white(&mut self) {
        loop {
            self.skip_blanks_and_lines();
            let length = self.lost_signs();
            let before = self.at.checked_sub(1).map(|at| self.text.as_bytes()[at]);
            if length == 0 || (is_white(before) && is_white(self.peek(length))) {
                return;
            }
            self.lose(length);
        }
    }

    /// Steps over lost signs alone.
    pub(super) fn skip_lost_signs(&mut self) {
        let length = self.lost_signs();
        self.lose(length);
    }

    /// Steps over blanks, tabs and line breaks.
    pub(super) fn skip_blanks_and_lines(&mut self) {
        self.at += self.rest().iter().take_while(|byte| is_white(Some(**byte))).count();
    }

    fn lose(&mut self, length: usize) {
        if length > 0 {
            let lost = self.at..self.at + length;
            self.at = lost.end;
            match self.references {
                // Written with its sign.
                _ if self.is_boolean(lost.end) => {}
                0 => self.lost.push(lost),
                _ => self.lost_inside.push(lost),
            }
        }
    }

    /// The length of the signs here that begin nothing.
    fn lost_signs(&mut self) -> usize {
        if !matches!(self.peek(0), Some(b'$' | b'#' | b'\\')) {
            return 0;
        }
        let start = self.at;
        while self.is_lost_hash() || self.skip_lost_dollars() {
            self.at += usize::from(self.is_lost_hash());
        }
        let length = self.at - start;
        self.at = start;
        length
    }

    /// Steps over signs between a reference and the brace that closes it.
    pub(super) fn skip_signs_before_brace(&mut self) {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| b"\\$!".contains(byte)).count();
        if rest.get(length) == Some(&b'}') && rest[..length].ends_with(b"$")
            || rest[..length].ends_with(b"$!")
        {
            self.at += length;
        }
    }

    /// The length of `#$` or `#$!` that something follows which belongs to a reference, or 0.
    pub(super) fn hash_and_signs(&self) -> usize {
        let length = match self.rest() {
            [b'#', b'$', b'!', ..] => 3,
            [b'#', b'$', ..] => 2,
            _ => return 0,
        };
        match self.rest()[length..] {
            [b'.', letter, ..] if letter.is_ascii_alphabetic() => length,
            [b'[', ..] => length,
            _ => 0,
        }
    }

    /// Whether the signs that stand from `start` on follow a reference, or are more than one.
    pub(super) fn is_second_sign(&self, start: usize, written: &str, pieces: &Pieces) -> bool {
        let behind_reference = pieces.ends_with_reference() && !self.text[..start].ends_with('}');
        behind_reference || written.matches('$').count() > 1
    }

    /// At the dot behind such signs: a name is text, and what would belong to it is lost.
    pub(super) fn behind_second_sign(&mut self, pieces: &mut Pieces) -> Result<(), Fault> {
        let start = self.at;
        self.at += 1;
        match self.peek(0) {
            Some(b'[') => return self.fault("`[` behind a dot"),
            Some(byte) if begins_name(byte) => {
                self.name();
                pieces.text(&self.text[start..self.at]);
                if self.peek(0) != Some(b'(') {
                    self.steps()?;
                }
            }
            _ => pieces.text("."),
        }
        Ok(())
    }

    /// Whether the text from a directive or a property in the place of arguments on, at `at`, has
    /// anything that only arguments may have: the engine still reads it as such.
    pub(super) fn breaks_off(&self, mut at: usize) -> bool {
        let bytes = self.text.as_bytes();
        if bytes.get(at) == Some(&b'.') {
            let end = at + 1 + name_length(&bytes[at + 1..]);
            return bytes.get(end) == Some(&b'(') && end + 1 < bytes.len();
        }
        if self.word_at(at).is_none() {
            return false;
        }
        while let Some(byte) = bytes.get(at) {
            at = match byte {
                b'#' => match self.word_at(at) {
                    Some(word) => word.end + head_length(&bytes[word.end..]),
                    None => return false,
                },
                b'$' if self.is_reference(at) => at + reference_length(&bytes[at..]),
                b'"' | b'\'' => match memchr(*byte, &bytes[at + 1..]) {
                    Some(length) => at + length + 2,
                    None => return true,
                },
                b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => return false,
                byte if byte.is_ascii_alphanumeric() => at + 1,
                _ => return true,
            };
        }
        false
    }

    /// Whether a `#` stands here that is no directive, no comment and no part of a number.
    fn is_lost_hash(&self) -> bool {
        let begins_number = match self.rest() {
            [b'#', b'-' | b'.', digit, ..] | [b'#', digit, ..] => digit.is_ascii_digit(),
            _ => false,
        };
        self.peek(0) == Some(b'#')
            && self.word().is_none()
            && !begins_number
            && match self.rest() {
                // There are no line comments inside a reference.
                [_, b'#', ..] => self.references > 0,
                [_, b'*', ..] | [_, b'[', b'[', ..] => false,
                _ => true,
            }
    }

    /// Steps over signs, unless they lead to a reference, or to what may only follow one.
    fn skip_lost_dollars(&mut self) -> bool {
        let start = self.at;
        let mut chain = Chain::default();
        let mut signs = 0;
        while let Some(sign) = self.sign(&chain) {
            let is_boolean = self.is_boolean(sign.end);
            if self.odd_prefix(sign.at).is_some() || (self.is_reference(sign.at) && !is_boolean) {
                self.at = start;
                return false;
            }
            chain.push(sign, &self.text[self.at..sign.end]);
            self.at = sign.end;
            signs += 1;
        }
        if matches!((self.peek(0), signs), (Some(b'[' | b'{'), _) | (Some(b'.'), 2..)) {
            self.at = start;
        }
        self.at > start
    }

    /// Whether the word at `at` is `true` or `false`.
    fn is_boolean(&self, at: usize) -> bool {
        let rest = &self.text.as_bytes()[at..];
        matches!(&rest[..name_length(rest)], b"true" | b"false")
    }
}

/// The length of the parentheses that a text begins with, or 0.
fn head_length(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at > 0 { at + 1 } else { 0 };
        }
    }
    0
}

/// The length of the name that a text begins with.
fn name_length(text: &[u8]) -> usize {
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    text.iter().take_while(part).count()
}

/// The length of the sign and the names of a reference.
fn reference_length(text: &[u8]) -> usize {
    let part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"$!{}_-.".contains(byte);
    text.iter().take_while(part).count()
}

fn is_white(byte: Option<u8>) -> bool {
    matches!(byte, Some(b' ' | b'\t' | b'\n' | b'\r'))
}
