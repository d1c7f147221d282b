//! A client that speaks HTTP/2 frame by frame (RFC 9113), so that a test can break any rule.
//!
//! Field names and values go out as they are, uncompressed. Nothing is checked and nothing retried;
//! each read ends after [`crate::raw::PATIENCE`] and fails the test.

use std::net::SocketAddr;

use crate::raw::{self, End};

/// What a client sends first (section 3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Frame types (section 6).
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const PRIORITY: u8 = 2;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PUSH_PROMISE: u8 = 5;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

/// Flags.
pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// Error codes (section 7).
pub const NO_ERROR: u32 = 0;
pub const PROTOCOL_ERROR: u32 = 1;
pub const INTERNAL_ERROR: u32 = 2;
pub const FLOW_CONTROL_ERROR: u32 = 3;
pub const REFUSED_STREAM: u32 = 7;
pub const CANCEL: u32 = 8;
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// One frame as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

impl Frame {
    /// The status of an answer's HEADERS.
    pub fn status(&self) -> u16 {
        status(&self.payload)
    }

    /// The error code of a RST_STREAM or GOAWAY.
    fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        u32::from_be_bytes(self.payload[at..at + 4].try_into().expect("an error code"))
    }
}

/// What becomes of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Status and body of an answer that ended with END_STREAM.
    Answer(u16, Vec<u8>),
    /// RST_STREAM with this code.
    Reset(u32),
    /// GOAWAY with this code, not NO_ERROR.
    GoAway(u32),
    /// The connection ended.
    Closed(End),
}

/// One connection to a server.
#[derive(Debug)]
pub struct Client {
    raw: raw::Client,
    /// Whether GOAWAY has come.
    pub is_leaving: bool,
}

impl Client {
    /// Connects and sends the preface and settings. No table of fields is kept for this client, so
    /// that each answer's fields can be read for themselves.
    pub fn connect(address: SocketAddr) -> Self {
        let mut client = Self { raw: raw::Client::connect(address), is_leaving: false };
        client.raw.send(PREFACE);
        client.frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0]);
        client
    }

    /// The connection underneath.
    pub fn raw(&mut self) -> &mut raw::Client {
        &mut self.raw
    }

    /// Sends a frame; whether the server took it.
    pub fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        self.raw.try_send(frame(kind, flags, stream, payload))
    }

    /// Sends a request's HEADERS.
    pub fn headers(&mut self, stream: u32, fields: &[(&str, &str)], ends: bool) -> bool {
        let flags = END_HEADERS | if ends { END_STREAM } else { 0 };
        self.frame(HEADERS, flags, stream, &block(fields))
    }

    /// Sends a request to `http://h` without a body.
    pub fn request(&mut self, stream: u32, method: &str, path: &str) -> bool {
        self.headers(stream, &of(method, path), true)
    }

    /// Opens room for answers: `bytes` more on a stream, or on the connection.
    pub fn window(&mut self, stream: u32, bytes: u32) -> bool {
        self.frame(WINDOW_UPDATE, 0, stream, &bytes.to_be_bytes())
    }

    /// The next frame, or how the connection ended. Settings and pings are acknowledged.
    pub fn receive(&mut self) -> Result<Frame, End> {
        let head = self.raw.take(9).map_err(|cut| cut.end)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let payload = self.raw.take(length).map_err(|cut| cut.end)?;
        let frame = Frame { kind: head[3], flags: head[4], stream, payload };
        match frame.kind {
            SETTINGS if frame.flags & ACK == 0 => {
                self.frame(SETTINGS, ACK, 0, &[]);
            }
            PING if frame.flags & ACK == 0 => {
                self.frame(PING, ACK, 0, &frame.payload);
            }
            GOAWAY => self.is_leaving = true,
            _ => {}
        }
        Ok(frame)
    }

    /// Waits for the next frame of this kind.
    pub fn until(&mut self, kind: u8) -> Frame {
        loop {
            match self.receive() {
                Ok(frame) if frame.kind == kind => return frame,
                Ok(_) => {}
                Err(end) => panic!("{end:?} before a frame of kind {kind}"),
            }
        }
    }

    /// Reads until this stream or the connection has ended. Frames of other streams are lost.
    pub fn outcome(&mut self, stream: u32) -> Outcome {
        let (mut status, mut body) = (0, Vec::new());
        loop {
            let frame = match self.receive() {
                Ok(frame) => frame,
                Err(end) => return Outcome::Closed(end),
            };
            let is_ours = frame.stream == stream;
            match frame.kind {
                GOAWAY if frame.code() != NO_ERROR => return Outcome::GoAway(frame.code()),
                RST_STREAM if is_ours => return Outcome::Reset(frame.code()),
                HEADERS if is_ours => status = frame.status(),
                DATA if is_ours => {
                    body.extend_from_slice(&frame.payload);
                    self.room(&frame);
                }
                DATA => self.room(&frame),
                _ => {}
            }
            if is_ours && frame.flags & END_STREAM != 0 && frame.kind <= HEADERS && status >= 200 {
                return Outcome::Answer(status, body);
            }
        }
    }

    /// Gives back the room that a DATA frame took.
    fn room(&mut self, frame: &Frame) {
        let bytes = frame.payload.len() as u32;
        if bytes > 0 {
            self.window(0, bytes);
            if frame.flags & END_STREAM == 0 {
                self.window(frame.stream, bytes);
            }
        }
    }

    /// The error code of the GOAWAY that ends the connection; `None` if it ends without one.
    pub fn end(&mut self) -> Option<u32> {
        let mut code = None;
        while let Ok(frame) = self.receive() {
            if frame.kind == GOAWAY {
                code = Some(frame.code());
            }
        }
        code
    }
}

