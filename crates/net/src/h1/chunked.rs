//! The chunked transfer coding (RFC 9112, section 7.1), read strictly.

use crate::h1::Malformed;
use crate::limits::{CHUNK_EXTENSION_BYTES, TRAILER_BYTES};

/// Hexadecimal digits of a chunk size; 15 of them cannot overflow.
const SIZE_DIGITS: u8 = 15;

/// What the next byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size { digits: u8 },
    Extension { quoted: Quoted },
    SizeLineFeed,
    Data,
    DataCarriageReturn,
    DataLineFeed,
    TrailerStart,
    TrailerName,
    TrailerValue,
    TrailerLineFeed,
    LastLineFeed,
    Done,
}

/// Inside a chunk extension: whether a quoted string is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quoted {
    No,
    Yes,
    Escape,
}

/// Takes the framing off a chunked body. Extensions and trailers are checked and dropped.
#[derive(Clone, Debug)]
pub struct ChunkedDecoder {
    state: State,
    /// Bytes left of the current chunk.
    remaining: u64,
    /// Bytes of the current chunk's extensions, later of the trailer section.
    spent: usize,
}

impl Default for ChunkedDecoder {
    fn default() -> Self {
        Self { state: State::Size { digits: 0 }, remaining: 0, spent: 0 }
    }
}

impl ChunkedDecoder {
    /// Whether the last byte of the body has been seen.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Reads framing until data begins, the body ends or the input does. Returns how many bytes
    /// of `input` were framing and how many after them are data.
    pub fn decode(&mut self, input: &[u8]) -> Result<(usize, usize), Malformed> {
        for (at, byte) in input.iter().enumerate() {
            if self.state == State::Data {
                let available = input.len() - at;
                let data = usize::try_from(self.remaining).unwrap_or(usize::MAX).min(available);
                self.remaining -= data as u64;
                if self.remaining == 0 {
                    self.state = State::DataCarriageReturn;
                }
                return Ok((at, data));
            }
            if self.is_done() {
                return Ok((at, 0));
            }
            self.state = self.step(*byte)?;
        }
        Ok((input.len(), 0))
    }

