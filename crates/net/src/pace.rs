//! How fast a client sends a body, measured over the time in which we wait for it.
//!
//! Time in which somebody else keeps us from reading does not count, so a slow origin does not
//! make a client slow. Time is an argument.

use std::time::{Duration, Instant};

use crate::limits::BodyRate;

/// A stretch of waiting, and what came in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// Since when we wait, if we do.
    since: Option<Instant>,
    /// Waited in this stretch before.
    waited: Duration,
    /// Bytes received before this stretch.
    before: u64,
}

impl Pace {
    /// Nothing more has arrived, `received` bytes so far; whether that is too slow.
    pub(crate) fn waits(&mut self, now: Instant, received: u64, rate: BodyRate) -> bool {
        let since = *self.since.get_or_insert(now);
        let waited = self.waited + now.saturating_duration_since(since);
        if waited < rate.over {
            return false;
        }
        let due = u128::from(rate.bytes_per_second) * rate.over.as_millis() / 1000;
        let is_slow = u128::from(received - self.before) < due;
        *self = Self { since: Some(now), waited: Duration::ZERO, before: received };
        is_slow
    }

    /// Whether the last we heard was that nothing has arrived.
    pub(crate) fn is_waiting(&self) -> bool {
        self.since.is_some()
    }

    /// Something has arrived.
    pub(crate) fn goes_on(&mut self, now: Instant) {
        if let Some(since) = self.since.take() {
            self.waited += now.saturating_duration_since(since);
        }
    }

    /// When this stretch ends if nothing arrives; `None` while we do not wait.
    pub(crate) fn slow_at(&self, over: Duration) -> Option<Instant> {
        self.since.map(|since| since + over.saturating_sub(self.waited))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test needs some instant to begin with")]
mod tests {
    use super::*;

    const RATE: BodyRate = BodyRate { bytes_per_second: 100, over: Duration::from_secs(10) };

    /// Plays a client that sends `piece` bytes each `every`, read at once; after how long it is
    /// found to be slow.
    fn slow_after(piece: u64, every: Duration) -> Option<Duration> {
        let start = Instant::now();
        let mut pace = Pace::default();
        let (mut now, mut received) = (start, 0);
        for _ in 0..200 {
            if pace.waits(now, received, RATE) {
                return Some(now - start);
            }
            now += every;
            pace.goes_on(now);
            received += piece;
        }
        None
    }

    #[test]
    fn a_client_below_the_rate_is_slow() {
        let second = Duration::from_secs(1);
        assert_eq!(slow_after(1, second), Some(10 * second));
        assert_eq!(slow_after(99, second), Some(10 * second));
        assert_eq!(slow_after(100, second), None);
        assert_eq!(slow_after(1000, 10 * second), None);
        assert_eq!(slow_after(1_000_000, 30 * second), None);
    }

    #[test]
    fn a_stretch_ends_when_it_has_been_waited_for() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::default();
        assert_eq!(pace.slow_at(RATE.over), None);
        assert!(!pace.waits(at(0), 0, RATE));
        assert_eq!(pace.slow_at(RATE.over), Some(at(10)));
        pace.goes_on(at(4));
        assert!(!pace.is_waiting());
        // The origin took nothing for a minute.
        assert!(!pace.waits(at(64), 50, RATE));
        assert_eq!(pace.slow_at(RATE.over), Some(at(70)));
        assert!(pace.waits(at(70), 50, RATE));
    }
}
