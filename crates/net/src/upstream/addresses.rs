//! The addresses of one origin: in which order they are tried, and which are set aside.
//!
//! Pure: time is an argument. Source: RFC 8305 ("Happy Eyeballs Version 2"), section 4.

use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Addresses of one name that are used; a name with more is no origin's.
const ADDRESSES: usize = 32;

/// How long an address that failed is tried only after all others.
const ASIDE: Duration = Duration::from_secs(10);

/// How long addresses are used after they ran out, while no newer ones can be had.
const STALE: Duration = Duration::from_secs(600);

/// What is known of a name.
#[derive(Debug)]
pub(crate) struct Addresses {
    known: Vec<Known>,
    valid_until: Instant,
}

#[derive(Debug)]
struct Known {
    address: IpAddr,
    aside_until: Option<Instant>,
}

/// How good the addresses are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Fresh,
    /// To be used, and looked up again meanwhile.
    Stale,
    /// Of no use any more.
    Spent,
}

impl Addresses {
    /// The addresses as they were found, with what `former` knows of them.
    pub(crate) fn new(found: &[IpAddr], valid_until: Instant, former: Option<&Self>) -> Self {
        let aside = |address: IpAddr| {
            let known = former?.known.iter().find(|known| known.address == address)?;
            known.aside_until
        };
        let known = alternate(found)
            .into_iter()
            .take(ADDRESSES)
            .map(|address| Known { address, aside_until: aside(address) });
        Self { known: known.collect(), valid_until }
    }

    pub(crate) fn age(&self, now: Instant) -> Age {
        match now.checked_duration_since(self.valid_until) {
            None => Age::Fresh,
            Some(past) if past < STALE => Age::Stale,
            Some(_) => Age::Spent,
        }
    }

    /// Every address in the order to be tried: those that failed lately come last.
    pub(crate) fn order(&self, now: Instant) -> Vec<IpAddr> {
        let is_aside = |known: &&Known| known.aside_until.is_some_and(|until| now < until);
        let good = self.known.iter().filter(|known| !is_aside(known));
        let aside = self.known.iter().filter(is_aside);
        good.chain(aside).map(|known| known.address).collect()
    }

    /// Sets an address aside that did not answer, or takes one back that did.
    pub(crate) fn note(&mut self, address: IpAddr, answered: bool, now: Instant) {
        for known in self.known.iter_mut().filter(|known| known.address == address) {
            known.aside_until = (!answered).then_some(now + ASIDE);
        }
    }
}

/// One of each family in turn, beginning with that of the first, so that a family that does not
/// work costs one attempt.
fn alternate(found: &[IpAddr]) -> Vec<IpAddr> {
    let Some(first) = found.first() else { return Vec::new() };
    let of = |is_first: bool| {
        found.iter().copied().filter(move |ip| (ip.is_ipv6() == first.is_ipv6()) == is_first)
    };
    let (mut one, mut two) = (of(true), of(false));
    let mut all: Vec<IpAddr> = Vec::with_capacity(found.len());
    loop {
        let pair = [one.next(), two.next()];
        if pair == [None, None] {
            return all;
        }
        for address in pair.into_iter().flatten() {
            if !all.contains(&address) {
                all.push(address);
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
mod tests {
    use super::*;

    fn parse(list: &str) -> Vec<IpAddr> {
        list.split_whitespace().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns() {
        let check = |found: &str, expected: &str| {
            assert_eq!(alternate(&parse(found)), parse(expected), "{found}");
        };
        check("", "");
        check("::1", "::1");
        check("::1 ::2 192.0.2.1 192.0.2.2", "::1 192.0.2.1 ::2 192.0.2.2");
        check("192.0.2.1 ::1 ::2 ::3", "192.0.2.1 ::1 ::2 ::3");
        check("::1 ::1 192.0.2.1", "::1 192.0.2.1");
    }

    #[test]
    fn an_address_that_failed_comes_last_for_a_while() {
        let now = Instant::now();
        let found = parse("192.0.2.1 192.0.2.2 192.0.2.3");
        let mut addresses = Addresses::new(&found, now, None);
        addresses.note(found[0], false, now);
        addresses.note(found[1], false, now);
        addresses.note(found[1], true, now);
        assert_eq!(addresses.order(now), parse("192.0.2.2 192.0.2.3 192.0.2.1"));
        // The same name looked up again.
        let found = parse("192.0.2.1 192.0.2.4");
        let addresses = Addresses::new(&found, now, Some(&addresses));
        assert_eq!(addresses.order(now), parse("192.0.2.4 192.0.2.1"));
        assert_eq!(addresses.order(now + ASIDE), found);
    }

    #[test]
    fn addresses_grow_old() {
        let now = Instant::now();
        let addresses = Addresses::new(&[], now + Duration::from_secs(5), None);
        let age = |seconds| addresses.age(now + Duration::from_secs(seconds));
        assert_eq!([age(0), age(4), age(5)], [Age::Fresh, Age::Fresh, Age::Stale]);
        assert_eq!([age(604), age(605)], [Age::Stale, Age::Spent]);
    }

    #[test]
    fn a_name_has_a_bounded_number_of_addresses() {
        let many: Vec<IpAddr> =
            (0..1000u16).map(|n| [10, 0, (n >> 8) as u8, n as u8].into()).collect();
        let now = Instant::now();
        assert_eq!(Addresses::new(&many, now, None).order(now).len(), ADDRESSES);
    }
}
