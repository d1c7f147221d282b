//! Reads the PROXY header that a connection begins with, and no byte more: what follows may be a
//! request or a TLS handshake.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use tokio::io::{AsyncReadExt, ReadBuf};
use tokio::net::TcpStream;

use crate::hits::Limit;
use crate::io::Io;
use crate::limits::PROXY_HEADER_BYTES;
use crate::proxy_protocol::{Header, Scanned, scan};
use crate::request::Peer;
use crate::worker::{Worker, add};

/// The client behind a trusted proxy; `None` if the connection is to be closed: the peer is not
/// trusted, or does not send a header in the time of a head.
pub(crate) async fn identify(
    stream: &mut TcpStream,
    peer: Peer,
    worker: &Rc<Worker>,
) -> Option<Peer> {
    let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
    let _open = worker.greet(waker);
    let trusted = &worker.settings.trusted_proxies;
    let header = match peer.trusted.is_some() {
        true => tokio::time::timeout(worker.settings.head, read(stream, worker)).await,
        false => Ok(None),
    };
    match header {
        Ok(Some(Header::Proxied { source, destination })) => {
            Some(Peer::new(source, destination.port(), peer.scheme, trusted))
        }
        Ok(Some(Header::Unknown)) => Some(peer),
        Ok(None) if worker.is_closing() => None,
        Ok(None) => {
            add(&worker.gauges().proxy_refused, 1);
            None
        }
        Err(_) => {
            worker.count(Limit::HeadTime);
            None
        }
    }
}

/// `None` if there is no proper header, or none has begun when idle connections are to end.
async fn read(stream: &mut TcpStream, worker: &Worker) -> Option<Header> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        bytes.resize(PROXY_HEADER_BYTES + 1, 0);
        let mut into = ReadBuf::new(&mut bytes[before..]);
        let peeked = poll_fn(|cx| match stream.poll_peek(cx, &mut into) {
            Poll::Pending if before == 0 && worker.is_closing() && !stream.has_unread() => {
                Poll::Ready(Ok(0))
            }
            peeked => peeked,
        });
        let seen = peeked.await.ok().filter(|count| *count > 0)?;
        bytes.truncate(before + seen);
        let scanned = scan(&bytes).ok()?;
        let end = match &scanned {
            Scanned::Partial => bytes.len(),
            Scanned::Complete { length, .. } => *length,
        };
        // They are there: this does not wait.
        stream.read_exact(&mut bytes[before..end]).await.ok()?;
        if let Scanned::Complete { header, .. } = scanned {
            return Some(header);
        }
    }
}
