//! A blocking HTTP/1.1 client for tests: it sends the bytes it is given and reads whole answers.
//!
//! Nothing is repaired and nothing retried; every failure panics with what was seen. Each read
//! ends after [`PATIENCE`], so that a lost answer fails a test instead of hanging it.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long one read or write may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// The status line and the fields, as received, without the empty line.
    pub head: String,
    /// The content, without its transfer coding.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first field with this name, compared without case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The content as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// One connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// Read, not yet consumed.
    unread: Vec<u8>,
}

impl Connection {
    /// Connects, or panics.
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
        stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a read timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket takes a write timeout");
        Self { stream, unread: Vec::new() }
    }

    /// Sends these bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server takes the request");
    }

    /// Reads one whole answer to a request with this method (an answer to HEAD has no content).
    pub fn answer(&mut self, method: &str) -> Answer {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at;
            }
            assert!(
                self.fill(),
                "closed inside a head: {:?}",
                String::from_utf8_lossy(&self.unread)
            );
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        self.unread.drain(..end + 4);
        let status = head.get(9..12).and_then(|code| code.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status in {head:?}"));
        let mut answer = Answer { status, head, body: Vec::new() };
        if method != "HEAD" && status >= 200 && status != 204 && status != 304 {
            answer.body = self.content(&answer);
        }
        answer
    }

    /// Waits until the server closes the connection; panics if it sends anything more.
    pub fn closed(&mut self) {
        let more = self.fill();
        assert!(!more, "more than was asked: {:?}", String::from_utf8_lossy(&self.unread));
    }

    fn content(&mut self, answer: &Answer) -> Vec<u8> {
        if answer.field("transfer-encoding").is_some() {
            return self.chunks();
        }
        let Some(length) = answer.field("content-length") else {
            while self.fill() {}
            return std::mem::take(&mut self.unread);
        };
        let length = length.parse().expect("Content-Length is a number");
        self.take(length)
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = self.line();
            let size = usize::from_str_radix(line.trim(), 16).expect("a chunk size in hex");
            if size == 0 {
                while !self.line().is_empty() {}
                return body;
            }
            body.extend(self.take(size));
            assert_eq!(self.line(), "", "a chunk ends with an empty rest of line");
        }
    }

    fn line(&mut self) -> String {
        loop {
            if let Some(at) = find(&self.unread, b"\r\n") {
                let line = self.take(at + 2);
                return String::from_utf8_lossy(&line[..at]).into_owned();
            }
            assert!(self.fill(), "closed inside a line");
        }
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        while self.unread.len() < length {
            assert!(self.fill(), "closed after {} of {length} bytes", self.unread.len());
        }
        self.unread.drain(..length).collect()
    }

    /// Reads more; whether there was anything before the end.
    fn fill(&mut self) -> bool {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer) {
            Ok(length) => {
                self.unread.extend_from_slice(&buffer[..length]);
                length > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("no more within {PATIENCE:?}: {error}"),
        }
    }
}

/// One GET on a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, &[], "")
}

/// One request on a connection of its own.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut head = format!("{method} {path} HTTP/1.1\r\n");
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in fields {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    let mut connection = Connection::open(address);
    connection.send(format!("{head}Connection: close\r\n\r\n{body}"));
    connection.answer(method)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
