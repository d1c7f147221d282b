//! Token bucket: admits `rate` requests a second with bursts of up to `burst` requests.
//!
//! It is kept as one number, the moment at which the bucket would be full again (the generic
//! cell rate algorithm, ITU-T I.371), so that one atomic exchange admits a request. Time is
//! always an argument; tests never sleep.
//! Source: AWS, "Throttle requests to your REST APIs for better throughput in API Gateway".

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What a limit admits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Requests a second in the long run; 0 admits none.
    pub per_second: f64,
    /// Requests at once; 0 admits none.
    pub burst: u32,
}

/// A limit that threads share. It has a cache line of its own.
#[derive(Debug)]
#[repr(align(128))]
pub struct Limit {
    /// Nanoseconds after `start` at which the bucket is full again.
    full_at: AtomicU64,
    start: Instant,
    rate: Rate,
    /// Nanoseconds that one request takes out of the bucket, rounded up.
    cost: u64,
    /// Nanoseconds in a full bucket.
    depth: u64,
}

impl Limit {
    /// A full bucket.
    pub fn new(rate: Rate, now: Instant) -> Self {
        let cost = (1e9 / rate.per_second).ceil();
        let admits_none = rate.burst == 0 || !cost.is_finite() || cost <= 0.0 || cost > 1e18;
        let cost = if admits_none { u64::MAX } else { cost as u64 };
        let depth = if admits_none { 0 } else { cost.saturating_mul(u64::from(rate.burst)) };
        Self { full_at: AtomicU64::new(0), start: now, rate, cost, depth }
    }

    /// What it admits.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Whether a request at `now` may pass; if so, it is counted.
    pub fn admit(&self, now: Instant) -> bool {
        let now = now.saturating_duration_since(self.start).as_nanos();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        let take = |full_at: u64| {
            let full_at = full_at.max(now).checked_add(self.cost)?;
            (full_at - now <= self.depth).then_some(full_at)
        };
        self.full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn start() -> Instant {
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment to count from")]
        Instant::now()
    }

    #[test]
    fn a_bucket_admits_its_burst_and_then_its_rate() {
        let start = start();
        let limit = Limit::new(Rate { per_second: 2.0, burst: 3 }, start);
        let admitted = |at_ms: u64| limit.admit(start + Duration::from_millis(at_ms));
        assert_eq!([0, 0, 0, 0].map(admitted), [true, true, true, false]);
        assert_eq!([499, 500, 999, 1000].map(admitted), [false, true, false, true]);
        assert_eq!([9000, 9000, 9000, 9000].map(admitted), [true, true, true, false]);
    }

    #[test]
    fn a_limit_of_zero_admits_nothing() {
        let start = start();
        let check = |per_second: f64, burst: u32| {
            let limit = Limit::new(Rate { per_second, burst }, start);
            assert!(!limit.admit(start + Duration::from_secs(9)), "{per_second}, {burst}");
        };
        check(0.0, 5);
        check(5.0, 0);
        check(-1.0, 5);
        check(f64::NAN, 5);
    }

    proptest! {
        /// In any window of length t a bucket admits at most burst + rate * t.
        #[test]
        fn no_window_admits_more_than_burst_and_rate(
            per_second in 0.1f64..5000.0,
            burst in 1u32..50,
            gaps in prop::collection::vec(0u64..20_000_000, 1..300),
        ) {
            let start = start();
            let limit = Limit::new(Rate { per_second, burst }, start);
            let mut now = 0;
            let mut admitted = Vec::new();
            for gap in gaps {
                now += gap;
                if limit.admit(start + Duration::from_nanos(now)) {
                    admitted.push(now);
                }
            }
            for first in 0..admitted.len() {
                for last in first..admitted.len() {
                    let window = (admitted[last] - admitted[first]) as f64 / 1e9;
                    let most = f64::from(burst) + per_second * window;
                    prop_assert!((last - first + 1) as f64 <= most + 1e-6);
                }
            }
        }
    }
}
