//! What the workers of one server share: counts of what the process may have at once.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::admission::Admission;
use crate::limits::Settings;
use crate::quota::Quota;

/// What is open at each origin.
#[derive(Debug, Default)]
struct Origins {
    /// By host and port.
    quotas: HashMap<(Box<str>, u16), Weak<Quota>>,
    /// How many there may be until those that nobody calls any more are forgotten.
    room: usize,
}

impl Origins {
    /// Forgets what nobody holds, each time there are twice as many: a snapshot may bring thousands.
    fn sweep(&mut self) {
        if self.quotas.len() >= self.room {
            self.quotas.retain(|_, quota| quota.strong_count() > 0);
            self.room = self.quotas.len().max(8) * 2;
        }
    }
}

/// Counts that every worker sees. A request on kept-alive connections touches none of them.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) admission: Arc<Admission>,
    /// Bytes of bodies beyond the usual buffers.
    pub(crate) buffered: Arc<Quota>,
    /// Connections to origins: open ones, and how many of them wait for a request.
    pub(crate) upstream_open: AtomicUsize,
    pub(crate) upstream_idle: AtomicUsize,
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
            upstream_open: AtomicUsize::new(0),
            upstream_idle: AtomicUsize::new(0),
            by_origin: settings.upstream_connections_by_origin,
            origins: Mutex::default(),
        })
    }

    /// The connections that all workers may open to an origin; `None` if there is no limit. It is
    /// looked up when a worker learns of an origin, not when it calls it.
    pub(crate) fn upstream(&self, host: &str, port: u16) -> Option<Arc<Quota>> {
        let limit = self.by_origin?;
        let mut origins = self.origins.lock().unwrap_or_else(PoisonError::into_inner);
        origins.sweep();
        let known = origins.quotas.entry((host.into(), port)).or_default();
        Some(known.upgrade().unwrap_or_else(|| {
            let quota = Quota::new(limit);
            *known = Arc::downgrade(&quota);
            quota
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_share_the_connections_of_an_origin() {
        let settings = Settings { upstream_connections_by_origin: Some(1), ..Settings::default() };
        let shared = Shared::new(&settings, 1);
        let [one, two] = [0, 1].map(|_| shared.upstream("api.example", 80).unwrap());
        let taken = one.take().unwrap();
        assert!(two.take().is_none());
        assert!(shared.upstream("api.example", 81).unwrap().take().is_some());
        drop((one, two, taken));
        assert!(shared.upstream("api.example", 80).unwrap().take().is_some());
        assert!(Shared::new(&Settings::default(), 1).upstream("api.example", 80).is_none());
    }

    #[test]
    fn origins_that_nobody_calls_are_forgotten() {
        let settings = Settings { upstream_connections_by_origin: Some(1), ..Settings::default() };
        let shared = Shared::new(&settings, 1);
        let kept = shared.upstream("kept.example", 80);
        (1..1000).for_each(|port| drop(shared.upstream("api.example", port)));
        let known = shared.origins.lock().unwrap().quotas.len();
        assert!(known <= 16, "{known}");
        assert!(Arc::ptr_eq(&kept.unwrap(), &shared.upstream("kept.example", 80).unwrap()));
    }
}
