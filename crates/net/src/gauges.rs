//! What a worker counts.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::hits::Hits;

/// Counters that the worker alone writes and others read.
#[derive(Debug, Default)]
pub struct Gauges {
    /// Client connections now open.
    pub open: AtomicU64,
    /// Client connections accepted so far.
    pub accepted: AtomicU64,
    /// Upstream connections opened so far.
    pub upstream_opened: AtomicU64,
    /// Connections closed because they did not begin with a PROXY header that is believed.
    pub proxy_refused: AtomicU64,
    /// How often each limit was hit.
    pub hits: Hits,
    /// TLS handshakes that did not come to their end.
    pub handshakes_failed: AtomicU64,
    /// Client connections that began to speak HTTP/2 so far, and streams on them.
    pub http2_begun: AtomicU64,
    pub http2_streams: AtomicU64,
    /// HTTP/2: connections ended for what their client sent.
    pub http2_cut: AtomicU64,
    /// HTTP/2: streams reset for an error of their client's.
    pub http2_malformed: AtomicU64,
}

/// Adds to a counter that only the calling thread writes: no locked instruction is needed.
pub(crate) fn add(counter: &AtomicU64, change: i64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add_signed(change), Ordering::Relaxed);
}
