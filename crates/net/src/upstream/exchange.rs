//! One request on one upstream connection, and the answer as far as it has come.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use crate::h1::{Decoder, Framing, HeadScanner, Malformed, read_response};
use crate::head::ResponseHead;
use crate::io::{poll_read, poll_write_all};
use crate::limits::{BUFFER_BYTES, HELD_BYTES, INTERIM_ANSWERS, LONG_BUFFER_BYTES};
use crate::quota::Share;
use crate::request::{BodyError, RequestBody};
use crate::transfer::{Outbox, Source, TransferError, poll_transfer};
use crate::upstream::call::cover;
use crate::upstream::origin::{Connection, Origin};
use crate::worker::Worker;

/// How far the request's body is on its way to the origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Upload {
    #[default]
    Running,
    Finished,
    /// The origin takes no more; it may have answered all the same.
    Refused,
}

/// Why an exchange ended without an answer.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The client's side failed.
    Client(BodyError),
    /// The connection ended or failed; nobody knows what the origin did.
    Io(io::Error),
    /// What came is no answer.
    Malformed(Malformed),
    TimedOut,
    /// The process holds as many bytes as it may.
    TooManyBytes,
}

/// The state of an exchange. It is recycled, so that a request allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(super) connection: Option<Connection>,
    /// Where the connection goes back to.
    pub(super) origin: Option<Rc<Origin>>,
    /// The request's head and what of its body was there at once; kept for a second try.
    pub(super) opening: Vec<u8>,
    opened: usize,
    pub(super) outbox: Outbox,
    pub(crate) upload: Upload,
    /// Whether the client's body goes to the origin.
    pub(super) sends_body: bool,
    pub(super) to_head: bool,
    /// Bytes of the answer's body with which it is passed on before it is complete.
    pub(super) too_many: usize,
    scanner: HeadScanner,
    interim: usize,
    has_head: bool,
    pub(crate) head: ResponseHead,
    decoder: Option<Decoder>,
    /// Bytes of a chunked answer with their framing.
    framed: Vec<u8>,
    /// Decoded bytes of the answer's body that nobody has taken yet.
    pub(crate) held: Vec<u8>,
    /// What is counted of bodies that are held beyond a usual buffer.
    pub(super) held_beyond: Share,
}

impl Exchange {
    /// Forgets everything but the memory that can be used again.
    pub(crate) fn reset(&mut self, worker: &Worker) {
        let fields = std::mem::take(&mut self.head.lines.fields);
        for buffer in [
            std::mem::take(&mut self.opening),
            std::mem::take(&mut self.head.lines.bytes),
            std::mem::take(&mut self.held),
            std::mem::take(&mut self.framed),
        ] {
            if buffer.capacity() > 0 {
                worker.buffers.put(buffer);
            }
        }
        self.outbox.release(worker);
        *self = Self::default();
        self.head.lines.fields = fields;
        self.head.lines.clear();
    }

    /// Whether the answer's last byte has arrived.
    pub(crate) fn is_complete(&self) -> bool {
        self.has_head && self.decoder.as_ref().is_none_or(Decoder::is_done)
    }

    /// Whether the same request may be sent again on another connection: the origin cannot have
    /// seen any of it, or it is idempotent, and nothing of it is lost (RFC 9110, section 9.2.2).
    pub(super) fn may_retry(&self, idempotent: bool) -> bool {
        let Some(connection) = &self.connection else { return false };
        let untouched = self.opened == 0 || connection.io.has_sent_nothing();
        let unanswered = !self.has_head && self.interim == 0 && self.head.lines.bytes.is_empty();
        connection.is_reused
            && unanswered
            && self.outbox.is_unstarted()
            && (untouched || idempotent)
    }

    /// Ends the connection, so that another may take its place.
    pub(super) fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Gets ready to send the opening on another connection.
    pub(super) fn restart(&mut self, mut connection: Connection, origin: &Rc<Origin>) {
        connection.io.begin();
        self.origin = Some(origin.clone());
        self.connection = Some(connection);
        self.opened = 0;
        self.upload = Upload::Running;
    }

