//! Calls an origin: takes a connection, sends the request, brings back the answer.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use crate::collected::Collected;
use crate::h1::{Framing, Malformed};
use crate::hits::Limit;
use crate::limits::{BUFFER_BYTES, HELD_BYTES};
use crate::quota::Share;
use crate::request::{BodyError, RequestBody};
use crate::response::write_decimal;
use crate::transfer::Outbox;
use crate::upstream::exchange::Broken;
use crate::upstream::{Answer, Exchange, Origin};
use crate::worker::Worker;

/// What goes out as the body of a call.
#[derive(Debug)]
pub enum OutboundBody {
    /// The client's, as it comes in.
    Client,
    /// None, whatever the client sent.
    Empty,
    /// These bytes, whatever the client sent.
    Bytes(Box<Collected>),
    /// The same, which others may still read.
    Shared(Arc<Collected>),
}

impl OutboundBody {
    /// The bytes, unless they are the client's.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Client | Self::Empty => b"",
            Self::Bytes(body) => body.bytes(),
            Self::Shared(body) => body.bytes(),
        }
    }
}

/// How much of an answer is waited for before it is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// Its head.
    Head,
    /// All of it, if it fits [`HELD_BYTES`].
    #[default]
    Short,
    /// All of it, if it has no more bytes than this.
    Whole(usize),
}

impl Hold {
    /// Bytes of a body with which it is too long to be waited for.
    fn too_many(self) -> usize {
        match self {
            Self::Head => 0,
            Self::Short => HELD_BYTES + 1,
            Self::Whole(bytes) => bytes.saturating_add(1),
        }
    }
}

/// A request to an origin: start line and fields as they go out, each with its line end, but
/// without framing fields and the empty line.
#[derive(Debug)]
pub struct Outbound {
    pub head: Vec<u8>,
    pub body: OutboundBody,
    pub hold: Hold,
    /// A request to `HEAD`: its answer has no body.
    pub to_head: bool,
    /// Whether it may be sent twice (RFC 9110, section 9.2.2).
    pub idempotent: bool,
    /// Declare an empty body, as methods with a defined content do (RFC 9110, section 8.6).
    pub declare_empty: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("the origin's name has no address")]
    Resolve(#[source] io::Error),
    #[error("no connection to the origin")]
    Connect(#[source] io::Error),
    #[error("no connection to the origin in time")]
    ConnectTimeout,
    #[error(
        "Host name '{expected}' does not match the certificate subject provided by the peer \
         (names: {presented})"
    )]
    WrongName { expected: String, presented: String },
    #[error("the origin's certificate is not to be trusted")]
    Untrusted(#[source] io::Error),
    #[error("no TLS with the origin")]
    Tls(#[source] io::Error),
    #[error("no answer in time")]
    Timeout,
    #[error("the origin closed without an answer")]
    Closed(#[source] io::Error),
    #[error("the origin's answer is malformed")]
    Malformed(#[source] Malformed),
    #[error("the origin has as many connections as it may")]
    TooManyConnections,
    #[error("the process holds as many bytes of bodies as it may")]
    TooManyBytes,
    #[error("the client's request failed")]
    Client(#[source] BodyError),
}

impl From<Broken> for CallError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Client(error) => Self::Client(error),
            Broken::Io(error) => Self::Closed(error),
            Broken::Malformed(reason) => Self::Malformed(reason),
            Broken::TimedOut => Self::Timeout,
            Broken::TooManyBytes => Self::TooManyBytes,
        }
    }
}

impl Origin {
    /// Sends a request and waits for the answer, for as much of it as is to be held, until
    /// `deadline`. A connection that the origin closed while it was unused is replaced by a new
    /// one, if the request may be sent again. The others that are unused stay so: they may have been
    /// closed as well, and a request is sent again only once.
    ///
    /// The head of `outbound` is taken out of it.
    pub fn call<'a>(
        self: &'a Rc<Self>,
        outbound: &'a mut Outbound,
        body: &'a mut RequestBody<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, CallError>> {
        // No `async fn`: see "No room" in ARCHITECTURE.md.
        let mut exchange = body.worker.take_exchange();
        let idempotent = outbound.idempotent;
        async move {
            if poll_fn(|cx| Poll::Ready(exchange.open(cx, outbound, body))).await? {
                exchange.open_chunked(body, deadline).await?;
            }
            let mut fresh = false;
            loop {
                if fresh || !self.reuse(&mut exchange) {
                    exchange.disconnect();
                    let connection = self.connect(body.worker, body.timer, deadline).await?;
                    exchange.restart(connection, self);
                }
                match exchange.run(body, deadline).await {
                    Ok(()) => break,
                    Err(Broken::Io(_)) if exchange.may_retry(idempotent) => fresh = true,
                    Err(broken) => return Err(broken.into()),
                }
            }
            exchange.give_back(body.worker);
            Ok(Answer { exchange })
        }
    }
}

