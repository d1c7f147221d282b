//! The open connections of a worker: each has a seat, by which others can wake it, ask it to make
//! room, and wait for the last one's end.

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::task::{Poll, Waker};

use super::Worker;
use crate::admission::Place;
use crate::gauges::add;

/// The tasks of the open connections, so that others can wake them.
#[derive(Default)]
pub(super) struct Wakers {
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

impl Worker {
    pub(super) fn wake_all(&self) {
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
