//! An answer on its way out.

use crate::collected::Collected;
use crate::head::{Field, Version, write_line};
use crate::upstream::Answer;
use crate::worker::Worker;

/// The body of an answer.
#[derive(Debug)]
pub enum Body {
    Empty,
    Static(&'static [u8]),
    Buffer(Vec<u8>),
    /// Bytes that count among those that the process holds until they are sent.
    Collected(Box<Collected>),
    /// The body of an origin's answer as it comes in.
    Answer(Answer),
}

/// The head of an answer, already written as it goes out, and its body. `Date`, `Connection`,
/// and the framing fields are added when it is sent.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Body,
    pub(crate) close: bool,
}

impl Response {
    /// An empty answer with this status and no fields.
    pub fn new(worker: &Worker, status: u16) -> Self {
        let mut head = worker.buffers.take();
        // Most answers have this one, so it is copied as a whole.
        if status == 200 {
            head.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        } else {
            head.extend_from_slice(b"HTTP/1.1 ");
            write_decimal(u64::from(status), &mut head);
            head.push(b' ');
            head.extend_from_slice(reason(status).as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        Self { status, head, body: Body::Empty, close: false }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Adds a field of ours; its value holds no line end. It does what `write_line` does, but inline,
    /// where the name is a constant and is copied without a call.
    #[inline(always)]
    pub fn own_field(&mut self, name: &'static str, value: &[u8]) {
        debug_assert!(!holds_control(value));
        self.head.extend_from_slice(name.as_bytes());
        self.head.extend_from_slice(b": ");
        self.head.extend_from_slice(value);
        self.head.extend_from_slice(b"\r\n");
    }

    /// Adds a field that somebody's mapping makes; see [`write_field`].
    pub fn mapped_field(&mut self, name: &[u8], value: &[u8]) {
        write_field(name, value, &mut self.head);
    }

    /// Passes a parsed field on, with `prefix` before its name.
    pub fn pass(&mut self, prefix: &[u8], field: &Field<'_>) {
        field.write(prefix, &mut self.head);
    }

    /// Whether a field of this name has been added.
    pub fn has_field(&self, name: &str) -> bool {
        let names = self.head.split(|byte| *byte == b'\n').skip(1);
        let names = names.filter_map(|line| line.split(|byte| *byte == b':').next());
        names.into_iter().any(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The body as it goes out.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Takes the body away.
    pub fn take_body(&mut self) -> Body {
        std::mem::replace(&mut self.body, Body::Empty)
    }

    /// The same answer with a body.
    #[must_use]
    pub fn with_body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Ends the connection after this answer.
    pub fn close_after(&mut self) {
        self.close = true;
    }

    /// Whether this answer has a body at all (RFC 9112, section 6.3).
    pub(crate) fn may_have_body(&self, to_head: bool) -> bool {
        !to_head && self.status != 204 && self.status != 304
    }

    /// Bytes of the body, where they are known before it is sent.
    pub(crate) fn body_length(&self) -> Option<u64> {
        match &self.body {
            Body::Empty => Some(0),
            Body::Static(bytes) => Some(bytes.len() as u64),
            Body::Buffer(bytes) => Some(bytes.len() as u64),
            Body::Collected(body) => Some(body.bytes().len() as u64),
            Body::Answer(answer) => answer.length(),
        }
    }

    /// What Content-Length says. The answer to HEAD says what GET would; where only the origin
    /// knows that and did not say it, there is none (RFC 9110, section 8.6).
    fn length_to_declare(&self, to_head: bool) -> Option<u64> {
        match (self.may_have_body(to_head), &self.body) {
            (true, _) => self.body_length(),
            (false, _) if self.status == 204 => None,
            (false, Body::Answer(answer)) => answer.head().declared_length,
            (false, _) if to_head => self.body_length(),
            (false, _) => None,
        }
    }

    /// Writes the fields that say how the body ends and what becomes of the connection.
    pub(crate) fn finish_head(
        &mut self,
        worker: &Worker,
        to_head: bool,
        version: Version,
        keep_alive: bool,
    ) {
        self.head.extend_from_slice(b"Date: ");
        worker.clock.write_date(&mut self.head);
        let length = self.length_to_declare(to_head);
        if let Some(length) = length {
            self.head.extend_from_slice(b"\r\nContent-Length: ");
            write_decimal(length, &mut self.head);
        } else if self.may_have_body(to_head) && version == Version::Http11 {
            self.head.extend_from_slice(b"\r\nTransfer-Encoding: chunked");
        }
        let connection: &[u8] =
            if keep_alive { b"\r\nConnection: keep-alive" } else { b"\r\nConnection: close" };
        self.head.extend_from_slice(connection);
        self.head.extend_from_slice(b"\r\n\r\n");
    }
}

/// Appends a field line, unless its name or value holds a control character: a line end would
/// forge a field, and no recipient need take the others (RFC 9110, section 5.5).
pub fn write_field(name: &[u8], value: &[u8], head: &mut Vec<u8>) {
    if !holds_control(value) && !holds_control(name) {
        write_line(b"", name, value, head);
    }
}

fn holds_control(text: &[u8]) -> bool {
    text.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t')
}

/// Appends a number in decimal digits.
pub fn write_decimal(number: u64, out: &mut Vec<u8>) {
    let digit = |value: u64| b'0' + value as u8;
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    while rest >= 10 {
        at -= 2;
        let pair = rest % 100;
        digits[at..at + 2].copy_from_slice(&[digit(pair / 10), digit(pair % 10)]);
        rest /= 100;
    }
    if rest > 0 || number == 0 {
        at -= 1;
        digits[at] = digit(rest);
    }
    out.extend_from_slice(&digits[at..]);
}

/// The reason phrase of a status code (RFC 9110, section 15); empty for one without a name.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        203 => "Non-Authoritative Information",
        204 => "No Content",
        205 => "Reset Content",
        206 => "Partial Content",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        426 => "Upgrade Required",
        428 => "Precondition Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_whole() {
        for number in (0..=1_000).chain([9_999, 65_535, 10_485_760, 1 << 63, u64::MAX]) {
            let mut out = Vec::new();
            write_decimal(number, &mut out);
            assert_eq!(out, number.to_string().as_bytes());
        }
    }

    #[test]
    fn no_value_can_forge_a_field() {
        let mut head = Vec::new();
        write_field(b"A", b"b\r\nSet-Cookie: c", &mut head);
        write_field(b"A", b"b\nc", &mut head);
        write_field(b"A\r", b"b", &mut head);
        write_field(b"A", b"b\x0bc", &mut head);
        write_field(b"A", b"b\x7f", &mut head);
        assert!(head.is_empty());
        write_field(b"A", b"b c", &mut head);
        assert_eq!(head, b"A: b c\r\n");
    }
}
