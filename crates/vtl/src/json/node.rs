//! The nodes of the tape, and values as places on it.

use std::ops::{Index, Range};

use super::name::{Key, Name};
use super::number::Short;
use super::{Document, Number};

/// One value or one name. A container is followed by what is in it: an object's names and values in
/// turn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) tag: Tag,
    /// Names: how many nodes the object begins before. 0 if that is very far, and of values.
    pub(super) back: u16,
    /// Containers: how many values. Others: where the text begins.
    pub(super) first: u32,
    /// Containers: nothing. Others: where the text ends.
    pub(super) second: u32,
    /// How many nodes the value takes. Names, which take one, have their hash here.
    pub(super) span: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    False,
    True,
    Integer,
    Double,
    /// A string without escapes. The range is that of its content.
    Plain,
    /// A string with escapes. The range is that of what they stand for, which is kept apart.
    Escaped,
    Array,
    Object,
}

/// What nodes point into: texts, or their bytes.
#[derive(Debug)]
pub(super) struct Texts<'d, T: ?Sized = str> {
    pub(super) plain: &'d T,
    pub(super) unescaped: &'d T,
}

impl<T: ?Sized> Clone for Texts<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Texts<'_, T> {}

impl<'d, T: ?Sized + Index<Range<usize>, Output = T>> Texts<'d, T> {
    /// The text of a number, or the content of a string.
    #[inline(always)]
    pub(super) fn of(self, node: &Node) -> &'d T {
        &self.base(node)[node.first as usize..node.second as usize]
    }

    #[inline(always)]
    fn base(self, node: &Node) -> &'d T {
        if node.tag == Tag::Escaped { self.unescaped } else { self.plain }
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
    #[inline]
    pub(super) fn node(self) -> &'d Node {
        &self.document.nodes[self.index as usize]
    }

    /// Its place on the tape.
    #[inline]
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
    #[inline]
    pub fn number(self) -> Option<Number<'d>> {
        let Node { tag, first, second, .. } = *self.node();
        let (text, start, end) = (self.document.text.as_bytes(), first as usize, second as usize);
        // Each of the common kinds is written at once where it is wanted.
        match tag {
            Tag::Integer => {
                if let (Some(digit), 1) = (text.get(start), end - start) {
                    return Some(Number::Integer(i32::from(digit & 15)));
                }
                if let Some(short) = Short::at(text, start, end) {
                    return Some(Number::Integer(short.integer()));
                }
            }
            Tag::Double => {
                if let Some(double) = Short::at(text, start, end).and_then(Short::double) {
                    return Some(Number::Double(double));
                }
            }
            _ => return None,
        }
        self.long_number()
    }

    /// The same of a number that has many digits or an exponent, or stands near the end of the text.
    #[inline(never)]
    fn long_number(self) -> Option<Number<'d>> {
        let Node { tag, first, second, .. } = *self.node();
        let (text, start, end) = (&*self.document.text, first as usize, second as usize);
        match tag {
            Tag::Integer => Some(Number::integer(text, start, end)),
            Tag::Double => Some(Number::double(text, start, end)),
            _ => None,
        }
    }

    /// The content of a string.
    #[inline]
    pub fn string(self) -> Option<&'d str> {
        matches!(self.tag(), Tag::Plain | Tag::Escaped).then(|| self.text())
    }

    /// The content of a string as it stands in the text, if it has no escapes.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'d str> {
        (self.tag() == Tag::Plain).then(|| self.text())
    }

    /// How many elements or members a container has; 0 for other values.
    #[expect(clippy::len_without_is_empty, reason = "a value is not a container by itself")]
    pub fn len(self) -> usize {
        match self.node().tag {
            Tag::Array | Tag::Object => self.node().first as usize,
            _ => 0,
        }
    }

    /// The elements of an array; of other values none.
    pub fn items(self) -> Items<'d> {
        let span = if self.kind() == Kind::Array { self.node().span } else { 1 };
        Items { document: self.document, next: self.index + 1, end: self.index + span }
    }

    /// The element at a place of an array, counted from 0.
    pub fn item(self, index: usize) -> Option<Self> {
        if index >= self.len() {
            return None;
        }
        let node = self.node();
        if node.tag == Tag::Array && node.span == node.first + 1 {
            // Nothing but scalars: each takes one node.
            return Some(Self { index: self.index + 1 + index as u32, ..self });
        }
        self.items().nth(index)
    }

    /// The names and values of an object, in order; of other values none.
    pub fn members(self) -> Members<'d> {
        let span = if self.kind() == Kind::Object { self.node().span } else { 1 };
        Members { document: self.document, next: self.index + 1, end: self.index + span }
    }

    /// The value of the member with this name.
    pub fn member(self, name: &str) -> Option<Self> {
        self.member_known_by(Key::new(name))
    }

    /// The value of the member with a name that was made ready for this.
    #[inline]
    pub(crate) fn member_named(self, name: &Name) -> Option<Self> {
        self.member_known_by(name.key())
    }

    /// The same, if the name stands so many nodes behind the beginning of the object.
    #[inline(always)]
    pub(crate) fn member_at(self, offset: u16, name: &Name) -> Option<Self> {
        let at = self.index as usize + usize::from(offset);
        let known = self.document.nodes.get(at)?;
        let name = name.key();
        // Only a name of this object is so many nodes behind it, and 0 is said of none.
        if known.back != offset || offset == 0 || known.span != name.hash {
            return None;
        }
        let text = self.document.texts().base(known).as_bytes();
        name.is_at(text, known.first as usize, known.second as usize)
            .then_some(Self { index: at as u32 + 1, ..self })
    }

    #[inline(always)]
    fn member_known_by(self, name: Key<'_>) -> Option<Self> {
        let node = self.node();
        if node.tag != Tag::Object {
            return None;
        }
        let end = (self.index + node.span) as usize;
        let nodes = self.document.nodes.get(..end)?;
        let mut at = self.index as usize + 1;
        while let (Some(known), Some(value)) = (nodes.get(at), nodes.get(at + 1)) {
            if known.span == name.hash {
                let text = self.document.texts().base(known).as_bytes();
                if name.is_at(text, known.first as usize, known.second as usize) {
                    return Some(Self { index: at as u32 + 1, ..self });
                }
            }
            at += 1 + value.span as usize;
        }
        None
    }

    /// What the tape says of the value.
    #[inline]
    pub(crate) fn tag(self) -> Tag {
        self.node().tag
    }

    /// The content of a string or the text of a number.
    #[inline(always)]
    pub(crate) fn text(self) -> &'d str {
        self.document.texts().of(self.node())
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
        self.next += item.node().span;
        Some(item)
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'d> {
    document: &'d Document<'d>,
    next: u32,
    end: u32,
}

impl<'d> Iterator for Members<'d> {
    type Item = (&'d str, NodeRef<'d>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let name = self.document.texts().of(&self.document.nodes[self.next as usize]);
        let value = NodeRef { document: self.document, index: self.next + 1 };
        self.next += 1 + value.node().span;
        Some((name, value))
    }
}
