//! Names of members, and the numbers by which they are told apart.

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
    let mut bytes = [0; SHORT];
    bytes[..name.len()].copy_from_slice(name);
    let bytes = u128::from_le_bytes(bytes);
    mixed(bytes as u64, (bytes >> 64) as u64)
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
