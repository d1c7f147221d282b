//! The one pass over a JSON text (RFC 8259) that makes the tape.
//!
//! There is no recursion: what is open around a value is kept on a stack. What is common (short
//! names, strings and numbers with at most one blank between them) is read from a window of the
//! text at once; everything else, and the end of the text, is left to `careful`. Nothing that is
//! called takes a reference to the parser, so that what it consists of stays in registers.

use std::mem::{self, ManuallyDrop};

use super::careful::{self, Rare};
use super::names::FEW;
use super::node::{Node, Tag};
use super::{DEPTH, JsonError, JsonProblem, name, scan, string};

/// The tape of a text, and what its strings with escapes stand for.
pub(super) fn tape(text: &str) -> Result<(Vec<Node>, String), JsonError> {
    if text.len() >= u32::MAX as usize {
        return Err(JsonError { at: 0, problem: JsonProblem::TooLong });
    }
    let mut rare = Rare::new(text);
    let mut parser = Parser {
        bytes: text.as_bytes(),
        // Even dense bodies have no more nodes; growing would copy them.
        nodes: ManuallyDrop::new(Vec::with_capacity(text.len() / 6 + 8)),
        around: ManuallyDrop::default(),
        inner: Open { names: 0, index: 0, commas: 0, close: 0 },
        rare: &mut rare,
    };
    let parsed = parser.document();
    drop(ManuallyDrop::into_inner(parser.around));
    let nodes = ManuallyDrop::into_inner(parser.nodes);
    match parsed {
        Ok(()) => Ok(rare.finish(nodes)),
        Err((at, problem)) => Err(JsonError { at: at as usize, problem }),
    }
}

/// A result of reading; problems have their place.
pub(super) type Parsed<T> = Result<T, (u32, JsonProblem)>;

struct Parser<'t, 'r> {
    bytes: &'t [u8],
    /// Dropped by hand: who drops the parser while a panic unwinds would take a reference to it.
    nodes: ManuallyDrop<Vec<Node>>,
    /// The open containers around the innermost.
    around: ManuallyDrop<Vec<Open>>,
    inner: Open,
    rare: &'r mut Rare<'t>,
}

/// A container that is being read. It has no padding, which would be copied by itself.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// A bit for the hash of each name in it so far.
    names: u64,
    /// Its node.
    index: u32,
    /// The commas in it so far.
    commas: u32,
    /// The byte that ends it.
    close: u64,
}

/// Each reader takes a place and returns the one behind what it read, often with the four bytes
/// there ("ahead"), the first of them in the lowest bits. Zeros stand for what is behind the text.
impl Parser<'_, '_> {
    /// Reads the whole text.
    #[inline(always)]
    fn document(&mut self) -> Parsed<()> {
        let (mut at, mut byte) = self.solid(0)?;
        if !matches!(byte, b'{' | b'[') {
            let node = careful::alone(self.rare, at, byte)?;
            self.push(node);
            return Ok(());
        }
        loop {
            if self.inner.close == u64::from(b'}') {
                (at, byte) = self.name(at, byte)?;
            }
            if byte <= b' ' {
                (at, byte) = self.solid(at)?;
            }
            let mut ahead;
            if byte == b'"' {
                (at, ahead) = self.string(at + 1)?;
            } else if byte.is_ascii_digit() || byte == b'-' {
                (at, ahead) = self.number(at, byte)?;
            } else if byte | 0x20 == b'{' {
                let is_empty;
                (at, byte, is_empty) = self.open(at, byte)?;
                if !is_empty {
                    continue;
                }
                if self.nodes.len() == 1 {
                    return careful::end(self.bytes, at);
                }
                ahead = self.ahead(at);
            } else {
                (at, ahead) = self.word(at)?;
            }
            // Behind a value comes a comma, or an end, which makes another value whole.
            loop {
                if ahead as u16 == u16::from_le_bytes(*b", ") {
                    (at, byte) = (at + 2, (ahead >> 16) as u8);
                    break;
                }
                let sign = ahead as u8;
                if sign == b',' {
                    (at, byte) = (at + 1, (ahead >> 8) as u8);
                    break;
                }
                if u64::from(sign) != self.inner.close {
                    at = self.sign(at)?;
                } else if self.close() {
                    return careful::end(self.bytes, at + 1);
                } else {
                    at += 1;
                }
                ahead = self.ahead(at);
            }
            self.inner.commas += 1;
        }
    }

    /// As many bytes as are asked for.
    #[inline(always)]
    fn window<const N: usize>(&self, at: u32) -> Option<&[u8; N]> {
        self.bytes.get(at as usize..at as usize + N)?.first_chunk()
    }

    #[inline(always)]
    fn ahead(&self, at: u32) -> u32 {
        match self.window(at) {
            Some(four) => u32::from_le_bytes(*four),
            None => careful::last_four(self.bytes, at),
        }
    }

