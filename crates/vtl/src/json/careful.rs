//! What is rare in a JSON text, or stands at its end: read byte by byte.

use super::node::{Node, Tag, Texts};
use super::parse::{Open, Parsed};
use super::string::{self, special};
use super::unescape::Unescaped;
use super::{JsonProblem, name, names, scan};

/// Containers inside one another for which there is room at once.
pub(super) const USUAL_DEPTH: usize = 16;

/// What few texts have.
pub(super) struct Rare<'t> {
    text: &'t str,
    /// What the strings with escapes stand for.
    unescaped: Unescaped,
    /// Whether a name stands twice in an object.
    has_doubles: bool,
}

impl<'t> Rare<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, unescaped: Unescaped::default(), has_doubles: false }
    }

    /// What nodes point into.
    fn texts(&self) -> Texts<'_, [u8]> {
        Texts { plain: self.text.as_bytes(), unescaped: self.unescaped.bytes() }
    }

    /// The whole tape, and what its strings with escapes stand for.
    pub(super) fn finish(self, nodes: Vec<Node>) -> (Vec<Node>, String) {
        if self.has_doubles {
            return (names::without_doubles(self.texts(), &nodes), self.unescaped.finish());
        }
        (nodes, self.unescaped.finish())
    }

    /// Looks for a name among those that an object has so far.
    #[cold]
    #[inline(never)]
    pub(super) fn suspect(&mut self, object: &[Node], values: u64, name: Node) {
        // Objects with many names are searched when they are whole.
        self.has_doubles |= values <= names::FEW && names::is_in(self.texts(), object, &name);
    }

    /// Looks for double names in an object with many members.
    #[cold]
    #[inline(never)]
    pub(super) fn look_for_doubles(&mut self, object: &[Node]) {
        self.has_doubles |= names::is_any_double(self.texts(), object);
    }

    /// Reads a name whose content begins at `start`: its node, and the place behind the quote.
    #[cold]
    #[inline(never)]
    pub(super) fn name(&mut self, start: u32) -> Parsed<(Node, u32)> {
        let (mut node, at) = self.string(start, start)?;
        let name = self.texts().of(&node);
        node = match node.tag {
            Tag::Plain if name.len() <= 8 => Node::short_name(start, 0, scan::word(name)),
            _ => Node { span: name::hash(name), ..node },
        };
        Ok((node, at))
    }

    /// Reads a string whose content begins at `start` and is plain up to `from`: its node, and the
    /// place behind the quote.
    #[cold]
    #[inline(never)]
    pub(super) fn string(&mut self, start: u32, from: u32) -> Parsed<(Node, u32)> {
        let bytes = self.text.as_bytes();
        let at = from as usize + special(&bytes[from as usize..]);
        if bytes.get(at) == Some(&b'"') {
            let end = at as u32;
            return Ok((
                Node { tag: Tag::Plain, back: 0, first: start, second: end, span: 1 },
                end + 1,
            ));
        }
        let first = self.unescaped.bytes().len() as u32;
        let end = self.unescaped.read(bytes, start as usize, at)?;
        let second = self.unescaped.bytes().len() as u32;
        Ok((Node { tag: Tag::Escaped, back: 0, first, second, span: 1 }, end as u32 + 1))
    }
}

/// Reads a text that is no container.
#[cold]
#[inline(never)]
pub(super) fn alone(rare: &mut Rare<'_>, at: u32, byte: u8) -> Parsed<Node> {
    let bytes = rare.text.as_bytes();
    let words = [("null", Tag::Null), ("true", Tag::True), ("false", Tag::False)];
    let (node, end) = match byte {
        b'"' => rare.string(at + 1, at + 1)?,
        b'-' | b'0'..=b'9' => {
            let (tag, end) = number(bytes, at)?;
            (Node { tag, back: 0, first: at, second: end, span: 1 }, end)
        }
        _ => {
            let rest = &bytes[at as usize..];
            let word = words.iter().find(|(word, _)| rest.starts_with(word.as_bytes()));
            let (word, tag) = *word.ok_or((at, JsonProblem::Unexpected))?;
            let second = at + word.len() as u32;
            (Node { tag, back: 0, first: at, second, span: 1 }, second)
        }
    };
    self::end(bytes, end)?;
    Ok(node)
}

/// Nothing but blanks may follow.
#[inline(never)]
pub(super) fn end(bytes: &[u8], at: u32) -> Parsed<()> {
    let at = blanks(bytes, at);
    if (at as usize) < bytes.len() { Err((at, JsonProblem::Unexpected)) } else { Ok(()) }
}

