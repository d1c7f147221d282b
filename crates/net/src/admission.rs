//! Which connections of clients are let in: so many in all, and so many from one address.
//!
//! A connection over a limit is closed at once and without a word: an answer would need its
//! request read first (and with TLS a handshake), which is what there is no room for. AWS's SDKs
//! try again after a closed connection as after a 503. Before it comes to that, idle connections are
//! asked to end for each new one, so that those who never speak cannot keep others out.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::hits::Limit;
use crate::limits::{BALANCED_CONNECTIONS, Settings};
use crate::quota::{Quota, Share};
use crate::worker::WorkerId;

/// Tables over which addresses are spread, so that workers seldom meet at one.
const TABLES: usize = 16;

/// Connections now open, as all workers see them.
#[derive(Debug)]
pub(crate) struct Admission {
    all: Arc<Quota>,
    by_address: Option<ByAddress>,
    /// Connections that each worker is to serve, from the moment it is chosen.
    by_worker: Box<[AtomicUsize]>,
}

/// Connections by client address. An address without one takes no room.
#[derive(Debug)]
struct ByAddress {
    limit: usize,
    hash: RandomState,
    tables: [Mutex<HashMap<IpAddr, usize>>; TABLES],
}

/// The right to be open; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    admission: Arc<Admission>,
    address: Option<IpAddr>,
    worker: Option<WorkerId>,
    /// Whether the task of the connection has still to begin; see [`crate::worker::Worker::meet`].
    pub(crate) is_awaited: bool,
    _share: Share,
}

impl Admission {
    pub(crate) fn new(settings: &Settings, workers: usize) -> Arc<Self> {
        let by_address = settings.connections_by_address.map(|limit| ByAddress {
            limit,
            hash: RandomState::new(),
            tables: Default::default(),
        });
        let by_worker = (0..workers).map(|_| AtomicUsize::new(0)).collect();
        Arc::new(Self { all: Quota::new(settings.connections), by_address, by_worker })
    }

    /// Lets a connection in, or names the limit that stands against it.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Place, Limit> {
        let share = self.all.take().ok_or(Limit::Connections)?;
        let admission = self.clone();
        Ok(Place { admission, address: None, worker: None, is_awaited: false, _share: share })
    }

    /// The worker that is to serve the next connection: the one with the fewest, while those are
    /// less than [`BALANCED_CONNECTIONS`], and else the one that accepted it.
    fn next_worker(&self, accepting: WorkerId) -> WorkerId {
        let count = |at: usize| self.by_worker[at].load(Ordering::Relaxed);
        let mut fewest = (count(accepting.0), accepting.0);
        for at in 0..self.by_worker.len() {
            if fewest.0 == 0 {
                break;
            }
            let here = count(at);
            if here < fewest.0.min(BALANCED_CONNECTIONS) {
                fewest = (here, at);
            }
        }
        WorkerId(fewest.1)
    }

    /// Whether idle connections should make room for new ones.
    pub(crate) fn is_crowded(&self) -> bool {
        self.all.is_scarce()
    }
}

impl Place {
    /// Chooses the worker that is to serve the connection, and counts it there.
    pub(crate) fn choose_worker(&mut self, accepting: WorkerId) -> WorkerId {
        let chosen = self.admission.next_worker(accepting);
        self.move_to(chosen);
        chosen
    }

    /// Counts the connection as one of this worker's.
    pub(crate) fn move_to(&mut self, worker: WorkerId) {
        if self.worker == Some(worker) {
            return;
        }
        self.leave_worker();
        self.admission.by_worker[worker.0].fetch_add(1, Ordering::Relaxed);
        self.worker = Some(worker);
    }

    fn leave_worker(&mut self) {
        if let Some(worker) = self.worker.take() {
            self.admission.by_worker[worker.0].fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Counts the connection as one of this client's.
    pub(crate) fn belong_to(&mut self, address: IpAddr) -> Result<(), Limit> {
        let Some(by_address) = &self.admission.by_address else { return Ok(()) };
        let address = network(address);
        let mut table = by_address.table(address);
        let count = table.entry(address).or_default();
        if *count >= by_address.limit {
            return Err(Limit::ConnectionsByAddress);
        }
        *count += 1;
        drop(table);
        self.address = Some(address);
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave_worker();
        let (Some(by_address), Some(address)) = (&self.admission.by_address, self.address) else {
            return;
        };
        let mut table = by_address.table(address);
        if let Some(count) = table.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                table.remove(&address);
            }
        }
    }
}

