//! Finds the end of a head without looking at any byte twice.

use crate::h1::Malformed;
use crate::h1::parse::is_token_byte;

/// What is known of a head after the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// More bytes are needed.
    Partial,
    /// The head is `bytes[start..end]`, the empty line included.
    Complete { start: usize, end: usize },
}

/// Where a scan stands. It is handed the same buffer again and again, longer each time.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadScanner {
    /// Bytes already looked at.
    seen: usize,
    /// First byte of the head, after an empty line some clients send before it.
    start: usize,
    /// First byte of the current line.
    line: usize,
}

/// Empty lines that are skipped before a request line (RFC 9112, section 2.2).
const LEADING_EMPTY_LINES: usize = 2;

impl HeadScanner {
    /// Whether the first line is complete.
    pub fn has_first_line(&self) -> bool {
        self.line > self.start
    }

    /// Whether nothing has been scanned yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.seen == 0
    }

    /// Goes on where the last call ended. At most `limit` bytes may pass before the head ends.
    pub fn scan(&mut self, bytes: &[u8], limit: usize) -> Result<Scanned, Malformed> {
        for offset in memchr::memchr_iter(b'\n', &bytes[self.seen..]) {
            let newline = self.seen + offset;
            if self.line == self.start && bytes[self.line] != b'\n' {
                self.check_first_byte(bytes)?;
            }
            within(newline + 1 - self.start, limit)?;
            if newline == self.line || bytes[newline - 1] != b'\r' {
                return Err(Malformed::BareLineFeed);
            }
            let is_empty = newline == self.line + 1;
            // A line does not begin with a carriage return unless that ends it.
            if !is_empty && bytes[self.line] == b'\r' {
                return Err(Malformed::BareCarriageReturn);
            }
            if is_empty && self.line > self.start {
                return Ok(Scanned::Complete { start: self.start, end: newline + 1 });
            }
            self.line = newline + 1;
            if is_empty {
                self.start = self.line;
                if self.start > 2 * LEADING_EMPTY_LINES {
                    return Err(Malformed::StartLine);
                }
            }
        }
        self.seen = bytes.len();
        self.check_first_byte(bytes)?;
        within(bytes.len() - self.start, limit).map(|()| Scanned::Partial)
    }

    /// A head that does not begin with a token will never become one: the client is told at once.
    fn check_first_byte(&self, bytes: &[u8]) -> Result<(), Malformed> {
        match bytes.get(self.start) {
            Some(b'\r') | None => Ok(()),
            Some(first) if is_token_byte(*first) => Ok(()),
            Some(_) => Err(Malformed::StartLine),
        }
    }
}

fn within(length: usize, limit: usize) -> Result<(), Malformed> {
    if length > limit { Err(Malformed::HeadTooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_end_at_an_empty_line() {
        let check = |bytes: &[u8], expected: Result<Scanned, Malformed>| {
            let mut scanner = HeadScanner::default();
            assert_eq!(scanner.scan(bytes, 64), expected, "{}", bytes.escape_ascii());
            let mut scanner = HeadScanner::default();
            let mut last = Ok(Scanned::Partial);
            for end in 0..=bytes.len() {
                last = scanner.scan(&bytes[..end], 64);
                if last != Ok(Scanned::Partial) {
                    break;
                }
            }
            assert_eq!(last, expected, "byte by byte: {}", bytes.escape_ascii());
        };
        check(b"", Ok(Scanned::Partial));
        check(b"GET / HTTP/1.1\r\n", Ok(Scanned::Partial));
        check(b"GET / HTTP/1.1\r\n\r\n", Ok(Scanned::Complete { start: 0, end: 18 }));
        check(b"GET / HTTP/1.1\r\nA: b\r\n\r\nbody", Ok(Scanned::Complete { start: 0, end: 24 }));
        check(b"\r\nGET / HTTP/1.1\r\n\r\n", Ok(Scanned::Complete { start: 2, end: 20 }));
        check(b"\r\n\r\n\r\nGET / HTTP/1.1\r\n\r\n", Err(Malformed::StartLine));
        check(b"GET / HTTP/1.1\n\n", Err(Malformed::BareLineFeed));
        check(b"GET / HTTP/1.1\r\nA: b\n\r\n", Err(Malformed::BareLineFeed));
        check(b"\n", Err(Malformed::BareLineFeed));
        check(b"\rGET / HTTP/1.1\r\n", Err(Malformed::BareCarriageReturn));
        check(b"GET / HTTP/1.1\r\n\r\r\n", Err(Malformed::BareCarriageReturn));
        check(b"GET / HTTP/1.1\r\n\r\r\n\r\n", Err(Malformed::BareCarriageReturn));
        check(b"GET / HTTP/1.1\r\nA: b\r\n\rC\r\n\r\n", Err(Malformed::BareCarriageReturn));
        check(b"\x16\x03\x01", Err(Malformed::StartLine));
        check(&[b'G'; 65], Err(Malformed::HeadTooLarge));
    }
}
