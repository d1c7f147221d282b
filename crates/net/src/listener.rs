//! Listening sockets: one a worker on the same address, and a clear word when it is taken.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::tls::ServerTls;

use socket2::{Domain, Protocol, Socket, Type};

/// Connections the kernel completes before we accept them.
const BACKLOG: i32 = 4096;

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
    fn a_second_server_on_a_port_is_refused() {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let first = bind(any, 2).unwrap();
        assert_eq!(first.sockets.len(), 2);
        let taken = bind(first.local_addr(), 2).unwrap_err();
        let expected = format!("{} is in use by another process", first.local_addr());
        assert_eq!(taken.to_string(), expected);
    }
}
