//! The transport under HTTP/2: what was read ahead comes first, heads that do not end are noticed,
//! and the end is a patient one.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::gauges::add;
use crate::h2::sent::{SentWatch, Told};
use crate::h2::session::Shared;
use crate::h2::watch::FrameWatch;
use crate::io::{Io, poll_discard};
use crate::limits::LINGER_BYTES;
use crate::worker::Worker;

/// A transport whose first bytes were read already.
pub(super) struct Prefixed<I> {
    io: I,
    ahead: Vec<u8>,
    /// Bytes of `ahead` that were taken.
    taken: usize,
    watch: FrameWatch,
    sent: SentWatch,
    worker: Rc<Worker>,
    shared: Rc<Shared>,
    /// Bytes that may still come after our own end, once it is sent.
    linger: Option<u64>,
}

impl<I> Prefixed<I> {
    pub(super) fn new(io: I, ahead: Vec<u8>, worker: Rc<Worker>, shared: Rc<Shared>) -> Self {
        let watch = FrameWatch::default();
        let sent = SentWatch::default();
        Self { io, ahead, taken: 0, watch, sent, worker, shared, linger: None }
    }

    fn note(&mut self, bytes: &[u8]) {
        self.watch.feed(bytes, self.worker.clock.now());
        self.shared.note_head(self.watch.open_since());
        self.shared.note_control(self.watch.take_control());
    }

    fn note_sent(&mut self, bytes: &[u8]) {
        let worker = &self.worker;
        self.sent.feed(bytes, |told| match told {
            Told::Hit(limit) => worker.count(limit),
            Told::Malformed => add(&worker.gauges().http2_malformed, 1),
        });
    }
}

impl<I: Io> AsyncRead for Prefixed<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let waiting = &this.ahead[this.taken..];
        if waiting.is_empty() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.io).poll_read(cx, buffer))?;
            this.note(&buffer.filled()[before..]);
            return Poll::Ready(Ok(()));
        }
        let count = waiting.len().min(buffer.remaining());
        buffer.put_slice(&waiting[..count]);
        this.taken += count;
        let before = buffer.filled().len() - count;
        this.note(&buffer.filled()[before..]);
        if this.taken == this.ahead.len() {
            this.worker.buffers.put(std::mem::take(&mut this.ahead));
            this.taken = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: Io> AsyncWrite for Prefixed<I> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write(cx, bytes))?;
        self.note_sent(&bytes[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let count = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, slices))?;
        let mut left = count;
        for slice in slices {
            let bytes = &slice[..left.min(slice.len())];
            self.note_sent(bytes);
            left -= bytes.len();
        }
        Poll::Ready(Ok(count))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Ends our side, then reads what the client still sends until it ends its own, so that unread
    /// bytes do not reset the connection under the last frames. The session bounds the time.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.linger.is_none() {
            this.shared.note_closing();
            ready!(Pin::new(&mut this.io).poll_shutdown(cx))?;
        }
        let left = this.linger.get_or_insert(LINGER_BYTES);
        poll_discard(&mut this.io, cx, &this.worker.buffers, left).map(Ok)
    }
}