    /// Sends the request and reads the answer until it is complete, or too long to be held.
    pub(super) fn run(
        &mut self,
        body: &mut RequestBody<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<(), Broken>> {
        poll_fn(move |cx| {
            if let Poll::Ready(result) = self.poll_run(cx, body) {
                return Poll::Ready(result);
            }
            if body.poll_gone(cx).is_ready() {
                return Poll::Ready(Err(Broken::Client(BodyError::Closed)));
            }
            let limit = match self.upload {
                Upload::Running => body.limit_of_wait(deadline),
                Upload::Finished | Upload::Refused => deadline,
            };
            body.timer.set(limit);
            let now = body.worker.clock.now();
            body.timer.poll(cx, now).map(|()| Err(self.timed_out(body)))
        })
    }

    /// Who let the time pass: the client, if all that it sent has gone out and more is to come.
    fn timed_out(&self, body: &RequestBody<'_>) -> Broken {
        let waits_for_client = self.sends_body
            && self.upload == Upload::Running
            && self.opened == self.opening.len()
            && self.outbox.is_flushed()
            && !body.is_done();
        if waits_for_client { Broken::Client(BodyError::TooSlow) } else { Broken::TimedOut }
    }

    fn poll_run(
        &mut self,
        cx: &mut Context<'_>,
        body: &mut RequestBody<'_>,
    ) -> Poll<Result<(), Broken>> {
        if self.upload == Upload::Running
            && let Poll::Ready(Err(error)) = self.poll_upload(cx, body)
        {
            return Poll::Ready(Err(Broken::Client(error)));
        }
        if !self.has_head {
            ready!(self.poll_head(cx, body.worker))?;
        }
        let is_long = self.head.framing.length().is_some_and(|bytes| bytes >= self.too_many as u64);
        while !is_long && !self.is_complete() && self.held.len() < self.too_many {
            self.cover_held(body.worker)?;
            ready!(self.poll_held(cx, body.worker))?;
        }
        Poll::Ready(self.cover_held(body.worker))
    }

    /// Sends what can be sent. A connection that takes no more is no failure yet.
    pub(crate) fn poll_upload(
        &mut self,
        cx: &mut Context<'_>,
        body: &mut RequestBody<'_>,
    ) -> Poll<Result<(), BodyError>> {
        let Some(connection) = &mut self.connection else { return Poll::Ready(Ok(())) };
        let io = connection.io.io();
        if self.opened < self.opening.len()
            && ready!(poll_write_all(io, cx, &self.opening, &mut self.opened)).is_err()
        {
            self.upload = Upload::Refused;
            return Poll::Ready(Ok(()));
        }
        if !self.sends_body || (body.is_done() && self.outbox.is_idle()) {
            self.upload = Upload::Finished;
            return Poll::Ready(Ok(()));
        }
        let worker = body.worker;
        match ready!(poll_transfer(cx, body, io, &mut self.outbox, worker)) {
            Ok(()) => self.upload = Upload::Finished,
            Err(TransferError::Sink) => self.upload = Upload::Refused,
            Err(TransferError::Source(error)) => return Poll::Ready(Err(error)),
        }
        Poll::Ready(Ok(()))
    }

    fn poll_head(&mut self, cx: &mut Context<'_>, worker: &Worker) -> Poll<Result<(), Broken>> {
        loop {
            if self.head.lines.bytes.capacity() == 0 {
                self.head.lines.bytes = worker.buffers.take();
            }
            let Some(connection) = &mut self.connection else { return closed() };
            let bytes = &mut self.head.lines.bytes;
            let read = poll_read(connection.io.io(), cx, bytes, BUFFER_BYTES);
            if read.is_pending() && bytes.is_empty() {
                worker.buffers.put(std::mem::take(bytes));
            }
            if ready!(read).map_err(Broken::Io)? == 0 {
                return closed();
            }
            while let Some(end) = self.read_head()? {
                self.take_head(end, worker)?;
                if self.has_head {
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }

    fn read_head(&mut self) -> Result<Option<usize>, Broken> {
        read_response(&mut self.head, &mut self.scanner, self.to_head).map_err(Broken::Malformed)
    }

    /// Takes a complete head. An interim answer is dropped (RFC 9110, section 15.2); behind a
    /// final one the body begins.
    fn take_head(&mut self, end: usize, worker: &Worker) -> Result<(), Broken> {
        if self.head.status < 200 {
            self.interim += 1;
            if self.head.status == 101 || self.interim > INTERIM_ANSWERS {
                return Err(Broken::Malformed(Malformed::StartLine));
            }
            self.head.lines.bytes.drain(..end);
            self.scanner = HeadScanner::default();
            return Ok(());
        }
        self.has_head = true;
        let mut decoder = Decoder::new(self.head.framing);
        if self.head.framing == Framing::Chunked {
            self.framed = worker.buffers.take();
        }
        let ahead = &self.head.lines.bytes[end..];
        if !ahead.is_empty() && !decoder.is_done() {
            self.held = buffer_for(self.head.framing, worker);
        }
        let used = decoder.decode_into(ahead, &mut self.held).map_err(Broken::Malformed)?;
        // Bytes behind the end of an answer belong to no request: never use that connection again.
        self.head.keep_alive &= used == ahead.len();
        self.decoder = Some(decoder);
        Ok(())
    }

    /// Counts what is held, if it takes more than a usual buffer.
    fn cover_held(&mut self, worker: &Worker) -> Result<(), Broken> {
        let is_beyond = self.held.len() > BUFFER_BYTES || self.held.capacity() >= LONG_BUFFER_BYTES;
        if is_beyond && !cover(&mut self.held_beyond, &self.held, worker) {
            return Err(Broken::TooManyBytes);
        }
        Ok(())
    }

    /// Reads more of the body into what is held.
    fn poll_held(&mut self, cx: &mut Context<'_>, worker: &Worker) -> Poll<Result<(), Broken>> {
        let mut held = std::mem::take(&mut self.held);
        if held.capacity() == 0 {
            held = buffer_for(self.head.framing, worker);
        }
        let polled = self.poll_data(cx, &mut held, LONG_BUFFER_BYTES);
        if held.is_empty() {
            worker.buffers.put(held);
        } else {
            self.held = held;
        }
        polled.map_ok(|_| ())
    }

    /// How much of the request's body has gone to the origin.
    pub(crate) fn outbox_moved(&self) -> u64 {
        self.outbox.moved
    }

    /// Gives the connection back to its origin, if it can serve another request.
    pub(crate) fn give_back(&mut self, worker: &Worker) {
        let is_reusable =
            self.is_complete() && self.head.keep_alive && self.upload == Upload::Finished;
        // One that is still busy is given back later, and has to know where to.
        if is_reusable
            && let (Some(origin), Some(connection)) = (self.origin.take(), self.connection.take())
        {
            origin.put_idle(connection, worker);
        }
    }
}

/// A buffer in which a body of this framing can be held.
fn buffer_for(framing: Framing, worker: &Worker) -> Vec<u8> {
    match framing.length() {
        Some(bytes) if (BUFFER_BYTES as u64 + 1..=HELD_BYTES as u64).contains(&bytes) => {
            worker.buffers.take_long()
        }
        _ => worker.buffers.take(),
    }
}

fn closed<T>() -> Poll<Result<T, Broken>> {
    Poll::Ready(Err(Broken::Io(io::ErrorKind::UnexpectedEof.into())))
}

/// The answer's body behind what is held.
impl Source for Exchange {
    type Error = Broken;

    fn left(&self) -> u64 {
        self.decoder.as_ref().map_or(0, Decoder::known_bytes)
    }

    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Poll<Result<usize, Broken>> {
        loop {
            let Some(decoder) = &mut self.decoder else { return closed() };
            if decoder.is_done() {
                return Poll::Ready(Ok(0));
            }
            let Some(connection) = &mut self.connection else { return closed() };
            let before = out.len();
            let read = match decoder.plain_bytes() {
                Some(left) => {
                    let max = usize::try_from(left).unwrap_or(max).min(max);
                    let read = ready!(poll_read(connection.io.io(), cx, out, max));
                    let read = read.map_err(Broken::Io)?;
                    decoder.note_plain(read);
                    read
                }
                None => {
                    let framed = &mut self.framed;
                    framed.clear();
                    let read = ready!(poll_read(connection.io.io(), cx, framed, max));
                    let read = read.map_err(Broken::Io)?;
                    let used = decoder.decode_into(framed, out).map_err(Broken::Malformed)?;
                    self.head.keep_alive &= used == framed.len();
                    read
                }
            };
            if read == 0 {
                return if decoder.end() { Poll::Ready(Ok(0)) } else { closed() };
            }
            if out.len() > before {
                return Poll::Ready(Ok(out.len() - before));
            }
        }
    }
}

impl Source for RequestBody<'_> {
    type Error = BodyError;

    fn left(&self) -> u64 {
        self.incoming.decoder.known_bytes()
    }

    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Poll<Result<usize, BodyError>> {
        RequestBody::poll_data(self, cx, out, max)
    }
}
