//! State that workers, and later nodes, share: today the limits of this process.
//!
//! A limit is handed out once, when a snapshot is published; a request only touches its cell.

mod limit;
mod local;

pub use limit::{Limit, Rate};
pub use local::LocalCounters;

use std::sync::Arc;

/// Gives every worker the same limit for the same key.
pub trait Counters: Send + Sync {
    /// The limit of this key, for example `a1b2c3d4e5/prod`. It keeps its state as long as its
    /// rate stays the same and somebody holds it.
    fn limit(&self, key: &str, rate: Rate) -> Arc<Limit>;
}