    /// The next byte that is not blank, and its place.
    #[inline(always)]
    fn solid(&self, at: u32) -> Parsed<(u32, u8)> {
        let at = careful::blanks(self.bytes, at);
        match self.bytes.get(at as usize) {
            Some(byte @ b'!'..) => Ok((at, *byte)),
            Some(_) => Err((at, JsonProblem::Unexpected)),
            None => Err((at, JsonProblem::End)),
        }
    }

    /// The place of the next comma or end.
    #[inline(always)]
    fn sign(&self, at: u32) -> Parsed<u32> {
        let (at, byte) = self.solid(at)?;
        if byte == b',' || u64::from(byte) == self.inner.close {
            return Ok(at);
        }
        Err((at, JsonProblem::Unexpected))
    }

    #[inline(always)]
    fn push_value(&mut self, tag: Tag, first: u32, second: u32) {
        self.push(Node { tag, back: 0, first, second, span: 1 });
    }

    #[inline(always)]
    fn push(&mut self, node: Node) {
        if self.nodes.len() < self.nodes.capacity() {
            self.nodes.push(node);
        } else {
            let nodes = mem::take(&mut *self.nodes);
            self.nodes = ManuallyDrop::new(careful::grown(nodes, node));
        }
    }

    /// Opens a container: the first byte in it and its place, or, if there is nothing in it, the
    /// place behind it.
    #[inline(always)]
    fn open(&mut self, at: u32, byte: u8) -> Parsed<(u32, u8, bool)> {
        if self.around.len() == DEPTH - 1 && !self.nodes.is_empty() {
            return Err((at, JsonProblem::TooDeep));
        }
        let (tag, close) = if byte == b'{' { (Tag::Object, b'}') } else { (Tag::Array, b']') };
        let index = self.nodes.len() as u32;
        self.push_value(tag, 0, 0);
        let ahead = self.ahead(at);
        let (mut at, mut byte) = (at + 1, (ahead >> 8) as u8);
        if byte <= b' ' {
            (at, byte) = self.solid(at)?;
        }
        if byte == close {
            return Ok((at + 1, byte, true));
        }
        if index > 0 {
            if self.around.len() < self.around.capacity() {
                self.around.push(self.inner);
            } else {
                let around = mem::take(&mut *self.around);
                self.around = ManuallyDrop::new(careful::deeper(around, self.inner));
            }
        }
        self.inner = Open { names: 0, index, commas: 0, close: u64::from(close) };
        Ok((at, byte, false))
    }

    /// Closes the innermost container: whether it was the outermost.
    #[inline(always)]
    fn close(&mut self) -> bool {
        let Open { index, commas, close, .. } = self.inner;
        let end = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(index as usize) {
            (node.first, node.span) = (commas + 1, end - index);
        }
        if commas >= FEW && close == u64::from(b'}') {
            self.rare.look_for_doubles(&self.nodes[index as usize..]);
        }
        let Some(outer) = self.around.pop() else { return true };
        self.inner = outer;
        false
    }

    /// Reads the name of a member and the colon: the first byte of the value or a blank before it,
    /// and its place.
    #[inline(always)]
    fn name(&mut self, mut at: u32, byte: u8) -> Parsed<(u32, u8)> {
        if byte != b'"' {
            at = match self.indented(at) {
                Some(at) => at,
                None => careful::quote(self.bytes, at)?,
            };
        }
        let start = at + 1;
        let Some((node, hash, end, ahead)) = self.plain_name(start) else {
            let (node, end) = self.rare.name(start)?;
            self.add_name(node, name::hash_of(&node));
            return self.value(end);
        };
        self.add_name(node, hash);
        if ahead & 0xff_ffff == u32::from_le_bytes(*b"\": \0") {
            return Ok((end + 3, (ahead >> 24) as u8));
        }
        if ahead as u16 == u16::from_le_bytes(*b"\":") {
            return Ok((end + 2, (ahead >> 16) as u8));
        }
        self.value(end + 1)
    }

    /// Passes a colon with blanks around it: the first byte of the value, and its place.
    #[inline(always)]
    fn value(&self, at: u32) -> Parsed<(u32, u8)> {
        let at = careful::colon(self.bytes, at)?;
        self.solid(at)
    }

    /// The place of a quote behind the end of a line and few spaces.
    #[inline(always)]
    fn indented(&self, at: u32) -> Option<u32> {
        let window: &[u8; 18] = self.window(at)?;
        let mut spaces = scan::spaces(eight(&window[1..]));
        if spaces == 8 {
            spaces += scan::spaces(eight(&window[9..]));
        }
        let is_quote = window[0] == b'\n' && window.get(1 + spaces) == Some(&b'"');
        is_quote.then_some(at + 1 + spaces as u32)
    }

