//! The nodes of the tape, and values as places on it.

use std::ops::{Index, Range};
use std::ptr;

use super::name::{Key, Name, Place};
use super::number::Short;
use super::{Document, Number, scan};

/// One value or one name. A container is followed by what is in it: an object's names and values in
/// turn.
// The halves of what is compared at once stand side by side.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Node {
    pub(super) tag: Tag,
    /// Names: how many nodes the object begins before. 0 if that is very far, and of values.
    pub(super) back: u16,
    /// Containers: how many values. Others: where the text begins.
    pub(super) first: u32,
    /// Objects: a bit for the hash of each name in it. Arrays: nothing. Short names: their first
    /// half. Others: where the text ends.
    pub(super) second: u32,
    /// How many nodes the value takes. Names, which take one, have their hash here; short names
    /// their second half.
    pub(super) span: u32,
}

impl Node {
    /// The name that begins there.
    #[inline(always)]
    pub(super) fn short_name(first: u32, back: u16, word: u64) -> Self {
        Self { tag: Tag::Name, back, first, second: word as u32, span: (word >> 32) as u32 }
    }

    /// The bytes of a short name.
    #[inline(always)]
    pub(super) fn word(&self) -> u64 {
        u64::from(self.second) | u64::from(self.span) << 32
    }

    /// What kind of name it is and how far behind its object, as one number.
    #[inline(always)]
    pub(super) fn place(&self) -> Place {
        Place::new(self.tag, self.back)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
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
    /// The name of a member without escapes, of eight bytes at most: they are the number that the
    /// second half of the node is, the first in the lowest bits.
    Name,
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
    /// The text of a number, or the content of a string; of a name only if it is long.
    #[inline(always)]
    pub(super) fn of(self, node: &Node) -> &'d T {
        let base = if node.tag == Tag::Escaped { self.unescaped } else { self.plain };
        &base[node.first as usize..node.second as usize]
    }

    /// A name.
    #[inline]
    pub(super) fn name(self, node: &Node) -> &'d T {
        if node.tag != Tag::Name {
            return self.of(node);
        }
        let (start, length) = (node.first as usize, scan::length(node.word()));
        &self.plain[start..start + length]
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
    /// One of the nodes of the document.
    pub(super) node: &'d Node,
}

impl<'d> NodeRef<'d> {
    /// The value at a place of the tape that is known to hold one.
    #[inline(always)]
    pub(super) fn new(document: &'d Document<'d>, index: u32) -> Self {
        Self { document, node: &document.nodes[index as usize] }
    }

    /// Its place on the tape.
    #[inline(always)]
    pub(crate) fn index(self) -> u32 {
        let begin = self.document.nodes.as_ptr().addr();
        ((ptr::from_ref(self.node).addr() - begin) / size_of::<Node>()) as u32
    }

    /// The document it belongs to.
    pub(crate) fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// What kind of value it is.
    #[inline]
    pub fn kind(self) -> Kind {
        match self.node.tag {
            Tag::Null => Kind::Null,
            Tag::False | Tag::True => Kind::Boolean,
            Tag::Integer | Tag::Double => Kind::Number,
            Tag::Plain | Tag::Escaped | Tag::Name => Kind::String,
            Tag::Array => Kind::Array,
            Tag::Object => Kind::Object,
        }
    }

    /// The value of a boolean.
    pub fn boolean(self) -> Option<bool> {
        match self.node.tag {
            Tag::True => Some(true),
            Tag::False => Some(false),
            _ => None,
        }
    }

