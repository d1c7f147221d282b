//! A TLS connection as a transport.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsStream;

use crate::io::Io;
use crate::socket::Socket;

/// TLS above a socket, in either role. Boxed, as the state of TLS is large and would
/// have to be moved with the task.
pub(crate) struct TlsIo {
    stream: Box<TlsStream<Socket>>,
    aborted: bool,
}

impl TlsIo {
    pub(super) fn new(stream: impl Into<TlsStream<Socket>>) -> Self {
        Self { stream: Box::new(stream.into()), aborted: false }
    }

    /// The socket under it.
    pub(crate) fn socket(&mut self) -> &mut Socket {
        self.stream.get_mut().0
    }

    /// The same to look at.
    pub(crate) fn socket_ref(&self) -> &Socket {
        self.stream.get_ref().0
    }

    /// Whether decrypted bytes wait to be read, or the peer has said that there will be none.
    pub(crate) fn holds_bytes(&self) -> bool {
        !self.stream.get_ref().1.wants_read()
    }

    /// Sends what TLS holds back. Whoever waits for bytes wants its own to have gone out.
    fn push(&mut self, cx: &mut Context<'_>) {
        if self.stream.get_ref().1.wants_write() {
            // A peer that takes no more may have answered all the same: reading will tell.
            let _ = Pin::new(&mut *self.stream).poll_flush(cx);
        }
    }
}

impl Io for TlsIo {
    fn abort(&mut self) {
        self.aborted = true;
        self.socket().abort();
    }

    fn has_unread(&self) -> bool {
        self.socket_ref().has_unread()
    }

    fn poll_emptied(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.aborted {
            return Poll::Ready(Ok(()));
        }
        ready!(Pin::new(&mut *self.stream).poll_flush(cx))?;
        self.socket().poll_emptied(cx)
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.socket().poll_gone(cx)
    }

    /// Without it the peer must take the end for a truncation (RFC 8446, section 6.1).
    fn farewell(&mut self) {
        if !self.aborted {
            let mut cx = Context::from_waker(Waker::noop());
            // One that takes no bytes now gets none.
            let _ = Pin::new(&mut *self.stream).poll_shutdown(&mut cx);
        }
    }
}

impl AsyncRead for TlsIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.push(cx);
        Pin::new(&mut *self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for TlsIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}
