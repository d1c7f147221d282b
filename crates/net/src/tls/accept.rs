//! From an accepted socket to a connection that speaks TLS, within a time limit.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::admission::Place;
use crate::connection;
use crate::handler::Handler;
use crate::request::Peer;
use crate::tls::stream::Socket;
use crate::tls::{ServerTls, TlsIo};
use crate::worker::{Worker, add};

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
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let _open = worker.greet(waker);
    let shaking = shake(stream, &acceptor, worker);
    let shaken = tokio::time::timeout(worker.settings.handshake, shaking).await;
    shaken.ok()?.ok()?
}

/// `None` is a client that does not speak TLS. One that says nothing costs no TLS state.
async fn shake(
    mut stream: TcpStream,
    acceptor: &Acceptor,
    worker: &Worker,
) -> io::Result<Option<TlsIo>> {
    let first = poll_fn(|cx| poll_first(cx, &stream, worker)).await?;
    if first != Some(HANDSHAKE) {
        if first.is_some_and(|byte| byte.is_ascii_uppercase()) {
            refuse_plain(&mut stream).await?;
        }
        return Ok(None);
    }
    let config = acceptor.0.borrow().config.clone();
    let accepted = TlsAcceptor::from(config).accept(Socket(stream)).await?;
    Ok(Some(TlsIo::new(accepted)))
}

/// The first byte, which stays unread. A client that is silent when a drain begins is idle, and is
/// not waited for.
fn poll_first(
    cx: &mut Context<'_>,
    stream: &TcpStream,
    worker: &Worker,
) -> Poll<io::Result<Option<u8>>> {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    match stream.poll_peek(cx, &mut buffer) {
        Poll::Ready(peeked) => Poll::Ready(peeked.map(|_| buffer.filled().first().copied())),
        Poll::Pending if worker.is_draining() => Poll::Ready(Ok(None)),
        Poll::Pending => Poll::Pending,
    }
}

async fn refuse_plain(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(PLAIN).await?;
    stream.shutdown().await?;
    // Unread bytes would reset the connection under the answer.
    tokio::io::copy(&mut stream.take(UNREAD_BYTES), &mut tokio::io::sink()).await?;
    Ok(())
}
