//! The nodes of the tape, and values as places on it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::string::unescape;
use super::{Document, Number};

/// One value or one name. A container is followed by what is in it: an object's names and values in
/// turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    /// Containers: how many values (of members with the same name one). Others: where the text
    /// begins.
    pub(super) first: u32,
    /// Containers: how many nodes, with this one. Others: where the text ends.
    pub(super) second: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Null,
    False,
    True,
    Integer,
    Double,
    /// A string without escapes. The range is that of its content.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
    /// An object in which a name stands twice.
    Duplicates,
}

impl Node {
    /// How many nodes the value takes.
    #[inline]
    fn span(&self) -> u32 {
        match self.tag {
            Tag::Array | Tag::Object | Tag::Duplicates => self.second,
            _ => 1,
        }
    }

    fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.first as usize..self.second as usize]
    }

    /// The content of a string.
    fn string<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let content = self.text(text);
        if self.tag == Tag::Escaped { unescape(content).into() } else { content.into() }
    }
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A value of a document.
#[derive(Clone, Copy, Debug)]
pub struct NodeRef<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) index: u32,
}

impl<'d> NodeRef<'d> {
    pub(super) fn node(self) -> &'d Node {
        &self.document.nodes[self.index as usize]
    }

    /// Its place on the tape.
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    /// The document it belongs to.
    pub(crate) fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// What kind of value it is.
    pub fn kind(self) -> Kind {
        match self.node().tag {
            Tag::Null => Kind::Null,
            Tag::False | Tag::True => Kind::Boolean,
            Tag::Integer | Tag::Double => Kind::Number,
            Tag::Plain | Tag::Escaped => Kind::String,
            Tag::Array => Kind::Array,
            Tag::Object | Tag::Duplicates => Kind::Object,
        }
    }

    /// The value of a boolean.
    pub fn boolean(self) -> Option<bool> {
        match self.node().tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// The value of a number.
    pub fn number(self) -> Option<Number<'d>> {
        let node = self.node();
        match node.tag {
            Tag::Integer => Some(Number::integer(node.text(&self.document.text))),
            Tag::Double => Some(Number::double(node.text(&self.document.text))),
            _ => None,
        }
    }

    /// The content of a string: borrowed unless it has escapes.
    pub fn string(self) -> Option<Cow<'d, str>> {
        let node = self.node();
        matches!(node.tag, Tag::Plain | Tag::Escaped).then(|| node.string(&self.document.text))
    }

    /// The content of a string as it stands in the text, if it has no escapes.
    pub(super) fn plain(self) -> Option<&'d str> {
        let node = self.node();
        (node.tag == Tag::Plain).then(|| node.text(&self.document.text))
    }

    /// How many elements or members a container has; 0 for other values.
    #[expect(clippy::len_without_is_empty, reason = "a value is not a container by itself")]
    pub fn len(self) -> usize {
        match self.kind() {
            Kind::Array | Kind::Object => self.node().first as usize,
            _ => 0,
        }
    }

    /// The elements of an array; of other values none.
    pub fn items(self) -> Items<'d> {
        let span = if self.kind() == Kind::Array { self.node().second } else { 1 };
        Items { document: self.document, next: self.index + 1, end: self.index + span }
    }

    /// The element at a place of an array, counted from 0.
    pub fn item(self, index: usize) -> Option<Self> {
        if index >= self.len() {
            return None;
        }
        let node = self.node();
        if node.tag == Tag::Array && node.second == node.first + 1 {
            // Nothing but scalars: each takes one node.
            return Some(Self { index: self.index + 1 + index as u32, ..self });
        }
        self.items().nth(index)
    }

    /// The names and values of an object, in order; of other values none.
    pub fn members(self) -> Members<'d> {
        let node = self.node();
        let span = if self.kind() == Kind::Object { node.second } else { 1 };
        let (next, end) = (self.index + 1, self.index + span);
        let all = Pairs { document: self.document, next, end };
        if node.tag == Tag::Duplicates {
            return Members(Order::Picked(pick_last(all).into_iter()));
        }
        Members(Order::Tape(all))
    }

    /// The value of the member with this name.
    pub fn member(self, name: &str) -> Option<Self> {
        let node = self.node();
        let (document, text) = (self.document, &*self.document.text);
        let is_name = |name_node: &Node| match name_node.tag {
            Tag::Plain => name_node.text(text) == name,
            _ => name_node.string(text) == name,
        };
        let (next, end) = (self.index + 1, self.index + node.span());
        let mut named = Pairs { document, next, end }
            .filter(|(name, _)| is_name(&document.nodes[*name as usize]))
            .map(|(_, value)| Self { document, index: value });
        match node.tag {
            Tag::Object => named.next(),
            Tag::Duplicates => named.last(),
            _ => None,
        }
    }
}

