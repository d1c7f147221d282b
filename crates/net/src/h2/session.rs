//! One HTTP/2 connection: accepts its streams, and decides when it ends.

use std::cell::Cell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};

use crate::connection::Connection;
use crate::gauges::add;
use crate::h1::Malformed;
use crate::h2::prefixed::Prefixed;
use crate::h2::request;
use crate::h2::stream::Stream;
use crate::handler::{Handler, Refusal, Sent};
use crate::head::RequestHead;
use crate::hits::Limit;
use crate::io::Io;
use crate::request::Peer;
use crate::timer::Timer;
use crate::worker::{Seat, Worker};

/// What the tasks of a connection know of each other.
pub(super) struct Shared {
    /// Held until the last stream's task has ended.
    seat: Seat,
    /// Wakes the connection's own task.
    waker: Waker,
    /// Streams whose tasks run.
    open: Cell<u32>,
    /// Streams that the client cancelled or that were malformed, less those that were answered.
    cancelled: Cell<u32>,
    /// Frames that carried nothing of a request, since the last answer.
    control: Cell<u32>,
    /// Since when a head is begun and not ended.
    head_since: Cell<Option<Instant>>,
    /// Our side of the transport is ending.
    closing: Cell<bool>,
}

impl Shared {
    pub(super) fn new(seat: Seat, waker: Waker) -> Self {
        Self {
            seat,
            waker,
            open: Cell::default(),
            cancelled: Cell::default(),
            control: Cell::default(),
            head_since: Cell::default(),
            closing: Cell::default(),
        }
    }

    /// The number of the connection's seat.
    fn slot(&self) -> usize {
        self.seat.slot()
    }

    pub(super) fn note_closing(&self) {
        self.closing.set(true);
    }

    pub(super) fn note_head(&self, since: Option<Instant>) {
        self.head_since.set(since);
    }

    pub(super) fn note_cancelled(&self) {
        self.cancelled.set(self.cancelled.get() + 1);
    }

    pub(super) fn note_answered(&self) {
        self.cancelled.set(self.cancelled.get().saturating_sub(1));
        self.control.set(0);
    }

    pub(super) fn note_control(&self, frames: u32) {
        self.control.set(self.control.get().saturating_add(frames));
    }

    pub(super) fn enter(&self) {
        self.open.set(self.open.get() + 1);
    }

    pub(super) fn leave(&self) {
        self.open.set(self.open.get() - 1);
        if self.open.get() == 0 {
            self.waker.wake_by_ref();
        }
    }
}

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Requests are on their way; each has time limits of its own.
    Busy,
    /// No request.
    Idle,
    /// The rest of a head.
    Head,
    /// The client's end, after our own.
    Ending,
}

/// A connection and what its streams need.
pub(super) struct Session<H, I> {
    connection: h2::server::Connection<Prefixed<I>, Bytes>,
    shared: Rc<Shared>,
    timer: Timer,
    /// The last phase, and when it is over.
    phase: (Phase, Instant),
    /// Whether GOAWAY was sent.
    is_leaving: bool,
    /// Whether that was for what the client sent.
    is_cut: bool,
    /// Requests so far.
    requests: u64,
    peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
}

impl<H: Handler, I: Io> Session<H, I> {
    pub(super) fn new(
        connection: h2::server::Connection<Prefixed<I>, Bytes>,
        shared: Rc<Shared>,
        timer: Timer,
        peer: Peer,
        worker: Rc<Worker>,
        handler: Rc<H>,
    ) -> Self {
        let phase = (Phase::Busy, worker.clock.now());
        add(&worker.gauges().http2_begun, 1);
        Self {
            connection,
            shared,
            timer,
            phase,
            is_leaving: false,
            is_cut: false,
            requests: 0,
            peer,
            worker,
            handler,
        }
    }

