//! A TCP socket whose small writes go out together with those of other sockets.

use std::io::{self, ErrorKind, IoSlice};
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::io::Io;
use crate::sends::{self, Fate, Ticket, Unsent};

/// A connected stream socket. A write may end before its bytes are sent: it is told of a failure
/// by the next call, and has to wait for [`Io::poll_emptied`] before the socket is closed.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    last: Last,
    /// Whether the peer can have seen a byte of this request.
    is_touched: bool,
    /// The sends of a thread know nothing of another's.
    _of_this_thread: PhantomData<Rc<()>>,
}

/// What is known of the last write.
#[derive(Debug)]
enum Last {
    /// All of it is sent, or nothing was written, or the rest is thrown away, as the connection is to
    /// be reset.
    Sent,
    /// It goes out at the end of the turn, or did.
    Waiting(Ticket),
    /// It fell short: what is left of it, or why there is no more to be done.
    Short(Box<Unsent>),
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, last: Last::Sent, is_touched: false, _of_this_thread: PhantomData }
    }

    /// Another request begins: none of it was sent.
    pub(crate) fn begin(&mut self) {
        self.is_touched = false;
    }

    /// Whether the peer can have seen nothing of the request, as its only write failed altogether.
    pub(crate) fn has_sent_nothing(&self) -> bool {
        let has_failed = matches!(&self.last, Last::Short(unsent) if unsent.failure.is_some());
        has_failed && !self.is_touched
    }

    /// Whether an unused connection is open and silent. The reactor knows without a system call,
    /// unless the last read filled its buffer to the brim. (`poll_read_ready` would say "pending"
    /// of any connection once the task has used up its turn.)
    pub(crate) fn is_quiet(&mut self) -> bool {
        self.learn();
        let read = self.stream.try_read(&mut [0]);
        let is_silent = matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock);
        is_silent && self.is_settled()
    }

    /// Whether nothing of the last write is on its way, as far as was learnt.
    #[inline]
    fn is_settled(&self) -> bool {
        matches!(self.last, Last::Sent)
    }

    /// Learns what became of the last write, if its turn is over.
    fn learn(&mut self) {
        let Last::Waiting(ticket) = self.last else { return };
        match sends::fate(ticket) {
            Fate::Waiting => {}
            Fate::Sent => (self.is_touched, self.last) = (true, Last::Sent),
            Fate::Short(unsent) => {
                self.is_touched |= !unsent.is_whole;
                self.last = Last::Short(Box::new(unsent));
            }
        }
    }

    /// Learns it now.
    fn settle(&mut self) {
        self.learn();
        if matches!(self.last, Last::Waiting(_)) {
            sends::send_waiting();
            self.learn();
        }
    }

    /// Sends what is left of the last write. Its failure is told again and again.
    fn poll_rest(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Last::Short(unsent) = &mut self.last else { return Poll::Ready(Ok(())) };
        while unsent.failure.is_none() && !unsent.rest.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, &unsent.rest)) {
                Ok(sent) => {
                    self.is_touched |= sent > 0;
                    drop(unsent.rest.drain(..sent));
                }
                Err(error) => unsent.failure = Some(error),
            }
        }
        if let Some(failure) = &unsent.failure {
            return Poll::Ready(Err(failure.kind().into()));
        }
        self.last = Last::Sent;
        Poll::Ready(Ok(()))
    }

    /// The same where its turn is over.
    fn poll_learnt(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.learn();
        self.poll_rest(cx)
    }

    /// Waits until the last write is sent.
    fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.settle();
        self.poll_rest(cx)
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if !self.is_settled() {
            ready!(self.poll_sent(cx))?;
        }
        if let Some(ticket) = sends::queue(self.stream.as_raw_fd(), slices, cx.waker()) {
            self.last = Last::Waiting(ticket);
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let stream = Pin::new(&mut self.stream);
        let sent = ready!(match slices {
            // It costs less than one of several pieces.
            [only] => stream.poll_write(cx, only),
            _ => stream.poll_write_vectored(cx, slices),
        })?;
        self.is_touched |= sent > 0;
        Poll::Ready(Ok(sent))
    }
}

/// Whether bytes have come that nobody read, as the socket itself tells, not the last event.
pub(crate) fn has_unread(stream: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    matches!(SockRef::from(stream).peek(&mut byte), Ok(1..))
}

impl Io for Socket {
    fn abort(&mut self) {
        self.settle();
        self.last = Last::Sent;
        // A socket that is gone already needs no reset.
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }

    fn has_unread(&self) -> bool {
        has_unread(&self.stream)
    }

    /// The rest of an answer goes out while the next one is waited for.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.is_settled() {
            // Its failure is told by the next call.
            let _ = self.poll_learnt(cx);
        }
        Poll::Pending
    }

    fn poll_emptied(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_sent(cx)
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let rest = if self.is_settled() { Poll::Pending } else { self.poll_learnt(cx) };
        let Poll::Ready(Err(failure)) = rest else {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        };
        // A peer that takes no more may have answered all the same, or be about to.
        let is_closed =
            matches!(failure.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset);
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => Poll::Ready(Ok(())),
            Poll::Pending if is_closed => Poll::Pending,
            _ => Poll::Ready(Err(failure)),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Does not wait for the end of the turn.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_settled() { Poll::Ready(Ok(())) } else { self.poll_learnt(cx) }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_sent(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A number of a socket that is closed may be another's when the turn ends.
impl Drop for Socket {
    fn drop(&mut self) {
        self.settle();
    }
}

#[cfg(test)]
mod tests;
