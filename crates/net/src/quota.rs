//! How many of something may exist at once in the process: connections, or buffered bytes.
//!
//! The workers share one count. It is touched when a connection opens or ends and when a buffer
//! grows beyond the usual size, never by a request that needs neither.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A limit and how much of it is taken.
#[derive(Debug)]
pub(crate) struct Quota {
    limit: usize,
    taken: AtomicUsize,
}

/// A part of a quota. It is given back when it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Share {
    quota: Option<Arc<Quota>>,
    count: usize,
}

impl Quota {
    /// Nothing of `limit` is taken.
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, taken: AtomicUsize::new(0) })
    }

    /// Takes one; `None` if all are taken.
    pub(crate) fn take(self: &Arc<Self>) -> Option<Share> {
        let mut share = Share::default();
        share.grow_to(1, self).then_some(share)
    }

    /// How much is taken now.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether less than a sixteenth is left.
    pub(crate) fn is_scarce(&self) -> bool {
        self.taken() > self.limit - self.limit / 16
    }

    fn add(&self, count: usize) -> bool {
        // The sum of all that is asked for at once stays far below what a usize holds.
        let before = self.taken.fetch_add(count, Ordering::Relaxed);
        let fits = before.saturating_add(count) <= self.limit;
        if !fits {
            self.taken.fetch_sub(count, Ordering::Relaxed);
        }
        fits
    }
}

impl Share {
    /// Makes the share at least `count` of `quota`, if there is so much left.
    pub(crate) fn grow_to(&mut self, count: usize, quota: &Arc<Quota>) -> bool {
        if count <= self.count {
            return true;
        }
        if !quota.add(count - self.count) {
            return false;
        }
        self.quota.get_or_insert_with(|| quota.clone());
        self.count = count;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if let Some(quota) = &self.quota {
            quota.taken.fetch_sub(self.count, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_is_given_out_once() {
        let quota = Quota::new(2);
        let (first, second) = (quota.take(), quota.take());
        assert!(first.is_some() && second.is_some() && quota.take().is_none());
        drop(first);
        assert_eq!(quota.taken(), 1);
        assert!(quota.take().is_some());
    }

    #[test]
    fn a_share_grows_as_far_as_there_is_room() {
        let quota = Quota::new(100);
        let mut share = Share::default();
        assert!(share.grow_to(60, &quota) && share.grow_to(40, &quota));
        assert_eq!(quota.taken(), 60);
        let mut other = Share::default();
        assert!(!other.grow_to(41, &quota) && other.grow_to(40, &quota));
        assert!(!share.grow_to(61, &quota));
        drop(other);
        assert!(share.grow_to(100, &quota) && !share.grow_to(usize::MAX, &quota));
        drop(share);
        assert_eq!(quota.taken(), 0);
    }
}
