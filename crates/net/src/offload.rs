//! Work that takes long: it runs on a thread beside the worker, whose other requests go on.

use std::sync::Arc;

use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::timeout;

use crate::limits::{OFFLOAD_THREADS, OFFLOAD_WAIT, STUBBORN_THREADS};
use crate::worker::Worker;

/// The work did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Abandoned {
    /// It panicked.
    #[error("work beside a worker did not end")]
    Panicked(#[source] JoinError),
    /// Nobody gives out places any more.
    #[error("no work is done beside this worker any more")]
    Closed(#[source] AcquireError),
    /// So much other work waited before it that it was not begun.
    #[error("work beside a worker was not begun in time")]
    Late,
}

/// What kind of work it is. Each kind has threads of its own, so that much of one keeps nobody from
/// doing the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// It takes time in proportion to a long body: [`OFFLOAD_THREADS`] at once.
    Long,
    /// Nobody knows beforehand how long it takes: [`STUBBORN_THREADS`] at once.
    Stubborn,
}

/// The places beside one worker.
#[derive(Debug)]
pub(crate) struct Places {
    long: Arc<Semaphore>,
    stubborn: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { long: places(OFFLOAD_THREADS), stubborn: places(STUBBORN_THREADS) }
    }
}

impl Worker {
    /// Runs `work` on a thread beside this worker, after what waits for one already, for
    /// [`OFFLOAD_WAIT`] at most. Work that nobody waits for any more is not begun; what has begun is
    /// done to its end.
    pub async fn offload<T: Send + 'static>(
        &self,
        effort: Effort,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Abandoned> {
        let places = match effort {
            Effort::Long => &self.places.long,
            Effort::Stubborn => &self.places.stubborn,
        };
        let place = timeout(OFFLOAD_WAIT, Arc::clone(places).acquire_owned()).await;
        let place = place.map_err(|_| Abandoned::Late)?.map_err(Abandoned::Closed)?;
        let work = move || {
            let done = work();
            drop(place);
            done
        };
        spawn_blocking(work).await.map_err(Abandoned::Panicked)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::runtime::{Builder, LocalOptions};

    use super::*;
    use crate::gauges::Gauges;
    use crate::limits::Settings;
    use crate::shared::Shared;
    use crate::worker::WorkerId;

    fn worker() -> Worker {
        let settings = Settings::default();
        let shared = Shared::new(&settings, 1);
        Worker::new(WorkerId(0), settings, Arc::new(Gauges::default()), shared)
    }

    #[test]
    fn stubborn_work_leaves_the_threads_of_others_alone() {
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(OFFLOAD_THREADS + STUBBORN_THREADS)
            .enable_time()
            .start_paused(true)
            .build_local(LocalOptions::default())
            .unwrap();
        runtime.block_on(async {
            let worker = worker();
            let (release, released) = mpsc::channel::<()>();
            let released = Arc::new(std::sync::Mutex::new(released));
            // More of it than there are threads at all; each waits until it is told to end.
            let stubborn = (0..8).map(|_| {
                let released = Arc::clone(&released);
                worker.offload(Effort::Stubborn, move || released.lock().unwrap().recv().is_ok())
            });
            let mut stubborn: Vec<_> = stubborn.map(Box::pin).collect();
            for work in &mut stubborn {
                let polled = std::future::poll_fn(|cx| {
                    std::task::Poll::Ready(work.as_mut().poll(cx).is_pending())
                });
                assert!(polled.await);
            }
            assert_eq!(worker.offload(Effort::Long, || 1).await.ok(), Some(1));
            // What nobody waits for any more is never begun.
            let last = stubborn.pop();
            drop(last);
            // Neither is what waits for too long.
            let late = worker.offload(Effort::Stubborn, || true);
            let late = tokio::join!(late, tokio::time::advance(OFFLOAD_WAIT)).0;
            assert!(matches!(late, Err(Abandoned::Late)));
            let (first, others) = stubborn.split_first_mut().unwrap();
            for work in others {
                assert!(matches!(work.await, Err(Abandoned::Late)));
            }
            release.send(()).unwrap();
            assert_eq!(first.await.ok(), Some(true));
            drop(release);
            assert!(released.lock().unwrap().try_recv().is_err());
        });
    }
}
