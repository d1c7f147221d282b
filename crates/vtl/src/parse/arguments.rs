//! What stands between the parentheses of a method, and what lists and maps are made of: literals
//! and references, no operators.

use super::reference::begins_name;
use super::{Fault, Parser};
use crate::tree::Expression;

/// What a bare word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Null: among the arguments of a method.
    Null,
    /// An error: in the head of a directive.
    Refused,
}

impl Parser<'_, '_> {
    /// At `(`: the arguments of a method.
    pub(super) fn arguments(&mut self) -> Result<Box<[Expression]>, Fault> {
        let start = self.at;
        self.at += 1;
        let mut arguments = Vec::new();
        self.skip_lost_signs();
        if self.eat(b')') {
            return Ok(arguments.into());
        }
        loop {
            arguments.push(self.element(Words::Null)?);
            if self.eat(b')') {
                return Ok(arguments.into());
            }
            if !self.eat(b',') {
                return match self.peek(0) {
                    None => self.fault_at(start, "`(` without `)`"),
                    Some(_) => self.fault("expected `,` or `)`"),
                };
            }
        }
    }

    /// Whether the parenthesis here opens the arguments of a method, not text.
    pub(super) fn opens_arguments(&self) -> bool {
        let behind = self.at + 1;
        match self.peek(1) {
            None => false,
            Some(b'#') => match self.word_at(behind) {
                Some(word) => matches!(word.name, "true" | "false"),
                None => true,
            },
            Some(b'.') => !self.peek(2).is_some_and(|byte| byte.is_ascii_alphabetic()),
            Some(_) => true,
        }
    }

    /// A value with white space around it.
    pub(super) fn element(&mut self, words: Words) -> Result<Expression, Fault> {
        self.skip_white();
        let value = self.value(words)?;
        self.skip_white();
        Ok(value)
    }

    /// A literal or a reference.
    pub(super) fn value(&mut self, words: Words) -> Result<Expression, Fault> {
        let start = self.at;
        let value = self.bare_value(words);
        self.literal = start..self.at;
        value
    }

    fn bare_value(&mut self, words: Words) -> Result<Expression, Fault> {
        match self.peek(0) {
            Some(b'"' | b'\'') => self.string(),
            Some(b'[') => self.deeper(|parser| parser.list(words)),
            Some(b'{') => self.deeper(|parser| parser.map(words)),
            Some(b'$' | b'\\') if self.skip_signs() => {
                let reference = self.reference()?;
                self.behind_reference = self.at;
                Ok(Expression::Reference(reference))
            }
            Some(b'-' | b'.' | b'0'..=b'9') => self.number(),
            Some(byte) if begins_name(byte) => self.bare(words),
            _ => self.fault("expected a value"),
        }
    }

    /// `true`, `false`, or a word that is null.
    fn bare(&mut self, words: Words) -> Result<Expression, Fault> {
        let start = self.at;
        let name = match words {
            Words::Null => self.name(),
            // A hyphen is an operator there.
            Words::Refused => {
                let part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
                self.at += self.rest().iter().take_while(part).count();
                &self.text[start..self.at]
            }
        };
        match (name, words) {
            ("true", _) => Ok(Expression::Boolean(true)),
            ("false", _) => Ok(Expression::Boolean(false)),
            (_, Words::Null) => Ok(Expression::Null),
            (_, Words::Refused) => self.fault_at(start, "a bare word is no value"),
        }
    }
}
