//! Sends an answer: at once where it is complete, else as it comes in from the origin, while
//! the rest of the request still goes there.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use crate::clock::Clock;
use crate::connection::{After, Connection};
use crate::h1::{CHUNK_HEAD, Framing, write_chunk_head};
use crate::handler::Sent;
use crate::head::{RequestHead, Version};
use crate::hits::Limit;
use crate::io::{Io, poll_flush, poll_write_both};
use crate::request::{Incoming, RequestBody};
use crate::response::{Body, Response};
use crate::transfer::{Outbox, poll_transfer};
use crate::upstream::{Answer, Exchange, Upload};

/// Bytes of a body that are copied behind their head: cheaper than a write of two pieces.
const JOINED_BYTES: usize = 8 * 1024;

impl<I: Io> Connection<I> {
    pub(super) async fn send(
        &mut self,
        mut response: Response,
        head: &RequestHead,
        incoming: &mut Incoming,
    ) -> (Sent, After) {
        incoming.discard_ahead(&mut self.inbox, &self.worker);
        let to_head = head.method() == b"HEAD";
        let has_body = response.may_have_body(to_head);
        let ends_by_close =
            has_body && response.body_length().is_none() && head.version() == Version::Http10;
        let streams = matches!(&response.body, Body::Answer(a) if has_body && !a.is_complete());
        // The rest of the request may still arrive while the answer streams; otherwise what is
        // unread now is thrown away.
        let is_readable = streams || incoming.decoder.is_done() || incoming.is_short();
        let keep_alive = head.keep_alive
            && !response.close
            && !ends_by_close
            && is_readable
            && !incoming.is_unasked()
            && !self.worker.is_draining()
            && !self.was_last_request();
        let length = if has_body { response.body_length() } else { Some(0) };
        response.finish_head(&self.worker, to_head, head.version(), keep_alive);
        incoming.answered();
        let Response { head: mut bytes, body, .. } = response;
        let opened = self.io.open(&mut bytes, length);
        let (body_bytes, complete) = match (opened, body) {
            (Err(_), _) => (0, false),
            (Ok(is_framed), Body::Answer(answer)) if streams => {
                let chunked =
                    !is_framed && answer.length().is_none() && head.version() == Version::Http11;
                self.stream(bytes, answer, chunked, head.framing, incoming).await
            }
            (Ok(_), body) => self.send_whole(bytes, body, has_body).await,
        };
        let complete = complete && self.io.end().is_ok();
        let after = if !complete {
            // The end of the connection must not pass for the end of the answer.
            self.io.abort();
            After::Close
        } else if !incoming.decoder.is_done() {
            if keep_alive { After::Discard } else { After::Linger }
        } else if keep_alive {
            After::NextRequest
        } else if head.keep_alive && self.worker.is_draining() {
            // The client did not know, and its next request may be here already.
            After::Linger
        } else {
            After::Close
        };
        (Sent { body_bytes, complete, elapsed: Duration::ZERO }, after)
    }

    /// Whether the connection has carried as many requests as it may.
    fn was_last_request(&self) -> bool {
        let limit = self.worker.settings.requests_by_connection;
        let was_last = limit.is_some_and(|limit| self.requests >= limit);
        if was_last {
            self.worker.count(Limit::Requests);
        }
        was_last
    }

    /// Sends an answer whose body is all here.
    async fn send_whole(&mut self, mut out: Vec<u8>, body: Body, has_body: bool) -> (u64, bool) {
        let bytes: &[u8] = match &body {
            _ if !has_body => &[],
            Body::Empty => &[],
            Body::Static(bytes) => bytes,
            Body::Buffer(bytes) => bytes,
            Body::Collected(body) => body.bytes(),
            Body::Answer(answer) => answer.held(),
        };
        let count = bytes.len() as u64;
        let complete = if bytes.len() <= JOINED_BYTES {
            out.extend_from_slice(bytes);
            self.write_all([&out, &[]]).await
        } else {
            self.write_all([&out, bytes]).await
        };
        self.worker.buffers.put(out);
        match body {
            Body::Buffer(bytes) => self.worker.buffers.put(bytes),
            Body::Collected(body) => self.worker.buffers.put(body.into_buffer()),
            Body::Answer(answer) => self.worker.put_exchange(answer.exchange),
            Body::Empty | Body::Static(_) => {}
        }
        (if complete { count } else { 0 }, complete)
    }

