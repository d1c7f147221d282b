//! References: `$name`, `$!{name.property.method(1)['key']}`.

use std::ops::Range;

use super::arguments::Words;
use super::odd::NOBODY;
use super::{Fault, Parser};
use crate::method::{MethodName, PropertyName};
use crate::tree::{Expression, Reference, Step};

impl<'t> Parser<'t, '_> {
    /// Whether the text at `at` begins a reference.
    pub(super) fn is_reference(&self, at: usize) -> bool {
        let Some(mut rest) = self.text.as_bytes()[at..].strip_prefix(b"$") else { return false };
        rest = rest.strip_prefix(b"!").unwrap_or(rest);
        if let Some(inside) = rest.strip_prefix(b"{") {
            rest = &inside[signs(inside)..];
        }
        rest.first().copied().is_some_and(begins_name)
    }

    /// At `$`, where `is_reference` holds.
    pub(super) fn reference(&mut self) -> Result<Reference, Fault> {
        let start = self.at;
        self.at += 1;
        let quiet = self.eat(b'!');
        let braced = self.eat(b'{');
        let signs = if braced { signs(self.rest()) } else { 0 };
        self.at += signs;
        let name = self.name();
        if matches!(name, "true" | "false") {
            return self.fault_at(start, "`true` and `false` are no names of references");
        }
        // What `${$name}` names is not `name`.
        let slot = self.shared.slot(if signs > 0 { NOBODY } else { name });
        self.references += 1;
        let steps = self.steps()?;
        self.references -= 1;
        if braced {
            self.skip_signs_before_brace();
            if !self.eat(b'}') {
                return self.fault_at(start, "`${` without `}`");
            }
        }
        let literal = self.written_since(start);
        Ok(Reference { at: self.mark(start), slot, quiet, steps, literal })
    }

    /// What was written, without the signs that mean nothing there.
    pub(super) fn written_since(&self, start: usize) -> Box<str> {
        self.written_in(&(start..self.at))
    }

    /// The same of a part of the text.
    pub(super) fn written_in(&self, part: &Range<usize>) -> Box<str> {
        self.written_without(&self.lost, part)
    }

    /// What was written of a head: without those in references, too.
    pub(super) fn written_head(&self, part: &Range<usize>) -> Box<str> {
        if self.lost_inside.is_empty() {
            return self.written_in(part);
        }
        let mut lost = [&self.lost[..], &self.lost_inside].concat();
        lost.sort_by_key(|lost| lost.start);
        self.written_without(&lost, part)
    }

    fn written_without(&self, lost: &[Range<usize>], part: &Range<usize>) -> Box<str> {
        let mut written = String::new();
        let mut at = part.start;
        let first = lost.partition_point(|lost| lost.start < part.start);
        for lost in lost[first..].iter().take_while(|lost| lost.end <= part.end) {
            written.push_str(&self.text[at..lost.start]);
            at = lost.end;
        }
        written.push_str(&self.text[at..part.end]);
        written.into()
    }

    /// An identifier, which stands here: hyphens and digits belong to it.
    pub(super) fn name(&mut self) -> &'t str {
        let start = self.at;
        let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        self.at += self.rest().iter().take_while(part).count();
        &self.text[start..self.at]
    }

    /// Properties, methods and indexes, as many as follow without a blank.
    pub(super) fn steps(&mut self) -> Result<Box<[Step]>, Fault> {
        let mut steps = Vec::new();
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'['), _) => steps.push(self.index()?),
                (Some(b'.'), Some(letter)) if letter.is_ascii_alphabetic() => {
                    steps.push(self.member()?);
                }
                (Some(b'#'), Some(b'$')) => match self.hash_and_signs() {
                    0 => return Ok(steps.into()),
                    length => {
                        if self.peek(length) == Some(b'.') {
                            self.lost.push(self.at..self.at + length);
                        }
                        self.at += length;
                    }
                },
                (Some(b'$' | b'\\'), _) => match self.signs_inside(ends_with_property(&steps)) {
                    0 => return Ok(steps.into()),
                    length => {
                        let end = self.at + length;
                        if self.peek(length) == Some(b'.') {
                            self.lost.push(self.at..end);
                        }
                        self.at = end;
                    }
                },
                (Some(b'('), _) => match steps.pop() {
                    // Behind signs that belong to nothing else.
                    Some(Step::Property { at, name }) if self.opens_arguments() => {
                        let arguments = self.deeper(Self::arguments)?;
                        steps.push(Step::Method {
                            at,
                            name: MethodName::of(name.as_str()),
                            arguments,
                        });
                    }
                    last => {
                        steps.extend(last);
                        return Ok(steps.into());
                    }
                },
                _ => return Ok(steps.into()),
            }
        }
    }

    /// At the dot before a property or a method.
    fn member(&mut self) -> Result<Step, Fault> {
        let at = self.mark(self.at);
        self.at += 1;
        let name = self.name();
        if matches!(name, "true" | "false") {
            return self.fault("`true` and `false` are no names of properties");
        }
        if self.peek(0) != Some(b'(') || !self.opens_arguments() {
            if self.peek(0) == Some(b'(') && self.breaks_off(self.at + 1) {
                return self.fault("expected the arguments of a method");
            }
            return Ok(Step::Property { at, name: PropertyName::of(name) });
        }
        let arguments = self.deeper(Self::arguments)?;
        Ok(Step::Method { at, name: MethodName::of(name), arguments })
    }

    /// At `[`.
    fn index(&mut self) -> Result<Step, Fault> {
        let start = self.at;
        self.at += 1;
        self.skip_white();
        let index = self.deeper(Self::index_value)?;
        self.skip_white();
        if !self.eat(b']') {
            return self.fault_at(start, "`[` without `]`");
        }
        Ok(Step::Index { at: self.mark(start), index })
    }

    fn index_value(&mut self) -> Result<Expression, Fault> {
        match self.peek(0) {
            Some(b'[' | b'{') => self.fault("a list or a map is no index"),
            _ => match self.value(Words::Refused)? {
                Expression::Double(_) => self.fault("a fraction is no index"),
                index => Ok(index),
            },
        }
    }
}

/// Whether the last name is a property, whatever its indexes: its state stays open.
pub(super) fn ends_with_property(steps: &[Step]) -> bool {
    let last = steps.iter().rev().find(|step| !matches!(step, Step::Index { .. }));
    matches!(last, Some(Step::Property { .. }))
}

/// The length of the signs that a text begins with.
pub(super) fn signs(mut text: &[u8]) -> usize {
    let length = text.len();
    while let Some(rest) = text.strip_prefix(b"$") {
        text = rest.strip_prefix(b"!").unwrap_or(rest);
    }
    length - text.len()
}

/// Whether a name may begin with `byte`.
pub(super) fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}
