//! Accepts connections, and at the end those that the kernel has completed and nobody has taken:
//! a socket that is closed resets them.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};

use crate::listener::BACKLOG;
use crate::worker::Worker;

/// What becomes of connections that wait to be accepted when a worker stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// They are accepted and served.
    Serve,
    /// Another process has the same socket, and takes them.
    Leave,
}

/// A listening socket, for as long as connections are to be taken from it.
pub(crate) struct Backlog {
    listener: TcpListener,
    /// Connections that are still taken once accepting is to end.
    left: usize,
}

impl Backlog {
    pub(crate) fn new(listener: TcpListener) -> Self {
        Self { listener, left: BACKLOG as usize }
    }

    /// The next connection; `None` once accepting is to end and none waits any more.
    pub(crate) async fn next(
        &mut self,
        worker: &Worker,
    ) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        let accepted = poll_fn(|cx| {
            if worker.is_draining() {
                return Poll::Ready(None);
            }
            let accepted = self.listener.poll_accept(cx);
            if accepted.is_pending() {
                worker.when_draining(cx.waker());
            }
            accepted.map(Some)
        });
        match accepted.await {
            Some(accepted) => Some(accepted),
            None => self.last(worker),
        }
    }

    /// The socket itself is asked: an event may be on its way.
    fn last(&mut self, worker: &Worker) -> Option<io::Result<(TcpStream, SocketAddr)>> {
        if worker.waiting() == Waiting::Leave || self.left == 0 {
            return None;
        }
        self.left -= 1;
        match SockRef::from(&self.listener).accept() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => Some(Err(error)),
            Ok((stream, address)) => Some(adopt(stream, &address)),
        }
    }
}

fn adopt(
    stream: socket2::Socket,
    address: &socket2::SockAddr,
) -> io::Result<(TcpStream, SocketAddr)> {
    stream.set_nonblocking(true)?;
    let address = address.as_socket().ok_or(io::ErrorKind::ConnectionAborted)?;
    Ok((TcpStream::from_std(stream.into())?, address))
}
