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

    /// Whether an argument, a blank or `)` stands `ahead` bytes further.
    pub(super) fn may_be_argument(&self, ahead: usize) -> bool {
        match self.peek(ahead) {
            Some(b'-') => {
                self.peek(ahead + 1).is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
            }
            Some(b'.') => self.peek(ahead + 1).is_some_and(|byte| byte.is_ascii_digit()),
            Some(b'$') => self.is_reference(self.at + ahead),
            Some(b'"' | b'\'' | b'[' | b'{' | b')' | b' ' | b'\t' | b'\n' | b'\r') => true,
            Some(byte) => byte.is_ascii_digit() || begins_name(byte),
            None => false,
        }
    }

    /// One argument of a method.
    pub(super) fn argument(&mut self) -> Result<Expression, Fault> {
        self.value(Words::Null)
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
        match self.peek(0) {
            Some(b'"' | b'\'') => self.string(),
            Some(b'[') => self.deeper(|parser| parser.list(words)),
            Some(b'{') => self.deeper(|parser| parser.map(words)),
            Some(b'$') if self.is_reference(self.at) => {
                Ok(Expression::Reference(self.reference()?))
            }
            Some(b'-' | b'.' | b'0'..=b'9') => self.number(),
            Some(byte) if begins_name(byte) => self.bare(words),
            _ => self.fault("expected a value"),
        }
    }

    /// `true`, `false`, or a word that is null.
    fn bare(&mut self, words: Words) -> Result<Expression, Fault> {
        let start = self.at;
        match (self.name(), words) {
            ("true", _) => Ok(Expression::Boolean(true)),
            ("false", _) => Ok(Expression::Boolean(false)),
            (_, Words::Null) => {
                self.steps()?;
                Ok(Expression::Null)
            }
            (_, Words::Refused) => self.fault_at(start, "a bare word is no value"),
        }
    }
}
