//! One client connection: a request at a time, from its first byte to the last of its answer.

mod inbound;
mod outbound;

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use crate::admission::Place;
use crate::connection::inbound::Next;
use crate::h1::Framing;
use crate::h2;
use crate::handler::{Handler, Refusal};
use crate::head::{RequestHead, Version};
use crate::hits::Limit;
use crate::io::{Io, poll_discard};
use crate::limits::{BUFFER_BYTES, DISCARD_BYTES, LINGER_BYTES};
use crate::request::{Inbox, Incoming, Peer, Request, RequestBody};
use crate::response::Response;
use crate::socket::Socket;
use crate::timer::Timer;
use crate::worker::{Seat, Worker};

/// A client's connection and what was read ahead on it; over HTTP/2 a stream of one.
pub(crate) struct Connection<I> {
    pub(crate) io: I,
    inbox: Inbox,
    timer: Timer,
    pub(crate) peer: Peer,
    pub(crate) worker: Rc<Worker>,
    /// Of the connection's seat.
    slot: usize,
    /// Requests so far.
    requests: u64,
}

/// Whether the connection can carry another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    NextRequest,
    /// The same, behind the rest of a body that nobody read.
    Discard,
    /// The client may still be sending: read on a little, so that it can read its answer.
    Linger,
    Close,
}

/// Serves a client until one side ends the connection.
pub(crate) fn serve<H: Handler, I: Io>(
    io: I,
    peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
    place: Place,
) -> impl Future<Output = ()> {
    // Made before the future is, which else had room for the parts and for the whole.
    let mut seat = Seat::new(worker.clone(), place);
    let mut connection = Connection::new(io, peer, worker, 0);
    async move {
        connection.slot = seat.take().await;
        loop {
            let after = match connection.next().await {
                Next::Request(head) => connection.exchange(head, &*handler).await,
                Next::Refused(refusal) => connection.refuse(refusal, &*handler).await,
                Next::Http2(ahead) => {
                    let Connection { io, peer, worker, .. } = connection;
                    // Boxed, so that a connection over HTTP/1.1 has no room for it.
                    return Box::pin(h2::serve(io, ahead, peer, worker, handler, seat)).await;
                }
                Next::End => return connection.close().await,
            };
            match after {
                After::NextRequest | After::Discard => {}
                After::Linger => return connection.linger().await,
                After::Close => return connection.close().await,
            }
        }
    }
}

/// Bytes of what an open connection over TCP takes as long as it is open, beside buffers and the
/// socket: its future, with room for every step of a request that this handler answers. It is public
/// for the test that bounds it with the gateway's handler.
pub fn connection_bytes<H: Handler>() -> usize {
    fn made_by<A, B, C, D, E, F>(_: impl FnOnce(A, B, C, D, E) -> F) -> usize {
        size_of::<F>()
    }
    made_by(serve::<H, Socket>)
}

impl<I: Io> Connection<I> {
    pub(crate) fn new(io: I, peer: Peer, worker: Rc<Worker>, slot: usize) -> Self {
        let timer = Timer::new(worker.clock.now());
        Self { io, inbox: Inbox::default(), timer, peer, worker, slot, requests: 0 }
    }

