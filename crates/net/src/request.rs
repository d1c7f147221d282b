//! A request as a handler sees it, and its body as it comes in.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use crate::client_address::{IpText, TrustedProxies};
use crate::h1::{Decoder, Framing, Malformed};
use crate::head::RequestHead;
use crate::hits::Limit;
use crate::io::{Io, poll_read, poll_write_all};
use crate::limits::DISCARD_BYTES;
use crate::pace::Pace;
use crate::timer::Timer;
use crate::worker::Worker;

/// The other end of a client's connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Address the connection came from, or that a PROXY header gives.
    pub address: SocketAddr,
    /// The same without its port, as text, for example `203.0.113.7`.
    pub ip: Box<str>,
    /// Local port the connection came to.
    pub local_port: u16,
    /// What the client speaks.
    pub scheme: Scheme,
    /// Whom to believe about the client, if that is a trusted proxy.
    pub(crate) trusted: Option<TrustedProxies>,
}

/// The scheme of the target URIs of a connection (RFC 9110, section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// For example `https`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Peer {
    /// A peer at this address, which is trusted or not.
    pub(crate) fn new(
        address: SocketAddr,
        local_port: u16,
        scheme: Scheme,
        proxies: &TrustedProxies,
    ) -> Self {
        let client = address.ip().to_canonical();
        let trusted = proxies.contains(client).then(|| proxies.clone());
        Self { address, ip: client.to_string().into_boxed_str(), local_port, scheme, trusted }
    }

    /// The client's address as far as it can be believed: the peer's, unless that is a trusted
    /// proxy; then the right-most of X-Forwarded-For that is none. `text` is room for it.
    pub fn client_ip<'a>(&'a self, head: &RequestHead, text: &'a mut IpText) -> &'a str {
        let Some(trusted) = &self.trusted else { return &self.ip };
        match trusted.client(head) {
            Some(address) => text.write(address),
            None => &self.ip,
        }
    }
}

/// One request: its head, its peer, and its body still on the way.
pub struct Request<'a> {
    pub head: &'a RequestHead,
    pub body: RequestBody<'a>,
    pub peer: &'a Peer,
    pub worker: &'a Rc<Worker>,
}

/// Why a request body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the client closed before the end of its request")]
    Closed,
    #[error("reading from the client failed")]
    Io(#[source] io::Error),
    #[error("the request body is malformed")]
    Malformed(#[source] Malformed),
    #[error("the client sent nothing for too long")]
    TooSlow,
    #[error("the request body is larger than {limit} bytes")]
    TooLarge { limit: u64 },
}

/// Bytes that were read ahead of what they belong to.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
}

impl Inbox {
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }

    /// Marks `count` bytes as read; an inbox that is read up gives its buffer back.
    pub(crate) fn consume(&mut self, count: usize, worker: &Worker) {
        self.start += count;
        if self.is_empty() && self.bytes.capacity() > 0 {
            worker.buffers.put(std::mem::take(&mut self.bytes));
            self.start = 0;
        }
    }

    /// Keeps a copy of bytes that came behind a head.
    pub(crate) fn fill(&mut self, bytes: &[u8], worker: &Worker) {
        debug_assert!(self.is_empty());
        if !bytes.is_empty() {
            self.bytes = worker.buffers.take();
            self.start = 0;
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// The unread bytes as a buffer of their own, to be read on into; leaves the inbox empty.
    pub(crate) fn take(&mut self, worker: &Worker) -> Vec<u8> {
        if self.bytes.capacity() == 0 {
            return worker.buffers.take();
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.drain(..self.start);
        self.start = 0;
        bytes
    }

    /// Puts a buffer with unread bytes in, or gives an empty one back.
    pub(crate) fn restore(&mut self, bytes: Vec<u8>, worker: &Worker) {
        debug_assert!(self.is_empty());
        if bytes.is_empty() {
            worker.buffers.put(bytes);
        } else {
            self.bytes = bytes;
            self.start = 0;
        }
    }
}

/// How far the body of the current request is.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) decoder: Decoder,
    /// Bytes of `100 Continue` that are still to be sent; `None` if nobody waits for them.
    interim: Option<usize>,
    received: u64,
    limit: u64,
    pace: Pace,
}

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

impl Incoming {
    pub(crate) fn new(head: &RequestHead) -> Self {
        let decoder = Decoder::new(head.framing);
        let waits = head.expects_continue && !decoder.is_done();
        Self {
            decoder,
            interim: waits.then_some(0),
            received: 0,
            limit: u64::MAX,
            pace: Pace::default(),
        }
    }

    /// Whether the client still waits for a word before it sends its body.
    pub(crate) fn is_unasked(&self) -> bool {
        self.interim == Some(0) && !self.decoder.is_done()
    }

    /// Bounds what may still come of the body.
    pub(crate) fn limit_further(&mut self, bytes: u64) {
        self.limit = self.received.saturating_add(bytes);
    }

    /// Whether what is left of the body is little enough to be thrown away, as far as is known.
    pub(crate) fn is_short(&self) -> bool {
        self.decoder.plain_bytes().is_none_or(|left| left <= DISCARD_BYTES)
    }

    /// Throws away what has arrived of a body that nobody reads any more.
    pub(crate) fn discard_ahead(&mut self, inbox: &mut Inbox, worker: &Worker) {
        while !inbox.is_empty() && !self.decoder.is_done() {
            // A malformed rest leaves the body unfinished, and so ends the connection.
            let Ok(piece) = self.decoder.decode(inbox.unread()) else { return };
            inbox.consume(piece.skip + piece.data, worker);
        }
    }

    /// The final answer is on its way: an interim one would come too late.
    pub(crate) fn answered(&mut self) {
        self.interim = None;
    }
}

/// A request body on its way in. It is read by the one who forwards it.
pub struct RequestBody<'a> {
    pub(crate) io: &'a mut dyn Io,
    pub(crate) inbox: &'a mut Inbox,
    pub(crate) incoming: &'a mut Incoming,
    pub(crate) timer: &'a mut Timer,
    pub(crate) worker: &'a Rc<Worker>,
    pub(crate) framing: Framing,
}

