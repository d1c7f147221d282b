//! A raw TCP client: it writes the bytes it is given, in the pieces it is told, and tells apart how
//! a connection ends.
//!
//! Nothing is repaired and nothing retried. Each read ends after [`PATIENCE`] and fails the test.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use crate::http::Answer;

/// How long one read or write may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How the other side ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a FIN: "that was all".
    Clean,
    /// With a reset: "something went wrong".
    Reset,
}

/// What came of an answer before its connection ended too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Everything unread when it ended, framing included.
    pub bytes: Vec<u8>,
    pub end: End,
}

/// One connection to a server.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    /// Received, not yet consumed.
    unread: Vec<u8>,
}

impl Client {
    /// Connects, or panics.
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .unwrap_or_else(|error| panic!("cannot connect to {address}: {error}"));
        stream.set_nodelay(true).expect("a socket takes TCP_NODELAY");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket takes a read timeout");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket takes a write timeout");
        Self { stream, unread: Vec::new() }
    }

    /// The client's own address.
    pub fn address(&self) -> SocketAddr {
        self.stream.local_addr().expect("a connected socket has an address")
    }

    /// A handle for another thread, which writes while this one reads.
    pub fn writer(&self) -> TcpStream {
        self.stream.try_clone().expect("a socket can be duplicated")
    }

    /// Sends these bytes at once.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server takes the bytes");
    }

    /// Sends these bytes as far as the server takes them; whether that was all.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends these bytes one in a packet.
    pub fn send_by_byte(&mut self, bytes: impl AsRef<[u8]>) {
        for byte in bytes.as_ref() {
            self.send([*byte]);
        }
    }

    /// Says that nothing more will be sent, and reads on.
    pub fn half_close(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is open");
    }

    /// Ends the connection with a reset.
    pub fn reset(self) {
        SockRef::from(&self.stream)
            .set_linger(Some(Duration::ZERO))
            .expect("a socket takes SO_LINGER");
    }

    /// Makes the kernel take in little of what the server sends before it is read. Only what is
    /// set before the first answer counts.
    pub fn shrink_receive_buffer(&self, bytes: usize) {
        SockRef::from(&self.stream).set_recv_buffer_size(bytes).expect("a socket takes SO_RCVBUF");
    }

    /// Reads one whole answer to a request with this method; panics if it is cut.
    pub fn answer(&mut self, method: &str) -> Answer {
        self.try_answer(method).unwrap_or_else(|cut| {
            panic!("{:?} after {:?}", cut.end, String::from_utf8_lossy(&cut.bytes))
        })
    }

    /// Reads one whole answer, interim ones included, or what came of it.
    pub fn try_answer(&mut self, method: &str) -> Result<Answer, Cut> {
        let head = self.until(b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&head[..head.len() - 4]).into_owned();
        let status = head.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {head:?}"));
        let mut answer = Answer { status, head, body: Vec::new() };
        if method != "HEAD" && status >= 200 && status != 204 && status != 304 {
            answer.body = self.content(&answer)?;
        }
        Ok(answer)
    }

    /// Everything until the connection ends, and how it does.
    pub fn to_end(&mut self) -> Cut {
        loop {
            if let Err(cut) = self.fill() {
                return cut;
            }
        }
    }

    /// Waits for the end; panics if anything comes before it.
    pub fn closed(&mut self) -> End {
        let Cut { bytes, end } = self.to_end();
        assert!(bytes.is_empty(), "before the end: {:?}", String::from_utf8_lossy(&bytes));
        end
    }

    /// Reads exactly this many bytes.
    pub fn take(&mut self, length: usize) -> Result<Vec<u8>, Cut> {
        while self.unread.len() < length {
            self.fill()?;
        }
        Ok(self.unread.drain(..length).collect())
    }

    fn content(&mut self, answer: &Answer) -> Result<Vec<u8>, Cut> {
        if answer.field("transfer-encoding").is_some() {
            return self.chunks();
        }
        if let Some(length) = answer.field("content-length") {
            return self.take(length.parse().expect("Content-Length is a number"));
        }
        match self.to_end() {
            Cut { bytes, end: End::Clean } => Ok(bytes),
            cut => Err(cut),
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>, Cut> {
        let mut body = Vec::new();
        match self.chunks_into(&mut body) {
            Ok(()) => Ok(body),
            Err(cut) => Err(Cut { bytes: [body, cut.bytes].concat(), ..cut }),
        }
    }

    fn chunks_into(&mut self, body: &mut Vec<u8>) -> Result<(), Cut> {
        loop {
            let line = self.until(b"\r\n")?;
            let size = String::from_utf8_lossy(&line[..line.len() - 2]).into_owned();
            let size = usize::from_str_radix(&size, 16)
                .unwrap_or_else(|_| panic!("not a chunk size: {size:?}"));
            body.extend(self.take(size)?);
            assert_eq!(self.take(2)?, b"\r\n", "a chunk ends with its line");
            if size == 0 {
                return Ok(());
            }
        }
    }

    /// Everything up to and with `mark`.
    fn until(&mut self, mark: &[u8]) -> Result<Vec<u8>, Cut> {
        let mut from = 0;
        loop {
            let found = self.unread[from..].windows(mark.len()).position(|part| part == mark);
            if let Some(at) = found {
                return Ok(self.unread.drain(..from + at + mark.len()).collect());
            }
            from = self.unread.len().saturating_sub(mark.len());
            self.fill()?;
        }
    }

    /// Reads more, or tells how the connection ended.
    fn fill(&mut self) -> Result<(), Cut> {
        let mut buffer = [0; 64 * 1024];
        let end = match self.stream.read(&mut buffer) {
            Ok(0) => End::Clean,
            Ok(length) => {
                self.unread.extend_from_slice(&buffer[..length]);
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
            Err(error) => panic!(
                "no more within {PATIENCE:?} ({error}); so far {:?}",
                String::from_utf8_lossy(&self.unread)
            ),
        };
        Err(Cut { bytes: std::mem::take(&mut self.unread), end })
    }
}
