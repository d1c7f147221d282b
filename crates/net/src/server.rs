//! A server: its workers, and the way to reach them from outside.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_local;

use crate::admission::Place;
use crate::backlog::Backlog;
use crate::clock::Clock;
use crate::drain::{self, Drained, Ending};
use crate::gauges::Gauges;
use crate::handler::Handler;
use crate::hits::Limit;
use crate::limits::{OFFLOAD_THREADS, STUBBORN_THREADS, Settings};
use crate::listener::{Beginning, Listeners};
use crate::reception::{Arrival, Entrance, Mailboxes, Reception};
use crate::request::{Peer, Scheme};
use crate::sends;
use crate::shared::Shared;
use crate::tls::{Acceptor, ServerTls};
use crate::usage::Usage;
use crate::worker::{Worker, WorkerId};

/// How often unused upstream connections are looked through.
const SWEEP: Duration = Duration::from_secs(1);

/// How long a worker waits before it accepts again when the process is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the control side tells a worker, and what workers hand to each other.
pub(crate) enum Message<U> {
    Update(U),
    Tls(SocketAddr, ServerTls),
    Arrival(Arrival),
    End(Ending),
}

/// Running workers. [`Server::drain`] ends them; dropping it does so at once.
pub struct Server<H: Handler> {
    address: SocketAddr,
    mailboxes: Vec<UnboundedSender<Message<H::Update>>>,
    threads: Vec<JoinHandle<Drained>>,
    gauges: Vec<Arc<Gauges>>,
    shared: Arc<Shared>,
}

/// Starts a thread for each worker that the listeners were made for. `make` builds a worker's
/// handler on that thread.
pub fn start<H: Handler>(
    listeners: impl Into<Vec<Listeners>>,
    settings: &Settings,
    make: impl Fn(&Rc<Worker>) -> H + Send + Sync + 'static,
) -> io::Result<Server<H>> {
    let (address, sockets) = by_worker(listeners.into())?;
    let make = Arc::new(make);
    let common = Shared::new(settings, sockets.len());
    let (mailboxes, threads, gauges) = (Vec::new(), Vec::new(), Vec::new());
    let mut server = Server { address, mailboxes, threads, gauges, shared: common.clone() };
    let channels: Vec<_> = sockets.iter().map(|_| unbounded_channel()).collect();
    let mailboxes: Mailboxes<_> = channels.iter().map(|(mailbox, _)| mailbox.downgrade()).collect();
    for (index, (sockets, (mailbox, messages))) in sockets.into_iter().zip(channels).enumerate() {
        let gauges = Arc::new(Gauges::default());
        let thread = std::thread::Builder::new().name(format!("worker-{index}"));
        let (settings, make, shared) = (settings.clone(), make.clone(), gauges.clone());
        let (id, common) = (WorkerId(index), common.clone());
        let worker = move || Worker::new(id, settings, shared, common);
        let mailboxes = mailboxes.clone();
        let run = move || run(sockets, messages, mailboxes, worker, &*make);
        server.threads.push(thread.spawn(run)?);
        server.mailboxes.push(mailbox);
        server.gauges.push(gauges);
    }
    Ok(server)
}

type Socket = (SocketAddr, TcpListener, Beginning);

/// The first address, and each worker's sockets of all addresses.
fn by_worker(listeners: Vec<Listeners>) -> io::Result<(SocketAddr, Vec<Vec<Socket>>)> {
    let first = listeners.first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut workers: Vec<Vec<Socket>> = Vec::new();
    workers.resize_with(first.sockets.len(), Vec::new);
    let address = first.local_addr();
    for listeners in listeners {
        let (address, begins) = (listeners.local_addr(), listeners.begins);
        for (worker, socket) in workers.iter_mut().zip(listeners.sockets) {
            worker.push((address, socket, begins.clone()));
        }
    }
    Ok((address, workers))
}

impl<H: Handler> Server<H> {
    /// The address clients reach; the first, where there are several.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Counters of each worker.
    pub fn gauges(&self) -> &[Arc<Gauges>] {
        &self.gauges
    }

    /// What the workers have in use, now and later.
    pub fn usage(&self) -> Usage {
        Usage(self.shared.clone())
    }

    /// Hands `update` to every worker.
    pub fn update(&self, update: &H::Update) {
        for mailbox in &self.mailboxes {
            // A worker that is gone has panicked, which `is_alive` tells.
            let _ = mailbox.send(Message::Update(update.clone()));
        }
    }

    /// From now on new connections to `address` get this TLS; those that are open keep theirs.
    pub fn replace_tls(&self, address: SocketAddr, tls: &ServerTls) {
        for mailbox in &self.mailboxes {
            let _ = mailbox.send(Message::Tls(address, tls.clone()));
        }
    }

    /// Whether every worker is running.
    pub fn is_alive(&self) -> bool {
        self.threads.iter().all(|thread| !thread.is_finished())
    }

    /// Takes in what waits to be accepted, and no more. Each connection ends with its next answer;
    /// one without a request is closed after [`limits::IDLE_GRACE`](crate::limits::IDLE_GRACE), and
    /// what is left is cut after `deadline`. Blocks until all workers have ended.
    pub fn drain(self, deadline: Duration) -> Drained {
        self.end(Ending::stop(deadline))
    }