impl Exchange {
    /// Completes the head and puts behind it what is there of the body; whether that comes in chunks,
    /// and is to be waited for.
    fn open(
        &mut self,
        cx: &mut Context<'_>,
        outbound: &mut Outbound,
        body: &mut RequestBody<'_>,
    ) -> Result<bool, CallError> {
        self.opening = std::mem::take(&mut outbound.head);
        self.to_head = outbound.to_head;
        self.too_many = outbound.hold.too_many();
        let made = outbound.body.bytes();
        if !made.is_empty() {
            self.sends_body = false;
            self.declare_length(made.len() as u64);
            self.opening.extend_from_slice(made);
            // From here on they are a part of the opening.
            outbound.body = OutboundBody::Empty;
            let fits = self.opening.len() <= BUFFER_BYTES
                || cover(&mut self.held_beyond, &self.opening, body.worker);
            return if fits { Ok(false) } else { Err(CallError::TooManyBytes) };
        }
        self.sends_body =
            matches!(outbound.body, OutboundBody::Client) && body.framing != Framing::None;
        if !self.sends_body {
            if outbound.declare_empty {
                self.opening.extend_from_slice(b"Content-Length: 0\r\n");
            }
            self.opening.extend_from_slice(b"\r\n");
            return Ok(false);
        }
        let Framing::Length(bytes) = body.framing else { return Ok(true) };
        self.declare_length(bytes);
        if !body.inbox.is_empty()
            && let Poll::Ready(read) = body.poll_data(cx, &mut self.opening, BUFFER_BYTES)
        {
            read.map_err(CallError::Client)?;
        }
        Ok(false)
    }

    /// Waits for a body in chunks, up to [`HELD_BYTES`] of it, so that origins get a length, as from
    /// API Gateway.
    fn open_chunked(
        &mut self,
        body: &mut RequestBody<'_>,
        deadline: Instant,
    ) -> impl Future<Output = Result<(), CallError>> {
        // No `async fn`: see "No room" in ARCHITECTURE.md.
        let mut held = body.worker.buffers.take();
        async move {
            let read = hold(body, &mut held, &mut self.held_beyond, HELD_BYTES, deadline).await;
            if read.is_ok() && body.is_done() {
                self.declare_length(held.len() as u64);
                self.opening.extend_from_slice(&held);
            } else {
                self.opening.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                let mut head = [0; crate::h1::CHUNK_HEAD];
                let start = crate::h1::write_chunk_head(held.len(), &mut head);
                self.opening.extend_from_slice(&head[start..]);
                self.opening.extend_from_slice(&held);
                self.opening.extend_from_slice(b"\r\n");
                self.outbox = Outbox::new(true);
            }
            body.worker.buffers.put(held);
            read
        }
    }

    fn declare_length(&mut self, bytes: u64) {
        self.opening.extend_from_slice(b"Content-Length: ");
        write_decimal(bytes, &mut self.opening);
        self.opening.extend_from_slice(b"\r\n\r\n");
    }
}

/// Reads the body until it is done or longer than `most` bytes.
pub(crate) fn hold(
    body: &mut RequestBody<'_>,
    held: &mut Vec<u8>,
    beyond: &mut Share,
    most: usize,
    deadline: Instant,
) -> impl Future<Output = Result<(), CallError>> {
    poll_fn(move |cx| {
        while !body.is_done() && held.len() <= most {
            match body.poll_data(cx, held, BUFFER_BYTES) {
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(CallError::Client(error))),
                Poll::Pending => {
                    body.timer.set(body.limit_of_wait(deadline));
                    let now = body.worker.clock.now();
                    let late = || CallError::Client(BodyError::TooSlow);
                    return body.timer.poll(cx, now).map(|()| Err(late()));
                }
            }
            if held.len() > BUFFER_BYTES && !cover(beyond, held, body.worker) {
                return Poll::Ready(Err(CallError::TooManyBytes));
            }
        }
        Poll::Ready(Ok(()))
    })
}

/// Counts a buffer that has outgrown the usual ones; whether the process may hold so much more.
pub(crate) fn cover(beyond: &mut Share, held: &Vec<u8>, worker: &Worker) -> bool {
    let fits = beyond.grow_to(held.capacity(), &worker.shared.buffered);
    if !fits {
        worker.count(Limit::BufferedBytes);
    }
    fits
}
