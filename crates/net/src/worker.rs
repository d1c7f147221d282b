//! One worker: a thread, and everything its connections share.

mod seat;
mod spare;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::Waker;

use crate::backlog::Waiting;
use crate::buffers::Buffers;
use crate::clock::Clock;
use crate::gauges::Gauges;
use crate::head::RequestHead;
use crate::hits::Limit;
use crate::limits::Settings;
use crate::offload::Places;
use crate::resolver::Resolver;
use crate::shared::Shared;
use crate::tls::OriginTls;
use crate::upstream::{Exchange, Origin};
pub(crate) use seat::Seat;
use seat::Wakers;
use spare::Spare;

/// Number of a worker, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub usize);

/// What the connections of one thread share. Nothing in it is locked, as nothing leaves the
/// thread but [`Gauges`].
pub struct Worker {
    pub id: WorkerId,
    pub clock: Clock,
    pub buffers: Buffers,
    pub(crate) settings: Settings,
    gauges: Arc<Gauges>,
    pub(crate) shared: Arc<Shared>,
    draining: Cell<bool>,
    /// Draining, and connections without a request are to end.
    closing: Cell<bool>,
    /// What becomes then of connections that wait to be accepted.
    waiting: Cell<Waiting>,
    /// Who accepts, waiting for the end of that.
    doors: RefCell<Vec<Waker>>,
    /// Connections that are to be served here and whose task has not begun.
    awaited: Cell<usize>,
    /// Connections that are asked to end and have not.
    asked: Cell<usize>,
    wakers: RefCell<Wakers>,
    /// Who waits for the last connection to end.
    when_idle: RefCell<Option<Waker>>,
    heads: Spare<RequestHead>,
    exchanges: Spare<Exchange>,
    origins: RefCell<HashMap<OriginKey, Weak<Origin>>>,
    /// For work beside this worker.
    pub(crate) places: Places,
    /// Made when the first name is looked up.
    resolver: OnceCell<Rc<Resolver>>,
}

/// Host, port, and what it has to prove.
type OriginKey = (Box<str>, u16, Option<OriginTls>);

impl Worker {
    pub(crate) fn new(
        id: WorkerId,
        settings: Settings,
        gauges: Arc<Gauges>,
        shared: Arc<Shared>,
    ) -> Self {
        Self {
            id,
            clock: Clock::new(),
            buffers: Buffers::default(),
            settings,
            gauges,
            shared,
            draining: Cell::new(false),
            closing: Cell::new(false),
            waiting: Cell::new(Waiting::Serve),
            doors: RefCell::default(),
            awaited: Cell::new(0),
            asked: Cell::new(0),
            wakers: RefCell::default(),
            when_idle: RefCell::default(),
            heads: Spare::default(),
            exchanges: Spare::default(),
            origins: RefCell::default(),
            places: Places::default(),
            resolver: OnceCell::new(),
        }
    }

    /// The pool of connections to an origin; one and the same for as long as somebody holds it.
    pub fn origin(self: &Rc<Self>, host: &str, port: u16, tls: Option<&OriginTls>) -> Rc<Origin> {
        let key = (host.into(), port, tls.cloned());
        let known = self.origins.borrow().get(&key).and_then(Weak::upgrade);
        if let Some(origin) = known {
            return origin;
        }
        let at = self.shared.origin(host, port);
        let instead = (host.to_ascii_lowercase().into(), port);
        let instead = self.settings.upstream_addresses.get(&instead).cloned();
        let origin = Rc::new(Origin::new(host, port, tls, at, instead));
        self.origins.borrow_mut().insert(key, Rc::downgrade(&origin));
        origin
    }

    /// The limits that hold.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What looks up the names of origins.
    pub(crate) fn resolver(&self) -> io::Result<Rc<Resolver>> {
        if let Some(resolver) = self.resolver.get() {
            return Ok(resolver.clone());
        }
        let made = Rc::new(Resolver::new(&self.settings.name_servers)?);
        Ok(self.resolver.get_or_init(|| made).clone())
    }

    /// Notes that a limit was hit.
    pub fn count(&self, limit: Limit) {
        self.gauges.hits.count(limit);
    }

    /// Whether each connection is to end with its next answer.
    pub fn is_draining(&self) -> bool {
        self.draining.get()
    }

    /// Ends accepting, and every connection with its next answer.
    pub(crate) fn drain(&self, waiting: Waiting) {
        self.waiting.set(waiting);
        self.draining.set(true);
        self.doors.take().into_iter().for_each(Waker::wake);
        self.wake_all();
    }

    /// What becomes of connections that wait to be accepted, once accepting is to end.
    pub(crate) fn waiting(&self) -> Waiting {
        self.waiting.get()
    }

    /// Wakes `waker` once accepting is to end.
    pub(crate) fn when_draining(&self, waker: &Waker) {
        let mut doors = self.doors.borrow_mut();
        if !doors.iter().any(|door| door.will_wake(waker)) {
            doors.push(waker.clone());
        }
    }

    /// Whether connections without a request are to end.
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Ends every connection that has no request, and each other one once it has none.
    pub(crate) fn close_idle(&self) {
        self.closing.set(true);
        self.wake_all();
    }

    /// Closes upstream connections that were unused for too long.
    pub(crate) fn sweep(&self) {
        self.origins.borrow_mut().retain(|_, origin| match origin.upgrade() {
            Some(origin) => {
                origin.trim(self);
                true
            }
            None => false,
        });
    }

    pub(crate) fn gauges(&self) -> &Gauges {
        &self.gauges
    }

    pub(crate) fn take_head(&self) -> Box<RequestHead> {
        self.heads.take()
    }

    pub(crate) fn put_head(&self, mut head: Box<RequestHead>) {
        self.buffers.put(std::mem::take(&mut head.lines.bytes));
        head.lines.clear();
        self.heads.put(head);
    }

    pub(crate) fn take_exchange(&self) -> Box<Exchange> {
        self.exchanges.take()
    }

    pub(crate) fn put_exchange(&self, mut exchange: Box<Exchange>) {
        exchange.reset(self);
        self.exchanges.put(exchange);
    }
}
