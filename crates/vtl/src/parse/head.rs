//! What stands in the parentheses behind the word of a directive: values and words, with blanks or
//! commas between.

use super::arguments::Words;
use super::directive::{Word, begins_word};
use super::{Fault, Parser};
use crate::tree::Operand;

/// What stands in the head of a directive.
pub(super) enum Argument<'t> {
    Word(&'t str),
    Value(Operand),
}

impl<'t> Parser<'t, '_> {
    /// The arguments behind a word; an error if there are none.
    pub(super) fn head_of(&mut self, start: usize) -> Result<Vec<Argument<'t>>, Fault> {
        match self.head(Word { name: "", end: self.at })? {
            Some(arguments) => Ok(arguments),
            None => self.fault_at(start, "expected `(`"),
        }
    }

    /// The arguments behind a word, if a parenthesis follows: blank or comma between them.
    pub(super) fn head(&mut self, word: Word<'t>) -> Result<Option<Vec<Argument<'t>>>, Fault> {
        self.at = word.end;
        self.skip_blanks_and_lines();
        if !self.eat(b'(') {
            self.at = word.end;
            self.leave_head();
            return Ok(None);
        }
        self.deeper(|parser| {
            let mut arguments = Vec::new();
            loop {
                parser.skip_white();
                if parser.eat(b')') {
                    parser.skip_line_end();
                    parser.leave_head();
                    return Ok(Some(arguments));
                }
                if parser.eat(b',') {
                    parser.skip_white();
                }
                arguments.push(parser.head_argument()?);
            }
        })
    }

    fn head_argument(&mut self) -> Result<Argument<'t>, Fault> {
        let start = self.at;
        if let Some(word) = self.word().filter(|_| self.peek(1) != Some(b'{')) {
            self.at = word.end;
            return match word.name {
                "if" | "elseif" | "else" | "end" => self.fault_at(start, "a directive in a head"),
                _ => Ok(Argument::Word(&self.text[start..self.at])),
            };
        }
        if self.peek(0).is_some_and(begins_word) {
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@');
            self.at += 1 + self.rest()[1..].iter().take_while(part).count();
            let word = &self.text[start..self.at];
            match word {
                "true" | "false" => {}
                "and" | "or" | "not" | "eq" | "ne" | "lt" | "gt" | "le" | "ge" => {
                    return self.fault_at(start, "no operator may stand here");
                }
                word => return Ok(Argument::Word(word)),
            }
            self.at = start;
        }
        let value = self.value(Words::Refused)?;
        let literal = self.written_since(start);
        Ok(Argument::Value(Operand { at: self.mark(start), value, literal }))
    }
}
