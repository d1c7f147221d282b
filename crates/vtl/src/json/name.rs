//! Names of members, and the numbers by which they are told apart.

use super::scan;

/// The name of a member to look for, made ready once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    text: Box<str>,
    hash: u32,
    start: u64,
}

impl Name {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        let Key { hash, start, .. } = Key::new(&text);
        Self { text, hash, start }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    #[inline(always)]
    pub(super) fn key(&self) -> Key<'_> {
        Key { text: self.text.as_bytes(), hash: self.hash, start: self.start }
    }
}

/// What a name is known by.
#[derive(Clone, Copy)]
pub(super) struct Key<'n> {
    text: &'n [u8],
    /// Names with different hashes are different.
    pub(super) hash: u32,
    /// The first eight bytes, aligned.
    start: u64,
}

impl<'n> Key<'n> {
    #[inline]
    pub(super) fn new(text: &'n str) -> Self {
        let text = text.as_bytes();
        let start = scan::aligned(scan::word(text), text.len().min(8));
        Self { text, hash: hash(text), start }
    }

    /// Whether it is the name that stands at a place of a text.
    #[inline(always)]
    pub(super) fn is_at(self, text: &[u8], start: usize, end: usize) -> bool {
        let length = self.text.len();
        if end - start != length {
            return false;
        }
        if length <= 8 {
            return scan::aligned(scan::word_at(text, start, length), length) == self.start;
        }
        text.get(start..end).is_some_and(|text| is_same(text, self.text))
    }
}

/// Whether two names of the same length, which is more than eight, are the same.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
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

/// The hash of a name.
#[inline]
pub(super) fn hash(name: &[u8]) -> u32 {
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

/// The hash of a short name with these bytes, of which those behind its end are 0: the upper half of
/// a product, in which each of the first eight has its part.
#[inline(always)]
pub(super) fn mixed(first: u64, second: u64) -> u32 {
    let mixed = first ^ second.rotate_left(28);
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_if_all_of_their_bytes_are() {
        let text = "a name of thirty-two bytes or so";
        for length in 0..text.len() {
            let name = &text.as_bytes()[..length];
            let padded = scan::word(&name[..length.min(8)]).to_le_bytes();
            assert_eq!(padded[..length.min(8)], name[..length.min(8)]);
            assert!(padded[length.min(8)..].iter().all(|byte| *byte == 0));
            for behind in ["", "\": ", "\": \"and so on"] {
                let here = |name: &[u8]| [name, behind.as_bytes()].concat();
                let name = &text[..length];
                let key = Key::new(name);
                assert!(key.is_at(&here(name.as_bytes()), 0, length), "{name}");
                assert!(!key.is_at(&here(name.as_bytes()), 0, length + 1), "{name}");
                for at in 0..length {
                    let mut other = name.as_bytes().to_vec();
                    other[at] ^= 1;
                    assert!(!key.is_at(&here(&other), 0, length), "{name}");
                    assert!(hash(&other) != key.hash || length > SHORT, "{name}");
                }
            }
        }
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
