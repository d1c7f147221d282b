//! Whether a name stands twice in an object.
//!
//! Nearly always none does, and a small set of hashes shows it.

use super::node::{Node, Tag};

/// Objects with more members than this are searched for double names by sorting them.
const FEW: u32 = 64;

/// Whether a name stands twice in an object; `nodes` are its own.
pub(super) fn is_any_double(text: &str, nodes: &[Node]) -> bool {
    let count = nodes[0].first;
    if count < 2 {
        return false;
    }
    if count > FEW {
        return is_any_equal(text, nodes);
    }
    let mut seen = [0u64; 4];
    for (at, name) in names(nodes) {
        let (word, bit) = short_hash(text.as_bytes(), name);
        if name.tag == Tag::Escaped {
            // It may be any.
            return is_any_equal(text, nodes);
        }
        let is_before = |(_, other): (usize, &Node)| other.text(text) == name.text(text);
        if seen[word] & bit != 0 && names(&nodes[..at]).any(is_before) {
            return true;
        }
        seen[word] |= bit;
    }
    false
}

/// The names of an object and their indexes.
fn names(nodes: &[Node]) -> impl Iterator<Item = (usize, &Node)> {
    let mut at = 1;
    std::iter::from_fn(move || {
        let [name, value, ..] = nodes.get(at..)? else { return None };
        let index = at;
        at += 1 + value.span() as usize;
        Some((index, name))
    })
}

/// One of 256 bits: names of one object differ in length, or in their first, middle or last byte.
#[inline]
fn short_hash(text: &[u8], name: &Node) -> (usize, u64) {
    let (start, end) = (name.first as usize, name.second as usize);
    // The quotes around a name make an empty one no exception.
    let byte = |at: usize| u32::from(text.get(at).copied().unwrap_or_default());
    let (first, middle, last) = (byte(start), byte(start.midpoint(end)), byte(end - 1));
    let hash = first | middle << 8 | last << 16 | (name.second - name.first) << 24;
    let hash = hash.wrapping_mul(0x9E37_79B1);
    ((hash >> 30) as usize, 1 << ((hash >> 24) & 63))
}

fn is_any_equal(text: &str, nodes: &[Node]) -> bool {
    let mut names: Vec<_> = names(nodes).map(|(_, name)| name.string(text)).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}
