//! One worker: a thread, and everything its connections share.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};

use crate::admission::Place;
use crate::backlog::Waiting;
use crate::buffers::Buffers;
use crate::clock::Clock;
use crate::gauges::{Gauges, add};
use crate::head::RequestHead;
use crate::hits::Limit;
use crate::limits::Settings;
use crate::resolver::Resolver;
use crate::shared::Shared;
use crate::tls::OriginTls;
use crate::upstream::{Exchange, Origin};
use crate::usage;

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
    /// Idle connections to them, as [`Shared`] knows of them.
    told_idle: Cell<usize>,
    /// Made when the first name is looked up.
    resolver: OnceCell<Rc<Resolver>>,
}

/// Host, port, and what it has to prove.
type OriginKey = (Box<str>, u16, Option<OriginTls>);

/// The tasks of the open connections, so that others can wake them.
#[derive(Default)]
struct Wakers {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
    /// The slot that was asked to go last.
    asked: usize,
}

/// One open connection.
struct Slot {
    waker: Waker,
    /// It is to end once it is idle.
    asked: bool,
}

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
            told_idle: Cell::new(0),
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
        let quota = self.shared.upstream(host, port);
        let instead = (host.to_ascii_lowercase().into(), port);
        let instead = self.settings.upstream_addresses.get(&instead).cloned();
        let origin = Rc::new(Origin::new(host, port, tls, quota, instead));
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

    fn wake_all(&self) {
        let wakers: Vec<Waker> = {
            let wakers = self.wakers.borrow();
            wakers.slots.iter().flatten().map(|slot| slot.waker.clone()).collect()
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Asks the connection that was asked longest ago, or never, to end once it is idle.
    pub(crate) fn make_room(&self) {
        let mut wakers = self.wakers.borrow_mut();
        let count = wakers.slots.len();
        let next = (1..=count).map(|step| (wakers.asked + step) % count);
        let unasked = |at: &usize| wakers.slots[*at].as_ref().is_some_and(|slot| !slot.asked);
        let Some(at) = next.into_iter().find(unasked) else { return };
        wakers.asked = at;
        let Some(slot) = &mut wakers.slots[at] else { return };
        slot.asked = true;
        self.asked.set(self.asked.get() + 1);
        let waker = slot.waker.clone();
        drop(wakers);
        waker.wake();
    }

    /// Whether a connection that is idle is to end.
    pub(crate) fn wants_back(&self, slot: usize) -> bool {
        self.is_closing() || self.is_asked_back(slot)
    }

    /// Whether this connection was asked to make room for another.
    pub(crate) fn is_asked_back(&self, slot: usize) -> bool {
        self.asked.get() > 0 && self.is_asked(slot)
    }

    #[cold]
    fn is_asked(&self, slot: usize) -> bool {
        self.wakers.borrow().slots[slot].as_ref().is_some_and(|slot| slot.asked)
    }

    /// Closes upstream connections that were unused for too long.
    pub(crate) fn sweep(&self) {
        let mut idle = 0;
        let mut origins = self.origins.borrow_mut();
        origins.retain(|_, origin| match origin.upgrade() {
            Some(origin) => {
                origin.trim(self);
                idle += origin.idle_connections();
                true
            }
            None => false,
        });
        usage::tell(&self.shared.upstream_idle, self.told_idle.replace(idle), idle);
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

    /// Takes note of a connection's task until [`Worker::leave`]; see [`Seat`].
    fn enter(&self, waker: Waker) -> usize {
        add(&self.gauges.accepted, 1);
        self.open_one(waker)
    }

    fn open_one(&self, waker: Waker) -> usize {
        add(&self.gauges.open, 1);
        let entered = Some(Slot { waker, asked: false });
        let mut wakers = self.wakers.borrow_mut();
        match wakers.free.pop() {
            Some(slot) => {
                wakers.slots[slot] = entered;
                slot
            }
            None => {
                wakers.slots.push(entered);
                wakers.slots.len() - 1
            }
        }
    }

    /// Counts a connection as open while it makes its handshake, before [`Worker::enter`].
    pub(crate) fn greet(self: &Rc<Self>, waker: Waker) -> Greeting {
        Greeting(self.clone(), self.open_one(waker))
    }

    fn leave(&self, slot: usize) {
        add(&self.gauges.open, -1);
        let mut wakers = self.wakers.borrow_mut();
        if wakers.slots[slot].take().is_some_and(|slot| slot.asked) {
            self.asked.set(self.asked.get() - 1);
        }
        wakers.free.push(slot);
        self.tell_idle();
    }

    /// Counts a connection from now on until its task begins with [`Worker::meet`].
    pub(crate) fn expect_one(&self, place: &mut Place) {
        place.is_awaited = true;
        self.awaited.set(self.awaited.get() + 1);
    }

    /// The task of this connection has begun.
    pub(crate) fn meet(&self, place: &mut Place) {
        if std::mem::take(&mut place.is_awaited) {
            self.awaited.set(self.awaited.get() - 1);
            self.tell_idle();
        }
    }

    fn tell_idle(&self) {
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

    /// Whether no connection is open, nor about to be.
    pub(crate) fn is_idle(&self) -> bool {
        self.awaited.get() == 0 && self.gauges.open.load(Ordering::Relaxed) == 0
    }
}

/// The place of one open connection, from its first byte to its last.
pub(crate) struct Seat {
    worker: Rc<Worker>,
    /// Once it is taken.
    slot: Option<usize>,
    /// Given back first, so that whoever sees the connection gone finds its room.
    place: Option<Place>,
}

impl Seat {
    pub(crate) fn new(worker: Rc<Worker>, place: Place) -> Self {
        Self { worker, slot: None, place: Some(place) }
    }

    /// Is taken by the connection whose task calls: a drain wakes that task. Gives its number
    /// among those of the worker.
    pub(crate) async fn take(&mut self) -> usize {
        if let Some(place) = &mut self.place {
            self.worker.meet(place);
        }
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        *self.slot.insert(self.worker.enter(waker))
    }

    /// The number that it has since it is taken.
    pub(crate) fn slot(&self) -> usize {
        self.slot.expect("a connection speaks once its seat is taken")
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        drop(self.place.take());
        if let Some(slot) = self.slot {
            self.worker.leave(slot);
        }
    }
}

/// A connection that makes its handshake.
pub(crate) struct Greeting(Rc<Worker>, usize);

impl Greeting {
    /// Its number among the connections of the worker.
    pub(crate) fn slot(&self) -> usize {
        self.1
    }
}

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
