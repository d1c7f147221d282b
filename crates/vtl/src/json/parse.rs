//! The one pass over a JSON text (RFC 8259) that makes the tape.
//!
//! There is no recursion: what is open around a value is kept on a stack. What is common (short
//! names, strings and numbers with at most one blank between them) is read from a window of the
//! text at once; everything else, and the end of the text, is left to `careful`. Nothing that is
//! called takes a reference to the parser, so that what it consists of stays in registers.

use std::hint::black_box;
use std::mem::{self, ManuallyDrop};

use super::careful::{self, Rare};
use super::names::{self, FAR, FEW};
use super::node::{Node, Tag};
use super::scan::Masks;
use super::{DEPTH, JsonError, JsonProblem, name, sight, tape};

/// The tape of a text, and what its strings with escapes stand for.
pub(super) fn tape(text: &str) -> Result<(Vec<Node>, String), JsonError> {
    if text.len() >= u32::MAX as usize {
        return Err(JsonError { at: 0, problem: JsonProblem::TooLong });
    }
    let mut rare = Rare::new(text);
    let mut parser = Parser {
        bytes: text.as_bytes(),
        // Kept in memory, where instructions take them from: each use of a constant would load it.
        masks: black_box(Masks::NEW),
        // Even dense bodies have no more nodes; growing would copy them.
        nodes: ManuallyDrop::new(tape::room(text.len() / 6 + 8)),
        around: ManuallyDrop::new(Vec::with_capacity(careful::USUAL_DEPTH)),
        inner: Open { names: 0, index: 0, values: 0 },
        behind: 0,
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
    masks: Masks,
    /// Dropped by hand: who drops the parser while a panic unwinds would take a reference to it.
    nodes: ManuallyDrop<Vec<Node>>,
    /// The open containers around the innermost.
    around: ManuallyDrop<Vec<Open>>,
    inner: Open,
    /// The place behind the container that ends.
    behind: u32,
    rare: &'r mut Rare<'t>,
}

/// A container that is being read. It has no padding, which would be copied by itself.
#[derive(Clone, Copy)]
pub(super) struct Open {
    /// A bit for the hash of each name in it so far: none in an array.
    names: u64,
    /// Its node.
    index: u64,
    /// The values in it that began so far.
    values: u64,
}

/// What is read next.
enum Next {
    Members,
    Items,
    /// Blanks behind the outermost container.
    Nothing,
}

/// What was read.
enum Value {
    /// A string: the place of the quote that ends it, and what is ahead there.
    Text(u32, u32),
    /// A scalar, and what is ahead behind it.
    Other(u32, u32),
    /// The beginning of a container, or an empty one.
    Container(u32, u32, Next),
}

/// Each reader takes a place and returns the one behind what it read, often with the four bytes
/// there ("ahead"), the first of them in the lowest bits. Zeros stand for what is behind the text.
impl Parser<'_, '_> {
    /// Reads the whole text.
    #[inline(always)]
    fn document(&mut self) -> Parsed<()> {
        let (mut at, byte) = sight::solid(self.bytes, 0)?;
        if !matches!(byte, b'{' | b'[') {
            let node = careful::alone(self.rare, at, byte)?;
            self.push_value(node.tag, node.first, node.second);
            return Ok(());
        }
        let (mut ahead, mut next);
        (at, ahead, next) = match byte {
            b'{' => self.open::<true, true>(at, Next::Nothing)?,
            _ => self.open::<false, true>(at, Next::Nothing)?,
        };
        loop {
            (at, ahead, next) = match next {
                Next::Members => self.members(at, ahead)?,
                Next::Items => self.items(at, ahead)?,
                Next::Nothing => return careful::end(self.bytes, at),
            };
        }
    }

    /// Reads members of an object from behind one, up to the next container that begins, or to the
    /// end.
    #[inline(always)]
    fn members(&mut self, at: u32, ahead: u32) -> Parsed<(u32, u32, Next)> {
        let Some(mut start) = self.next_name(at, ahead)? else { return self.close::<true>() };
        loop {
            self.inner.values += 1;
            let (at, byte) = self.name(start)?;
            let (at, ahead) = match self.value(at, byte, Next::Members)? {
                Value::Text(end, ahead) if ahead == u32::from_le_bytes(*b"\", \"") => {
                    start = end + 4;
                    continue;
                }
                Value::Text(end, ahead) => (end + 1, ahead >> 8),
                Value::Other(at, ahead) => (at, ahead),
                Value::Container(at, ahead, next) => return Ok((at, ahead, next)),
            };
            let Some(next) = self.next_name(at, ahead)? else { return self.close::<true>() };
            start = next;
        }
    }

    /// The same of the elements of an array.
    #[inline(always)]
    fn items(&mut self, at: u32, ahead: u32) -> Parsed<(u32, u32, Next)> {
        let (mut at, mut ahead) = (at, ahead);
        while let Some((place, byte)) = self.next_item(at, ahead)? {
            self.inner.values += 1;
            (at, ahead) = match self.value(place, byte, Next::Items)? {
                Value::Text(end, ahead) => (end + 1, ahead >> 8),
                Value::Other(at, ahead) => (at, ahead),
                Value::Container(at, ahead, next) => return Ok((at, ahead, next)),
            };
        }
        self.close::<false>()
    }

    /// Reads a value up to its end or into a container.
    #[inline(always)]
    fn value(&mut self, mut at: u32, mut byte: u8, around: Next) -> Parsed<Value> {
        loop {
            let (end, ahead) = if byte == b'"' {
                let (end, ahead) = self.string(at + 1)?;
                return Ok(Value::Text(end, ahead));
            } else if byte.is_ascii_digit() {
                self.number(at, at)?
            } else if byte == b'{' {
                let (at, ahead, next) = self.open::<true, false>(at, around)?;
                return Ok(Value::Container(at, ahead, next));
            } else if byte == b'[' {
                let (at, ahead, next) = self.open::<false, false>(at, around)?;
                return Ok(Value::Container(at, ahead, next));
            } else if byte == b'-' {
                self.number(at, at + 1)?
            } else if byte <= b' ' {
                (at, byte) = sight::solid(self.bytes, at)?;
                continue;
            } else {
                self.word(at)?
            };
            return Ok(Value::Other(end, ahead));
        }
    }

    /// The place of the name behind a member, a comma and a quote; there is none at the end of the object.
    #[inline(always)]
    fn next_name(&mut self, at: u32, ahead: u32) -> Parsed<Option<u32>> {
        if ahead & 0xff_ffff == u32::from_le_bytes(*b", \"\0") {
            return Ok(Some(at + 3));
        }
        if ahead as u16 == u16::from_le_bytes(*b",\"") {
            return Ok(Some(at + 2));
        }
        let Some(at) = self.comma(at, ahead as u8, b'}')? else { return Ok(None) };
        match sight::indented(self.bytes, at) {
            Some(quote) => Ok(Some(quote + 1)),
            None => Ok(Some(careful::quote(self.bytes, at)? + 1)),
        }
    }

    /// The place and the first byte of the element behind another and a comma, which may be blanks
    /// before it; there is none at the end of the array.
    #[inline(always)]
    fn next_item(&mut self, at: u32, ahead: u32) -> Parsed<Option<(u32, u8)>> {
        if ahead as u16 == u16::from_le_bytes(*b", ") {
            return Ok(Some((at + 2, (ahead >> 16) as u8)));
        }
        if ahead as u8 == b',' {
            return Ok(Some((at + 1, (ahead >> 8) as u8)));
        }
        let Some(at) = self.comma(at, ahead as u8, b']')? else { return Ok(None) };
        Ok(Some((at, sight::ahead(self.bytes, at) as u8)))
    }

    /// Passes a comma with blanks before it; there is none at the end of the container.
    #[inline(always)]
    fn comma(&mut self, mut at: u32, mut sign: u8, close: u8) -> Parsed<Option<u32>> {
        loop {
            if sign == close {
                self.behind = at + 1;
                return Ok(None);
            }
            if sign == b',' {
                return Ok(Some(at + 1));
            }
            if sign > b' ' {
                return Err((at, JsonProblem::Unexpected));
            }
            (at, sign) = sight::solid(self.bytes, at)?;
        }
    }

    #[inline(always)]
    fn push_value(&mut self, tag: Tag, first: u32, second: u32) {
        self.push(tag, 0, first, (second, 1));
    }

    #[inline(always)]
    fn push(&mut self, tag: Tag, back: u16, first: u32, (second, span): (u32, u32)) {
        if self.nodes.len() < self.nodes.capacity() {
            self.nodes.push(Node { tag, back, first, second, span });
        } else {
            // A reference to a whole node would have it put together elsewhere first.
            let nodes = mem::take(&mut *self.nodes);
            let grown = careful::grown(nodes, (tag, back), first, second, span);
            self.nodes = ManuallyDrop::new(grown);
        }
    }

    /// Opens a container: the place behind it, if there is nothing in it. Otherwise it begins as if a
    /// comma were before what is in it.
    #[inline(always)]
    fn open<const OBJECT: bool, const OUTERMOST: bool>(
        &mut self,
        at: u32,
        around: Next,
    ) -> Parsed<(u32, u32, Next)> {
        if !OUTERMOST && self.around.len() == DEPTH - 1 {
            return Err((at, JsonProblem::TooDeep));
        }
        let (tag, close) = if OBJECT { (Tag::Object, b'}') } else { (Tag::Array, b']') };
        let index = self.nodes.len() as u64;
        self.push_value(tag, 0, 0);
        let ahead = sight::ahead(self.bytes, at);
        let (mut at, mut byte) = (at + 1, (ahead >> 8) as u8);
        if !OBJECT || byte != b'"' {
            if byte <= b' ' {
                (at, byte) = sight::solid(self.bytes, at)?;
            }
            if byte == close {
                return Ok((at + 1, sight::ahead(self.bytes, at + 1), around));
            }
        }
        if !OUTERMOST {
            if self.around.len() < self.around.capacity() {
                self.around.push(self.inner);
            } else {
                let around = mem::take(&mut *self.around);
                self.around = ManuallyDrop::new(careful::deeper(around, self.inner));
            }
        }
        self.inner = Open { names: 0, index, values: 0 };
        let next = if OBJECT { Next::Members } else { Next::Items };
        // As if a comma were before what is in it.
        Ok((at - 1, u32::from(b',') | u32::from(byte) << 8, next))
    }

    /// Closes the innermost container.
    #[inline(always)]
    fn close<const OBJECT: bool>(&mut self) -> Parsed<(u32, u32, Next)> {
        let at = self.behind;
        let Open { names, index, values } = self.inner;
        let end = self.nodes.len() as u64;
        if let Some(node) = self.nodes.get_mut(index as usize) {
            (node.first, node.span) = (values as u32, (end - index) as u32);
            node.second = name::halves_of(names);
        }
        if OBJECT && values > FEW {
            self.rare.look_for_doubles(&self.nodes[index as usize..]);
        }
        if OBJECT && end - index > FAR {
            names::forget_far(&mut self.nodes[index as usize..]);
        }
        let Some(outer) = self.around.pop() else { return Ok((at, 0, Next::Nothing)) };
        self.inner = outer;
        // An object around has a name at least.
        let next = if outer.names != 0 { Next::Members } else { Next::Items };
        Ok((at, sight::ahead(self.bytes, at), next))
    }

    /// Reads the name of a member and the colon: the first byte of the value or a blank before it,
    /// and its place.
    #[inline(always)]
    fn name(&mut self, start: u32) -> Parsed<(u32, u8)> {
        if let Some((word, end, ahead)) = sight::short_name((self.bytes, &self.masks), start) {
            if let Some(value) = sight::colon(end, ahead) {
                self.add_name(Node::short_name(start, 0, word), self.masks.mixed(word, 0));
                return Ok(value);
            }
        } else if let Some((mixed, end, ahead)) = sight::long_name((self.bytes, &self.masks), start)
            && let Some(value) = sight::colon(end, ahead)
        {
            let hash = name::hash_of_mixed(mixed);
            self.add_name(
                Node { tag: Tag::Plain, back: 0, first: start, second: end, span: hash },
                mixed,
            );
            return Ok(value);
        }
        let (node, end) = self.rare.name(start)?;
        self.add_name(node, u64::from(name::hash_of(&node)) << 32);
        self.colon(end)
    }

    /// Passes a colon with blanks around it: the first byte of the value, and its place.
    #[inline(always)]
    fn colon(&self, at: u32) -> Parsed<(u32, u8)> {
        let at = careful::colon(self.bytes, at)?;
        sight::solid(self.bytes, at)
    }

    #[inline(always)]
    fn add_name(&mut self, name: Node, mixed: u64) {
        let bit = 1 << (mixed >> 58);
        if self.inner.names & bit != 0 {
            let own = &self.nodes[self.inner.index as usize..];
            self.rare.suspect(own, self.inner.values, name);
        }
        self.inner.names |= bit;
        let back = (self.nodes.len() as u64 - self.inner.index) as u16;
        self.push(name.tag, back, name.first, (name.second, name.span));
    }

    /// Reads a string: the place of the quote that ends it, and what is ahead there.
    #[inline(always)]
    fn string(&mut self, start: u32) -> Parsed<(u32, u32)> {
        match sight::string((self.bytes, &self.masks), start) {
            Ok((end, ahead)) => {
                self.push_value(Tag::Plain, start, end);
                Ok((end, ahead))
            }
            Err(from) => {
                let (node, at) = self.rare.string(start, from)?;
                self.push_value(node.tag, node.first, node.second);
                Ok((at - 1, sight::ahead(self.bytes, at - 1)))
            }
        }
    }

    /// Reads a number with its first digit at `digits`.
    #[inline(always)]
    fn number(&mut self, start: u32, digits: u32) -> Parsed<(u32, u32)> {
        if let Some((tag, end, ahead)) = sight::number((self.bytes, &self.masks), digits) {
            self.push_value(tag, start, end);
            return Ok((end, ahead));
        }
        let (tag, end) = careful::number(self.bytes, start)?;
        self.push_value(tag, start, end);
        Ok((end, sight::ahead(self.bytes, end)))
    }

    /// Reads one of the three words.
    #[inline(always)]
    fn word(&mut self, at: u32) -> Parsed<(u32, u32)> {
        let (tag, end) = match &sight::ahead(self.bytes, at).to_le_bytes() {
            b"true" => (Tag::True, at + 4),
            b"null" => (Tag::Null, at + 4),
            b"fals" if self.bytes.get(at as usize + 4) == Some(&b'e') => (Tag::False, at + 5),
            _ => return Err((at, JsonProblem::Unexpected)),
        };
        self.push_value(tag, at, end);
        Ok((end, sight::ahead(self.bytes, end)))
    }
}
