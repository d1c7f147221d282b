//! Work that takes long: it runs on a thread beside the worker, whose other requests go on.

use tokio::task::{JoinError, spawn_blocking};

use crate::worker::Worker;

/// The work did not come to its end: it panicked.
#[derive(Debug, thiserror::Error)]
#[error("work beside a worker did not end")]
pub struct Abandoned(#[source] JoinError);

impl Worker {
    /// Runs `work` on one of the [`OFFLOAD_THREADS`](crate::limits::OFFLOAD_THREADS) beside this
    /// worker, after what waits for them already. Work that has begun is done to its end, also when
    /// nobody waits for it any more.
    pub async fn offload<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Abandoned> {
        spawn_blocking(work).await.map_err(Abandoned)
    }
}
