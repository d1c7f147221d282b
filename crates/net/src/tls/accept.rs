//! From an accepted socket to a connection that speaks TLS, within a time limit.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::admission::Place;
use crate::connection;
use crate::gauges::add;
use crate::greeting::{Late, attend, poll_first};
use crate::handler::Handler;
use crate::hits::Limit;
use crate::request::Peer;
use crate::socket::Socket;
use crate::tls::{ServerTls, TlsIo};
use crate::worker::Worker;

/// First byte of every TLS record that begins a handshake (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// Bytes that are read of a request that came without TLS, so that its sender can read why not.
const UNREAD_BYTES: u64 = 64 * 1024;

/// What somebody is told who forgot the `s` of `https`.
const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
    Content-Length: 39\r\nConnection: close\r\n\r\nThis port speaks HTTPS: use https://...";

/// One listener's TLS on one worker; new connections use what it holds now.
pub(crate) struct Acceptor(RefCell<ServerTls>);

impl Acceptor {
    pub(crate) fn new(tls: ServerTls) -> Self {
        Self(RefCell::new(tls))
    }

    pub(crate) fn replace(&self, tls: ServerTls) {
        self.0.replace(tls);
    }
}

/// Serves one client, if it makes its handshake in time.
pub(crate) async fn serve<H: Handler>(
    stream: TcpStream,
    acceptor: Rc<Acceptor>,
    peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
    place: Place,
) {
    // Boxed, so that its state is gone with it and not part of every connection's.
    match Box::pin(greet(stream, acceptor, &worker)).await {
        Some(io) => connection::serve(io, peer, worker, handler, place).await,
        None => add(&worker.gauges().handshakes_failed, 1),
    }
}

async fn greet(stream: TcpStream, acceptor: Rc<Acceptor>, worker: &Rc<Worker>) -> Option<TlsIo> {
    let shake = |slot| shake(stream, &acceptor, worker, slot);
    match attend(worker, worker.settings.handshake, shake).await {
        Ok(shaken) => shaken.ok()?,
        Err(late) => {
            if late == Late::TimedOut {
                worker.count(Limit::HandshakeTime);
            }
            None
        }
    }
}

/// `None` is a client that does not speak TLS. One that says nothing costs no TLS state.
async fn shake(
    mut stream: TcpStream,
    acceptor: &Acceptor,
    worker: &Worker,
    slot: usize,
) -> io::Result<Option<TlsIo>> {
    let first = poll_fn(|cx| poll_first(cx, &stream, worker, slot)).await?;
    if first != Some(HANDSHAKE) {
        if first.is_some_and(|byte| byte.is_ascii_uppercase()) {
            refuse_plain(&mut stream).await?;
        }
        return Ok(None);
    }
    let config = acceptor.0.borrow().config.clone();
    // Boxed, so that who says nothing takes no room for it.
    let accepted = Box::pin(TlsAcceptor::from(config).accept(Socket::new(stream))).await?;
    Ok(Some(TlsIo::new(accepted)))
}

async fn refuse_plain(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN).await?;
    stream.shutdown().await?;
    // Unread bytes would reset the connection under the answer.
    tokio::io::copy(&mut stream.take(UNREAD_BYTES), &mut tokio::io::sink()).await?;
    Ok(())
}
