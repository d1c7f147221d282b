//! The one pass over a JSON text (RFC 8259) that makes the tape.
//!
//! There is no recursion: until a container is closed its node holds the index of the one around it.
//! Names that stand twice in an object are left to its readers.

use super::node::{Node, Tag};
use super::{DEPTH, JsonError, JsonProblem};

/// The index of no node.
const NONE: u32 = u32::MAX;

/// The tape of a text.
pub(super) fn nodes(text: &str) -> Result<Vec<Node>, JsonError> {
    if text.len() >= NONE as usize {
        return Err(JsonError { at: 0, problem: JsonProblem::TooLong });
    }
    // Even dense bodies have no more nodes; growing would copy them.
    let nodes = Vec::with_capacity(text.len() / 6 + 8);
    let mut parser = Parser { bytes: text.as_bytes(), nodes, open: NONE, values: 0, depth: 0 };
    match parser.document() {
        Ok(()) => Ok(parser.nodes),
        Err((at, problem)) => Err(JsonError { at: at.min(text.len()), problem }),
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    nodes: Vec<Node>,
    /// The innermost open container.
    open: u32,
    /// The values that were read in it.
    values: u32,
    depth: usize,
}

/// A result of reading; problems have their place.
type Parsed<T> = Result<T, (usize, JsonProblem)>;

impl Parser<'_> {
    /// Reads the whole text: each reader takes a place and returns the one behind what it read.
    fn document(&mut self) -> Parsed<()> {
        let (mut at, mut byte) = self.solid(0)?;
        // What ends the innermost open container.
        let mut close = 0;
        loop {
            let mut is_whole = true;
            match byte {
                b'"' => at = self.string(at)?,
                b'{' | b'[' => {
                    close = self.open(at, byte)?;
                    at += 1;
                    is_whole = false;
                }
                _ => at = self.scalar(at, byte)?,
            }
            // Behind a value comes a comma or an end, behind an opening a value or an end.
            loop {
                self.values += u32::from(is_whole);
                if self.open == NONE {
                    return self.end(at);
                }
                (at, byte) = self.solid(at)?;
                if byte == close {
                    at += 1;
                    close = self.close();
                    is_whole = true;
                    continue;
                }
                if is_whole {
                    if byte != b',' {
                        return Err((at, JsonProblem::Unexpected));
                    }
                    (at, byte) = self.solid(at + 1)?;
                }
                break;
            }
            if close == b'}' {
                (at, byte) = self.name(at, byte)?;
            }
        }
    }

    /// Nothing but blanks may follow.
    fn end(&self, at: usize) -> Parsed<()> {
        match self.solid(at) {
            Ok((at, _)) => Err((at, JsonProblem::Unexpected)),
            Err(_) => Ok(()),
        }
    }

    /// The next byte that is not blank, and its place.
    #[inline(always)]
    fn solid(&self, mut at: usize) -> Parsed<(usize, u8)> {
        loop {
            match self.bytes.get(at) {
                Some(byte @ (b'!'..)) => return Ok((at, *byte)),
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(_) => return Err((at, JsonProblem::Unexpected)),
                None => return Err((at, JsonProblem::End)),
            }
        }
    }

    /// Reads the name of a member and the colon: the place of the value and its first byte.
    #[inline(always)]
    fn name(&mut self, at: usize, byte: u8) -> Parsed<(usize, u8)> {
        if byte != b'"' {
            return Err((at, JsonProblem::Unexpected));
        }
        let at = self.string(at)?;
        match self.solid(at)? {
            (at, b':') => self.solid(at + 1),
            (at, _) => Err((at, JsonProblem::Unexpected)),
        }
    }

    /// Opens a container: the byte that ends it.
    #[inline]
    fn open(&mut self, at: usize, byte: u8) -> Parsed<u8> {
        if self.depth == DEPTH {
            return Err((at, JsonProblem::TooDeep));
        }
        self.depth += 1;
        if let Some(outer) = self.nodes.get_mut(self.open as usize) {
            outer.first = self.values;
        }
        let outer = self.open;
        self.open = self.nodes.len() as u32;
        self.values = 0;
        let (tag, close) = if byte == b'{' { (Tag::Object, b'}') } else { (Tag::Array, b']') };
        self.nodes.push(Node { tag, first: 0, second: outer });
        Ok(close)
    }

    /// Closes the innermost container: from now on its node holds how many nodes it spans. What ends
    /// the one around it.
    #[inline]
    fn close(&mut self) -> u8 {
        let index = self.open as usize;
        let span = (self.nodes.len() - index) as u32;
        self.depth -= 1;
        let node = &mut self.nodes[index];
        node.first = self.values;
        self.open = std::mem::replace(&mut node.second, span);
        match self.nodes.get(self.open as usize) {
            Some(outer) => {
                self.values = outer.first;
                if outer.tag == Tag::Object { b'}' } else { b']' }
            }
            None => 0,
        }
    }

    #[inline]
    fn push(&mut self, tag: Tag, start: usize, end: usize) {
        self.nodes.push(Node { tag, first: start as u32, second: end as u32 });
    }

    #[inline(always)]
    fn string(&mut self, at: usize) -> Parsed<usize> {
        let start = at + 1;
        let end = super::string::special(self.bytes, start);
        if self.bytes.get(end) == Some(&b'"') {
            self.push(Tag::Plain, start, end);
            return Ok(end + 1);
        }
        self.escaped_string(start, end)
    }

    #[cold]
    fn escaped_string(&mut self, start: usize, mut at: usize) -> Parsed<usize> {
        loop {
            match self.bytes.get(at) {
                None => return Err((at, JsonProblem::End)),
                Some(b'"') => break,
                Some(b'\\') => {
                    let length = super::string::escape_length(&self.bytes[at..]);
                    let length = length.map_err(|problem| (at, problem))?;
                    at = super::string::special(self.bytes, at + length);
                }
                Some(_) => return Err((at, JsonProblem::Control)),
            }
        }
        self.push(Tag::Escaped, start, at);
        Ok(at + 1)
    }

    /// Reads a number or a word.
    #[inline]
    fn scalar(&mut self, at: usize, first: u8) -> Parsed<usize> {
        match first {
            b'-' | b'0'..=b'9' => self.number(at, first),
            b't' => self.word(at, "true", Tag::True),
            b'f' => self.word(at, "false", Tag::False),
            b'n' => self.word(at, "null", Tag::Null),
            _ => Err((at, JsonProblem::Unexpected)),
        }
    }

    #[inline]
    fn number(&mut self, start: usize, first: u8) -> Parsed<usize> {
        let mut at = start + usize::from(first == b'-');
        if self.bytes.get(at) == Some(&b'0') {
            at += 1;
        } else {
            at = self.digits(at)?;
        }
        let mut tag = Tag::Integer;
        if self.bytes.get(at) == Some(&b'.') {
            tag = Tag::Double;
            at = self.digits(at + 1)?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(at) {
            tag = Tag::Double;
            at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(at) {
                at += 1;
            }
            at = self.digits(at)?;
        }
        self.push(tag, start, at);
        Ok(at)
    }

    /// Passes at least one digit.
    #[inline]
    fn digits(&self, start: usize) -> Parsed<usize> {
        let mut at = start;
        while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        match self.bytes.get(at) {
            _ if at > start => Ok(at),
            Some(_) => Err((at, JsonProblem::Unexpected)),
            None => Err((at, JsonProblem::End)),
        }
    }

    fn word(&mut self, at: usize, word: &str, tag: Tag) -> Parsed<usize> {
        if !self.bytes[at..].starts_with(word.as_bytes()) {
            return Err((at, JsonProblem::Unexpected));
        }
        self.push(tag, at, at + word.len());
        Ok(at + word.len())
    }
}
