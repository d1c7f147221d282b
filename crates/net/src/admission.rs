//! Which connections of clients are let in: so many in all, and so many from one address.
//!
//! A connection over a limit is closed at once and without a word: an answer would need its
//! request read first (and with TLS a handshake), which is what there is no room for. AWS's SDKs
//! try again after a closed connection as after a 503. Before it comes to that, idle connections are
//! asked to end for each new one, so that those who never speak cannot keep others out.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use crate::hits::Limit;
use crate::limits::Settings;
use crate::quota::{Quota, Share};

/// Tables over which addresses are spread, so that workers seldom meet at one.
const TABLES: usize = 16;

/// Connections now open, as all workers see them.
#[derive(Debug)]
pub(crate) struct Admission {
    all: Arc<Quota>,
    by_address: Option<ByAddress>,
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
    _share: Share,
}

impl Admission {
    pub(crate) fn new(settings: &Settings) -> Arc<Self> {
        let by_address = settings.connections_by_address.map(|limit| ByAddress {
            limit,
            hash: RandomState::new(),
            tables: Default::default(),
        });
        Arc::new(Self { all: Quota::new(settings.connections), by_address })
    }

    /// Lets a connection in, or names the limit that stands against it.
    pub(crate) fn admit(self: &Arc<Self>) -> Result<Place, Limit> {
        let share = self.all.take().ok_or(Limit::Connections)?;
        Ok(Place { admission: self.clone(), address: None, _share: share })
    }

    /// Whether idle connections should make room for new ones.
    pub(crate) fn is_crowded(&self) -> bool {
        self.all.is_scarce()
    }
}

impl Place {
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
        Admission::new(&settings)
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
