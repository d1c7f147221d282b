//! Names of members, and the numbers by which they are told apart.

use std::sync::atomic::{AtomicU32, Ordering};

use super::Document;
use super::node::{Node, Tag};
use super::scan::{self, Masks};

/// The name of a member to look for, made ready once.
#[derive(Debug)]
pub(crate) struct Name {
    text: Box<str>,
    word: u64,
    hash: u32,
    /// Where it was found before: objects of one array have their members in the same places nearly
    /// always.
    place: AtomicU32,
}

impl Name {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let Key { hash, word, .. } = Key::new(&text);
        // No object has a name at its own place.
        let nowhere = Place::new(Tag::Name, 0);
        Self { text, word, hash, place: AtomicU32::new(nowhere.0) }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    #[inline(always)]
    pub(super) fn key(&self) -> Key<'_> {
        Key { text: self.text.as_bytes(), word: self.word, hash: self.hash }
    }

    #[inline(always)]
    pub(super) fn place(&self) -> Place {
        Place(self.place.load(Ordering::Relaxed))
    }

    pub(super) fn remember(&self, place: Place) {
        if place.tag() != Tag::Escaped as u16 {
            self.place.store(place.0, Ordering::Relaxed);
        }
    }
}

/// Where a name stands in an object: what kind of node it has (the lower half), and how many nodes
/// behind the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

impl Place {
    /// So few nodes behind an object a value is near.
    pub(super) const NEAR: u32 = 256;

    #[inline(always)]
    pub(super) fn new(tag: Tag, back: u16) -> Self {
        Self(u32::from(tag as u16) | u32::from(back) << 16)
    }

    #[inline(always)]
    pub(super) fn back(self) -> usize {
        (self.0 >> 16) as usize
    }

    /// Whether its node has a hash in place of the name.
    #[inline(always)]
    pub(super) fn is_long(self) -> bool {
        self.tag() != Tag::Name as u16
    }

    #[inline(always)]
    fn tag(self) -> u16 {
        self.0 as u16
    }
}

/// What a name is known by.
#[derive(Clone, Copy)]
pub(super) struct Key<'n> {
    text: &'n [u8],
    /// Its bytes, if it may be a short name.
    pub(super) word: u64,
    /// Names with different hashes are different.
    hash: u32,
}

/// The word of no short name: control characters have escapes.
const NO_WORD: u64 = 1;

impl<'n> Key<'n> {
    #[inline]
    pub(super) fn new(text: &'n str) -> Self {
        let text = text.as_bytes();
        // A zero at the end would be no different from none.
        let is_short = text.len() <= 8 && text.last() != Some(&0);
        let word = if is_short { scan::word(text) } else { NO_WORD };
        Self { text, word, hash: hash(text) }
    }

    /// Whether it may be among names of which these are the bits.
    #[inline(always)]
    pub(super) fn may_be_in(self, halves: u32) -> bool {
        // The upper six bits of the hash choose one of 64, of which the upper one chooses the half.
        halves >> (self.hash >> 26 & 31) & 1 != 0
    }

    /// Whether it is the name of a node.
    #[inline(always)]
    pub(super) fn is(self, document: &Document<'_>, known: &Node) -> bool {
        known.word() == self.word && known.tag == Tag::Name
            || known.span == self.hash && self.is_text_of(document, known)
    }

    /// Whether it is the name of a node that has no short one.
    #[inline(never)]
    pub(super) fn is_text_of(self, document: &Document<'_>, known: &Node) -> bool {
        known.tag != Tag::Name && is_same(document.texts().of(known).as_bytes(), self.text)
    }
}

/// Whether two names are the same.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match (one.split_first_chunk::<8>(), other.split_first_chunk::<8>()) {
        (Some((one, first)), Some((other, second))) if first.len() <= 8 => {
            one == other && scan::word(first) == scan::word(second)
        }
        _ => one == other,
    }
}

/// Names with fewer bytes than this count as a whole in their hash, of others the first and the
/// last eight.
pub(super) const SHORT: usize = 16;

/// The hash of the name that a node stands for.
#[inline]
pub(super) fn hash_of(node: &Node) -> u32 {
    if node.tag == Tag::Name { hash_of_mixed(mixed(node.word(), 0)) } else { node.span }
}

/// The hash of a name.
#[inline]
pub(super) fn hash(name: &[u8]) -> u32 {
    hash_of_mixed(mixed_of(name))
}