impl RequestBody<'_> {
    /// The length as declared.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Bytes beyond `limit` make reading fail with [`BodyError::TooLarge`].
    pub fn limit(&mut self, limit: u64) {
        self.incoming.limit = limit;
    }

    /// Ready once the client wants no answer any more, where it can say so.
    pub(crate) fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.io.poll_gone(cx)
    }

    pub(crate) fn is_done(&self) -> bool {
        self.incoming.decoder.is_done()
    }

    /// Until when to wait for more: `deadline`, or when the client will have been too slow.
    pub(crate) fn limit_of_wait(&self, deadline: Instant) -> Instant {
        let slow_at = self.incoming.pace.slow_at(self.worker.settings.body_rate.over);
        slow_at.map_or(deadline, |at| at.min(deadline))
    }

    /// The client has nothing for us now.
    #[cold]
    fn waits(&mut self) -> Result<(), BodyError> {
        let (now, rate) = (self.worker.clock.now(), self.worker.settings.body_rate);
        if self.incoming.pace.waits(now, self.incoming.received, rate) {
            self.worker.count(Limit::BodyRate);
            return Err(BodyError::TooSlow);
        }
        Ok(())
    }

    /// Appends up to `max` bytes of the body to `out`; 0 at its end.
    pub(crate) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Poll<Result<usize, BodyError>> {
        let polled = self.poll_some(cx, out, max);
        if polled.is_pending() {
            self.waits()?;
        } else if self.incoming.pace.is_waiting() {
            self.incoming.pace.goes_on(self.worker.clock.now());
        }
        polled
    }

    fn poll_some(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Poll<Result<usize, BodyError>> {
        let decoder = &mut self.incoming.decoder;
        loop {
            if decoder.is_done() {
                return Poll::Ready(Ok(0));
            }
            let before = out.len();
            if !self.inbox.is_empty() {
                let input = self.inbox.unread();
                let input = &input[..input.len().min(max)];
                let used = decoder.decode_into(input, out).map_err(BodyError::Malformed)?;
                self.inbox.consume(used, self.worker);
            } else {
                if let Some(sent) = &mut self.incoming.interim {
                    ready!(poll_write_all(self.io, cx, CONTINUE, sent)).map_err(BodyError::Io)?;
                    self.incoming.interim = None;
                }
                let read = match decoder.plain_bytes() {
                    Some(left) => {
                        let max = usize::try_from(left).unwrap_or(max).min(max);
                        let read = ready!(poll_read(self.io, cx, out, max));
                        read.inspect(|count| decoder.note_plain(*count))
                    }
                    None => {
                        let mut bytes = self.inbox.take(self.worker);
                        let read = poll_read(self.io, cx, &mut bytes, max);
                        self.inbox.restore(bytes, self.worker);
                        ready!(read)
                    }
                };
                if read.map_err(BodyError::Io)? == 0 {
                    let is_whole = decoder.end();
                    return Poll::Ready(if is_whole { Ok(0) } else { Err(BodyError::Closed) });
                }
            }
            let data = out.len() - before;
            self.incoming.received += data as u64;
            if self.incoming.received > self.incoming.limit {
                return Poll::Ready(Err(BodyError::TooLarge { limit: self.incoming.limit }));
            }
            if data > 0 {
                return Poll::Ready(Ok(data));
            }
        }
    }
}
