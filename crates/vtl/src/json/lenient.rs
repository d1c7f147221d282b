//! The loose form of JSON that the service takes: writes it anew as JSON.
//!
//! Names and texts need no quotes or take `'`; commas may be missing something on either side; a
//! text that is no object and no array is one string. Source: answers of the service to mocks such
//! as `{statusCode: 200,}`; for the rest, what its JSON library for Java does when it is permissive.

use super::{DEPTH, JsonError, JsonProblem, Slashes, write_string};

/// The JSON text that a loose text stands for.
pub(super) fn strict(text: &str) -> Result<String, JsonError> {
    let mut reader =
        Reader { text, at: 0, open: Vec::new(), out: String::with_capacity(text.len() + 16) };
    match reader.document() {
        Ok(()) => Ok(reader.out),
        Err(problem) => Err(JsonError { at: reader.at, problem }),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// What closes each open container.
    open: Vec<char>,
    out: String,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<(), JsonProblem> {
        self.value()?;
        while let Some(close) = self.open.last().copied() {
            match self.peek().ok_or(JsonProblem::End)? {
                // Empty places do not count.
                ',' => self.at += 1,
                next if next == close => {
                    self.at += 1;
                    self.open.pop();
                    self.out.push(close);
                }
                _ => {
                    if !self.out.ends_with(['[', '{']) {
                        self.out.push(',');
                    }
                    if close == '}' {
                        self.name()?;
                    }
                    self.value()?;
                }
            }
        }
        // What follows the outermost container does not count either.
        Ok(())
    }

    /// The next character that is not white space.
    fn peek(&mut self) -> Option<char> {
        let rest = self.text[self.at..].trim_start_matches([' ', '\t', '\r', '\n']);
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn name(&mut self) -> Result<(), JsonProblem> {
        match self.peek() {
            Some(quote @ ('"' | '\'')) => self.quoted(quote)?,
            _ => {
                let name = self.bare(&[':']);
                write_string(name, Slashes::Plain, &mut self.out);
            }
        }
        match self.peek() {
            Some(':') => self.at += 1,
            Some(_) => return Err(JsonProblem::Unexpected),
            None => return Err(JsonProblem::End),
        }
        self.out.push(':');
        Ok(())
    }

    fn value(&mut self) -> Result<(), JsonProblem> {
        let first = self.peek().ok_or(JsonProblem::End)?;
        match first {
            '{' | '[' => {
                if self.open.len() == DEPTH {
                    return Err(JsonProblem::TooDeep);
                }
                self.at += 1;
                self.open.push(if first == '{' { '}' } else { ']' });
                self.out.push(first);
                Ok(())
            }
            '"' | '\'' => self.quoted(first),
            ':' | '}' | ']' => Err(JsonProblem::Unexpected),
            _ => {
                let text = match self.open.last() {
                    None => self.bare(&[]),
                    Some(close) => self.bare(&[',', *close]),
                };
                write_bare(text, &mut self.out);
                Ok(())
            }
        }
    }

    /// The text before one of these characters, without the blanks around it.
    fn bare(&mut self, stops: &[char]) -> &'a str {
        let rest = &self.text[self.at..];
        let text = &rest[..rest.find(stops).unwrap_or(rest.len())];
        self.at += text.len();
        text.trim_matches([' ', '\t', '\r', '\n'])
    }

    fn quoted(&mut self, quote: char) -> Result<(), JsonProblem> {
        self.at += 1;
        self.out.push('"');
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next().ok_or(JsonProblem::End)?;
            self.at += c.len_utf8();
            match c {
                _ if c == quote => break,
                '\\' => self.escape()?,
                '"' => self.out.push_str("\\\""),
                '\0'..' ' => {}
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
        Ok(())
    }

    /// Copies an escape that JSON has; of others the backslash is left out.
    fn escape(&mut self) -> Result<(), JsonProblem> {
        let rest = &self.text[self.at..];
        let c = rest.chars().next().ok_or(JsonProblem::End)?;
        self.at += c.len_utf8();
        match c {
            'u' => {
                let digits = rest.get(1..5).ok_or(JsonProblem::Escape)?;
                if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                    return Err(JsonProblem::Escape);
                }
                self.out.push_str("\\u");
                self.out.push_str(digits);
                self.at += 4;
            }
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => self.out.extend(['\\', c]),
            '\0'..' ' => {}
            _ => self.out.push(c),
        }
        Ok(())
    }
}

/// Appends what stands without quotes: a number, one of the three words, or a string.
fn write_bare(text: &str, out: &mut String) {
    match text {
        "true" | "false" | "null" => out.push_str(text),
        _ => match as_number(text) {
            Some((sign, digits)) => out.extend([sign, digits]),
            None => write_string(text, Slashes::Plain, out),
        },
    }
}

/// The sign of a number and its text without needless zeros in front.
fn as_number(text: &str) -> Option<(&str, &str)> {
    let (sign, digits) = text.split_at(usize::from(text.starts_with('-')));
    let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
    let after = &digits[whole..];
    let is_number = whole > 0
        && (after.is_empty() || after.starts_with(['.', 'e', 'E']))
        && digits.bytes().last().is_some_and(|last| last.is_ascii_digit())
        && !after.starts_with(".e")
        && !after.starts_with(".E")
        && digits.parse::<f64>().is_ok();
    let zeros = digits[..whole].bytes().take_while(|digit| *digit == b'0').count();
    is_number.then(|| (sign, &digits[zeros.min(whole - 1)..]))
}
