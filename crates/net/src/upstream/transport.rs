//! What carries an upstream connection: a socket, or TLS above one.

use std::io;

use tokio::net::TcpStream;

use crate::io::Io;
use crate::tls::TlsIo;

/// The transport of an upstream connection.
pub(crate) enum Transport {
    Plain(TcpStream),
    Tls(TlsIo),
}

impl Transport {
    pub(crate) fn io(&mut self) -> &mut dyn Io {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream,
        }
    }

    /// Whether an unused connection is open and silent. The reactor knows without a system call,
    /// unless the last read filled its buffer to the brim. (`poll_read_ready` would say "pending"
    /// of any connection once the task has used up its turn.)
    pub(crate) fn is_quiet(&self) -> bool {
        let socket = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) if stream.holds_bytes() => return false,
            Self::Tls(stream) => stream.socket(),
        };
        let read = socket.try_read(&mut [0]);
        matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Tls(_)) { "Tls" } else { "Plain" })
    }
}
