//! Follows the frames that go out, to count the limits that the codec enforces by itself: it tells
//! the client, and nobody else.

use crate::hits::Limit;

/// Bytes that every frame begins with (RFC 9113, section 4.1).
const FRAME_HEAD_BYTES: usize = 9;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];

/// PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR (section 7).
const CLIENT_ERRORS: [&[u8]; 4] = [&[0, 0, 0, 1], &[0, 0, 0, 3], &[0, 0, 0, 5], &[0, 0, 0, 6]];

/// Bytes of a GOAWAY before its debug data, and of so much of it as is of interest.
const GOAWAY_BYTES: usize = 8;
const KEPT_BYTES: usize = GOAWAY_BYTES + 32;

/// What the codec says, as debug data, of the limits that end a connection.
const WORDS: [(&[u8], Limit); 5] = [
    (b"too_many_resets", Limit::UnseenResets),
    (b"too_many_internal_resets", Limit::ErrorResets),
    (b"header_list_way_too_large", Limit::FieldListBytes),
    (b"too_many_continuations", Limit::FieldListBytes),
    (b"too_many_data_frames", Limit::SmallDataBytes),
];

/// Bytes that a lone `:status` takes at most, behind two changes of the table's size. An answer of
/// ours is longer, as it has fields with values of its own.
const LONE_STATUS_BYTES: usize = 16;

/// What a frame of ours tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The client has hit a limit.
    Hit(Limit),
    /// A stream ended for an error of the client's.
    Malformed,
}

/// Where our own frames stand.
#[derive(Debug)]
pub(super) struct SentWatch {
    /// A frame's head, and what is kept of its payload.
    bytes: [u8; FRAME_HEAD_BYTES + KEPT_BYTES],
    known: usize,
    /// Bytes that `bytes` is to have.
    wanted: usize,
    /// Bytes of the payload that are of no interest and still to come.
    left: usize,
}

impl Default for SentWatch {
    fn default() -> Self {
        let bytes = [0; FRAME_HEAD_BYTES + KEPT_BYTES];
        Self { bytes, known: 0, wanted: FRAME_HEAD_BYTES, left: 0 }
    }
}

impl SentWatch {
    /// Takes note of bytes that went out, and passes on what they tell.
    pub(super) fn feed(&mut self, mut bytes: &[u8], tell: impl Fn(Told)) {
        while !bytes.is_empty() {
            if self.known == 0 && self.left > 0 {
                let count = self.left.min(bytes.len());
                self.left -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (self.wanted - self.known).min(bytes.len());
            self.bytes[self.known..self.known + count].copy_from_slice(&bytes[..count]);
            self.known += count;
            bytes = &bytes[count..];
            if self.known < self.wanted {
                continue;
            }
            if self.known == FRAME_HEAD_BYTES {
                self.begin(&tell);
            }
            if self.known == self.wanted {
                self.told().into_iter().for_each(&tell);
                (self.known, self.wanted) = (0, FRAME_HEAD_BYTES);
            }
        }
    }

    /// A frame's head is here.
    fn begin(&mut self, tell: impl Fn(Told)) {
        let [a, b, c, kind, flags, ..] = self.bytes;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        let kept = if matches!(kind, RST_STREAM | GOAWAY) { length.min(KEPT_BYTES) } else { 0 };
        self.wanted = FRAME_HEAD_BYTES + kept;
        self.left = length - kept;
        // The codec's own 431, which has no field (RFC 9113, section 10.5.1).
        if kind == HEADERS && flags & END_STREAM != 0 && length <= LONE_STATUS_BYTES {
            tell(Told::Hit(Limit::FieldListBytes));
        }
    }

    /// What a RST_STREAM or a GOAWAY tells.
    fn told(&self) -> Option<Told> {
        let payload = &self.bytes[FRAME_HEAD_BYTES..self.known];
        match self.bytes[3] {
            RST_STREAM if payload == REFUSED_STREAM => Some(Told::Hit(Limit::Streams)),
            RST_STREAM if CLIENT_ERRORS.contains(&payload) => Some(Told::Malformed),
            GOAWAY => {
                let words = payload.get(GOAWAY_BYTES..)?;
                WORDS.iter().find(|(known, _)| *known == words).map(|(_, limit)| Told::Hit(*limit))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn limits_are_read_off_the_frames() {
        let frame = |kind: u8, flags: u8, payload: &[u8]| {
            [&[0, 0, payload.len() as u8, kind, flags, 0, 0, 0, 1], payload].concat()
        };
        let check = |frames: &[Vec<u8>], expected: &[Told]| {
            let bytes = frames.concat();
            for piece in 1..=bytes.len() {
                let hits = RefCell::new(Vec::new());
                let mut watch = SentWatch::default();
                for part in bytes.chunks(piece) {
                    watch.feed(part, |told| hits.borrow_mut().push(told));
                }
                assert_eq!(*hits.borrow(), expected, "{bytes:?} by {piece}");
            }
        };
        let settings = frame(4, 0, &[0; 12]);
        let refused = frame(RST_STREAM, 0, &REFUSED_STREAM);
        let cancelled = frame(RST_STREAM, 0, &[0, 0, 0, 8]);
        let too_large = frame(HEADERS, 5, &[0x48, 0x82, 0x68, 0x01]);
        let answer = frame(HEADERS, 5, &[b'x'; 60]);
        let interim = frame(HEADERS, 4, &[0x48, 0x82, 0x08, 0x01]);
        let data = frame(0, 1, b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x07");
        check(&[settings.clone(), cancelled.clone(), answer, data.clone(), interim], &[]);
        let goodbye =
            |words: &[u8]| frame(GOAWAY, 0, &[&[0, 0, 0, 1, 0, 0, 0, 11], words].concat());
        check(&[goodbye(b""), goodbye(b"other"), goodbye(&[b'x'; 60]), settings.clone()], &[]);
        check(&[goodbye(b"too_many_resets"), data.clone()], &[Told::Hit(Limit::UnseenResets)]);
        let malformed = frame(RST_STREAM, 0, &[0, 0, 0, 1]);
        check(&[cancelled, malformed, settings], &[Told::Malformed]);
        let hits = [Limit::Streams, Limit::FieldListBytes].map(Told::Hit);
        check(&[refused, too_large], &hits);
        check(&[data], &[]);
    }
}