/// A number of which the upper half is the hash of a name.
#[inline]
pub(super) fn mixed_of(name: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk())
        && name.len() >= SHORT
    {
        let length = (name.len() as u64) << 32;
        return mixed(u64::from_le_bytes(*first) ^ length, u64::from_le_bytes(*last));
    }
    match name.split_first_chunk() {
        Some((first, rest)) => mixed(u64::from_le_bytes(*first), scan::word(rest)),
        None => mixed(scan::word(name), 0),
    }
}

/// The same of a short name with these bytes, of which those behind its end are 0.
#[inline(always)]
fn mixed(first: u64, second: u64) -> u64 {
    Masks::NEW.mixed(first, second)
}

/// The bits of the hashes of names, a half laid over the other.
#[inline(always)]
pub(super) fn halves_of(bits: u64) -> u32 {
    (bits | bits >> 32) as u32
}

#[inline(always)]
pub(super) fn hash_of_mixed(mixed: u64) -> u32 {
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::super::Leniency;
    use super::*;

    #[test]
    fn names_are_the_same_if_all_of_their_bytes_are() {
        let text = "a name of thirty-two bytes or so";
        let is_member = |member: &str, name: &str| {
            let document =
                Document::parse(format!("{{\"{member}\":1}}"), Leniency::Strict).unwrap();
            let (object, made) = (document.root(), Name::new(name));
            let found = object.member(name).is_some();
            assert!(object.remembered(&made).is_none(), "{member} {name}");
            assert!(object.may_have(&made) || !found, "{member} {name}");
            assert_eq!(object.member_named(&made).is_some(), found, "{member} {name}");
            let is_escaped = member.contains('\\');
            assert_eq!(object.remembered(&made).is_some(), found && !is_escaped, "{member} {name}");
            found
        };
        for length in 0..text.len() {
            let name = &text[..length];
            let word = scan::word(&name.as_bytes()[..length.min(8)]);
            assert_eq!(scan::length(word), length.min(8));
            let padded = word.to_le_bytes();
            assert_eq!(padded[..length.min(8)], name.as_bytes()[..length.min(8)]);
            assert!(is_member(name, name), "{name}");
            assert!(!is_member(&text[..length + 1], name), "{name}");
            assert!(!is_member(name, &text[..length + 1]), "{name}");
            let (zero, escape) = (format!("{name}\0"), format!("{name}\\u0000"));
            assert!(is_member(&escape, &zero), "{name}");
            assert!(!is_member(name, &zero) && !is_member(&escape, name), "{name}");
            for at in 0..length {
                let mut other = name.as_bytes().to_vec();
                other[at] ^= 1;
                let other = String::from_utf8(other).unwrap();
                assert!(!is_member(&other, name), "{name}");
                assert!(
                    hash(other.as_bytes()) != hash(name.as_bytes()) || length > SHORT,
                    "{name}"
                );
                let escape = format!("\\u{:04x}", name.as_bytes()[at]);
                let escaped = [&name[..at], &escape, &name[at + 1..]].concat();
                assert!(is_member(&escaped, name) && !is_member(&escaped, &other), "{name}");
            }
        }
    }

    #[test]
    fn most_objects_are_known_not_to_have_a_name() {
        let document = Document::parse("{\"b\":1,\"long name\":2}", Leniency::Strict).unwrap();
        let may_have = |name: &str| document.root().may_have(&Name::new(name));
        assert!(may_have("b") && may_have("long name"));
        let strange = (0..1000).filter(|n| !may_have(&format!("name {n}"))).count();
        assert!(strange > 900, "{strange}");
        let values = Document::parse("[[1], {}, 1]", Leniency::Strict).unwrap();
        assert!(values.root().items().all(|value| !value.may_have(&Name::new("b"))));
    }

    #[test]
    fn names_that_differ_little_have_different_hashes() {
        let mut hashes: Vec<u32> = (0..10_000u32)
            .flat_map(|n| [n.to_string(), format!("item{n}"), format!("the longest of all {n:05}")])
            .chain(["a", "A", "aa", "aaaaaaaa", "aaaaaaaaa", ""].map(str::to_owned))
            .map(|name| hash(name.as_bytes()))
            .collect();
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(all - hashes.len() < 5, "{} of {all}", hashes.len());
    }
}
