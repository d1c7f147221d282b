//! A body that is held whole.

use std::time::Instant;

use crate::quota::Share;
use crate::request::RequestBody;
use crate::upstream::{CallError, hold};

/// A whole body. What of it has outgrown a usual buffer counts among the buffered bytes of the
/// process.
#[derive(Debug)]
pub struct Collected {
    bytes: Vec<u8>,
    _beyond: Share,
}

impl Collected {
    pub(crate) fn new(bytes: Vec<u8>, beyond: Share) -> Self {
        Self { bytes, _beyond: beyond }
    }

    /// The content without its framing.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl RequestBody<'_> {
    /// Reads the body to its end, until `deadline`. Its length is bounded by
    /// [`RequestBody::limit`].
    pub async fn collect(&mut self, deadline: Instant) -> Result<Collected, CallError> {
        let mut bytes = self.worker.buffers.take();
        let mut beyond = Share::default();
        hold(self, &mut bytes, &mut beyond, usize::MAX, deadline).await?;
        Ok(Collected::new(bytes, beyond))
    }
}
