//! A place in the text of a path or a filter.

use super::{JsonPathError, STEPS};

/// Brackets, parentheses and filters inside one another, beyond which a path is refused.
const NESTING: usize = 32;

pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    nesting: usize,
    steps: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, nesting: 0, steps: 0 }
    }

    pub(super) fn fail<T>(&self, reason: &'static str) -> Result<T, JsonPathError> {
        Err(JsonPathError::Syntax { at: self.at, reason })
    }

    /// Counts a step.
    pub(super) fn step(&mut self) -> Result<(), JsonPathError> {
        self.steps += 1;
        if self.steps > STEPS { self.fail("too many steps") } else { Ok(()) }
    }

    /// Runs a reader that may come back here.
    pub(super) fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, JsonPathError>,
    ) -> Result<T, JsonPathError> {
        if self.nesting == NESTING {
            return self.fail("nested too deeply");
        }
        self.nesting += 1;
        let result = read(self);
        self.nesting -= 1;
        result
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character behind blanks.
    pub(super) fn peek_solid(&mut self) -> Option<char> {
        self.at = self.text.len() - self.rest().trim_start_matches(' ').len();
        self.peek()
    }

    /// Passes a text over if it comes next.
    pub(super) fn take(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected);
        if is_next {
            self.at += expected.len();
        }
        is_next
    }

    /// Passes a text over, and blanks before it.
    pub(super) fn expect(
        &mut self,
        expected: &str,
        reason: &'static str,
    ) -> Result<(), JsonPathError> {
        self.peek_solid();
        if self.take(expected) { Ok(()) } else { self.fail(reason) }
    }

    /// The text before the first character of which `is_end` is true.
    pub(super) fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let text = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        self.at += text.len();
        text
    }

    /// A text in quotes as it stands, with what a backslash protects: the quote comes next.
    pub(super) fn quoted(&mut self, quote: char) -> Result<&'a str, JsonPathError> {
        let text = &self.rest()[1..];
        let mut is_protected = false;
        for (at, c) in text.char_indices() {
            if c == quote && !is_protected {
                self.at += at + 2;
                return Ok(&text[..at]);
            }
            is_protected = c == '\\' && !is_protected;
        }
        self.fail("a quote is not closed")
    }
}