    fn write_all(&mut self, pieces: [&[u8]; 2]) -> impl Future<Output = bool> {
        let mut from = 0;
        let mut stopped_at = None;
        poll_fn(move |cx| {
            let written = poll_write_both(&mut self.io, cx, pieces, &mut from);
            let flushed = match written {
                Poll::Ready(Ok(())) => poll_flush(&mut self.io, cx),
                unwritten => unwritten,
            };
            if let Poll::Ready(flushed) = flushed {
                return Poll::Ready(flushed.is_ok());
            }
            let now = self.worker.clock.now();
            if stopped_at != Some(from) {
                stopped_at = Some(from);
                self.timer.set(now + self.worker.settings.stall);
            }
            self.timer.poll(cx, now).map(|()| self.stalled(false))
        })
    }

    /// Sends an answer while it comes in. A fault now cannot be told any more but by ending the
    /// connection where the answer's framing does not allow it.
    async fn stream(
        &mut self,
        mut out: Vec<u8>,
        answer: Answer,
        chunked: bool,
        request_framing: Framing,
        incoming: &mut Incoming,
    ) -> (u64, bool) {
        let mut exchange = answer.exchange;
        let held = std::mem::take(&mut exchange.held);
        if chunked && !held.is_empty() {
            let mut size = [0; CHUNK_HEAD];
            let start = write_chunk_head(held.len(), &mut size);
            out.extend_from_slice(&size[start..]);
        }
        out.extend_from_slice(&held);
        if chunked && !held.is_empty() {
            out.extend_from_slice(b"\r\n");
        }
        let ahead = held.len() as u64;
        self.worker.buffers.put(held);
        let mut outbox = Outbox::new(chunked);
        outbox.begin(out);
        let worker = self.worker.clone();
        let mut progress = None;
        let complete = poll_fn(|cx| {
            let now = Clock::refresh();
            let polled =
                self.poll_stream(cx, &mut exchange, &mut outbox, incoming, request_framing);
            if let Poll::Ready(complete) = polled {
                return Poll::Ready(complete);
            }
            if self.io.poll_gone(cx).is_ready() {
                return Poll::Ready(false);
            }
            let moved = (outbox.moved, outbox.written(), exchange.outbox_moved());
            if progress != Some(moved) {
                progress = Some(moved);
                self.timer.set(now + worker.settings.stall);
            }
            self.timer.poll(cx, now).map(|()| self.stalled(false))
        })
        .await;
        let moved = outbox.moved;
        outbox.release(&worker);
        if complete {
            exchange.give_back(&worker);
        }
        worker.put_exchange(exchange);
        (ahead + moved, complete)
    }

    fn poll_stream(
        &mut self,
        cx: &mut Context<'_>,
        exchange: &mut Exchange,
        outbox: &mut Outbox,
        incoming: &mut Incoming,
        framing: Framing,
    ) -> Poll<bool> {
        if exchange.upload == Upload::Running {
            let mut body = RequestBody {
                io: &mut self.io,
                inbox: &mut self.inbox,
                incoming,
                timer: &mut self.timer,
                worker: &self.worker,
                framing,
            };
            if let Poll::Ready(Err(_)) = exchange.poll_upload(cx, &mut body) {
                return Poll::Ready(false);
            }
        }
        let moved = ready!(poll_transfer(cx, exchange, &mut self.io, outbox, &self.worker));
        Poll::Ready(moved.is_ok())
    }
}