/// The place of the next byte that is no blank, or the end of the text.
#[cold]
#[inline(never)]
pub(super) fn blanks(bytes: &[u8], at: u32) -> u32 {
    let mut at = at as usize;
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(at) {
        at += 1;
        while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let spaces = scan::spaces(u64::from_le_bytes(*eight));
            at += spaces;
            if spaces < 8 {
                break;
            }
        }
    }
    at as u32
}

/// The place of the quote that ends a long name, unless something else has to be looked at first.
#[cold]
#[inline(never)]
pub(super) fn end_of_name(bytes: &[u8], from: u32) -> Option<u32> {
    let mut at = from as usize;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let hits = scan::special(u64::from_le_bytes(*eight));
        at += hits.first();
        if !hits.is_empty() {
            return (bytes.get(at) == Some(&b'"')).then_some(at as u32);
        }
    }
    None
}

/// Passes blanks before the quote of a name.
#[cold]
#[inline(never)]
pub(super) fn quote(bytes: &[u8], at: u32) -> Parsed<u32> {
    let at = blanks(bytes, at);
    match bytes.get(at as usize) {
        Some(b'"') => Ok(at),
        Some(_) => Err((at, JsonProblem::Unexpected)),
        None => Err((at, JsonProblem::End)),
    }
}

/// Passes blanks and a colon.
#[cold]
#[inline(never)]
pub(super) fn colon(bytes: &[u8], at: u32) -> Parsed<u32> {
    let at = blanks(bytes, at);
    match bytes.get(at as usize) {
        Some(b':') => Ok(at + 1),
        Some(_) => Err((at, JsonProblem::Unexpected)),
        None => Err((at, JsonProblem::End)),
    }
}

/// The place behind plain bytes of a string, of which there may be more.
#[cold]
#[inline(never)]
pub(super) fn plain(bytes: &[u8], from: u32) -> u32 {
    from + string::plain(bytes.get(from as usize..).unwrap_or_default()) as u32
}

/// The four bytes at a place near the end, with zeros behind it.
#[cold]
#[inline(never)]
pub(super) fn last_four(bytes: &[u8], at: u32) -> u32 {
    let rest = bytes.get(at as usize..).unwrap_or_default();
    rest.iter().take(4).rev().fold(0, |four, byte| four << 8 | u32::from(*byte))
}

/// Reads a number of any length.
#[cold]
#[inline(never)]
pub(super) fn number(bytes: &[u8], start: u32) -> Parsed<(Tag, u32)> {
    let is = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|byte| signs.contains(byte));
    let mut at = start as usize + usize::from(is(start as usize, b"-"));
    at = if is(at, b"0") { at + 1 } else { digits(bytes, at)? };
    let mut tag = Tag::Integer;
    if is(at, b".") {
        tag = Tag::Double;
        at = digits(bytes, at + 1)?;
    }
    if is(at, b"eE") {
        tag = Tag::Double;
        at += 1;
        at = digits(bytes, at + usize::from(is(at, b"+-")))?;
    }
    Ok((tag, at as u32))
}

/// Passes at least one digit.
fn digits(bytes: &[u8], start: usize) -> Parsed<usize> {
    let at = end_of_digits(bytes, start as u32) as usize;
    match bytes.get(at) {
        _ if at > start => Ok(at),
        Some(_) => Err((at as u32, JsonProblem::Unexpected)),
        None => Err((at as u32, JsonProblem::End)),
    }
}

/// The place behind digits.
#[cold]
#[inline(never)]
pub(super) fn end_of_digits(bytes: &[u8], start: u32) -> u32 {
    let mut at = start as usize;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let others = scan::no_digit(u64::from_le_bytes(*eight));
        if !others.is_empty() {
            return (at + others.first()) as u32;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at as u32
}

/// A full tape with one more node.
#[cold]
#[inline(never)]
pub(super) fn grown(
    mut full: Vec<Node>,
    (tag, back): (Tag, u16),
    first: u32,
    second: u32,
    span: u32,
) -> Vec<Node> {
    full.push(Node { tag, back, first, second, span });
    full
}

/// A full stack with one more container.
#[cold]
#[inline(never)]
pub(super) fn deeper(mut full: Vec<Open>, inner: Open) -> Vec<Open> {
    full.reserve(USUAL_DEPTH);
    full.push(inner);
    full
}