/// The fields of a request to `http://h`.
pub fn of<'a>(method: &'a str, path: &'a str) -> [(&'a str, &'a str); 4] {
    [(":method", method), (":scheme", "http"), (":authority", "h"), (":path", path)]
}

/// A frame's bytes.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// A field block of literals that are not kept (RFC 7541, section 6.2.2).
pub fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            length(text.len(), &mut block);
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// An integer of a 7-bit prefix (RFC 7541, section 5.1).
fn length(value: usize, block: &mut Vec<u8>) {
    if value < 127 {
        block.push(value as u8);
        return;
    }
    block.push(127);
    let mut rest = value - 127;
    while rest >= 128 {
        block.push((rest % 128) as u8 | 128);
        rest /= 128;
    }
    block.push(rest as u8);
}

/// The status that a server's field block begins with.
fn status(block: &[u8]) -> u16 {
    const STATIC: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
    // Changes of the table's size come first.
    let block = &block[block.iter().take_while(|byte| **byte & 0xe0 == 0x20).count()..];
    match block {
        [index @ 0x88..=0x8e, ..] => STATIC[usize::from(index - 0x88)],
        // A literal with the indexed name `:status`; its digits are compressed.
        [0x48 | 0x08 | 0x18, length, text @ ..] if length & 0x80 != 0 => digits(text),
        [0x48 | 0x08 | 0x18, 3, text @ ..] => {
            String::from_utf8_lossy(&text[..3]).parse().expect("a status")
        }
        other => panic!("no status in {}", other.escape_ascii()),
    }
}

/// Three digits in the code of RFC 7541, appendix B: five bits for `0` to `2`, six for the others.
fn digits(text: &[u8]) -> u16 {
    let mut bytes = text.iter().copied().chain([0; 4]);
    let mut bits = u32::from_be_bytes([(); 4].map(|()| bytes.next().unwrap_or_default()));
    let mut number = 0;
    for _ in 0..3 {
        let (digit, length) = match bits >> 27 {
            five @ 0..=2 => (five, 5),
            _ => ((bits >> 26) - 0x19 + 3, 6),
        };
        number = number * 10 + digit as u16;
        bits <<= length;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_in_every_form() {
        let check = |block: &[u8], expected: u16| assert_eq!(status(block), expected);
        check(&[0x88], 200);
        check(&[0x20, 0x8d], 404);
        // RFC 7541, appendix C.6.1.
        check(&[0x48, 0x82, 0x64, 0x02], 302);
        check(&[0x48, 3, b'4', b'3', b'1'], 431);
    }
}
