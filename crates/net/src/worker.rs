//! One worker: a thread, and everything its connections share.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

use crate::buffers::Buffers;
use crate::clock::Clock;
use crate::head::RequestHead;
use crate::limits::Settings;
use crate::tls::OriginTls;
use crate::upstream::{Exchange, Origin};

/// Number of a worker, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkerId(pub usize);

/// Unused heads and exchanges that are kept for the next request.
const SPARE_OBJECTS: usize = 1024;

/// What the connections of one thread share. Nothing in it is locked, as nothing leaves the
/// thread but [`Gauges`].
pub struct Worker {
    pub id: WorkerId,
    pub clock: Clock,
    pub buffers: Buffers,
    pub(crate) settings: Settings,
    gauges: Arc<Gauges>,
    draining: Cell<bool>,
    wakers: RefCell<Wakers>,
    /// Who waits for the last connection to end.
    when_idle: RefCell<Option<Waker>>,
    heads: Spare<RequestHead>,
    exchanges: Spare<Exchange>,
    origins: RefCell<Vec<Weak<Origin>>>,
}

/// Counters that the worker alone writes and others read.
#[derive(Debug, Default)]
pub struct Gauges {
    /// Client connections now open.
    pub open: AtomicU64,
    /// Client connections accepted so far.
    pub accepted: AtomicU64,
    /// Upstream connections opened so far.
    pub upstream_opened: AtomicU64,
    /// TLS handshakes that did not come to their end.
    pub handshakes_failed: AtomicU64,
}

/// Adds to a counter that only the calling thread writes: no locked instruction is needed.
pub(crate) fn add(counter: &AtomicU64, change: i64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add_signed(change), Ordering::Relaxed);
}

/// The tasks of the open connections, so that a drain can wake them.
#[derive(Default)]
struct Wakers {
    slots: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl Worker {
    pub(crate) fn new(id: WorkerId, settings: Settings, gauges: Arc<Gauges>) -> Self {
        Self {
            id,
            clock: Clock::new(),
            buffers: Buffers::default(),
            settings,
            gauges,
            draining: Cell::new(false),
            wakers: RefCell::default(),
            when_idle: RefCell::default(),
            heads: Spare::default(),
            exchanges: Spare::default(),
            origins: RefCell::default(),
        }
    }

    /// The pool of connections to an origin; one and the same for as long as somebody holds it.
    pub fn origin(self: &Rc<Self>, host: &str, port: u16, tls: Option<&OriginTls>) -> Rc<Origin> {
        let mut origins = self.origins.borrow_mut();
        let existing = origins.iter().filter_map(Weak::upgrade);
        if let Some(origin) = existing.into_iter().find(|origin| origin.is(host, port, tls)) {
            return origin;
        }
        let origin = Rc::new(Origin::new(host, port, tls));
        origins.push(Rc::downgrade(&origin));
        origin
    }

    /// Whether connections are to end once they are idle.
    pub fn is_draining(&self) -> bool {
        self.draining.get()
    }

    /// Tells every connection to end once it is idle.
    pub(crate) fn drain(&self) {
        self.draining.set(true);
        let wakers: Vec<Waker> = self.wakers.borrow().slots.iter().flatten().cloned().collect();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Closes upstream connections that were unused for too long.
    pub(crate) fn sweep(&self) {
        let mut origins = self.origins.borrow_mut();
        origins.retain(|origin| match origin.upgrade() {
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

    /// Takes note of a connection's task until [`Worker::leave`].
    pub(crate) fn enter(&self, waker: Waker) -> usize {
        add(&self.gauges.accepted, 1);
        self.open_one(waker)
    }

    fn open_one(&self, waker: Waker) -> usize {
        add(&self.gauges.open, 1);
        let mut wakers = self.wakers.borrow_mut();
        match wakers.free.pop() {
            Some(slot) => {
                wakers.slots[slot] = Some(waker);
                slot
            }
            None => {
                wakers.slots.push(Some(waker));
                wakers.slots.len() - 1
            }
        }
    }

    /// Counts a connection as open while it makes its handshake, before [`Worker::enter`].
    pub(crate) fn greet(self: &Rc<Self>, waker: Waker) -> Greeting {
        Greeting(self.clone(), self.open_one(waker))
    }

    pub(crate) fn leave(&self, slot: usize) {
        add(&self.gauges.open, -1);
        let mut wakers = self.wakers.borrow_mut();
        wakers.slots[slot] = None;
        wakers.free.push(slot);
        if self.is_idle()
            && let Some(waker) = self.when_idle.take()
        {
            waker.wake();
        }
    }

    /// Wakes `waker` once no connection is open.
    pub(crate) fn when_idle(&self, waker: &Waker) {
        *self.when_idle.borrow_mut() = Some(waker.clone());
    }

    /// Whether no connection is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.gauges.open.load(Ordering::Relaxed) == 0
    }
}

/// A connection that makes its handshake.
pub(crate) struct Greeting(Rc<Worker>, usize);

impl Drop for Greeting {
    fn drop(&mut self) {
        self.0.leave(self.1);
    }
}

/// Unused objects. They stay boxed, so that passing one on moves a pointer.
struct Spare<T>(RefCell<Vec<Box<T>>>);

impl<T: Default> Default for Spare<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Default> Spare<T> {
    fn take(&self) -> Box<T> {
        self.0.borrow_mut().pop().unwrap_or_default()
    }

    fn put(&self, object: Box<T>) {
        let mut spare = self.0.borrow_mut();
        if spare.len() < SPARE_OBJECTS {
            spare.push(object);
        }
    }
}
