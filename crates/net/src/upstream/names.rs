//! A name that an origin has, and its addresses: looked up once, then kept fresh beside the
//! requests.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::resolver::Resolver;
use crate::upstream::addresses::{Addresses, Age};
use crate::worker::Worker;

/// A name as one worker knows it.
#[derive(Debug)]
pub(crate) struct HostName {
    name: Box<str>,
    addresses: RefCell<Option<Addresses>>,
    /// Whether it is being looked up: once, however many wait for it.
    refreshing: Cell<bool>,
    refreshed: Notify,
    /// Why it could not be looked up when that was last tried.
    failure: RefCell<Option<io::Error>>,
}

impl HostName {
    pub(crate) fn new(name: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            addresses: RefCell::default(),
            refreshing: Cell::new(false),
            refreshed: Notify::new(),
            failure: RefCell::default(),
        })
    }

    /// The addresses in the order to be tried. Only the first call waits for an answer; later
    /// ones do with what is known, and have it looked up again beside them once it has run out.
    pub(crate) async fn addresses(
        self: &Rc<Self>,
        worker: &Worker,
        now: Instant,
    ) -> io::Result<Vec<IpAddr>> {
        let known =
            self.addresses.borrow().as_ref().map(|known| (known.age(now), known.order(now)));
        match known {
            Some((Age::Fresh, order)) => Ok(order),
            Some((Age::Stale, order)) => {
                self.refresh(worker.resolver()?);
                Ok(order)
            }
            Some((Age::Spent, _)) | None => {
                let refreshed = self.refreshed.notified();
                self.refresh(worker.resolver()?);
                refreshed.await;
                self.found(worker.clock.now())
            }
        }
    }

    /// What the lookup that has just ended found.
    fn found(&self, now: Instant) -> io::Result<Vec<IpAddr>> {
        match &*self.addresses.borrow() {
            Some(known) if known.age(now) != Age::Spent => Ok(known.order(now)),
            _ => Err(match &*self.failure.borrow() {
                Some(failure) => io::Error::new(failure.kind(), failure.to_string()),
                None => io::ErrorKind::NotFound.into(),
            }),
        }
    }

    /// Whether this address answered when it was last tried.
    pub(crate) fn note(&self, address: IpAddr, answered: bool) {
        if let Some(known) = &mut *self.addresses.borrow_mut() {
            known.note(address, answered, Clock::refresh());
        }
    }

    fn refresh(self: &Rc<Self>, resolver: Rc<Resolver>) {
        if self.refreshing.replace(true) {
            return;
        }
        let name = self.clone();
        tokio::task::spawn_local(async move {
            // A failure leaves what is known, which is tried again and grows old.
            let failure = name.look_up(&resolver).await.err();
            *name.failure.borrow_mut() = failure;
            name.refreshing.set(false);
            name.refreshed.notify_waiters();
        });
    }

    async fn look_up(&self, resolver: &Resolver) -> io::Result<()> {
        let (found, valid_until) = resolver.look_up(&self.name).await?;
        let mut addresses = self.addresses.borrow_mut();
        *addresses = Some(Addresses::new(&found, valid_until, addresses.as_ref()));
        Ok(())
    }
}
