//! What the workers of one server share: counts of what the process may have at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::admission::Admission;
use crate::limits::Settings;
use crate::quota::Quota;
use crate::usage::{AtOrigin, OriginUsage};

/// What is open at each origin, by host and port.
#[derive(Debug, Default)]
struct Origins {
    known: HashMap<(Box<str>, u16), Weak<AtOrigin>>,
    /// How many there may be until those that nobody calls any more are forgotten.
    room: usize,
}

impl Origins {
    /// Forgets what nobody holds, each time there are twice as many: a snapshot may bring thousands.
    fn sweep(&mut self) {
        if self.known.len() >= self.room {
            self.known.retain(|_, at| at.strong_count() > 0);
            self.room = self.known.len().max(8) * 2;
        }
    }
}

/// Counts that every worker sees. A request on kept-alive connections touches none of them.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) admission: Arc<Admission>,
    /// Bytes of bodies beyond the usual buffers.
    pub(crate) buffered: Arc<Quota>,
    /// Connections that one origin may get.
    by_origin: Option<usize>,
    /// The origins that some worker calls.
    origins: Mutex<Origins>,
}

impl Shared {
    pub(crate) fn new(settings: &Settings, workers: usize) -> Arc<Self> {
        Arc::new(Self {
            admission: Admission::new(settings, workers),
            buffered: Quota::new(settings.buffered_bytes),
            by_origin: settings.upstream_connections_by_origin,
            origins: Mutex::default(),
        })
    }

    /// What all workers have open at an origin. It is looked up when a worker learns of the origin,
    /// not when it calls it.
    pub(crate) fn origin(&self, host: &str, port: u16) -> Arc<AtOrigin> {
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.sweep();
        let known = origins.known.entry((host.into(), port)).or_default();
        known.upgrade().unwrap_or_else(|| {
            let at = Arc::new(AtOrigin::new(self.by_origin));
            *known = Arc::downgrade(&at);
            at
        })
    }

    /// The origins that some worker knows.
    pub(crate) fn origins(&self) -> Vec<OriginUsage> {
        let origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        let known = origins.known.iter();
        known.filter_map(|((host, port), at)| Some(at.upgrade()?.of(host, *port))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_share_the_connections_of_an_origin() {
        let settings = Settings { upstream_connections_by_origin: Some(1), ..Settings::default() };
        let shared = Shared::new(&settings, 1);
        let [one, two] = [0, 1].map(|_| shared.origin("api.example", 80));
        let taken = one.room().unwrap();
        assert!(two.room().is_none());
        assert!(shared.origin("api.example", 81).room().is_some());
        drop((one, two, taken));
        assert!(shared.origin("api.example", 80).room().is_some());
        let unlimited = Shared::new(&Settings::default(), 1).origin("api.example", 80);
        assert!((0..3).map(|_| unlimited.room()).all(|room| room.is_some()));
    }

    #[test]
    fn origins_that_nobody_calls_are_forgotten() {
        let settings = Settings { upstream_connections_by_origin: Some(1), ..Settings::default() };
        let shared = Shared::new(&settings, 1);
        let kept = shared.origin("kept.example", 80);
        (1..1000).for_each(|port| drop(shared.origin("api.example", port)));
        let known = shared.origins.lock().unwrap().known.len();
        assert!(known <= 16, "{known}");
        assert!(Arc::ptr_eq(&kept, &shared.origin("kept.example", 80)));
        assert_eq!(shared.origins().len(), 1);
    }
}