    /// Lets the handler answer one request, and sends that answer.
    #[expect(
        clippy::manual_async_fn,
        reason = "such a function has room twice for what it is given"
    )]
    pub(crate) fn exchange<'a, H: Handler>(
        &'a mut self,
        head: Box<RequestHead>,
        handler: &'a H,
    ) -> impl Future<Output = After> {
        async move {
            let began = self.worker.clock.begin_request();
            self.requests += 1;
            let mut incoming = Incoming::new(&head);
            let (response, entry) = {
                let body = RequestBody {
                    io: &mut self.io,
                    inbox: &mut self.inbox,
                    incoming: &mut incoming,
                    timer: &mut self.timer,
                    worker: &self.worker,
                    framing: head.framing,
                };
                let (peer, worker) = (&self.peer, &self.worker);
                let mut request = Request { head: &head, body, peer, worker };
                handler.answer(&mut request).await
            };
            let (mut sent, after) = self.send(response, &head, &mut incoming).await;
            sent.elapsed = self.worker.clock.now().saturating_duration_since(began);
            handler.finish(entry, &head, &self.peer, sent);
            let framing = head.framing;
            self.worker.put_head(head);
            match after {
                After::Discard => self.discard(framing, incoming).await,
                after => after,
            }
        }
    }

    /// Reads what is left of a body that nobody wants.
    async fn discard(&mut self, framing: Framing, mut incoming: Incoming) -> After {
        incoming.limit_further(DISCARD_BYTES);
        let mut buffer = self.worker.buffers.take();
        let worker = self.worker.clone();
        let mut limit = None;
        let after = poll_fn(|cx| {
            loop {
                buffer.clear();
                let timer = &mut self.timer;
                let mut body = RequestBody {
                    io: &mut self.io,
                    inbox: &mut self.inbox,
                    incoming: &mut incoming,
                    timer,
                    worker: &worker,
                    framing,
                };
                match body.poll_data(cx, &mut buffer, BUFFER_BYTES) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(After::NextRequest),
                    Poll::Ready(Ok(_)) => limit = None,
                    Poll::Ready(Err(_)) => return Poll::Ready(After::Linger),
                    Poll::Pending => break,
                }
            }
            let now = worker.clock.now();
            self.timer.set(*limit.get_or_insert(now + worker.settings.stall));
            self.timer.poll(cx, now).map(|()| self.stalled(After::Close))
        })
        .await;
        self.worker.buffers.put(buffer);
        after
    }

    /// A time limit has passed without a byte moving.
    fn stalled<T>(&self, outcome: T) -> T {
        self.worker.count(Limit::StallTime);
        outcome
    }

    /// Answers what never became a request.
    pub(crate) async fn refuse<H: Handler>(&mut self, refusal: Refusal, handler: &H) -> After {
        if let Some(limit) = Limit::of(refusal) {
            self.worker.count(limit);
        }
        let (mut response, entry): (Response, _) =
            handler.refuse(refusal, &self.peer, &self.worker);
        response.close_after();
        // Boxed, so that a connection has no room for it beside that of a request.
        let head = Box::new(RequestHead {
            version: Some(Version::Http11),
            framing: Framing::None,
            ..RequestHead::default()
        });
        let mut incoming = Incoming::new(&head);
        let (sent, after) = self.send(response, &head, &mut incoming).await;
        handler.finish(entry, &head, &self.peer, sent);
        if after == After::Close && sent.complete { After::Linger } else { after }
    }

    /// Closes the connection behind its last bytes.
    async fn close(&mut self) {
        self.empty().await;
        self.io.farewell();
    }

    /// Lets the last bytes go out, for as long as a time limit allows.
    async fn empty(&mut self) {
        let limit = self.worker.clock.now() + self.worker.settings.stall;
        let emptied = poll_fn(|cx| match self.io.poll_emptied(cx) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending => {
                self.timer.set(limit);
                self.timer.poll(cx, self.worker.clock.now()).map(|()| self.stalled(()))
            }
        });
        emptied.await;
    }

    /// Ends our side, then reads what the client still sends until it ends its own, so that
    /// unread bytes do not reset the connection under an answer (RFC 9112, section 9.6).
    async fn linger(&mut self) {
        self.empty().await;
        let worker = self.worker.clone();
        self.timer.set(worker.clock.now() + worker.settings.linger);
        // TLS has to write its end, and a client need not take it.
        let ended = poll_fn(|cx| match Pin::new(&mut self.io).poll_shutdown(cx) {
            Poll::Ready(ended) => Poll::Ready(ended.is_ok()),
            Poll::Pending => self.timer.poll(cx, worker.clock.now()).map(|()| false),
        });
        if !ended.await {
            return;
        }
        self.inbox.consume(self.inbox.unread().len(), &worker);
        let mut left = LINGER_BYTES;
        poll_fn(|cx| {
            if self.timer.poll(cx, worker.clock.now()).is_ready() {
                return Poll::Ready(());
            }
            poll_discard(&mut self.io, cx, &worker.buffers, &mut left)
        })
        .await;
    }
}
