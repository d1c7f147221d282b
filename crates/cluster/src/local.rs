//! Limits of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use crate::{Counters, Limit, Rate};

/// Limits that the workers of this process share.
#[derive(Debug, Default)]
pub struct LocalCounters {
    limits: Mutex<HashMap<String, Weak<Limit>>>,
}

impl Counters for LocalCounters {
    fn limit(&self, key: &str, rate: Rate) -> Arc<Limit> {
        let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.retain(|_, limit| limit.strong_count() > 0);
        if let Some(limit) = limits.get(key).and_then(Weak::upgrade)
            && limit.rate() == rate
        {
            return limit;
        }
        #[expect(clippy::disallowed_methods, reason = "a new limit begins when it is made")]
        let limit = Arc::new(Limit::new(rate, Instant::now()));
        limits.insert(key.to_owned(), Arc::downgrade(&limit));
        limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_is_one_limit_until_its_rate_changes() {
        let counters = LocalCounters::default();
        let slow = Rate { per_second: 1.0, burst: 1 };
        let first = counters.limit("a/prod", slow);
        assert!(Arc::ptr_eq(&first, &counters.limit("a/prod", slow)));
        assert!(!Arc::ptr_eq(&first, &counters.limit("a/test", slow)));
        let fast = Rate { per_second: 9.0, burst: 1 };
        assert!(!Arc::ptr_eq(&first, &counters.limit("a/prod", fast)));
    }
}
