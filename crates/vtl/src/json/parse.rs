//! The one pass over a JSON text (RFC 8259) that makes the tape.
//!
//! There is no recursion: what is open around a value is kept on a stack.

use super::names::{self, Names};
use super::node::{Node, Tag, Texts};
use super::{DEPTH, JsonError, JsonProblem};

/// The tape of a text, and what its strings with escapes stand for.
pub(super) fn tape(text: &str) -> Result<(Vec<Node>, String), JsonError> {
    if text.len() >= u32::MAX as usize {
        return Err(JsonError { at: 0, problem: JsonProblem::TooLong });
    }
    let mut parser = Parser {
        text,
        bytes: text.as_bytes(),
        // Even dense bodies have no more nodes; growing would copy them.
        nodes: Vec::with_capacity(text.len() / 6 + 8),
        unescaped: String::new(),
        open: Vec::with_capacity(USUAL_DEPTH),
        has_doubles: false,
    };
    match parser.document() {
        Ok(()) => Ok((parser.nodes, parser.unescaped)),
        Err((at, problem)) => Err(JsonError { at: at.min(text.len()), problem }),
    }
}

/// Containers inside one another for which there is room at once.
const USUAL_DEPTH: usize = 16;

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    nodes: Vec<Node>,
    unescaped: String,
    /// The open containers, the innermost last.
    open: Vec<Open>,
    /// Whether a name stands twice in an object.
    has_doubles: bool,
}

/// A container that is being read.
struct Open {
    /// Its node.
    index: u32,
    /// The values in it so far.
    values: u32,
    /// What ends it.
    close: u8,
    /// The names in it so far.
    names: Names,
}

/// A result of reading; problems have their place.
type Parsed<T> = Result<T, (usize, JsonProblem)>;

impl Parser<'_> {
    /// Reads the whole text: each reader takes a place and returns the one behind what it read.
    fn document(&mut self) -> Parsed<()> {
        let (mut at, mut byte) = self.solid(0)?;
        loop {
            at = match byte {
                b'"' => self.string(at)?,
                b'{' | b'[' => {
                    let close = self.open(at, byte)?;
                    (at, byte) = self.solid(at + 1)?;
                    if byte != close {
                        (at, byte) = self.name(at, byte, close)?;
                        continue;
                    }
                    self.close();
                    at + 1
                }
                _ => self.scalar(at, byte)?,
            };
            // Behind a value comes a comma, or an end, which makes another value whole.
            let close = loop {
                let Some(open) = self.open.last_mut() else { return self.end(at) };
                open.values += 1;
                let close = open.close;
                (at, byte) = self.solid(at)?;
                if byte == b',' {
                    break close;
                }
                if byte != close {
                    return Err((at, JsonProblem::Unexpected));
                }
                self.close();
                at += 1;
            };
            (at, byte) = self.solid(at + 1)?;
            (at, byte) = self.name(at, byte, close)?;
        }
    }

    /// Nothing but blanks may follow.
    fn end(&mut self, at: usize) -> Parsed<()> {
        if let Ok((at, _)) = self.solid(at) {
            return Err((at, JsonProblem::Unexpected));
        }
        if self.has_doubles {
            self.nodes = names::without_doubles(self.texts(), &self.nodes);
        }
        Ok(())
    }

    /// The next byte that is not blank, and its place.
    #[inline(always)]
    fn solid(&self, mut at: usize) -> Parsed<(usize, u8)> {
        // One blank is what there is most often, if any.
        if self.bytes.get(at) == Some(&b' ') {
            at += 1;
        }
        loop {
            match self.bytes.get(at) {
                Some(byte @ (b'!'..)) => return Ok((at, *byte)),
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(_) => return Err((at, JsonProblem::Unexpected)),
                None => return Err((at, JsonProblem::End)),
            }
        }
    }

    /// In what `close` ends: in an object, reads the name of a member and the colon. The place of the
    /// value and its first byte.
    #[inline(always)]
    fn name(&mut self, at: usize, byte: u8, close: u8) -> Parsed<(usize, u8)> {
        if close == b']' {
            return Ok((at, byte));
        }
        if byte != b'"' {
            return Err((at, JsonProblem::Unexpected));
        }
        let end = self.string(at)?;
        // The quotes make an empty name no exception.
        let (first, last) = (self.bytes[at + 1], self.bytes[end - 2]);
        if let Some(open) = self.open.last_mut()
            && open.names.add(first, last, end - at)
        {
            self.suspect();
        }
        let at = end;
        match self.solid(at)? {
            (at, b':') => self.solid(at + 1),
            (at, _) => Err((at, JsonProblem::Unexpected)),
        }
    }

    /// Looks for the name that was read last among those before it.
    #[cold]
    fn suspect(&mut self) {
        let Some(open) = self.open.last() else { return };
        let own = &self.nodes[open.index as usize..];
        // Objects with many names are searched when they are whole.
        self.has_doubles |= open.values < names::FEW && names::is_last_double(self.texts(), own);
    }

    fn texts(&self) -> Texts<'_> {
        Texts { plain: self.text, unescaped: &self.unescaped }
    }

    /// Opens a container: what ends it.
    #[inline]
    fn open(&mut self, at: usize, byte: u8) -> Parsed<u8> {
        if self.open.len() == DEPTH {
            return Err((at, JsonProblem::TooDeep));
        }
        let (tag, close) = if byte == b'{' { (Tag::Object, b'}') } else { (Tag::Array, b']') };
        let index = self.nodes.len() as u32;
        self.open.push(Open { index, values: 0, close, names: Names::default() });
        self.nodes.push(Node { tag, first: 0, second: 0, span: 1 });
        Ok(close)
    }

    /// Closes the innermost container.
    #[inline]
    fn close(&mut self) {
        let Some(Open { index, values, close, .. }) = self.open.pop() else { return };
        let own = &mut self.nodes[index as usize..];
        (own[0].first, own[0].span) = (values, own.len() as u32);
        if close == b'}' && values > names::FEW {
            let own = &self.nodes[index as usize..];
            self.has_doubles |= names::is_any_double(self.texts(), own);
        }
    }

    #[inline]
    fn push(&mut self, tag: Tag, start: usize, end: usize) {
        self.nodes.push(Node { tag, first: start as u32, second: end as u32, span: 1 });
    }

    #[inline(always)]
    fn string(&mut self, at: usize) -> Parsed<usize> {
        let start = at + 1;
        let end = start + super::string::special(self.bytes.get(start..).unwrap_or_default());
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
                    at += length;
                    at += super::string::special(&self.bytes[at..]);
                }
                Some(_) => return Err((at, JsonProblem::Control)),
            }
        }
        // Another name may stand for the same.
        if let Some(open) = self.open.last_mut() {
            open.names = Names::ALL;
        }
        let from = self.unescaped.len();
        super::string::unescape(&self.text[start..at], &mut self.unescaped);
        self.push(Tag::Escaped, from, self.unescaped.len());
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
