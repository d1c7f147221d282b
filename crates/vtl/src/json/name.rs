//! Names of members, and the numbers by which they are told apart.

use super::scan;

/// The name of a member to look for, made ready once: of two texts with different hashes none is the
/// other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    text: Box<str>,
    hash: u32,
}

impl Name {
    pub(crate) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        Self { hash: hash(text.as_bytes()), text }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    #[inline]
    pub(super) fn hash(&self) -> u32 {
        self.hash
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

/// Whether two names are the same, without a call for short ones.
#[inline]
pub(super) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    if let (Some((one, first)), Some((other, second))) =
        (one.split_first_chunk::<8>(), other.split_first_chunk::<8>())
    {
        return one == other
            && if first.len() <= 8 {
                scan::word(first) == scan::word(second)
            } else {
                first == second
            };
    }
    scan::word(one) == scan::word(other)
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
            assert!(is_same(name, &name.to_vec()) && !is_same(name, &text.as_bytes()[1..]));
            for at in 0..length {
                let mut other = name.to_vec();
                other[at] ^= 1;
                assert!(
                    !is_same(name, &other) && hash(&other) != hash(name) || at > 7 && length > 16
                );
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
