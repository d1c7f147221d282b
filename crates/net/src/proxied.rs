//! Reads the PROXY header that a connection begins with, and no byte more: what follows may be a
//! request or a TLS handshake.

use std::future::poll_fn;
use std::rc::Rc;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::gauges::add;
use crate::greeting::{Late, attend, poll_first};
use crate::hits::Limit;
use crate::limits::PROXY_HEADER_BYTES;
use crate::proxy_protocol::{Header, Scanned, scan};
use crate::request::Peer;
use crate::worker::Worker;

/// The client behind a trusted proxy; `None` if the connection is to be closed: the peer is not
/// trusted, or does not send a header in the time of a head.
pub(crate) async fn identify(
    stream: &mut TcpStream,
    peer: Peer,
    worker: &Rc<Worker>,
) -> Option<Peer> {
    let trusted = &worker.settings.trusted_proxies;
    let header = match peer.trusted.is_some() {
        true => attend(worker, worker.settings.head, |slot| read(stream, worker, slot)).await,
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
        Err(Late::TimedOut) => {
            worker.count(Limit::HeadTime);
            None
        }
        Err(Late::Asked) => None,
    }
}

/// `None` if there is no proper header.
async fn read(stream: &mut TcpStream, worker: &Worker, slot: usize) -> Option<Header> {
    poll_fn(|cx| poll_first(cx, stream, worker, slot)).await.ok()??;
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        bytes.resize(PROXY_HEADER_BYTES + 1, 0);
        let seen = stream.peek(&mut bytes[before..]).await.ok().filter(|count| *count > 0)?;
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
