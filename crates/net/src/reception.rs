//! From an accepted connection to the worker that serves it.
//!
//! The kernel spreads connections over the workers' listeners by chance, which with few of them
//! leaves workers idle. So while the worker with the fewest has not many, it gets the new one,
//! whoever accepted it: before a byte of it is read, and never again after that.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::mpsc::WeakUnboundedSender;
use tokio::sync::mpsc::error::SendError;
use tokio::task::spawn_local;

use crate::admission::Place;
use crate::connection;
use crate::handler::Handler;
use crate::proxied;
use crate::request::Peer;
use crate::server::Message;
use crate::socket::Socket;
use crate::tls::{self, Acceptor, ServerTls};
use crate::worker::Worker;

/// The mailboxes of all workers, in their order. Weak, so that workers do not keep each other.
pub(crate) type Mailboxes<U> = Arc<[WeakUnboundedSender<Message<U>>]>;

/// What clients of one address begin with, on one worker.
pub(crate) struct Entrance {
    pub(crate) address: SocketAddr,
    pub(crate) proxied: bool,
    pub(crate) tls: Option<Rc<Acceptor>>,
}

/// A connection on its way to the worker that is to serve it.
pub(crate) struct Arrival {
    stream: std::net::TcpStream,
    /// Which entrance it came to; every worker has the same ones.
    entrance: usize,
    peer: Peer,
    place: Place,
}

/// One worker's entrances, and the way to the other workers.
pub(crate) struct Reception<H: Handler> {
    pub(crate) worker: Rc<Worker>,
    pub(crate) handler: Rc<H>,
    pub(crate) entrances: Vec<Entrance>,
    pub(crate) mailboxes: Mailboxes<H::Update>,
}

impl<H: Handler> Reception<H> {
    /// Serves a connection that this worker has accepted, or has it served by one with fewer.
    pub(crate) fn receive(&self, entrance: usize, stream: TcpStream, peer: Peer, mut place: Place) {
        let chosen = place.choose_worker(self.worker.id);
        let mailbox = self.mailboxes.get(chosen.0).filter(|_| chosen != self.worker.id);
        let Some(mailbox) = mailbox.and_then(WeakUnboundedSender::upgrade) else {
            return self.serve(entrance, stream, peer, place);
        };
        // A socket that cannot leave this worker's reactor is of no use to any.
        let Ok(stream) = stream.into_std() else { return };
        let arrival = Arrival { stream, entrance, peer, place };
        // It drains, or is gone: then it comes back.
        if let Err(SendError(Message::Arrival(arrival))) = mailbox.send(Message::Arrival(arrival)) {
            self.take(arrival);
        }
    }

    /// Serves a connection that another worker has accepted.
    pub(crate) fn take(&self, arrival: Arrival) {
        let Arrival { stream, entrance, peer, mut place } = arrival;
        place.move_to(self.worker.id);
        if let Ok(stream) = TcpStream::from_std(stream) {
            self.serve(entrance, stream, peer, place);
        }
    }

    /// New connections to this address get this TLS.
    pub(crate) fn replace_tls(&self, address: SocketAddr, tls: &ServerTls) {
        let of_address = self.entrances.iter().filter(|entrance| entrance.address == address);
        of_address.flat_map(|entrance| &entrance.tls).for_each(|it| it.replace(tls.clone()));
    }

    fn serve(&self, entrance: usize, stream: TcpStream, peer: Peer, mut place: Place) {
        self.worker.expect_one(&mut place);
        let Entrance { proxied, tls, .. } = &self.entrances[entrance];
        let (worker, handler) = (self.worker.clone(), self.handler.clone());
        if tls.is_none() && !proxied {
            spawn_local(connection::serve(Socket::new(stream), peer, worker, handler, place));
        } else {
            let (proxied, tls) = (*proxied, tls.clone());
            spawn_local(welcome(stream, proxied, tls, peer, worker, handler, place));
        }
    }
}

/// Serves a connection that begins with more than a request: with a PROXY header, with TLS, or
/// with both in this order.
async fn welcome<H: Handler>(
    mut stream: TcpStream,
    proxied: bool,
    tls: Option<Rc<Acceptor>>,
    mut peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
    mut place: Place,
) {
    worker.meet(&mut place);
    if proxied {
        let Some(named) = proxied::identify(&mut stream, peer, &worker).await else { return };
        peer = named;
        if peer.trusted.is_none()
            && let Err(limit) = place.belong_to(peer.address.ip())
        {
            return worker.count(limit);
        }
    }
    match tls {
        None => connection::serve(Socket::new(stream), peer, worker, handler, place).await,
        Some(tls) => tls::serve(stream, tls, peer, worker, handler, place).await,
    }
}
