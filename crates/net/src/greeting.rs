//! The time before a connection's first request: its PROXY header, its TLS handshake. Who takes
//! too long loses his place, and where places are scarce he loses it sooner.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::ReadBuf;
use tokio::net::TcpStream;

use crate::socket::has_unread;
use crate::timer::Timer;
use crate::worker::Worker;

/// How long somebody who was asked to make room may take from his first byte on: handshakes of
/// real clients take less, over any distance.
const ASKED: Duration = Duration::from_secs(1);

/// Why a greeting did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    /// The time limit has passed.
    TimedOut,
    /// Another connection needs the place.
    Asked,
}

/// Waits for `greeting` of the calling task, for `limit` at most. While it lasts the connection
/// counts as open. `greeting` is given the number of its slot.
pub(crate) async fn attend<F: Future>(
    worker: &Rc<Worker>,
    limit: Duration,
    greeting: impl FnOnce(usize) -> F,
) -> Result<F::Output, Late> {
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let open = worker.greet(waker);
    let begun = worker.clock.now();
    let mut timer = Timer::new(begun);
    let mut greeting = pin!(greeting(open.slot()));
    poll_fn(|cx| {
        if let Poll::Ready(done) = greeting.as_mut().poll(cx) {
            return Poll::Ready(Ok(done));
        }
        let is_asked = worker.is_asked_back(open.slot());
        timer.set(begun + if is_asked { ASKED.min(limit) } else { limit });
        let late = if is_asked { Late::Asked } else { Late::TimedOut };
        timer.poll(cx, worker.clock.now()).map(|()| Err(late))
    })
    .await
}

/// The first byte, which stays unread. A client that is silent when idle connections end, or when
/// another needs its place, is idle, and is not waited for.
pub(crate) fn poll_first(
    cx: &mut Context<'_>,
    stream: &TcpStream,
    worker: &Worker,
    slot: usize,
) -> Poll<io::Result<Option<u8>>> {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    match stream.poll_peek(cx, &mut buffer) {
        Poll::Ready(peeked) => Poll::Ready(peeked.map(|_| buffer.filled().first().copied())),
        Poll::Pending if worker.wants_back(slot) && !has_unread(stream) => Poll::Ready(Ok(None)),
        Poll::Pending => Poll::Pending,
    }
}
