//! Follows frames as they come in, to tell when a head is begun and not ended: the codec behind
//! keeps such a head to itself.

use std::time::Instant;

/// Bytes of the preface, and of what every frame begins with (RFC 9113, sections 3.4 and 4.1).
const PREFACE_BYTES: usize = 24;
const FRAME_HEAD_BYTES: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

/// Where a client's bytes stand.
#[derive(Debug)]
pub(super) struct FrameWatch {
    head: [u8; FRAME_HEAD_BYTES],
    /// Bytes of `head` that are here.
    known: usize,
    /// Bytes to come of the preface, or of a frame's payload.
    left: usize,
    /// The frame carries fields.
    has_fields: bool,
    /// More frames with fields follow.
    goes_on: bool,
    /// When the last head began.
    since: Option<Instant>,
    /// Frames that are about no stream's content.
    control: u32,
}

impl Default for FrameWatch {
    fn default() -> Self {
        let head = [0; FRAME_HEAD_BYTES];
        let left = PREFACE_BYTES;
        Self { head, known: 0, left, has_fields: false, goes_on: false, since: None, control: 0 }
    }
}

impl FrameWatch {
    /// Takes note of bytes that came in.
    pub(super) fn feed(&mut self, mut bytes: &[u8], now: Instant) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let count = self.left.min(bytes.len());
                self.left -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (FRAME_HEAD_BYTES - self.known).min(bytes.len());
            self.head[self.known..self.known + count].copy_from_slice(&bytes[..count]);
            self.known += count;
            bytes = &bytes[count..];
            if self.known == FRAME_HEAD_BYTES {
                self.begin(now);
            }
        }
    }

    fn begin(&mut self, now: Instant) {
        let [a, b, c, kind, flags, ..] = self.head;
        self.known = 0;
        self.left = u32::from_be_bytes([0, a, b, c]) as usize;
        self.has_fields = matches!(kind, HEADERS | CONTINUATION);
        if self.has_fields {
            self.goes_on = flags & END_HEADERS == 0;
        }
        if kind == HEADERS {
            self.since = Some(now);
        }
        // Each of these has a limit of its own.
        let is_counted_elsewhere =
            matches!(kind, DATA | HEADERS | CONTINUATION | RST_STREAM | WINDOW_UPDATE);
        self.control += u32::from(!is_counted_elsewhere);
    }

    /// Frames since the last call that carried nothing of a request: SETTINGS, PING, PRIORITY, and
    /// those of unknown kinds.
    pub(super) fn take_control(&mut self) -> u32 {
        std::mem::take(&mut self.control)
    }

    /// Since when a head is begun and not ended.
    pub(super) fn open_since(&self) -> Option<Instant> {
        self.since.filter(|_| self.goes_on || (self.has_fields && self.left > 0))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::Clock;

    #[test]
    fn a_head_is_open_from_its_first_frame_to_the_end_of_its_last() {
        let mut watch = FrameWatch::default();
        let start = Clock::refresh();
        let mut check = |bytes: &[u8], expected: bool| {
            for byte in bytes {
                watch.feed(&[*byte], start);
            }
            assert_eq!(watch.open_since().is_some(), expected, "{}", bytes.escape_ascii());
        };
        check(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false);
        check(&[0, 0, 0, 4, 0, 0, 0, 0, 0], false);
        check(&[0, 0, 2, HEADERS, END_HEADERS, 0, 0, 0, 1], true);
        check(b"x", true);
        check(b"x", false);
        check(&[0, 0, 5, 0, 0, 0, 0, 0, 1, b'b'], false);
        check(b"ody!", false);
        check(&[0, 0, 0, HEADERS, 0, 0, 0, 0, 1], true);
        check(&[0, 0, 1, CONTINUATION, 0, 0, 0, 0, 1, b'x'], true);
        check(&[0, 0, 1, CONTINUATION, END_HEADERS, 0, 0, 0, 1], true);
        check(b"x", false);
    }

    #[test]
    fn frames_that_carry_nothing_are_counted() {
        let mut watch = FrameWatch::default();
        watch.feed(&[0; PREFACE_BYTES], Clock::refresh());
        for (kind, expected) in [0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1].into_iter().enumerate() {
            watch.feed(&[0, 0, 0, kind as u8, 0, 0, 0, 0, 1], Clock::refresh());
            assert_eq!(watch.take_control(), expected, "kind {kind}");
        }
    }

    #[test]
    fn each_head_has_its_own_time() {
        let mut watch = FrameWatch::default();
        let start = Clock::refresh();
        let later = start + Duration::from_secs(9);
        watch.feed(&[0; PREFACE_BYTES], start);
        watch.feed(&[0, 0, 2, HEADERS, END_HEADERS, 0, 0, 0, 1, b'x'], start);
        assert_eq!(watch.open_since(), Some(start));
        // The end of one and the beginning of the next, as a busy client's reads fall.
        watch.feed(&[b'x', 0, 0, 2, HEADERS, END_HEADERS, 0, 0, 0, 3, b'x'], later);
        assert_eq!(watch.open_since(), Some(later));
    }
}
