//! Looks for bytes in heads, eight at a time: names and most values are short, and a call of what is
//! made for long texts costs more than they do. Only a value that is longer than some words is left to
//! such a call; a name is looked at here to its end.

/// A one in each byte.
const ONES: u64 = u64::from_le_bytes([1; 8]);
/// The highest bit of each byte.
const HIGHS: u64 = ONES << 7;

/// Words of a value that are looked at before a search that is made for long texts.
const WORDS: usize = 4;

/// Where the first colon stands. Every word up to it is looked at: names are short, and lines without
/// a colon behind them are malformed.
pub(super) fn colon(text: &[u8]) -> Option<usize> {
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let other = u64::from_le_bytes(*word) ^ (ONES * b':' as u64);
        // The lowest of these bits is that of the first byte that is zero.
        let zeros = other.wrapping_sub(ONES) & !other & HIGHS;
        if zeros != 0 {
            return Some(8 * index + first_byte(zeros));
        }
    }
    let colon = rest.iter().position(|byte| *byte == b':')?;
    Some(text.len() - rest.len() + colon)
}

/// Where the first byte of a line end stands: a carriage return or a line feed.
#[inline(always)]
pub(super) fn line_break(text: &[u8]) -> Option<usize> {
    let (words, _) = text.as_chunks::<8>();
    let mut from = 8 * words.len().min(WORDS);
    for (index, word) in words.iter().take(WORDS).enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest of these bits is that of the first byte that is not above a carriage return.
        let low = word.wrapping_sub(ONES * (b'\r' + 1) as u64) & !word & HIGHS;
        if low != 0 {
            from = 8 * index + first_byte(low);
            if matches!(text[from], b'\r' | b'\n') {
                return Some(from);
            }
            break;
        }
    }
    memchr::memchr2(b'\r', b'\n', &text[from..]).map(|found| from + found)
}

/// Which byte of a word the lowest bit belongs to.
fn first_byte(bits: u64) -> usize {
    bits.trailing_zeros() as usize / 8
}

/// Whether there is a byte of this kind. Every byte is looked at, so that compilers make vector
/// instructions of it; the last ones may be looked at twice.
#[inline(always)]
pub(super) fn any<const WIDTH: usize>(text: &[u8], is_it: impl Fn(u8) -> bool) -> bool {
    let Some(last) = text.last_chunk::<WIDTH>() else {
        return text.iter().fold(false, |found, byte| found | is_it(*byte));
    };
    let mut found = [false; WIDTH];
    let mut look = |bytes: &[u8; WIDTH]| {
        found.iter_mut().zip(bytes).for_each(|(found, byte)| *found |= is_it(*byte));
    };
    text.as_chunks::<WIDTH>().0.iter().for_each(&mut look);
    look(last);
    found.iter().fold(false, |any, found| any | found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_is_found_wherever_it_stands() {
        for before in 0..70 {
            for filler in [b'a', b' ', b'\t', 0x00, 0x0b, 0x0e, b';', b'9', 0x7f, 0x8d, 0xff] {
                for (found, behind) in [(b'\r', b'\n'), (b'\n', b'\r'), (b':', b':')] {
                    let text = [vec![filler; before], vec![found, behind], vec![b'c'; 9]].concat();
                    let search = if found == b':' { colon } else { line_break };
                    assert_eq!(search(&text), Some(before), "{before} of {filler}");
                    assert_eq!(search(&text[..=before]), Some(before), "at the end");
                    assert_eq!(search(&text[..before]), None, "{before} of {filler} alone");
                }
            }
        }
    }

    #[test]
    fn every_byte_is_looked_at() {
        for length in 0..100 {
            let mut text = vec![b'a'; length];
            let holds =
                |text: &[u8]| [any::<16>(text, |it| it == 0), any::<32>(text, |it| it == 0)];
            assert_eq!(holds(&text), [false, false], "{length}");
            for at in 0..length {
                text[at] = 0;
                assert_eq!(holds(&text), [true, true], "{at} of {length}");
                text[at] = b'a';
            }
        }
    }
}
