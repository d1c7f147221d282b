//! How a worker ends: it takes what waits to be accepted, lets every connection end with its next
//! answer, and after a while ends those that ask for nothing.

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::backlog::Waiting;
use crate::limits::IDLE_GRACE;
use crate::worker::Worker;

/// How a drain ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still open at the deadline and were cut.
    pub cut: u64,
}

/// What a worker that is to end is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// After this time what is still open is cut.
    deadline: Duration,
    /// For so long a connection without a request may still bring one.
    grace: Duration,
    waiting: Waiting,
}

impl Ending {
    /// The address goes away with this process.
    pub(crate) fn stop(deadline: Duration) -> Self {
        Self { deadline, grace: IDLE_GRACE.min(deadline / 2), waiting: Waiting::Serve }
    }

    /// Another process answers at the address, so nobody is in a hurry.
    pub(crate) fn hand_over(deadline: Duration) -> Self {
        Self { deadline, grace: deadline / 2, waiting: Waiting::Leave }
    }
}

/// Ends the worker, whose tasks in `accepting` take in its connections.
pub(crate) async fn end(
    worker: &Rc<Worker>,
    accepting: Vec<JoinHandle<()>>,
    ending: Ending,
) -> Drained {
    worker.drain(ending.waiting);
    let emptied = tokio::time::timeout(ending.deadline, async {
        for task in accepting {
            // One that broke has told so.
            let _ = task.await;
        }
        if tokio::time::timeout(ending.grace, until_idle(worker)).await.is_err() {
            worker.close_idle();
            until_idle(worker).await;
        }
    });
    match emptied.await {
        Ok(()) => Drained::default(),
        Err(_) => Drained { cut: worker.gauges().open.load(Ordering::Relaxed) },
    }
}

/// Ready once the last connection has ended.
async fn until_idle(worker: &Worker) {
    poll_fn(|cx| {
        if worker.is_idle() {
            return Poll::Ready(());
        }
        worker.when_idle(cx.waker());
        Poll::Pending
    })
    .await;
}
