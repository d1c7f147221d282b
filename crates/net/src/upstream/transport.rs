//! What carries an upstream connection: a socket, or TLS above one.

use crate::io::Io;
use crate::socket::Socket;
use crate::tls::TlsIo;

/// The transport of an upstream connection.
pub(crate) enum Transport {
    Plain(Socket),
    Tls(TlsIo),
}

impl Transport {
    pub(crate) fn io(&mut self) -> &mut dyn Io {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream,
        }
    }

    /// Another request begins on it.
    pub(crate) fn begin(&mut self) {
        match self {
            Self::Plain(socket) => socket.begin(),
            Self::Tls(stream) => stream.socket().begin(),
        }
    }

    /// Whether the origin can have seen nothing of the request, as its only write failed altogether.
    pub(crate) fn has_sent_nothing(&self) -> bool {
        match self {
            Self::Plain(socket) => socket.has_sent_nothing(),
            Self::Tls(stream) => stream.socket_ref().has_sent_nothing(),
        }
    }

    /// Whether an unused connection is open and silent.
    pub(crate) fn is_quiet(&mut self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_quiet(),
            Self::Tls(stream) => !stream.holds_bytes() && stream.socket().is_quiet(),
        }
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if matches!(self, Self::Tls(_)) { "Tls" } else { "Plain" })
    }
}
