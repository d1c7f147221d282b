//! A stream as a transport: its DATA frames are the bytes, within the flow control of both sides.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes};
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::h2::response;
use crate::h2::session::Shared;
use crate::io::Io;

/// Both directions of one stream.
pub(crate) struct Stream {
    receive: RecvStream,
    /// The rest of a DATA frame.
    received: Bytes,
    sending: Sending,
    shared: Rc<Shared>,
}

/// How far the answer is.
enum Sending {
    /// No final head was sent.
    Head(SendResponse<Bytes>),
    /// The head was sent; so many bytes follow, if that is known.
    Body(SendStream<Bytes>, Option<u64>),
    /// END_STREAM was sent.
    Ended,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.shared.leave();
    }
}

impl Stream {
    pub(super) fn new(
        receive: RecvStream,
        respond: SendResponse<Bytes>,
        shared: Rc<Shared>,
    ) -> Self {
        shared.enter();
        Self { receive, received: Bytes::new(), sending: Sending::Head(respond), shared }
    }

    /// Whether the request ended with its head.
    pub(super) fn has_ended(&self) -> bool {
        self.receive.is_end_stream()
    }

    /// Ends a stream that brought no request.
    pub(super) fn refuse(&mut self, reason: Reason) {
        self.shared.note_cancelled();
        self.reset(reason);
    }

    fn reset(&mut self, reason: Reason) {
        match &mut self.sending {
            Sending::Head(respond) => respond.send_reset(reason),
            Sending::Body(send, _) => send.send_reset(reason),
            Sending::Ended => {}
        }
    }

    fn ended(&mut self) {
        self.sending = Sending::Ended;
        self.shared.note_answered();
    }
}

impl Io for Stream {
    fn abort(&mut self) {
        if self.poll_gone(&mut Context::from_waker(Waker::noop())).is_ready() {
            self.shared.note_cancelled();
        }
        self.reset(Reason::INTERNAL_ERROR);
    }

    fn open(&mut self, head: &mut Vec<u8>, length: Option<u64>) -> io::Result<bool> {
        let Sending::Head(respond) = &mut self.sending else { return Err(closed()) };
        let response = response::read(head).ok_or_else(closed)?;
        head.clear();
        let is_whole = length == Some(0);
        let send = respond.send_response(response, is_whole).map_err(io::Error::other)?;
        if is_whole {
            self.ended();
        } else {
            self.sending = Sending::Body(send, length);
        }
        Ok(true)
    }

    fn end(&mut self) -> io::Result<()> {
        match &mut self.sending {
            Sending::Ended => Ok(()),
            Sending::Body(send, None) => {
                send.send_data(Bytes::new(), true).map_err(io::Error::other)?;
                self.ended();
                Ok(())
            }
            // Less than what was declared.
            Sending::Head(_) | Sending::Body(_, Some(_)) => Err(closed()),
        }
    }

    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sending {
            Sending::Head(respond) => respond.poll_reset(cx).map(|_| ()),
            Sending::Body(send, _) => send.poll_reset(cx).map(|_| ()),
            Sending::Ended => Poll::Pending,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.received.is_empty() {
            match ready!(this.receive.poll_data(cx)) {
                Some(Ok(bytes)) => this.received = bytes,
                Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
                // Trailers are read by the crate, and end here: no integration takes them.
                None => return Poll::Ready(Ok(())),
            }
        }
        let count = this.received.len().min(buffer.remaining());
        buffer.put_slice(&this.received[..count]);
        this.received.advance(count);
        // Only what was taken makes room for more.
        let released = this.receive.flow_control().release_capacity(count);
        Poll::Ready(released.map_err(io::Error::other))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (send, left) = match &mut self.sending {
            Sending::Head(respond) => return Poll::Ready(interim(respond, bytes)),
            Sending::Body(send, left) => (send, left),
            Sending::Ended => return Poll::Ready(Err(closed())),
        };
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let room = ready!(poll_room(send, cx, bytes.len()))?;
        let count = bytes.len().min(room);
        let is_last = match left {
            Some(left) => {
                *left = left.checked_sub(count as u64).ok_or_else(closed)?;
                *left == 0
            }
            None => false,
        };
        let piece = Bytes::copy_from_slice(&bytes[..count]);
        send.send_data(piece, is_last).map_err(io::Error::other)?;
        if is_last {
            self.ended();
        }
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Bytes that the client's windows and our own buffer have room for; at least one.
fn poll_room(
    send: &mut SendStream<Bytes>,
    cx: &mut Context<'_>,
    wanted: usize,
) -> Poll<io::Result<usize>> {
    send.reserve_capacity(wanted);
    // Only a change of the capacity is told.
    while send.capacity() == 0 {
        match ready!(send.poll_capacity(cx)) {
            Some(Ok(_)) => {}
            Some(Err(error)) => return Poll::Ready(Err(io::Error::other(error))),
            None => return Poll::Ready(Err(closed())),
        }
    }
    Poll::Ready(Ok(send.capacity()))
}

/// Before the final head only an interim answer is written, in one piece.
fn interim(respond: &mut SendResponse<Bytes>, bytes: &[u8]) -> io::Result<usize> {
    let response = response::read(bytes).ok_or_else(closed)?;
    respond.send_informational(response).map_err(io::Error::other)?;
    Ok(bytes.len())
}

fn closed() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}
