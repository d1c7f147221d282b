//! The loose form of JSON that the service takes: writes it anew as JSON.
//!
//! Names and texts need no quotes, or take `'`; empty places between commas do not count; a text
//! that is no object and no array is one string, and nothing counts behind the outermost value. Source: answers of the service to mocks such
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
                if name.is_empty() {
                    return Err(JsonProblem::Unexpected);
                }
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

    /// Reads a text in quotes. Control characters in it count unless it has escapes.
    fn quoted(&mut self, quote: char) -> Result<(), JsonProblem> {
        self.at += 1;
        self.out.push('"');
        let rest = &self.text[self.at..];
        let has_escapes = rest.find([quote, '\\']).is_some_and(|at| rest[at..].starts_with('\\'));
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next().ok_or(JsonProblem::End)?;
            self.at += c.len_utf8();
            match c {
                _ if c == quote => break,
                '\\' => self.escape()?,
                '"' => self.out.push_str("\\\""),
                '\0'..' ' | '\x7f' if has_escapes => {}
                '\0'..' ' => self.out.push_str(&format!("\\u{:04x}", u32::from(c))),
                _ => self.out.push(c),
            }
        }
        self.out.push('"');
        Ok(())
    }

    /// Reads what follows a backslash. An escape that nobody knows stands for nothing.
    fn escape(&mut self) -> Result<(), JsonProblem> {
        let rest = &self.text[self.at..];
        let c = rest.chars().next().ok_or(JsonProblem::End)?;
        self.at += c.len_utf8();
        let digits = match c {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => {
                self.out.extend(['\\', c]);
                return Ok(());
            }
            '\'' => {
                self.out.push(c);
                return Ok(());
            }
            'u' => 4,
            'x' => 2,
            _ => return Ok(()),
        };
        let digits = rest.get(1..1 + digits).ok_or(JsonProblem::Escape)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(JsonProblem::Escape);
        }
        self.out.push_str(&format!("\\u{digits:0>4}"));
        self.at += digits.len();
        Ok(())
    }
}

/// Appends what stands without quotes: a number, one of the three words, or a string.
fn write_bare(text: &str, out: &mut String) {
    if matches!(text, "true" | "false" | "null") {
        out.push_str(text);
    } else if write_number(text, out).is_none() {
        write_string(text, Slashes::Plain, out);
    }
}

/// Appends a number as JSON writes it: the loose one may begin with zeros, or with the point behind
/// a minus, and end with the point.
fn write_number(text: &str, out: &mut String) -> Option<()> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let is_signed = unsigned.len() < text.len();
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = unsigned.split_at(digits(unsigned));
    let fraction = rest.strip_prefix('.');
    let (fraction, rest) = match fraction {
        Some(after) => (Some(&after[..digits(after)]), &after[digits(after)..]),
        None => (None, rest),
    };
    let exponent = rest.strip_prefix(['e', 'E']);
    let is_exponent = exponent.is_none_or(|exponent| {
        let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !power.is_empty() && digits(power) == power.len()
    });
    let has_digits =
        !whole.is_empty() || (is_signed && fraction.is_some_and(|text| !text.is_empty()));
    if !has_digits || !is_exponent || (exponent.is_none() && !rest.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    out.push_str(if is_signed { "-" } else { "" });
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(if fraction.is_empty() { "0" } else { fraction });
    }
    out.push_str(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_texts_are_written_as_json() {
        let check = |text: &str, expected: &str| {
            assert_eq!(strict(text).as_deref(), Ok(expected), "{text}");
        };
        check("{statusCode: 200}", r#"{"statusCode":200}"#);
        check("{\"statusCode\": 200,}", r#"{"statusCode":200}"#);
        check("{ 'a b' : 'c\"d' , e f : g h }", r#"{"a b":"c\"d","e f":"g h"}"#);
        check("{a:[1,{b:2},],c:,d:true,e:null}", r#"{"a":[1,{"b":2}],"c":"","d":true,"e":null}"#);
        check("[,1,,2,]", "[1,2]");
        check("[a b,c:d,true]", r#"["a b","c:d",true]"#);
        check("{a:b:c}", r#"{"a":"b:c"}"#);
        check("{a:1} and more", r#"{"a":1}"#);
        check(" hello, world ", "\"hello, world\"");
        check("a=1&b=\"2\"", r#""a=1&b=\"2\"""#);
        check("<xml/>", "\"<xml/>\"");
        check("line\nline", "\"line\\nline\"");
    }

    #[test]
    fn loose_numbers_are_numbers() {
        let check = |text: &str, expected: &str| {
            assert_eq!(strict(text).as_deref(), Ok(expected), "{text}");
        };
        for (text, expected) in [
            ("007", "7"),
            ("-007", "-7"),
            ("00", "0"),
            ("1.", "1.0"),
            ("1.e5", "1.0e5"),
            ("-.5", "-0.5"),
            ("00.5", "0.5"),
            ("1e5", "1e5"),
        ] {
            check(text, expected);
        }
        for text in [".5", "1e", "1.5e", "--1", "+1", "1.5.5", "12a", "0x10", "-", "NaN", "True"] {
            check(text, &format!("\"{text}\""));
        }
    }

    #[test]
    fn loose_strings_take_escapes() {
        let check = |text: &str, expected: &str| {
            assert_eq!(strict(text).as_deref(), Ok(expected), "{text}");
        };
        check(r#"'\n\'\x41\u00e9\q'"#, r#""\n'\u0041\u00e9""#);
        check("'x\ny'", r#""x\u000ay""#);
        check("'x\ny\\tz'", r#""xy\tz""#);
    }

    #[test]
    fn what_is_not_even_loose_is_refused() {
        let check = |text: &str, expected: JsonProblem| {
            assert_eq!(strict(text).map_err(|error| error.problem), Err(expected), "{text}");
        };
        for text in ["", " ", "{", "[1", "{a", "{a:", "{a:1", "'a", "\"a", "'a\\"] {
            check(text, JsonProblem::End);
        }
        for text in ["}", "]", ":", "{:1}", "{a:}", "[}", "{'a'b:1}", "{a:[b]:1}", "[:]"] {
            check(text, JsonProblem::Unexpected);
        }
        for text in ["'\\u12'", "'\\u00g0'", "'\\xg0'"] {
            check(text, JsonProblem::Escape);
        }
    }
}