/// The elements of an array.
#[derive(Clone, Debug)]
pub struct Items<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Items<'d> {
    type Item = NodeRef<'d>;

    #[inline]
    fn next(&mut self) -> Option<NodeRef<'d>> {
        if self.next >= self.end {
            return None;
        }
        let item = NodeRef { document: self.document, index: self.next };
        self.next += item.node().span();
        Some(item)
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'d>(Order<'d>);

#[derive(Clone, Debug)]
enum Order<'d> {
    Tape(Pairs<'d>),
    Picked(std::vec::IntoIter<(Cow<'d, str>, NodeRef<'d>)>),
}

impl<'d> Iterator for Members<'d> {
    type Item = (Cow<'d, str>, NodeRef<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Order::Tape(pairs) => pairs.next().map(|pair| pairs.resolve(pair)),
            Order::Picked(picked) => picked.next(),
        }
    }
}

/// All names and values of an object as indexes, whether a name stands twice or not.
#[derive(Clone, Debug)]
struct Pairs<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Pairs<'d> {
    fn resolve(&self, (name, value): (u32, u32)) -> (Cow<'d, str>, NodeRef<'d>) {
        let name = self.document.nodes[name as usize].string(&self.document.text);
        (name, NodeRef { document: self.document, index: value })
    }
}

impl Iterator for Pairs<'_> {
    type Item = (u32, u32);

    #[inline]
    fn next(&mut self) -> Option<(u32, u32)> {
        if self.next >= self.end {
            return None;
        }
        let name = self.next;
        self.next = name + 1 + self.document.nodes[name as usize + 1].span();
        Some((name, name + 1))
    }
}

/// The last of the members with the same name, at the place of the first.
fn pick_last(pairs: Pairs<'_>) -> Vec<(Cow<'_, str>, NodeRef<'_>)> {
    let mut members: Vec<(Cow<'_, str>, NodeRef<'_>)> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    for pair in pairs.clone() {
        let (name, value) = pairs.resolve(pair);
        match places.get(&name) {
            Some(place) => members[*place].1 = value,
            None => {
                places.insert(name.clone(), members.len());
                members.push((name, value));
            }
        }
    }
    members
}

/// Objects with more members than this are searched for double names by sorting them.
const FEW: u32 = 64;

/// Looks for a name that stands twice in the object that has just been read: `nodes` are its own.
///
/// Nearly always there is none, and a small set of hashes shows it.
pub(super) fn mark_duplicates(text: &str, nodes: &mut [Node]) {
    let mut seen = [0u64; 4];
    let mut at = 1;
    while let Some(name) = nodes.get(at) {
        let (word, bit) = short_hash(name.text(text).as_bytes());
        // An escaped name may be any.
        let is_doubtful = name.tag == Tag::Escaped || nodes[0].first > FEW;
        if is_doubtful || (seen[word] & bit != 0 && stands_before(text, nodes, at)) {
            return count_names(text, nodes);
        }
        seen[word] |= bit;
        at += 1 + nodes[at + 1].span() as usize;
    }
}

/// Names of one object differ in length or near their ends: one of 256 bits.
#[inline]
fn short_hash(name: &[u8]) -> (usize, u64) {
    let near_end =
        name.iter().rev().take(3).fold(name.len() as u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x9E37_79B1)
        });
    ((near_end >> 30) as usize, 1 << ((near_end >> 24) & 63))
}

/// Whether the name at an index of the object stands before it too.
fn stands_before(text: &str, nodes: &[Node], index: usize) -> bool {
    let name = nodes[index].text(text);
    let mut at = 1;
    while at < index {
        if nodes[at].text(text) == name {
            return true;
        }
        at += 1 + nodes[at + 1].span() as usize;
    }
    false
}

/// Compares all names.
fn count_names(text: &str, nodes: &mut [Node]) {
    let mut names = Vec::with_capacity(nodes[0].first as usize);
    let mut at = 1;
    while let Some(name) = nodes.get(at) {
        names.push(name.string(text));
        at += 1 + nodes[at + 1].span() as usize;
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() < count {
        nodes[0].tag = Tag::Duplicates;
        nodes[0].first = names.len() as u32;
    }
}
