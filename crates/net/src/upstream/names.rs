//! A name that an origin has, and its addresses: looked up once, then kept fresh beside the
//! requests.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Instant;

use crate::clock::Clock;
use crate::resolver::Resolver;
use crate::upstream::addresses::{Addresses, Age};
use crate::worker::Worker;

/// A name as one worker knows it.
#[derive(Debug)]
pub(crate) struct HostName {
    name: Box<str>,
    addresses: RefCell<Option<Addresses>>,
    /// Whether it is being looked up while older addresses are used.
    refreshing: Cell<bool>,
}

impl HostName {
    pub(crate) fn new(name: &str) -> Rc<Self> {
        Rc::new(Self {
            name: name.into(),
            addresses: RefCell::default(),
            refreshing: Cell::new(false),
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
                let resolver = worker.resolver()?;
                self.look_up(&resolver).await?;
                let known = self.addresses.borrow();
                Ok(known.as_ref().map(|known| known.order(now)).unwrap_or_default())
            }
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
            let _ = name.look_up(&resolver).await;
            name.refreshing.set(false);
        });
    }

    async fn look_up(&self, resolver: &Resolver) -> io::Result<()> {
        let (found, valid_until) = resolver.look_up(&self.name).await?;
        let mut addresses = self.addresses.borrow_mut();
        *addresses = Some(Addresses::new(&found, valid_until, addresses.as_ref()));
        Ok(())
    }
}
