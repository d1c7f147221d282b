//! A snapshot as one worker serves it: joined with its upstream pools and the shared limits.

use std::rc::Rc;
use std::sync::Arc;

use portico_cluster::{Counters, Limit, Rate};
use portico_net::upstream::Origin;
use portico_net::{OriginTls, Worker};
use portico_snapshot::{RestStage, Snapshot, Throttle};

/// What one worker serves. A request holds it from its first byte to its last.
pub(crate) struct Runtime {
    pub(crate) snapshot: Arc<Snapshot>,
    /// In the order of the snapshot's stages.
    stages: Vec<Stage>,
}

/// A stage with what only this worker has.
pub(crate) struct Stage {
    pub(crate) rest: Arc<RestStage>,
    pub(crate) origins: Vec<Upstream>,
    /// In the order of the stage's throttles.
    pub(crate) limits: Vec<Arc<Limit>>,
}

/// An origin, the worker's pool of connections to it, and its Host field.
pub(crate) struct Upstream {
    pub(crate) pool: Rc<Origin>,
    pub(crate) authority: Box<str>,
}

impl Runtime {
    pub(crate) fn new(
        snapshot: Arc<Snapshot>,
        worker: &Rc<Worker>,
        counters: &dyn Counters,
    ) -> Self {
        let stages = snapshot.stages().iter().map(|rest| Stage::new(rest, worker, counters));
        Self { stages: stages.collect(), snapshot }
    }

    pub(crate) fn stage(&self, index: usize) -> &Stage {
        &self.stages[index]
    }
}

/// What an origin has to prove, if it speaks TLS.
fn proof(origin: &portico_snapshot::Origin) -> Option<OriginTls> {
    origin
        .tls
        .as_ref()
        .map(|tls| OriginTls { server_name: tls.server_name.clone(), any_issuer: tls.any_issuer })
}

impl Stage {
    fn new(rest: &Arc<RestStage>, worker: &Rc<Worker>, counters: &dyn Counters) -> Self {
        let upstream = |origin: &portico_snapshot::Origin| Upstream {
            pool: worker.origin(&origin.host, origin.port, proof(origin).as_ref()),
            authority: origin.authority().into(),
        };
        let limit = |throttle: &Throttle| {
            let rate = Rate { per_second: throttle.rate, burst: throttle.burst };
            counters.limit(&throttle.name, rate)
        };
        Self {
            rest: rest.clone(),
            origins: rest.origins.iter().map(upstream).collect(),
            limits: rest.throttles.iter().map(limit).collect(),
        }
    }
}