    #[inline(always)]
    fn add_name(&mut self, name: Node, hash: u32) {
        let bit = 1 << (hash % u64::BITS);
        if self.inner.names & bit != 0 {
            let own = &self.nodes[self.inner.index as usize..];
            self.rare.suspect(own, self.inner.commas, name);
        }
        self.inner.names |= bit;
        let back = u16::try_from(self.nodes.len() as u32 - self.inner.index).unwrap_or(0);
        self.push(Node { back, ..name });
    }

    /// A name without escapes, its hash, the place of its quote, and what is ahead there.
    #[inline(always)]
    fn plain_name(&self, start: u32) -> Option<(Node, u32, u32, u32)> {
        let window: &[u8; name::SHORT + 4] = self.window(start)?;
        let first = eight(window);
        let hits = scan::special(first);
        if !hits.is_empty() {
            let word = first & hits.before();
            let ahead = four(&window[hits.first()..]);
            let end = start + hits.first() as u32;
            let name = Node::short_name(start, 0, word);
            return (ahead as u8 == b'"').then_some((name, name::mixed(word, 0), end, ahead));
        }
        let second = eight(&window[8..]);
        let hits = scan::special(second);
        let (hash, end, ahead) = if hits.is_empty() {
            let end = careful::end_of_name(self.bytes, start + name::SHORT as u32)?;
            (name::hash(self.bytes.get(start as usize..end as usize)?), end, self.ahead(end))
        } else {
            let end = start + 8 + hits.first() as u32;
            let hash = name::mixed(first, second & hits.before());
            (hash, end, four(&window[8 + hits.first()..]))
        };
        let mut name = Node { tag: Tag::Plain, back: 0, first: start, second: end, span: hash };
        if end == start + 8 {
            name = Node::short_name(start, 0, first);
        }
        (ahead as u8 == b'"').then_some((name, hash, end, ahead))
    }

    #[inline(always)]
    fn string(&mut self, start: u32) -> Parsed<(u32, u32)> {
        let mut from = start;
        while let Some(window) = self.window::<12>(from) {
            let hits = scan::special(eight(window));
            if hits.is_empty() {
                from += 8;
                if from == start + string::LONG as u32 {
                    from = careful::plain(self.bytes, from);
                }
                continue;
            }
            let length = hits.first();
            let ahead = four(&window[length..]);
            if ahead as u8 != b'"' {
                break;
            }
            let end = from + length as u32;
            self.push_value(Tag::Plain, start, end);
            return Ok((end + 1, ahead >> 8));
        }
        let (node, at) = self.rare.string(start, from)?;
        self.push(node);
        Ok((at, self.ahead(at)))
    }

    #[inline(always)]
    fn number(&mut self, start: u32, first: u8) -> Parsed<(u32, u32)> {
        if let Some((tag, end, ahead)) = self.plain_number(start, first) {
            self.push_value(tag, start, end);
            return Ok((end, ahead));
        }
        let (tag, end) = careful::number(self.bytes, start)?;
        self.push_value(tag, start, end);
        Ok((end, self.ahead(end)))
    }

    /// The kind of a number of few digits and a fraction, the place behind it, and what is ahead.
    #[inline(always)]
    fn plain_number(&self, start: u32, first: u8) -> Option<(Tag, u32, u32)> {
        let at = start + u32::from(first == b'-');
        let window: &[u8; 12] = self.window(at)?;
        let others = scan::no_digit(eight(window));
        let whole = others.first();
        let (mut tag, mut length) = (Tag::Integer, whole as u32);
        let mut ahead = four(&window[whole..]);
        if ahead as u8 == b'.' {
            tag = Tag::Double;
            let others = others.rest();
            if others.is_empty() {
                length = careful::end_of_digits(self.bytes, at + 8) - at;
                ahead = self.ahead(at + length);
            } else {
                length = others.first() as u32;
                ahead = four(&window[others.first()..]);
            }
            if length == whole as u32 + 1 {
                return None;
            }
        }
        let is_odd = whole == 0 || whole == 8 || (window[0] == b'0' && whole > 1);
        if is_odd || ahead as u8 | 0x20 == b'e' {
            return None;
        }
        Some((tag, at + length, ahead))
    }

    /// Reads one of the three words.
    #[inline(always)]
    fn word(&mut self, at: u32) -> Parsed<(u32, u32)> {
        let (tag, end) = match &self.ahead(at).to_le_bytes() {
            b"true" => (Tag::True, at + 4),
            b"null" => (Tag::Null, at + 4),
            b"fals" if self.bytes.get(at as usize + 4) == Some(&b'e') => (Tag::False, at + 5),
            _ => return Err((at, JsonProblem::Unexpected)),
        };
        self.push_value(tag, at, end);
        Ok((end, self.ahead(end)))
    }
}

/// The first eight bytes of a window, the first of them in the lowest bits.
#[inline(always)]
fn eight(window: &[u8]) -> u64 {
    window.first_chunk().map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// The first four.
#[inline(always)]
fn four(window: &[u8]) -> u32 {
    window.first_chunk().map_or(0, |four| u32::from_le_bytes(*four))
}