    /// Ready once the connection has ended.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            while let Poll::Ready(accepted) = self.connection.poll_accept(cx) {
                match accepted {
                    Some(Ok((request, respond))) => self.accept(request, respond),
                    Some(Err(error)) => {
                        self.note_end(&error);
                        return Poll::Ready(());
                    }
                    None => return Poll::Ready(()),
                }
            }
            if let Some(limit) = self.exceeded() {
                self.cut(limit);
                continue;
            }
            if !self.is_leaving && self.was_last_request() {
                self.worker.count(Limit::Requests);
                self.leave();
                continue;
            }
            let worker = &self.worker;
            let wants_end = worker.is_draining() || worker.wants_back(self.shared.slot());
            if !self.is_leaving && wants_end {
                self.leave();
                continue;
            }
            match ready!(self.poll_limit(cx)) {
                Phase::Ending => return Poll::Ready(()),
                Phase::Head => self.cut(Limit::HeadTime),
                Phase::Busy | Phase::Idle => {
                    self.worker.count(Limit::IdleTime);
                    self.leave();
                }
            }
        }
    }

    /// Tells the client that no further stream is taken; those on their way go on.
    fn leave(&mut self) {
        self.connection.graceful_shutdown();
        self.is_leaving = true;
    }

    /// Counts an end that the client's frames have brought about.
    fn note_end(&self, error: &h2::Error) {
        if error.is_go_away() && !error.is_remote() && !self.is_cut {
            add(&self.worker.gauges().http2_cut, 1);
        }
    }

    /// Ends the connection with every stream on it.
    fn cut(&mut self, limit: Limit) {
        self.worker.count(limit);
        self.connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        (self.is_leaving, self.is_cut) = (true, true);
        add(&self.worker.gauges().http2_cut, 1);
    }

    /// Ready once the connection has waited for too long, and for what.
    fn poll_limit(&mut self, cx: &mut Context<'_>) -> Poll<Phase> {
        let now = self.worker.clock.now();
        let is_busy = self.shared.open.get() > 0;
        let settings = &self.worker.settings;
        let head_since = self.shared.head_since.get().filter(|_| !self.is_leaving);
        let (phase, limit) = match head_since {
            _ if self.shared.closing.get() => (Phase::Ending, now + settings.linger),
            Some(since) => (Phase::Head, since + settings.head),
            // Streams wake the task when the last of them ends.
            None if is_busy => {
                self.phase.0 = Phase::Busy;
                return Poll::Pending;
            }
            None if self.is_leaving => (Phase::Ending, now + settings.linger),
            None => (Phase::Idle, now + settings.idle),
        };
        // The next head may have begun already.
        if self.phase.0 != phase || phase == Phase::Head {
            self.phase = (phase, limit);
        }
        self.timer.set(self.phase.1);
        self.timer.poll(cx, now).map(|()| phase)
    }

    /// The limit for which the connection is to end at once.
    fn exceeded(&self) -> Option<Limit> {
        let limits = &self.worker.settings.http2;
        if self.is_leaving {
            return None;
        }
        if self.shared.cancelled.get() > limits.cancelled_streams {
            return Some(Limit::CancelledStreams);
        }
        (self.shared.control.get() > limits.control_frames).then_some(Limit::ControlFrames)
    }

    /// Whether the connection has carried as many requests as it may. Those that were sent before
    /// the client read our GOAWAY are answered still.
    fn was_last_request(&self) -> bool {
        let limit = self.worker.settings.requests_by_connection;
        limit.is_some_and(|limit| self.requests >= limit)
    }

    /// Whether the client has more at work than it may, or goes on after our GOAWAY as if it had
    /// not come. A refused stream was not acted on, so the client may send it again elsewhere.
    fn is_excessive(&self) -> bool {
        let streams = self.worker.settings.http2.streams;
        let limit = self.worker.settings.requests_by_connection;
        let allowed = limit.map_or(u64::MAX, |limit| limit.saturating_add(u64::from(streams)));
        self.shared.open.get() >= streams.saturating_mul(2) || self.requests >= allowed
    }

    fn accept(&mut self, request: http::Request<RecvStream>, respond: SendResponse<Bytes>) {
        add(&self.worker.gauges().http2_streams, 1);
        if self.is_excessive() {
            let mut respond = respond;
            respond.send_reset(Reason::REFUSED_STREAM);
            return self.shared.note_cancelled();
        }
        self.requests += 1;
        let (parts, receive) = request.into_parts();
        let stream = Stream::new(receive, respond, self.shared.clone());
        let connection =
            Connection::new(stream, self.peer.clone(), self.worker.clone(), self.shared.slot());
        // Boxed, as tokio moves a task several times while it is begun and ended.
        tokio::task::spawn_local(Box::pin(answer(connection, parts, self.handler.clone())));
    }
}

/// The life of one stream.
async fn answer<H: Handler>(
    mut stream: Connection<Stream>,
    parts: http::request::Parts,
    handler: Rc<H>,
) {
    let mut head = stream.worker.take_head();
    let limits = &stream.worker.settings.request_head;
    let read = request::read(&mut head, &parts, stream.io.has_ended(), limits);
    // The answer to HEAD has no body, and so no words for a refusal.
    let to_head = parts.method == http::Method::HEAD;
    drop(parts);
    match read {
        Ok(()) => {
            stream.exchange(head, &*handler).await;
        }
        Err(reason) => {
            stream.worker.put_head(head);
            if is_answered(reason) && !to_head {
                stream.refuse(Refusal::Malformed(reason), &*handler).await;
            } else {
                reset(stream, reason, &*handler);
            }
        }
    }
}

/// Whether a request is well formed, but more than we take; any other is a stream error
/// (RFC 9113, section 8.1.1).
fn is_answered(reason: Malformed) -> bool {
    matches!(
        reason,
        Malformed::TargetTooLong
            | Malformed::HeadTooLarge
            | Malformed::TooManyFields
            | Malformed::FieldValuesTooLong
            | Malformed::Method
            | Malformed::Expectation
    )
}

/// Refuses a malformed request; the handler hears of it as of any other.
fn reset<H: Handler>(mut stream: Connection<Stream>, reason: Malformed, handler: &H) {
    stream.io.refuse(Reason::PROTOCOL_ERROR);
    let refusal = Refusal::Malformed(reason);
    let (_, entry) = handler.refuse(refusal, &stream.peer, &stream.worker);
    let sent = Sent { body_bytes: 0, complete: false, elapsed: std::time::Duration::ZERO };
    handler.finish(entry, &RequestHead::default(), &stream.peer, sent);
}
