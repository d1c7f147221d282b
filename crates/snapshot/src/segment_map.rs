//! A map from path segments, for tables that are built once and read by every request.
//!
//! The hash is a multiplication for every eight bytes: SipHash guards tables that clients fill,
//! and clients only ever look things up in these.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Segment to value.
pub(crate) type SegmentMap<V> = HashMap<Box<[u8]>, V, BuildHasherDefault<SegmentHasher>>;

/// An odd number with evenly spread bits (the golden ratio times 2^64).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes one short byte string.
#[derive(Default)]
pub(crate) struct SegmentHasher(u64);

impl SegmentHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(SPREAD);
    }
}

impl Hasher for SegmentHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.add(u64::from_le_bytes(word.try_into().expect("chunks have eight bytes")));
        }
        let mut tail = 0;
        for byte in words.remainder() {
            tail = tail << 8 | u64::from(*byte);
        }
        self.add(tail);
    }

    fn write_usize(&mut self, length: usize) {
        self.add(length as u64);
    }

    /// The table takes its index from the low bits and its tag from the high ones; a product is
    /// well mixed only in the high ones.
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