    /// The same for a process whose sockets another one has now: what waits to be accepted is left
    /// to that, and connections without a request are kept for half of `deadline`.
    pub fn hand_over(self, deadline: Duration) -> Drained {
        self.end(Ending::hand_over(deadline))
    }

    fn end(self, ending: Ending) -> Drained {
        for mailbox in &self.mailboxes {
            let _ = mailbox.send(Message::End(ending));
        }
        let ended = self.threads.into_iter().filter_map(|thread| thread.join().ok());
        Drained { cut: ended.map(|drained| drained.cut).sum() }
    }
}

/// The body of a worker's thread.
fn run<H: Handler>(
    sockets: Vec<Socket>,
    mut messages: UnboundedReceiver<Message<H::Update>>,
    mailboxes: Mailboxes<H::Update>,
    worker: impl FnOnce() -> Worker,
    make: &(impl Fn(&Rc<Worker>) -> H + ?Sized),
) -> Drained {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(OFFLOAD_THREADS + STUBBORN_THREADS)
        .on_thread_unpark(|| {
            Clock::refresh();
            sends::begin_turn();
        })
        .build_local(LocalOptions::default());
    let runtime = runtime.expect("the kernel gives a worker its epoll instance");
    runtime.block_on(async {
        let worker = Rc::new(worker());
        let handler = Rc::new(make(&worker));
        let (listening, entrances) = sockets.into_iter().map(open).unzip::<_, _, Vec<_>, _>();
        let (serving, handing) = (worker.clone(), handler.clone());
        let reception =
            Rc::new(Reception { worker: serving, handler: handing, entrances, mailboxes });
        let accepting = listening.into_iter().enumerate();
        let accepting: Vec<_> = accepting
            .map(|(entrance, socket)| spawn_local(accept(entrance, socket, reception.clone())))
            .collect();
        spawn_local(sends::at_end_of_turns());
        let sweeping = spawn_local(sweep(worker.clone()));
        let ending = obey(&mut messages, &reception).await;
        sweeping.abort();
        take_rest(messages, &reception).await;
        drain::end(&worker, accepting, ending).await
    })
}

/// Follows the control side until it asks for a drain or is gone.
async fn obey<H: Handler>(
    messages: &mut UnboundedReceiver<Message<H::Update>>,
    reception: &Reception<H>,
) -> Ending {
    loop {
        match messages.recv().await {
            Some(Message::Update(update)) => reception.handler.update(update, &reception.worker),
            Some(Message::Tls(address, tls)) => reception.replace_tls(address, &tls),
            Some(Message::Arrival(arrival)) => reception.take(arrival),
            Some(Message::End(ending)) => return ending,
            None => return Ending::stop(Duration::ZERO),
        }
    }
}

/// Serves the connections that were handed over before the drain; later ones stay with those who
/// accepted them.
async fn take_rest<H: Handler>(
    mut messages: UnboundedReceiver<Message<H::Update>>,
    reception: &Reception<H>,
) {
    messages.close();
    while let Some(message) = messages.recv().await {
        if let Message::Arrival(arrival) = message {
            reception.take(arrival);
        }
    }
}

/// A listening socket, and what its clients begin with.
fn open((address, socket, begins): Socket) -> (TcpListener, Entrance) {
    let Beginning { proxied, tls } = begins;
    let tls = tls.map(|tls| Rc::new(Acceptor::new(tls)));
    (socket, Entrance { address, proxied, tls })
}

async fn accept<H: Handler>(entrance: usize, socket: TcpListener, reception: Rc<Reception<H>>) {
    let worker = &reception.worker;
    let Entrance { address, tls, .. } = &reception.entrances[entrance];
    let scheme = if tls.is_some() { Scheme::Https } else { Scheme::Http };
    let local_port = address.port();
    let listener = tokio::net::TcpListener::from_std(socket);
    let listener = listener.expect("a listening socket fits this worker's reactor");
    let mut backlog = Backlog::new(listener);
    while let Some(accepted) = backlog.next(worker).await {
        match accepted {
            Ok((stream, address)) => {
                // An answer is written at once, so waiting for more to send would only delay it.
                if stream.set_nodelay(true).is_err() {
                    continue;
                }
                let proxies = &worker.settings.trusted_proxies;
                let peer = Peer::new(address, local_port, scheme, proxies);
                let place = match admit(worker, &peer) {
                    Ok(place) => place,
                    Err(limit) => {
                        worker.count(limit);
                        continue;
                    }
                };
                if worker.shared.admission.is_crowded() {
                    worker.count(Limit::Connections);
                    worker.make_room();
                    tokio::task::yield_now().await;
                }
                reception.receive(entrance, stream, peer, place);
            }
            // The client went before we came.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Out of descriptors or memory: the clients wait in the backlog meanwhile.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

/// Room for a connection. Those of a trusted proxy are not one client's.
fn admit(worker: &Worker, peer: &Peer) -> Result<Place, Limit> {
    let mut place = worker.shared.admission.admit()?;
    if peer.trusted.is_none() {
        place.belong_to(peer.address.ip())?;
    }
    Ok(place)
}

async fn sweep(worker: Rc<Worker>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        worker.sweep();
    }
}
