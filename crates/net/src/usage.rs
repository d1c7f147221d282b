//! What the workers of a server have in use now, for whoever wants to know.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::shared::Shared;

/// A look at what is in use; it may be kept beyond the server.
#[derive(Clone, Debug)]
pub struct Usage(pub(crate) Arc<Shared>);

impl Usage {
    /// Bytes of bodies that are held beyond the usual buffers.
    pub fn buffered_bytes(&self) -> usize {
        self.0.buffered.taken()
    }

    /// Connections to origins that are open.
    pub fn upstream_connections(&self) -> usize {
        self.0.upstream_open.load(Ordering::Relaxed)
    }

    /// Those of them that wait for a request, as they were within the last second.
    pub fn idle_upstream_connections(&self) -> usize {
        self.0.upstream_idle.load(Ordering::Relaxed)
    }
}

/// An open connection to an origin is counted as long as it has this.
#[derive(Debug)]
pub(crate) struct Counted(Arc<Shared>);

impl Counted {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        shared.upstream_open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(shared))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.upstream_open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Adds a worker's part to a sum, in the place of what it said `before`.
pub(crate) fn tell(sum: &AtomicUsize, before: usize, now: usize) {
    sum.fetch_add(now.wrapping_sub(before), Ordering::Relaxed);
}
