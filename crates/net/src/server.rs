//! A server: its workers, and the way to reach them from outside.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::admission::Place;
use crate::clock::Clock;
use crate::connection;
use crate::handler::Handler;
use crate::hits::Limit;
use crate::limits::Settings;
use crate::listener::Listeners;
use crate::proxied;
use crate::request::Peer;
use crate::shared::Shared;
use crate::worker::{Gauges, Worker, WorkerId};

/// How often unused upstream connections are looked through.
const SWEEP: Duration = Duration::from_secs(1);

/// How long a worker waits before it accepts again when the process is out of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the control side tells a worker.
enum Message<U> {
    Update(U),
    Drain(Duration),
}

/// Running workers. Dropping it leaves them running; [`Server::drain`] ends them.
pub struct Server<H: Handler> {
    address: SocketAddr,
    mailboxes: Vec<UnboundedSender<Message<H::Update>>>,
    threads: Vec<JoinHandle<Drained>>,
    gauges: Vec<Arc<Gauges>>,
}

/// How a drain ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open at the deadline and were cut.
    pub cut: u64,
}

/// Starts one thread for each listener. `make` builds a worker's handler on that thread.
pub fn start<H: Handler>(
    listeners: Listeners,
    settings: &Settings,
    make: impl Fn(&Rc<Worker>) -> H + Send + Sync + 'static,
) -> io::Result<Server<H>> {
    let address = listeners.local_addr();
    let make = Arc::new(make);
    let common = Shared::new(settings);
    let mut server =
        Server { address, mailboxes: Vec::new(), threads: Vec::new(), gauges: Vec::new() };
    for (index, socket) in listeners.sockets.into_iter().enumerate() {
        let (mailbox, messages) = unbounded_channel();
        let gauges = Arc::new(Gauges::default());
        let thread = std::thread::Builder::new().name(format!("worker-{index}"));
        let (settings, make, shared) = (settings.clone(), make.clone(), gauges.clone());
        let (id, common) = (WorkerId(index), common.clone());
        let worker = move || Worker::new(id, settings, shared, common);
        let run = move || run(socket, messages, worker, &*make);
        server.threads.push(thread.spawn(run)?);
        server.mailboxes.push(mailbox);
        server.gauges.push(gauges);
    }
    Ok(server)
}

impl<H: Handler> Server<H> {
    /// The address clients reach.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Counters of each worker.
    pub fn gauges(&self) -> &[Arc<Gauges>] {
        &self.gauges
    }

    /// Hands `update` to every worker.
    pub fn update(&self, update: &H::Update) {
        for mailbox in &self.mailboxes {
            // A worker that is gone has panicked, which `is_alive` tells.
            let _ = mailbox.send(Message::Update(update.clone()));
        }
    }

    /// Whether every worker is running.
    pub fn is_alive(&self) -> bool {
        self.threads.iter().all(|thread| !thread.is_finished())
    }

    /// Stops accepting and closes connections that are idle; the others may finish what is on
    /// its way until `deadline` has passed. Blocks until all workers have ended.
    pub fn drain(self, deadline: Duration) -> Drained {
        for mailbox in &self.mailboxes {
            let _ = mailbox.send(Message::Drain(deadline));
        }
        let ended = self.threads.into_iter().filter_map(|thread| thread.join().ok());
        Drained { cut: ended.map(|drained| drained.cut).sum() }
    }
}

/// The body of a worker's thread.
fn run<H: Handler>(
    socket: TcpListener,
    messages: UnboundedReceiver<Message<H::Update>>,
    worker: impl FnOnce() -> Worker,
    make: &(impl Fn(&Rc<Worker>) -> H + ?Sized),
) -> Drained {
    let runtime = Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .on_thread_unpark(|| {
            Clock::refresh();
        })
        .build_local(LocalOptions::default());
    let runtime = runtime.expect("the kernel gives a worker its epoll instance");
    runtime.block_on(async {
        let worker = Rc::new(worker());
        let handler = Rc::new(make(&worker));
        let accepting = tokio::task::spawn_local(accept(socket, worker.clone(), handler.clone()));
        let sweeping = tokio::task::spawn_local(sweep(worker.clone()));
        let deadline = obey(messages, &worker, &*handler).await;
        accepting.abort();
        sweeping.abort();
        worker.drain();
        let emptied = tokio::time::timeout(deadline, until_idle(&worker)).await;
        let cut = worker.gauges().open.load(std::sync::atomic::Ordering::Relaxed);
        Drained { cut: if emptied.is_ok() { 0 } else { cut } }
    })
}

/// Follows the control side until it asks for a drain or is gone.
async fn obey<H: Handler>(
    mut messages: UnboundedReceiver<Message<H::Update>>,
    worker: &Rc<Worker>,
    handler: &H,
) -> Duration {
    loop {
        match messages.recv().await {
            Some(Message::Update(update)) => handler.update(update, worker),
            Some(Message::Drain(deadline)) => return deadline,
            None => return Duration::ZERO,
        }
    }
}

async fn accept<H: Handler>(socket: TcpListener, worker: Rc<Worker>, handler: Rc<H>) {
    let listener = tokio::net::TcpListener::from_std(socket);
    let listener = listener.expect("a listening socket fits this worker's reactor");
    let local_port = listener.local_addr().map_or(0, |address| address.port());
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // An answer is written at once, so waiting for more to send would only delay it.
                if stream.set_nodelay(true).is_err() {
                    continue;
                }
                let peer = Peer::new(address, local_port, &worker.settings.trusted_proxies);
                let place = match admit(&worker, &peer) {
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
                let (worker, handler) = (worker.clone(), handler.clone());
                if worker.settings.proxy_protocol {
                    tokio::task::spawn_local(serve_proxied(stream, peer, worker, handler, place));
                } else {
                    let serving = connection::serve(stream, peer, worker, handler, place);
                    tokio::task::spawn_local(serving);
                }
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

/// Serves a connection that begins with a PROXY header, if it does.
async fn serve_proxied<H: Handler>(
    mut stream: TcpStream,
    peer: Peer,
    worker: Rc<Worker>,
    handler: Rc<H>,
    mut place: Place,
) {
    let Some(peer) = proxied::identify(&mut stream, peer, &worker).await else { return };
    if peer.trusted.is_none()
        && let Err(limit) = place.belong_to(peer.address.ip())
    {
        return worker.count(limit);
    }
    connection::serve(stream, peer, worker, handler, place).await;
}

async fn sweep(worker: Rc<Worker>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        worker.sweep();
    }
}

/// Ready once the last connection has ended.
async fn until_idle(worker: &Worker) {
    poll_fn(|cx| {
        if worker.is_idle() {
            return Poll::Ready(());
        }
        worker.when_idle(cx.waker());
        Poll::Pending
    })
    .await;
}
