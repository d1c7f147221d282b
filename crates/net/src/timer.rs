//! One lazy timer a connection: moving its deadline later costs nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::time::Sleep;

use crate::clock::Clock;

/// A deadline that is polled by one task only. The runtime's timer is touched when the deadline
/// moves before the moment it is set to, or when that moment has come; so a connection that
/// answers thousands of requests sets it once in a while.
#[derive(Debug)]
pub(crate) struct Timer {
    sleep: Pin<Box<Sleep>>,
    /// What the runtime's timer is set to.
    armed: Option<Instant>,
    deadline: Option<Instant>,
}

impl Timer {
    pub(crate) fn new(now: Instant) -> Self {
        Self { sleep: Box::pin(tokio::time::sleep_until(now.into())), armed: None, deadline: None }
    }

    /// From now on [`Timer::poll`] is ready at `deadline`.
    pub(crate) fn set(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
    }

    /// Ready once the deadline has passed.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        if now >= deadline {
            return Poll::Ready(());
        }
        if let Some(armed) = self.armed
            && armed <= deadline
            // The runtime's timer is cold memory: it is only asked when it may have gone off.
            && (armed > now + Clock::LATE || !self.sleep.is_elapsed())
        {
            return Poll::Pending;
        }
        self.sleep.as_mut().reset(deadline.into());
        self.armed = Some(deadline);
        self.sleep.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    async fn poll_once(timer: &mut Timer, now: Instant) -> Poll<()> {
        poll_fn(|cx| Poll::Ready(timer.poll(cx, now))).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_moves_freely() {
        let now = || tokio::time::Instant::now().into_std();
        let start = now();
        let mut timer = Timer::new(start);
        let after = |seconds| start + Duration::from_secs(seconds);

        timer.set(after(60));
        assert!(poll_once(&mut timer, now()).await.is_pending());
        timer.set(after(5));
        assert!(poll_once(&mut timer, now()).await.is_pending());
        timer.set(after(29));
        poll_fn(|cx| timer.poll(cx, now())).await;
        assert_eq!(now(), after(29));
    }
}
