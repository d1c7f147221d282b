//! Limits of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use crate::{Counters, Limit, Rate};

/// Limits below which nobody looks for those that nobody holds any more.
const SWEEP_MIN: usize = 64;

/// Limits that the workers of this process share.
#[derive(Debug, Default)]
pub struct LocalCounters {
    limits: Mutex<Limits>,
}

#[derive(Debug, Default)]
struct Limits {
    by_key: HashMap<String, Weak<Limit>>,
    /// How many there were after the last sweep.
    swept: usize,
}

impl Limits {
    /// Forgets limits that nobody holds, once there are twice as many as after the last time: so
    /// the cost of looking at all of them is spread over those that came.
    fn sweep(&mut self) {
        if self.by_key.len() >= 2 * self.swept.max(SWEEP_MIN) {
            self.by_key.retain(|_, limit| limit.strong_count() > 0);
            self.swept = self.by_key.len();
        }
    }
}

impl Counters for LocalCounters {
    fn limit(&self, key: &str, rate: Rate) -> Arc<Limit> {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limit) = limits.by_key.get(key).and_then(Weak::upgrade)
            && limit.rate() == rate
        {
            return limit;
        }
        #[expect(clippy::disallowed_methods, reason = "a new limit begins when it is made")]
        let limit = Arc::new(Limit::new(rate, Instant::now()));
        limits.by_key.insert(key.to_owned(), Arc::downgrade(&limit));
        limits.sweep();
        limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOW: Rate = Rate { per_second: 1.0, burst: 1 };

    #[test]
    fn one_key_is_one_limit_until_its_rate_changes() {
        let counters = LocalCounters::default();
        let first = counters.limit("a/prod", SLOW);
        assert!(Arc::ptr_eq(&first, &counters.limit("a/prod", SLOW)));
        assert!(!Arc::ptr_eq(&first, &counters.limit("a/test", SLOW)));
        let fast = Rate { per_second: 9.0, burst: 1 };
        assert!(!Arc::ptr_eq(&first, &counters.limit("a/prod", fast)));
    }

    /// Each publication makes every limit of its snapshot while the one before still holds them.
    #[test]
    fn ten_thousand_limits_are_made_in_no_time_and_forgotten() {
        let counters = LocalCounters::default();
        let keys: Vec<_> = (0..10_000).map(|index| format!("a/prod/GET /{index}")).collect();
        let publish = || keys.iter().map(|key| counters.limit(key, SLOW)).collect::<Vec<_>>();
        #[expect(clippy::disallowed_methods, reason = "the time that it takes is what is tested")]
        let began = Instant::now();
        let first = publish();
        let second = publish();
        // In proportion this is milliseconds; with a look at all others for each it is seconds.
        assert!(began.elapsed().as_millis() < 1000, "{:?}", began.elapsed());
        assert!(first.iter().zip(&second).all(|(first, second)| Arc::ptr_eq(first, second)));
        drop((first, second));
        let others: Vec<_> =
            (0..20_000).map(|index| counters.limit(&format!("b/{index}"), SLOW)).collect();
        let known = counters.limits.lock().unwrap().by_key.len();
        assert!((others.len()..30_000).contains(&known), "{known} are remembered");
    }
}
