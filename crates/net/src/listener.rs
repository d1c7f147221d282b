//! Listening sockets: one a worker on the same address, and a clear word when it is taken.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::tls::ServerTls;

use socket2::{Domain, Protocol, SockRef, Socket, Type};

/// Connections the kernel completes before we accept them.
pub(crate) const BACKLOG: i32 = 4096;

/// The sockets of one address, one for each worker.
#[derive(Debug)]
pub struct Listeners {
    pub(crate) sockets: Vec<TcpListener>,
    address: SocketAddr,
    pub(crate) begins: Beginning,
}

/// What a connection begins with before its first request: a PROXY header, TLS, both in this order,
/// or neither.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beginning {
    pub(crate) proxied: bool,
    pub(crate) tls: Option<ServerTls>,
}

/// A server may have one address alone.
impl From<Listeners> for Vec<Listeners> {
    fn from(alone: Listeners) -> Self {
        vec![alone]
    }
}

impl Listeners {
    /// The address listened on, with the port that was found if 0 was asked for.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Duplicates of its sockets, each once, for another process.
    pub fn share(&self) -> io::Result<Vec<TcpListener>> {
        let mut known = Vec::new();
        let mut shared = Vec::new();
        for socket in &self.sockets {
            let cookie = SockRef::from(socket).cookie()?;
            if !known.contains(&cookie) {
                known.push(cookie);
                shared.push(socket.try_clone()?);
            }
        }
        Ok(shared)
    }

    /// Clients of this address must speak TLS.
    #[must_use]
    pub fn with_tls(mut self, tls: ServerTls) -> Self {
        self.begins.tls = Some(tls);
        self
    }

    /// Each connection to this address begins with a PROXY header, version 1 or 2. One that comes
    /// from a proxy that is not trusted, or without the header, is closed.
    #[must_use]
    pub fn with_proxy_protocol(mut self) -> Self {
        self.begins.proxied = true;
        self
    }
}

/// An address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("{address} is in use by another process")]
    Taken { address: SocketAddr },
    #[error("no permission to listen on {address}")]
    Denied { address: SocketAddr },
    #[error("{address} is not an address of this machine")]
    NotOurs { address: SocketAddr },
    #[error("cannot listen on {address}")]
    Io { address: SocketAddr, source: io::Error },
}

impl BindError {
    fn new(address: SocketAddr, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::AddrInUse => Self::Taken { address },
            io::ErrorKind::PermissionDenied => Self::Denied { address },
            io::ErrorKind::AddrNotAvailable => Self::NotOurs { address },
            _ => Self::Io { address, source },
        }
    }
}

/// Listens on `address` once for each of `workers`; port 0 takes a free one. The kernel spreads
/// connections over the sockets. They share the address with nobody else: a probe finds out
/// whether a process already has it.
pub fn bind(address: SocketAddr, workers: usize) -> Result<Listeners, BindError> {
    let failed = |source| BindError::new(address, source);
    if address.port() != 0 {
        drop(socket(address, false).map_err(failed)?);
    }
    let first = listen(address).map_err(failed)?;
    let address = first.local_addr().map_err(failed)?;
    let mut sockets = vec![first];
    for _ in 1..workers {
        sockets.push(listen(address).map_err(failed)?);
    }
    Ok(Listeners { sockets, address, begins: Beginning::default() })
}

/// Listens with sockets of one address that another process has opened: what a service manager or a
/// predecessor gives, as many as it has. Each worker accepts from at least one of them, and each of
/// them has at least one worker; where they are fewer than workers, some share one.
pub fn adopt(mut sockets: Vec<TcpListener>, workers: usize) -> io::Result<Vec<Listeners>> {
    let Some(address) = sockets.first().map(TcpListener::local_addr).transpose()? else {
        return Ok(Vec::new());
    };
    let given = sockets.len();
    for index in given..given.next_multiple_of(workers) {
        sockets.push(sockets[index % given].try_clone()?);
    }
    let mut adopted = Vec::new();
    while !sockets.is_empty() {
        let sockets: Vec<_> = sockets.drain(..workers).collect();
        for socket in &sockets {
            socket.set_nonblocking(true)?;
        }
        adopted.push(Listeners { sockets, address, begins: Beginning::default() });
    }
    Ok(adopted)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket(address, true)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn socket(address: SocketAddr, shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Without it a restarted server waits for the last connections of its predecessor.
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_workers_accepts_from_any_number_of_sockets() {
        let check = |sockets: usize, workers: usize, expected: usize| {
            let bound = bind(SocketAddr::from(([127, 0, 0, 1], 0)), sockets).unwrap();
            let adopted = adopt(bound.share().unwrap(), workers).unwrap();
            assert_eq!(adopted.len(), expected, "{sockets} sockets, {workers} workers");
            let cookie = |socket: &TcpListener| SockRef::from(socket).cookie().unwrap();
            let known: std::collections::HashSet<u64> = bound.sockets.iter().map(cookie).collect();
            let mut served = std::collections::HashSet::new();
            for listeners in &adopted {
                assert_eq!(listeners.sockets.len(), workers);
                assert_eq!(listeners.local_addr(), bound.local_addr());
                served.extend(listeners.sockets.iter().map(cookie));
            }
            assert_eq!(served, known, "{sockets} sockets, {workers} workers");
        };
        check(1, 1, 1);
        check(1, 4, 1);
        check(4, 1, 4);
        check(3, 2, 2);
        check(2, 3, 1);
        assert!(adopt(Vec::new(), 2).unwrap().is_empty());
    }

    #[test]
    fn a_second_server_on_a_port_is_refused() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = bind(any, 2).unwrap();
        assert_eq!(first.sockets.len(), 2);
        let taken = bind(first.local_addr(), 2).unwrap_err();
        let expected = format!("{} is in use by another process", first.local_addr());
        assert_eq!(taken.to_string(), expected);
    }
}