impl ByAddress {
    fn table(&self, address: IpAddr) -> std::sync::MutexGuard<'_, HashMap<IpAddr, usize>> {
        let at = self.hash.hash_one(address) as usize % TABLES;
        // Nobody panics while he holds a table, and a count would be right even then.
        self.tables[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What counts as one client: an IPv4 address, or the /64 network that one subscriber of IPv6 is
/// given whole (RFC 6177).
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(all: usize, by_address: Option<usize>) -> Arc<Admission> {
        let settings = Settings {
            connections: all,
            connections_by_address: by_address,
            ..Settings::default()
        };
        Admission::new(&settings, 3)
    }

    #[test]
    fn a_new_connection_goes_to_the_worker_with_the_fewest() {
        let admission = admission(10_000, None);
        let mut open = Vec::new();
        let mut accept = |at: usize| {
            let mut place = admission.admit().unwrap();
            let chosen = place.choose_worker(WorkerId(at)).0;
            open.push(place);
            chosen
        };
        // It stays where it is while nobody has fewer.
        assert_eq!([1, 1, 1, 1, 0, 0, 2].map(&mut accept), [1, 0, 2, 1, 0, 2, 2]);
        assert_eq!([0, 0].map(&mut accept), [0, 1]);
        while accept(0) != 2 || open_at(&admission) != [BALANCED_CONNECTIONS; 3] {}
        // Then there are many, and chance is as good.
        assert_eq!([0, 0, 0, 0].map(&mut accept), [0; 4]);
        drop(open);
        assert_eq!(open_at(&admission), [0; 3]);
    }

    fn open_at(admission: &Admission) -> Vec<usize> {
        admission.by_worker.iter().map(|count| count.load(Ordering::Relaxed)).collect()
    }

    #[test]
    fn a_connection_that_comes_back_counts_once() {
        let admission = admission(10, None);
        let first = {
            let mut place = admission.admit().unwrap();
            place.choose_worker(WorkerId(0));
            place
        };
        let mut second = admission.admit().unwrap();
        assert_eq!(second.choose_worker(WorkerId(0)), WorkerId(1));
        second.move_to(WorkerId(0));
        assert_eq!(open_at(&admission), [2, 0, 0]);
        drop((first, second));
        assert_eq!(open_at(&admission), [0; 3]);
    }

    #[test]
    fn so_many_in_all() {
        let admission = admission(2, None);
        let places: Vec<_> = (0..2).map(|_| admission.admit().unwrap()).collect();
        assert_eq!(admission.admit().unwrap_err(), Limit::Connections);
        drop(places);
        assert!(admission.admit().is_ok());
    }

    #[test]
    fn so_many_by_address() {
        let admission = admission(100, Some(2));
        let open = |address: &str| {
            let mut place = admission.admit()?;
            place.belong_to(address.parse().unwrap()).map(|()| place)
        };
        let first = open("192.0.2.1").unwrap();
        let _second = open("::ffff:192.0.2.1").unwrap();
        assert_eq!(open("192.0.2.1").unwrap_err(), Limit::ConnectionsByAddress);
        let _other = open("192.0.2.2").unwrap();
        drop(first);
        let _again = open("192.0.2.1").unwrap();

        let _six = [open("2001:db8::1").unwrap(), open("2001:db8::ffff:2").unwrap()];
        assert!(open("2001:db8::3").is_err());
        assert!(open("2001:db8:0:1::3").is_ok());
    }

    #[test]
    fn an_address_without_connections_takes_no_room() {
        let admission = admission(1000, Some(1));
        let places: Vec<_> = (0..255u8)
            .map(|last| {
                let mut place = admission.admit().unwrap();
                place.belong_to([192, 0, 2, last].into()).unwrap();
                place
            })
            .collect();
        drop(places);
        let tables = &admission.by_address.as_ref().unwrap().tables;
        assert!(tables.iter().all(|table| table.lock().unwrap().is_empty()));
        assert_eq!(admission.all.taken(), 0);
    }
}
