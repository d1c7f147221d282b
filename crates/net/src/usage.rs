//! What the workers of a server have in use now, for whoever wants to know.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::quota::{Quota, Share};
use crate::shared::Shared;

/// A look at what is in use; it may be kept beyond the server.
#[derive(Clone, Debug)]
pub struct Usage(pub(crate) Arc<Shared>);

/// The connections to one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginUsage {
    /// A name, or an address without brackets.
    pub host: Box<str>,
    pub port: u16,
    /// Connections that are open.
    pub open: usize,
    /// Those of them that wait for a request, as they were within the last second.
    pub idle: usize,
    /// Connections opened since a definition began to name the origin.
    pub opened: u64,
}

/// For example `api.example:443` or `[::1]:80`.
impl fmt::Display for OriginUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl Usage {
    /// Bytes of bodies that are held beyond the usual buffers.
    pub fn buffered_bytes(&self) -> usize {
        self.0.buffered.taken()
    }

    /// The origins that are named or have a connection, by host and port.
    pub fn by_origin(&self) -> Vec<OriginUsage> {
        let mut origins = self.0.origins();
        origins.sort_by(|a, b| (&a.host, a.port).cmp(&(&b.host, b.port)));
        origins
    }
}

/// What all workers have open at one origin.
#[derive(Debug, Default)]
pub(crate) struct AtOrigin {
    /// What they may have, if there is a limit.
    quota: Option<Arc<Quota>>,
    open: AtomicUsize,
    idle: AtomicUsize,
    opened: AtomicU64,
}

impl AtOrigin {
    pub(crate) fn new(limit: Option<usize>) -> Self {
        Self { quota: limit.map(Quota::new), ..Self::default() }
    }

    /// Room for one more connection; `None` if there are as many as there may be.
    pub(crate) fn room(&self) -> Option<Share> {
        self.quota.as_ref().map_or_else(|| Some(Share::default()), Quota::take)
    }

    /// Tells how many connections of a worker wait, in the place of what it said `before`.
    pub(crate) fn tell_idle(&self, before: usize, now: usize) {
        self.idle.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
    }

    pub(crate) fn of(&self, host: &str, port: u16) -> OriginUsage {
        OriginUsage {
            host: host.into(),
            port,
            open: self.open.load(Ordering::Relaxed),
            idle: self.idle.load(Ordering::Relaxed),
            opened: self.opened.load(Ordering::Relaxed),
        }
    }
}

/// An open connection to an origin is counted as long as it has this.
#[derive(Debug)]
pub(crate) struct Counted(Arc<AtOrigin>);

impl Counted {
    pub(crate) fn new(at: &Arc<AtOrigin>) -> Self {
        at.open.fetch_add(1, Ordering::Relaxed);
        at.opened.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(at))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Settings;

    #[test]
    fn connections_are_counted_by_origin() {
        let usage = Usage(Shared::new(&Settings::default(), 2));
        let [one, two] = [0, 1].map(|_| usage.0.origin("b.example", 80));
        let other = usage.0.origin("::1", 80);
        let open = [Counted::new(&one), Counted::new(&two), Counted::new(&other)];
        one.tell_idle(0, 3);
        two.tell_idle(0, 1);
        one.tell_idle(3, 0);
        drop(one);
        let check = |expected: &[(&str, usize, usize, u64)]| {
            let found = usage.by_origin();
            let found = found.iter().map(|at| (at.to_string(), at.open, at.idle, at.opened));
            let expected = expected
                .iter()
                .map(|(name, open, idle, all)| (name.to_string(), *open, *idle, *all));
            assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        };
        check(&[("[::1]:80", 1, 0, 1), ("b.example:80", 2, 1, 2)]);
        drop(open);
        check(&[("[::1]:80", 0, 0, 1), ("b.example:80", 0, 1, 2)]);
        // Nobody names it any more.
        drop(other);
        check(&[("b.example:80", 0, 1, 2)]);
    }
}
