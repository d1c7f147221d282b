//! The transport under a connection: a TCP stream, or TLS above one.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BufMut;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A byte stream in both directions. Object-safe, so that nothing above it is compiled twice.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin {
    /// Makes the coming close a reset, so that the peer cannot take it for a clean end.
    fn abort(&mut self);

    /// Tells the peer, as far as it takes it at once, that the coming close is a clean end.
    fn farewell(&mut self) {}
}

impl Io for TcpStream {
    fn abort(&mut self) {
        // A socket that is gone already needs no reset.
        let _ = SockRef::from(&*self).set_linger(Some(Duration::ZERO));
    }
}

/// Appends at most `max` bytes to `buffer`; 0 means the peer will send no more.
pub(crate) fn poll_read(
    io: &mut dyn Io,
    cx: &mut Context<'_>,
    buffer: &mut Vec<u8>,
    max: usize,
) -> Poll<io::Result<usize>> {
    tokio_util::io::poll_read_buf(Pin::new(io), cx, &mut (&mut *buffer).limit(max))
}

/// Writes `bytes[*from..]`, moving `from` along; ready once all is written.
pub(crate) fn poll_write_all(
    io: &mut dyn Io,
    cx: &mut Context<'_>,
    bytes: &[u8],
    from: &mut usize,
) -> Poll<io::Result<()>> {
    while *from < bytes.len() {
        match ready!(Pin::new(&mut *io).poll_write(cx, &bytes[*from..]))? {
            0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            written => *from += written,
        }
    }
    Poll::Ready(Ok(()))
}

/// Flushes what the transport itself holds back; a plain socket holds nothing.
pub(crate) fn poll_flush(io: &mut dyn Io, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    Pin::new(io).poll_flush(cx)
}
