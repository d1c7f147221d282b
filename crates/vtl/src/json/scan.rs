//! Eight bytes of a text at a time, as one number: where in them something stands.

/// A byte in each of the eight.
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x80 * ONES;
const MIXER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Places among eight bytes: their high bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hits(u64);

impl Hits {
    #[inline(always)]
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first place; 8 if there is none.
    #[inline(always)]
    pub(super) fn first(self) -> usize {
        self.0.trailing_zeros() as usize / 8
    }

    /// Those behind the first.
    #[inline(always)]
    pub(super) fn rest(self) -> Self {
        Self(self.0 & self.0.wrapping_sub(1))
    }

    /// The bits of the bytes before the first place, which must be there.
    #[inline(always)]
    pub(super) fn before(self) -> u64 {
        (self.0 ^ self.0.wrapping_sub(1)) >> 8
    }
}

/// Quotes, backslashes and control characters. Only the first is exact.
#[inline(always)]
pub(super) fn special(eight: u64) -> Hits {
    Masks::NEW.special(eight)
}

/// What is no digit. What is behind one that is neither a point nor ASCII is not exact.
#[inline(always)]
pub(super) fn no_digit(eight: u64) -> Hits {
    Masks::NEW.no_digit(eight)
}

/// The numbers that bytes are compared with.
#[derive(Clone, Copy)]
pub(super) struct Masks {
    highs: u64,
    quotes: u64,
    below_quotes: u64,
    backslashes: u64,
    below_backslashes: u64,
    zeros: u64,
    above_nines: u64,
    mixer: u64,
}

impl Masks {
    pub(super) const NEW: Self = Self {
        highs: HIGHS,
        // Quotes become 0x20, and control characters stay what is below it.
        quotes: 0x02 * ONES,
        below_quotes: (0x21 * ONES).wrapping_neg(),
        backslashes: b'\\' as u64 * ONES,
        below_backslashes: ONES.wrapping_neg(),
        zeros: b'0' as u64 * ONES,
        above_nines: 0x76 * ONES,
        mixer: MIXER,
    };

    #[inline(always)]
    pub(super) fn special(&self, eight: u64) -> Hits {
        // A byte is less than n (below 0x80) if subtracting n borrows. A borrow may reach into the
        // byte above it, so only the lowest hit of each is exact.
        let quotes = (eight ^ self.quotes).wrapping_add(self.below_quotes);
        let backslashes = (eight ^ self.backslashes).wrapping_add(self.below_backslashes);
        // Both have the high bits of the text.
        Hits((quotes | backslashes) & !eight & self.highs)
    }

    /// A product of up to sixteen bytes, in the upper half of which each of the first eight has its
    /// part.
    #[inline(always)]
    pub(super) fn mixed(&self, first: u64, second: u64) -> u64 {
        (first ^ second.rotate_left(28)).wrapping_mul(self.mixer)
    }

    #[inline(always)]
    pub(super) fn no_digit(&self, eight: u64) -> Hits {
        // Digits become 0 to 9. What is more than that reaches the high bit, and has it or reaches
        // the next byte if it had it before.
        let digits = eight ^ self.zeros;
        Hits((digits.wrapping_add(self.above_nines) | digits) & self.highs)
    }
}

/// What digits stand for.
#[inline(always)]
pub(super) fn digits(eight: u64) -> u64 {
    eight ^ (u64::from(b'0') * ONES)
}

/// Whether all bytes are ASCII, and none is U+007F.
#[inline(always)]
pub(super) fn is_common(eight: u64) -> bool {
    let deletes = eight ^ (0x7f * ONES);
    (eight | (deletes.wrapping_sub(ONES) & !deletes)) & HIGHS == 0
}

/// Up to eight bytes as one number, zeros behind them.
#[inline(always)]
pub(super) fn word(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        // They overlap in bytes that are the same.
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u64::from(first) | u64::from(last) << (8 * (length - 4));
    }
    let byte = |at: usize| bytes.get(at).map_or(0, |byte| u64::from(*byte) << (8 * at));
    byte(0) | byte(1) | byte(2)
}

/// How many bytes a word has before the zeros behind them.
#[inline(always)]
pub(super) fn length(word: u64) -> usize {
    8 - word.leading_zeros() as usize / 8
}

/// Up to eight bytes at a place of a text, and whatever is behind them.
#[inline(always)]
pub(super) fn word_at(text: &[u8], start: usize, length: usize) -> u64 {
    match text.get(start..start + 8).and_then(<[u8]>::first_chunk) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => word(text.get(start..start + length).unwrap_or_default()),
    }
}

/// A word of which only the first `length` bytes count: the last of them in the highest bits, zeros
/// before the first.
#[inline(always)]
pub(super) fn aligned(word: u64, length: usize) -> u64 {
    word.checked_shl(u64::BITS - 8 * length as u32).unwrap_or_default()
}

/// How many of the bytes are spaces before the first that is not.
#[inline(always)]
pub(super) fn spaces(eight: u64) -> usize {
    (eight ^ (u64::from(b' ') * ONES)).trailing_zeros() as usize / 8
}

/// Whether no quote, backslash or control character is among the bytes.
#[inline(always)]
pub(super) fn is_plain(bytes: &[u8; 32]) -> bool {
    let is_special = |byte: &u8| (*byte == b'"') | (*byte == b'\\') | (*byte < b' ');
    !bytes.iter().fold(false, |any, byte| any | is_special(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_its_place() {
        let is_special = |byte: u8| matches!(byte, b'"' | b'\\' | 0..b' ');
        for byte in 0..=255 {
            for beside in [b'a', b'0', b' ', 0x00, 0xff, b'"', b'!', byte ^ 1] {
                for at in 0..8 {
                    let mut bytes = [beside; 8];
                    bytes[at] = byte;
                    let eight = u64::from_le_bytes(bytes);
                    let first = |is: &dyn Fn(u8) -> bool| {
                        bytes.iter().position(|byte| is(*byte)).unwrap_or(8)
                    };
                    let specials = special(eight);
                    assert_eq!(specials.first(), first(&is_special), "{bytes:?}");
                    assert_eq!(specials.is_empty(), specials.first() == 8, "{bytes:?}");
                    let mut digits = no_digit(eight);
                    let mut others = (0..8).filter(|at| !bytes[*at].is_ascii_digit());
                    loop {
                        let at = others.next().unwrap_or(8);
                        assert_eq!((digits.is_empty(), digits.first()), (at == 8, at), "{bytes:?}");
                        if at == 8 {
                            break;
                        }
                        assert_eq!(digits.before(), (1 << (8 * at)) - 1);
                        if bytes[at] != b'.' {
                            break;
                        }
                        digits = digits.rest();
                    }
                    assert_eq!(spaces(eight), first(&|byte| byte != b' '), "{bytes:?}");
                    let is_rare = |byte: u8| byte >= 0x7f;
                    assert_eq!(is_common(eight), first(&is_rare) == 8, "{bytes:?}");
                }
            }
            for at in 0..32 {
                let mut bytes = [b'x'; 32];
                bytes[at] = byte;
                assert_eq!(is_plain(&bytes), !is_special(byte));
            }
        }
    }
}
