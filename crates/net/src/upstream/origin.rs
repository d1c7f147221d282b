//! An origin and its unused connections.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::net::TcpStream;

use crate::gauges::add;
use crate::hits::Limit;
use crate::quota::Share;
use crate::socket::Socket;
use crate::timer::Timer;
use crate::tls::OriginTls;
use crate::upstream::names::HostName;
use crate::upstream::transport::Transport;
use crate::upstream::{CallError, Exchange, OriginAddress, race};
use crate::usage::{AtOrigin, Counted};
use crate::worker::Worker;

/// An open connection to an origin.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) io: Transport,
    /// Whether it has answered a request before.
    pub(crate) is_reused: bool,
    /// Of the connections that the origin may have, if there is a limit.
    _share: Share,
    _counted: Counted,
}

/// Name or address, port, and the connections to it that wait for a request.
#[derive(Debug)]
pub struct Origin {
    port: u16,
    /// Its host, if that is an address.
    address: Option<IpAddr>,
    /// The same, if it is none.
    name: Rc<HostName>,
    /// What it has to prove, if it speaks TLS.
    tls: Option<OriginTls>,
    /// Longest unused first; requests take the last, so that the others can be trimmed.
    idle: RefCell<VecDeque<(Connection, Instant)>>,
    /// What all workers have open here, and how many idle ones it was told of.
    at: Arc<AtOrigin>,
    told_idle: Cell<usize>,
    /// Where its connections go, if not to what its name means.
    instead: Option<OriginAddress>,
}

impl Origin {
    pub(crate) fn new(
        host: &str,
        port: u16,
        tls: Option<&OriginTls>,
        at: Arc<AtOrigin>,
        instead: Option<OriginAddress>,
    ) -> Self {
        let (address, tls) = (host.parse().ok(), tls.cloned());
        let name = HostName::new(host);
        let (idle, told_idle) = (RefCell::default(), Cell::new(0));
        Self { port, address, name, tls, idle, at, told_idle, instead }
    }

    /// Connections that wait for a request.
    pub fn idle_connections(&self) -> usize {
        self.idle.borrow().len()
    }

    /// A connection that the origin has not closed as far as we know.
    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.borrow_mut();
        while let Some((mut connection, _)) = idle.pop_back() {
            if connection.io.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    /// Gives an exchange a connection that waits for one; false if there is none.
    pub(super) fn reuse(self: &Rc<Self>, exchange: &mut Exchange) -> bool {
        let Some(connection) = self.take_idle() else { return false };
        exchange.restart(connection, self);
        true
    }

    pub(super) fn put_idle(&self, mut connection: Connection, worker: &Worker) {
        connection.is_reused = true;
        let mut idle = self.idle.borrow_mut();
        if idle.len() < worker.settings.upstream_spare && !worker.is_draining() {
            idle.push_back((connection, worker.clock.now()));
        }
    }

    /// Closes connections that were unused for too long, and tells how many are left.
    pub(crate) fn trim(&self, worker: &Worker) {
        let now = worker.clock.now();
        let mut idle = self.idle.borrow_mut();
        let is_old =
            |since: Instant| now.saturating_duration_since(since) >= worker.settings.upstream_idle;
        while idle.front().is_some_and(|(_, since)| is_old(*since)) {
            idle.pop_front();
        }
        self.tell_idle(idle.len());
    }

    fn tell_idle(&self, now: usize) {
        self.at.tell_idle(self.told_idle.replace(now), now);
    }

    /// Opens a connection before `deadline`.
    pub(super) fn connect(
        &self,
        worker: &Worker,
        timer: &mut Timer,
        deadline: Instant,
    ) -> impl Future<Output = Result<Connection, CallError>> {
        // No `async fn`: see "No room" in ARCHITECTURE.md.
        let limit = worker.clock.now() + worker.settings.connect;
        timer.set(limit.min(deadline));
        async move {
            let Some(share) = self.at.room() else {
                worker.count(Limit::UpstreamConnections);
                return Err(CallError::TooManyConnections);
            };
            let mut opening = Box::pin(self.open_in(worker));
            let io = poll_fn(|cx| poll_open(opening.as_mut(), cx, timer, worker)).await?;
            add(&worker.gauges().upstream_opened, 1);
            let counted = Counted::new(&self.at);
            Ok(Connection { io, is_reused: false, _share: share, _counted: counted })
        }
    }

    async fn open_in(&self, worker: &Worker) -> Result<Transport, CallError> {
        let stream = self.open(worker).await?;
        if !matches!(self.instead, Some(OriginAddress::Unix(_))) {
            stream.set_nodelay(true).map_err(CallError::Connect)?;
        }
        let Some(tls) = &self.tls else { return Ok(Transport::Plain(Socket::new(stream))) };
        let Some(roots) = worker.settings.upstream_tls.get() else {
            return Err(CallError::Tls(io::Error::other("no root certificates were read")));
        };
        roots.connect(tls, stream).await.map(Transport::Tls)
    }

    async fn open(&self, worker: &Worker) -> Result<TcpStream, CallError> {
        if let Some(instead) = &self.instead {
            return instead.connect().await.map_err(CallError::Connect);
        }
        if let Some(address) = self.address {
            let address = SocketAddr::new(address, self.port);
            return TcpStream::connect(address).await.map_err(CallError::Connect);
        }
        let addresses = self.name.addresses(worker, worker.clock.now()).await;
        let addresses = addresses.map_err(CallError::Resolve)?;
        race::connect(&self.name, addresses, self.port).await.map_err(CallError::Connect)
    }
}

/// Its idle connections end with it.
impl Drop for Origin {
    fn drop(&mut self) {
        self.tell_idle(0);
    }
}

fn poll_open(
    opening: Pin<&mut impl Future<Output = Result<Transport, CallError>>>,
    cx: &mut Context<'_>,
    timer: &mut Timer,
    worker: &Worker,
) -> Poll<Result<Transport, CallError>> {
    if let Poll::Ready(opened) = opening.poll(cx) {
        return Poll::Ready(opened);
    }
    timer.poll(cx, worker.clock.now()).map(|()| Err(CallError::ConnectTimeout))
}