    fn step(&mut self, byte: u8) -> Result<State, Malformed> {
        Ok(match (self.state, byte) {
            (State::Size { digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                if digits == SIZE_DIGITS {
                    return Err(Malformed::ChunkSize);
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                self.remaining = self.remaining * 16 + u64::from(digit);
                State::Size { digits: digits + 1 }
            }
            (State::Size { digits: 0 }, _) => return Err(Malformed::ChunkSize),
            (State::Size { .. } | State::Extension { quoted: Quoted::No }, b'\r') => {
                State::SizeLineFeed
            }
            (State::Size { .. }, b';') => {
                self.spent = 0;
                State::Extension { quoted: Quoted::No }
            }
            (State::Size { .. }, _) => return Err(Malformed::ChunkSize),
            (State::Extension { quoted }, byte) => {
                self.spend(byte, CHUNK_EXTENSION_BYTES, Malformed::ChunkExtension)?;
                State::Extension {
                    quoted: match (quoted, byte) {
                        (Quoted::No, b'"') => Quoted::Yes,
                        (Quoted::Yes, b'\\') => Quoted::Escape,
                        (Quoted::Yes, b'"') => Quoted::No,
                        (Quoted::Escape, _) => Quoted::Yes,
                        (quoted, _) => quoted,
                    },
                }
            }
            (State::SizeLineFeed, b'\n') if self.remaining > 0 => State::Data,
            (State::SizeLineFeed, b'\n') => {
                self.spent = 0;
                State::TrailerStart
            }
            (State::DataCarriageReturn, b'\r') => State::DataLineFeed,
            (State::DataLineFeed, b'\n') => State::Size { digits: 0 },
            (State::TrailerStart, b'\r') => State::LastLineFeed,
            (State::LastLineFeed, b'\n') => State::Done,
            (State::TrailerStart | State::TrailerName, _) => self.trailer_name(byte)?,
            (State::TrailerValue, b'\r') => State::TrailerLineFeed,
            (State::TrailerValue, _) => {
                self.spend(byte, TRAILER_BYTES, Malformed::Trailer)?;
                State::TrailerValue
            }
            (State::TrailerLineFeed, b'\n') => State::TrailerStart,
            _ => return Err(Malformed::ChunkEnd),
        })
    }

    fn trailer_name(&mut self, byte: u8) -> Result<State, Malformed> {
        self.spend(byte, TRAILER_BYTES, Malformed::Trailer)?;
        match (self.state, byte) {
            (State::TrailerName, b':') => Ok(State::TrailerValue),
            (_, byte) if super::parse::is_token_byte(byte) => Ok(State::TrailerName),
            _ => Err(Malformed::Trailer),
        }
    }

    /// Counts one byte of something that is thrown away; no control character may hide in it.
    fn spend(&mut self, byte: u8, limit: usize, reason: Malformed) -> Result<(), Malformed> {
        self.spent += 1;
        let is_text = byte == b'\t' || (byte >= b' ' && byte != 0x7f);
        if is_text && self.spent <= limit { Ok(()) } else { Err(reason) }
    }
}

/// Bytes of the size line that [`write_chunk_head`] writes.
pub(crate) const CHUNK_HEAD: usize = 10;

/// Writes the size line of a chunk right-aligned into `head`; returns where it begins. Sizes are
/// at most `u32::MAX`.
pub fn write_chunk_head(size: usize, head: &mut [u8; CHUNK_HEAD]) -> usize {
    head[CHUNK_HEAD - 2..].copy_from_slice(b"\r\n");
    let mut rest = size;
    let mut at = CHUNK_HEAD - 2;
    loop {
        at -= 1;
        head[at] = b"0123456789abcdef"[rest % 16];
        rest /= 16;
        if rest == 0 || at == 0 {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode_in_pieces(input: &[u8], piece: usize) -> Result<(Vec<u8>, bool), Malformed> {
        let mut decoder = ChunkedDecoder::default();
        let mut data = Vec::new();
        for mut input in input.chunks(piece) {
            while !input.is_empty() && !decoder.is_done() {
                let (skip, take) = decoder.decode(input)?;
                data.extend_from_slice(&input[skip..skip + take]);
                input = &input[skip + take..];
            }
        }
        Ok((data, decoder.is_done()))
    }

    #[test]
    fn chunks_are_joined_however_they_are_split() {
        let check = |input: &[u8], expected: Result<(&[u8], bool), Malformed>| {
            for piece in [input.len().max(1), 1, 2, 3, 7] {
                let decoded = decode_in_pieces(input, piece);
                let decoded = decoded.as_ref().map(|(data, done)| (data.as_slice(), *done));
                let decoded = decoded.map_err(|reason| *reason);
                assert_eq!(decoded, expected, "{} by {piece}", input.escape_ascii());
            }
        };
        check(b"5\r\nhello\r\n0\r\n\r\n", Ok((b"hello", true)));
        check(b"5\r\nhel", Ok((b"hel", false)));
        check(b"00005\r\nhello\r\n000\r\n\r\n", Ok((b"hello", true)));
        check(b"1;a=b\r\nx\r\nA;c=\"\\\"\r\n", Err(Malformed::ChunkExtension));
        check(b"1;a=\"q;\\\"\"\r\nx\r\n0\r\n\r\n", Ok((b"x", true)));
        check(b"1\r\nx\r\n0\r\nDigest: abc\r\n\r\n", Ok((b"x", true)));
        check(b"1\r\nx\r\n0\r\nDigest abc\r\n\r\n", Err(Malformed::Trailer));
        check(b"1\r\nx\r\n0\r\nA: b\x00c\r\n\r\n", Err(Malformed::Trailer));
        check(b"1\r\nx\r\n0\r\n folded\r\n\r\n", Err(Malformed::Trailer));
        check(b"\r\n", Err(Malformed::ChunkSize));
        check(b"x\r\n", Err(Malformed::ChunkSize));
        check(b"+1\r\nx\r\n", Err(Malformed::ChunkSize));
        check(b"-1\r\nx\r\n", Err(Malformed::ChunkSize));
        check(b"0x1\r\nx\r\n", Err(Malformed::ChunkSize));
        check(b"1 \r\nx\r\n", Err(Malformed::ChunkSize));
        check(b" 1\r\nx\r\n", Err(Malformed::ChunkSize));
        check(b"1\nx\n0\n\n", Err(Malformed::ChunkSize));
        check(b"1\rx", Err(Malformed::ChunkEnd));
        check(b"1\r\nxy\r\n", Err(Malformed::ChunkEnd));
        check(b"1\r\nx\n0\r\n\r\n", Err(Malformed::ChunkEnd));
        check(b"1;\nx\r\n", Err(Malformed::ChunkExtension));
        check(b"1;a\x00\r\nx\r\n", Err(Malformed::ChunkExtension));
        check(b"1000000000000000\r\n", Err(Malformed::ChunkSize));
        check(b"ffffffffffffffff1\r\n", Err(Malformed::ChunkSize));
        check(b"0\r\n\rx", Err(Malformed::ChunkEnd));
    }

    #[test]
    fn extensions_and_trailers_are_bounded() {
        let long = "e".repeat(CHUNK_EXTENSION_BYTES + 1);
        let body = format!("1;{long}\r\nx\r\n0\r\n\r\n");
        assert_eq!(decode_in_pieces(body.as_bytes(), 9), Err(Malformed::ChunkExtension));
        let trailers = "A: b\r\n".repeat(TRAILER_BYTES / 4 + 1);
        let body = format!("0\r\n{trailers}\r\n");
        assert_eq!(decode_in_pieces(body.as_bytes(), 9), Err(Malformed::Trailer));
    }

    #[test]
    fn chunk_heads_are_hexadecimal() {
        let check = |size: usize, expected: &[u8]| {
            let mut head = [0; CHUNK_HEAD];
            let start = write_chunk_head(size, &mut head);
            assert_eq!(&head[start..], expected);
        };
        check(0, b"0\r\n");
        check(1, b"1\r\n");
        check(255, b"ff\r\n");
        check(0xffff_ffff, b"ffffffff\r\n");
    }
}
