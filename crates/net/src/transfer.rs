//! Moves one body from where it comes in to where it goes out, framing it anew on the way.

use std::io;
use std::task::{Context, Poll, ready};

use crate::clock::Clock;
use crate::h1::{CHUNK_HEAD, write_chunk_head};
use crate::io::{Io, poll_flush, poll_write_all};
use crate::limits::{BUFFER_BYTES, LONG_BUFFER_BYTES};
use crate::quota::Share;
use crate::worker::Worker;

/// Where a body comes from.
pub(crate) trait Source {
    type Error;

    /// Bytes that are known to be still to come.
    fn left(&self) -> u64;

    /// Appends up to `max` bytes to `out`; 0 at the end of the body.
    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Poll<Result<usize, Self::Error>>;
}

/// Which side of a transfer failed.
#[derive(Debug)]
pub(crate) enum TransferError<E> {
    Source(E),
    Sink,
}

/// Bytes of one message on their way out.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    start: usize,
    chunked: bool,
    ended: bool,
    /// The source had as much as was asked for, and may have more.
    is_long: bool,
    /// What is counted of a long buffer.
    beyond: Share,
    /// Bytes of the body taken in so far.
    pub(crate) moved: u64,
}

impl Outbox {
    /// An outbox whose body goes out in chunks, or as it is.
    pub(crate) fn new(chunked: bool) -> Self {
        Self { chunked, ..Self::default() }
    }

    /// Starts with bytes that are framed already.
    pub(crate) fn begin(&mut self, bytes: Vec<u8>) {
        self.bytes = bytes;
        self.start = 0;
    }

    /// Bytes written of the current piece; with `moved` it tells progress.
    pub(crate) fn written(&self) -> usize {
        self.start
    }

    pub(crate) fn is_unstarted(&self) -> bool {
        self.moved == 0 && !self.ended
    }

    /// Whether nothing waits to be written, and the end of the body needs no framing.
    pub(crate) fn is_idle(&self) -> bool {
        !self.chunked && self.is_flushed()
    }

    /// Whether nothing waits to be written.
    pub(crate) fn is_flushed(&self) -> bool {
        self.start == self.bytes.len()
    }

    /// Gives the buffer back.
    pub(crate) fn release(&mut self, worker: &Worker) {
        if self.bytes.capacity() > 0 {
            worker.buffers.put(std::mem::take(&mut self.bytes));
            self.beyond = Share::default();
        }
        self.start = 0;
    }

    /// A buffer for the next piece: a long one where there is much to move, unless the process
    /// holds as many bytes as it may.
    fn make_room<S: Source>(&mut self, source: &S, worker: &Worker) {
        let has = self.bytes.capacity();
        let wants_long = self.is_long || source.left() > BUFFER_BYTES as u64;
        if wants_long && has < LONG_BUFFER_BYTES {
            let buffered = &worker.shared.buffered;
            if self.beyond.grow_to(LONG_BUFFER_BYTES, buffered) {
                worker.buffers.put(std::mem::take(&mut self.bytes));
                self.bytes = worker.buffers.take_long();
            }
        }
        if self.bytes.capacity() == 0 {
            self.bytes = worker.buffers.take();
        }
        self.bytes.clear();
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>, sink: &mut dyn Io) -> Poll<io::Result<()>> {
        poll_write_all(sink, cx, &self.bytes, &mut self.start)
    }

    /// Takes in the next piece of the body.
    fn poll_fill<S: Source>(
        &mut self,
        cx: &mut Context<'_>,
        source: &mut S,
        worker: &Worker,
    ) -> Poll<Result<(), S::Error>> {
        self.make_room(source, worker);
        let framing = if self.chunked { CHUNK_HEAD } else { 0 };
        self.bytes.resize(framing, 0);
        self.start = framing;
        let usual = self.bytes.capacity() < LONG_BUFFER_BYTES;
        let room = if usual { BUFFER_BYTES } else { LONG_BUFFER_BYTES };
        // Behind a chunk stands a line end.
        let max = room - framing - if self.chunked { 2 } else { 0 };
        let polled = source.poll_data(cx, &mut self.bytes, max);
        let Poll::Ready(Ok(count)) = polled else {
            self.release(worker);
            return polled.map_ok(|_| ());
        };
        self.is_long = count == max;
        self.moved += count as u64;
        self.ended = count == 0;
        self.frame(count);
        Poll::Ready(Ok(()))
    }

    /// Puts the framing around the `count` bytes behind the room for a chunk's head.
    fn frame(&mut self, count: usize) {
        if !self.chunked {
            return;
        }
        let mut head = [0; CHUNK_HEAD];
        let start = write_chunk_head(count, &mut head);
        self.bytes[start..CHUNK_HEAD].copy_from_slice(&head[start..]);
        self.bytes.extend_from_slice(b"\r\n");
        self.start = start;
    }
}

/// Moves all that can be moved now; ready once the whole message is written.
pub(crate) fn poll_transfer<S: Source>(
    cx: &mut Context<'_>,
    source: &mut S,
    sink: &mut dyn Io,
    outbox: &mut Outbox,
    worker: &Worker,
) -> Poll<Result<(), TransferError<S::Error>>> {
    loop {
        ready!(outbox.poll_flush(cx, sink)).map_err(|_| TransferError::Sink)?;
        if outbox.ended {
            ready!(poll_flush(sink, cx)).map_err(|_| TransferError::Sink)?;
            outbox.release(worker);
            return Poll::Ready(Ok(()));
        }
        let filled = outbox.poll_fill(cx, source, worker);
        if filled.is_pending()
            && let Poll::Ready(Err(_)) = poll_flush(sink, cx)
        {
            return Poll::Ready(Err(TransferError::Sink));
        }
        ready!(filled).map_err(TransferError::Source)?;
        Clock::refresh();
    }
}
