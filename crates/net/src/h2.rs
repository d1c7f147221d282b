//! HTTP/2 to clients (RFC 9113): each stream is a task of its worker, and its request takes the
//! way of every other.
//!
//! The `h2` crate speaks the frames. What a stream brings is written as an HTTP/1.1 head and read
//! by the same parser, and what answers it is an HTTP/1.1 head too: so every check and every limit
//! of HTTP/1.1 holds, and nothing can mean one thing here and another behind.

mod prefixed;
mod request;
mod response;
mod sent;
mod session;
mod stream;
mod watch;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use crate::h2::prefixed::Prefixed;
use crate::h2::session::{Session, Shared};
use crate::handler::Handler;
use crate::hits::Limit;
use crate::io::Io;
use crate::limits::{Settings, http2};
use crate::request::Peer;
use crate::timer::Timer;
use crate::worker::{Seat, Worker};

/// The part of the preface that HTTP/1.1 takes for a head (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";

/// Whether a connection that begins with these bytes is one of HTTP/2.
pub(crate) fn is_preface(bytes: &[u8]) -> bool {
    bytes.starts_with(PREFACE)
}

/// Serves a client over HTTP/2 until one side ends the connection: with prior knowledge, or after
/// TLS agreed on `h2`. `ahead` is what was read already, the preface included.
pub(crate) async fn serve<H: Handler, I: Io>(
    io: I,
    ahead: Vec<u8>,
    peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
    seat: Seat,
) {
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let shared = Rc::new(Shared::new(seat, waker));
    let mut timer = Timer::new(worker.clock.now());
    timer.set(worker.clock.now() + worker.settings.head);
    let io = Prefixed::new(io, ahead, worker.clone(), shared.clone());
    let connection = {
        let mut shaking = pin!(builder(&worker.settings).handshake(io));
        let shaken = poll_fn(|cx| {
            if let Poll::Ready(shaken) = shaking.as_mut().poll(cx) {
                return Poll::Ready(shaken.ok());
            }
            timer.poll(cx, worker.clock.now()).map(|()| {
                worker.count(Limit::HeadTime);
                None
            })
        });
        let Some(connection) = shaken.await else { return };
        connection
    };
    let mut session = Session::new(connection, shared, timer, peer, worker, handler);
    poll_fn(|cx| session.poll(cx)).await;
}

/// Every limit is ours, whatever the defaults of the crate are.
fn builder(settings: &Settings) -> h2::server::Builder {
    let limits = &settings.http2;
    let mut builder = h2::server::Builder::new();
    builder
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(limits.field_list_bytes(&settings.request_head))
        .header_table_size(http2::FIELD_TABLE_BYTES)
        .max_frame_size(http2::FRAME_BYTES)
        .initial_window_size(limits.stream_window_bytes)
        .initial_connection_window_size(limits.connection_window_bytes)
        .max_send_buffer_size(http2::STREAM_SEND_BYTES)
        .data_frame_budget(limits.small_data_bytes)
        .max_pending_accept_reset_streams(limits.unseen_resets)
        .max_local_error_reset_streams(Some(limits.error_resets))
        .max_concurrent_reset_streams(http2::RESET_STREAMS)
        .reset_stream_duration(http2::RESET_STREAM_AGE);
    builder
}
