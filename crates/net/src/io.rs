//! The transport under a connection: a TCP stream, or TLS above one.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BufMut;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::buffers::Buffers;
use crate::limits::BUFFER_BYTES;

/// A byte stream in both directions. Object-safe, so that nothing above it is compiled twice.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin {
    /// Makes the coming close a reset, so that the peer cannot take it for a clean end.
    fn abort(&mut self);

    /// Sends an answer's head where the transport has a form of its own for it, and empties
    /// `head`; a body of `length` bytes follows. Whether it did so: then the transport also frames
    /// the body. By default nothing happens, and the head goes out as it is.
    fn open(&mut self, _head: &mut Vec<u8>, _length: Option<u64>) -> io::Result<bool> {
        Ok(false)
    }

    /// Tells the peer that the answer is complete, where its framing does not.
    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Ready once the peer wants no answer any more, where the transport has a word for that.
    fn poll_gone(&mut self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Whether bytes have come that nobody read, as the socket itself tells, not the last event.
    fn has_unread(&self) -> bool {
        false
    }

    /// Ready once everything that was written is with the kernel; only then may it be closed.
    fn poll_emptied(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Tells the peer, as far as it takes it at once, that the coming close is a clean end.
    fn farewell(&mut self) {}
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

/// Reads on and throws away, up to `left` bytes; ready when they are used up or the peer has ended.
pub(crate) fn poll_discard(
    io: &mut dyn Io,
    cx: &mut Context<'_>,
    buffers: &Buffers,
    left: &mut u64,
) -> Poll<()> {
    let mut buffer = buffers.take();
    let polled = loop {
        buffer.clear();
        match poll_read(io, cx, &mut buffer, BUFFER_BYTES) {
            Poll::Ready(Ok(count)) if count > 0 && *left > count as u64 => *left -= count as u64,
            Poll::Ready(_) => break Poll::Ready(()),
            Poll::Pending => break Poll::Pending,
        }
    };
    buffers.put(buffer);
    polled
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

/// Writes `first`, then `second`, from byte `*from` of both on, with one call for the two.
pub(crate) fn poll_write_both(
    io: &mut dyn Io,
    cx: &mut Context<'_>,
    [first, second]: [&[u8]; 2],
    from: &mut usize,
) -> Poll<io::Result<()>> {
    if second.is_empty() {
        return poll_write_all(io, cx, first, from);
    }
    while *from < first.len() {
        let slices = [IoSlice::new(&first[*from..]), IoSlice::new(second)];
        match ready!(Pin::new(&mut *io).poll_write_vectored(cx, &slices))? {
            0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            written => *from += written,
        }
    }
    let mut rest = *from - first.len();
    let polled = poll_write_all(io, cx, second, &mut rest);
    *from = first.len() + rest;
    polled
}

/// Flushes what the transport itself holds back. What waits for the end of the turn it leaves.
pub(crate) fn poll_flush(io: &mut dyn Io, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    Pin::new(io).poll_flush(cx)
}
