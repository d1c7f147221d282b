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
    /// Containers: how many values, double names counted twice. Others: where the text begins.
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
}

impl Node {
    /// How many nodes the value takes.
    #[inline]
    pub(super) fn span(&self) -> u32 {
        match self.tag {
            Tag::Array | Tag::Object => self.second,
            _ => 1,
        }
    }

    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.first as usize..self.second as usize]
    }

    /// Whether it is a name that reads so.
    fn is_name(&self, text: &str, name: &str) -> bool {
        if self.tag == Tag::Escaped {
            return self.string(text) == name;
        }
        text.as_bytes()[self.first as usize..self.second as usize] == *name.as_bytes()
    }

    /// The content of a string.
    pub(super) fn string<'a>(&self, text: &'a str) -> Cow<'a, str> {
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
    #[inline]
    pub fn kind(self) -> Kind {
        match self.node().tag {
            Tag::Null => Kind::Null,
            Tag::False | Tag::True => Kind::Boolean,
            Tag::Integer | Tag::Double => Kind::Number,
            Tag::Plain | Tag::Escaped => Kind::String,
            Tag::Array => Kind::Array,
            Tag::Object => Kind::Object,
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
    #[inline]
    pub(crate) fn plain(self) -> Option<&'d str> {
        let node = self.node();
        (node.tag == Tag::Plain).then(|| node.text(&self.document.text))
    }

    /// How many elements or members a container has; 0 for other values.
    #[expect(clippy::len_without_is_empty, reason = "a value is not a container by itself")]
    pub fn len(self) -> usize {
        if self.has_double_names() { self.members().count() } else { self.width() }
    }

    /// About how long it takes to look through a container: `len`, but names that stand twice count
    /// twice.
    pub(crate) fn width(self) -> usize {
        match self.node().tag {
            Tag::Array | Tag::Object => self.node().first as usize,
            _ => 0,
        }
    }

    fn has_double_names(self) -> bool {
        let node = self.node();
        let nodes =
            || &self.document.nodes[self.index as usize..(self.index + node.second) as usize];
        node.tag == Tag::Object && super::names::is_any_double(&self.document.text, nodes())
    }

    /// The elements of an array; of other values none.
    pub fn items(self) -> Items<'d> {
        let span = if self.kind() == Kind::Array { self.node().second } else { 1 };
        Items { document: self.document, next: self.index + 1, end: self.index + span }
    }

    /// The element at a place of an array, counted from 0.
    pub fn item(self, index: usize) -> Option<Self> {
        if index >= self.width() {
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
        if self.has_double_names() {
            return Members(Order::Picked(pick_last(self.pairs()).into_iter()));
        }
        Members(Order::Tape(self.pairs()))
    }

    /// The value of the member with this name.
    pub fn member(self, name: &str) -> Option<Self> {
        let node = self.node();
        if node.tag != Tag::Object {
            return None;
        }
        let (text, from) = (&*self.document.text, self.index + 1);
        let own = &self.document.nodes[from as usize..(self.index + node.second) as usize];
        let (mut rest, mut found) = (own, None);
        while let [known, value, after @ ..] = rest {
            let is_as_long = (known.second - known.first) as usize == name.len();
            if (is_as_long || known.tag == Tag::Escaped) && known.is_name(text, name) {
                let place = own.len() - after.len() - 1;
                found = Some(Self { index: from + place as u32, ..self });
            }
            rest = match value.tag {
                Tag::Array | Tag::Object => &after[value.second as usize - 1..],
                _ => after,
            };
        }
        found
    }

    /// Every name and value of an object.
    fn pairs(self) -> Pairs<'d> {
        let span = if self.node().tag == Tag::Object { self.node().second } else { 1 };
        Pairs { document: self.document, next: self.index + 1, end: self.index + span }
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