    /// The value of a number.
    pub fn number(self) -> Option<Number<'d>> {
        self.short_number().or_else(|| self.long_number())
    }

    /// The same, if the number is so short that it is known at sight.
    #[inline(always)]
    pub(crate) fn short_number(self) -> Option<Number<'d>> {
        let Node { tag, first, second, .. } = *self.node;
        let (text, start, end) = (self.document.text.as_bytes(), first as usize, second as usize);
        // Each of the common kinds is written at once where it is wanted.
        match tag {
            Tag::Integer => {
                if end - start == 1 {
                    return text.get(start).map(|digit| Number::Integer(i32::from(digit & 15)));
                }
                Short::at(text, start, end).map(|short| Number::Integer(short.integer()))
            }
            Tag::Double => Short::at(text, start, end).and_then(Short::double).map(Number::Double),
            _ => None,
        }
    }

    /// The same of a number that has many digits or an exponent, or stands near the end of the text.
    #[inline(never)]
    fn long_number(self) -> Option<Number<'d>> {
        let Node { tag, first, second, .. } = *self.node;
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
        match self.tag() {
            Tag::Plain => Some(self.plain_text()),
            Tag::Escaped => Some(self.text()),
            _ => None,
        }
    }

    /// The content of a string as it stands in the text, if it has no escapes.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'d str> {
        (self.tag() == Tag::Plain).then(|| self.plain_text())
    }

    /// How many elements or members a container has; 0 for other values.
    #[expect(clippy::len_without_is_empty, reason = "a value is not a container by itself")]
    pub fn len(self) -> usize {
        match self.node.tag {
            Tag::Array | Tag::Object => self.node.first as usize,
            _ => 0,
        }
    }

    /// The elements of an array; of other values none.
    pub fn items(self) -> Items<'d> {
        let span = if self.kind() == Kind::Array { self.node.span } else { 1 };
        Items { document: self.document, next: self.index() + 1, end: self.index() + span }
    }

    /// The element at a place of an array, counted from 0.
    pub fn item(self, index: usize) -> Option<Self> {
        if index >= self.len() {
            return None;
        }
        let node = self.node;
        if node.tag == Tag::Array && node.span == node.first + 1 {
            // Nothing but scalars: each takes one node.
            return Some(Self::new(self.document, self.index() + 1 + index as u32));
        }
        self.items().nth(index)
    }

    /// The names and values of an object, in order; of other values none.
    pub fn members(self) -> Members<'d> {
        let span = if self.kind() == Kind::Object { self.node.span } else { 1 };
        Members { document: self.document, next: self.index() + 1, end: self.index() + span }
    }

    /// The value of the member with this name.
    pub fn member(self, name: &str) -> Option<Self> {
        let (_, index) = self.search(Key::new(name))?;
        Some(Self::new(self.document, index))
    }

    /// The value of the member with a name that was made ready for this, if the name stands where it
    /// was found before in an object like this one.
    #[inline(always)]
    pub(crate) fn remembered(self, name: &Name) -> Option<Self> {
        let (known, value) = self.at_place_of(name)?;
        let is_same = known.word() == name.key().word
            || name.place().is_long() && name.key().is_text_of(self.document, known);
        is_same.then_some(value)
    }

    /// The same of a short name, which takes no call.
    #[inline(always)]
    pub(crate) fn remembered_short(self, name: &Name) -> Option<Self> {
        let (known, value) = self.at_place_of(name)?;
        (known.word() == name.key().word).then_some(value)
    }

    /// What stands where a name was found before: a name, and its value.
    #[inline(always)]
    fn at_place_of(self, name: &Name) -> Option<(&'d Node, Self)> {
        let place = name.place();
        let at = self.index() as usize + place.back();
        let [known, value] = self.document.nodes.get(at..at + 2)?.first_chunk()?;
        // Only a name of this object is so many nodes behind it, and has such a place.
        (known.place() == place).then_some((known, Self { document: self.document, node: value }))
    }

    /// Whether the value may be an object with a member of this name: it is found out at once.
    #[inline(always)]
    pub(crate) fn may_have(self, name: &Name) -> bool {
        self.node.tag == Tag::Object && name.key().may_be_in(self.node.second)
    }

    /// The value of the member with a name that was made ready for this, and whether it is near. A
    /// near one is remembered.
    #[inline(never)]
    pub(crate) fn member_named(self, name: &Name) -> Option<(Self, bool)> {
        let (known, index) = self.search(name.key())?;
        let is_near = index - self.index() <= Place::NEAR;
        if is_near {
            name.remember(known.place());
        }
        Some((Self::new(self.document, index), is_near))
    }

    /// The node of a name, and the place of the value behind it.
    #[inline(always)]
    fn search(self, name: Key<'_>) -> Option<(&'d Node, u32)> {
        let Node { tag: Tag::Object, span, .. } = *self.node else { return None };
        let nodes = self.document.nodes.get(..(self.index() + span) as usize)?;
        let mut at = self.index() + 1;
        while let Some([known, value]) = nodes.get(at as usize..at as usize + 2) {
            if name.is(self.document, known) {
                return Some((known, at + 1));
            }
            at += 1 + value.span;
        }
        None
    }

    /// What the tape says of the value.
    #[inline]
    pub(crate) fn tag(self) -> Tag {
        self.node.tag
    }

    /// The content of a string or the text of a number.
    #[inline]
    pub(crate) fn text(self) -> &'d str {
        self.document.texts().of(self.node)
    }

    /// The same of what stands in the text.
    #[inline(always)]
    pub(crate) fn plain_text(self) -> &'d str {
        &self.document.text[self.node.first as usize..self.node.second as usize]
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
        let item = NodeRef::new(self.document, self.next);
        self.next += item.node.span;
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
        let name = self.document.texts().name(&self.document.nodes[self.next as usize]);
        let value = NodeRef::new(self.document, self.next + 1);
        self.next += 1 + value.node.span;
        Some((name, value))
    }
}
