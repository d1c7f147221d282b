//! A place in a pattern, and the escapes that stand for one character.

use super::PatternError;

/// A place in the pattern.
pub(super) struct Cursor<'p> {
    text: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(text: &'p str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'p str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Everything up to a delimiter, which is taken too.
    pub(super) fn until(&mut self, end: char) -> Option<&'p str> {
        let (found, _) = self.rest().split_once(end)?;
        self.at += found.len() + end.len_utf8();
        Some(found)
    }

    /// The text up to `\E`, which is taken too, or to the end.
    pub(super) fn quoted(&mut self) -> &'p str {
        match self.rest().split_once("\\E") {
            Some((quoted, _)) => {
                self.at += quoted.len() + 2;
                quoted
            }
            None => {
                let rest = self.rest();
                self.at = self.text.len();
                rest
            }
        }
    }

    pub(super) fn digits(&mut self, radix: u32, most: usize) -> &'p str {
        let rest = self.rest();
        let length = rest.bytes().take(most).take_while(|b| char::from(*b).is_digit(radix)).count();
        self.at += length;
        &rest[..length]
    }

    pub(super) fn fail<T>(&self, problem: &'static str) -> Result<T, PatternError> {
        Err(PatternError::Syntax { problem, at: self.at })
    }

    /// Reads an escape that stands for one character, behind its backslash.
    pub(super) fn character(&mut self) -> Result<char, PatternError> {
        let Some(c) = self.next() else { return self.fail("nothing follows the last backslash") };
        let code = match c {
            't' => 9,
            'n' => 10,
            'r' => 13,
            'f' => 12,
            'a' => 7,
            'e' => 27,
            'c' => match self.next() {
                Some(control) => u32::from(control) ^ 64,
                None => return self.fail("illegal control escape"),
            },
            '0' => {
                let most = if self.rest().starts_with(['0', '1', '2', '3']) { 3 } else { 2 };
                let digits = self.digits(8, most);
                u32::from_str_radix(digits, 8).or_else(|_| self.fail("illegal octal escape"))?
            }
            'x' if self.eat("{") => {
                let digits = self.until('}').unwrap_or_default();
                u32::from_str_radix(digits, 16)
                    .or_else(|_| self.fail("illegal hexadecimal code"))?
            }
            'x' => match self.digits(16, 2) {
                digits if digits.len() == 2 => u32::from_str_radix(digits, 16).unwrap_or(0),
                _ => return self.fail("illegal hexadecimal escape"),
            },
            'u' => return self.unicode(),
            c if c.is_ascii_alphanumeric() => return self.fail("illegal escape"),
            other => return Ok(other),
        };
        char::from_u32(code).map_or_else(|| self.fail("no such character"), Ok)
    }

    /// Reads the digits of `\uXXXX`, and of a second escape if the first is half a pair.
    fn unicode(&mut self) -> Result<char, PatternError> {
        let unit =
            |digits: &str| u16::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 4);
        let Some(first) = unit(self.digits(16, 4)) else {
            return self.fail("illegal Unicode escape");
        };
        let mut units = vec![first];
        let start = self.at;
        if (0xd800..0xdc00).contains(&first) && self.eat("\\u") {
            match unit(self.digits(16, 4)) {
                Some(second) => units.push(second),
                None => self.at = start,
            }
        }
        match char::decode_utf16(units).next() {
            Some(Ok(c)) => Ok(c),
            _ => self.fail("half a surrogate pair"),
        }
    }
}
