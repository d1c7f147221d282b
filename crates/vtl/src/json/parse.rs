//! The one pass over a JSON text (RFC 8259) that makes the tape.
//!
//! There is no recursion: until a container is closed its node holds the index of the one around it.

use super::node::{Node, Tag};
use super::{DEPTH, JsonError, JsonProblem};

/// The index of no node.
const NONE: u32 = u32::MAX;

/// The tape of a text.
pub(super) fn nodes(text: &str) -> Result<Vec<Node>, JsonError> {
    if text.len() >= NONE as usize {
        return Err(JsonError { at: 0, problem: JsonProblem::TooLong });
    }
    // Most bodies have a node for every ten bytes or so.
    let nodes = Vec::with_capacity(text.len() / 10 + 8);
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, nodes, open: NONE, depth: 0 };
    match parser.document() {
        Ok(()) => Ok(parser.nodes),
        Err(problem) => Err(JsonError { at: parser.at.min(text.len()), problem }),
    }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    /// The innermost open container.
    open: u32,
    depth: usize,
}

type Parsed<T> = Result<T, JsonProblem>;

impl Parser<'_> {
    fn document(&mut self) -> Parsed<()> {
        loop {
            let has_value = self.value()?;
            if has_value {
                self.count();
            }
            if !self.go_on(has_value)? {
                break;
            }
        }
        match self.skip_blanks() {
            Some(_) => Err(JsonProblem::Unexpected),
            None => Ok(()),
        }
    }

    /// Reads a scalar, which makes a whole value, or the opening of a container, which does not.
    #[inline]
    fn value(&mut self) -> Parsed<bool> {
        let first = self.skip_blanks().ok_or(JsonProblem::End)?;
        match first {
            b'"' => self.string()?,
            b'{' => return self.open(Tag::Object).map(|()| false),
            b'[' => return self.open(Tag::Array).map(|()| false),
            b'-' | b'0'..=b'9' => self.number(first)?,
            b't' => self.word("true", Tag::True)?,
            b'f' => self.word("false", Tag::False)?,
            b'n' => self.word("null", Tag::Null)?,
            _ => return Err(JsonProblem::Unexpected),
        }
        Ok(true)
    }

    /// Reads on to where the next value begins; false if there is none, because the outermost one
    /// is whole. `after_value` is false directly behind the opening of a container.
    #[inline]
    fn go_on(&mut self, mut after_value: bool) -> Parsed<bool> {
        loop {
            let Some(open) = self.nodes.get(self.open as usize) else { return Ok(false) };
            let is_object = open.tag == Tag::Object;
            let close = if is_object { b'}' } else { b']' };
            let next = self.skip_blanks().ok_or(JsonProblem::End)?;
            if next == close {
                self.at += 1;
                self.close();
                after_value = true;
                continue;
            }
            if after_value {
                if next != b',' {
                    return Err(JsonProblem::Unexpected);
                }
                self.at += 1;
            }
            if is_object {
                self.name()?;
            }
            return Ok(true);
        }
    }

    /// Reads the name of a member and the colon.
    #[inline]
    fn name(&mut self) -> Parsed<()> {
        match self.skip_blanks() {
            Some(b'"') => self.string()?,
            Some(_) => return Err(JsonProblem::Unexpected),
            None => return Err(JsonProblem::End),
        }
        match self.skip_blanks() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(JsonProblem::Unexpected),
            None => return Err(JsonProblem::End),
        }
        Ok(())
    }

    fn open(&mut self, tag: Tag) -> Parsed<()> {
        if self.depth == DEPTH {
            return Err(JsonProblem::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        let outer = self.open;
        self.open = self.nodes.len() as u32;
        self.nodes.push(Node { tag, first: 0, second: outer });
        Ok(())
    }

    /// Closes the innermost container: from now on its node holds how many nodes it spans.
    fn close(&mut self) {
        let index = self.open as usize;
        let span = (self.nodes.len() - index) as u32;
        self.depth -= 1;
        self.open = std::mem::replace(&mut self.nodes[index].second, span);
        if self.nodes[index].tag == Tag::Object {
            super::node::mark_duplicates(self.text, &mut self.nodes[index..]);
        }
        self.count();
    }

    /// Counts a whole value in the container around it.
    #[inline]
    fn count(&mut self) {
        if let Some(open) = self.nodes.get_mut(self.open as usize) {
            open.first += 1;
        }
    }

    #[inline]
    fn push(&mut self, tag: Tag, start: usize, end: usize) {
        self.nodes.push(Node { tag, first: start as u32, second: end as u32 });
    }

    #[inline]
    fn skip_blanks(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if byte > b' ' || !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    #[inline]
    fn string(&mut self) -> Parsed<()> {
        let start = self.at + 1;
        self.at = super::string::special(self.bytes, start);
        if self.bytes.get(self.at) == Some(&b'"') {
            self.push(Tag::Plain, start, self.at);
            self.at += 1;
            return Ok(());
        }
        self.escaped_string(start)
    }

    fn escaped_string(&mut self, start: usize) -> Parsed<()> {
        loop {
            match self.bytes.get(self.at) {
                None => return Err(JsonProblem::End),
                Some(b'"') => break,
                Some(b'\\') => {
                    let length = super::string::escape_length(&self.bytes[self.at..])?;
                    self.at = super::string::special(self.bytes, self.at + length);
                }
                Some(_) => return Err(JsonProblem::Control),
            }
        }
        self.push(Tag::Escaped, start, self.at);
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn number(&mut self, first: u8) -> Parsed<()> {
        let start = self.at;
        if first == b'-' {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        let mut tag = Tag::Integer;
        if self.bytes.get(self.at) == Some(&b'.') {
            tag = Tag::Double;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            tag = Tag::Double;
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(tag, start, self.at);
        Ok(())
    }

    /// Passes at least one digit.
    #[inline]
    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            _ if self.at > start => Ok(()),
            Some(_) => Err(JsonProblem::Unexpected),
            None => Err(JsonProblem::End),
        }
    }

    fn word(&mut self, word: &str, tag: Tag) -> Parsed<()> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(JsonProblem::Unexpected);
        }
        self.push(tag, self.at, self.at + word.len());
        self.at += word.len();
        Ok(())
    }
}
