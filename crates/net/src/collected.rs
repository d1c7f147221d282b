//! A body that is held whole.

use std::time::Instant;

use crate::limits::BUFFER_BYTES;
use crate::quota::Share;
use crate::request::RequestBody;
use crate::upstream::{CallError, cover, hold};
use crate::worker::Worker;

/// A whole body. What of it has outgrown a usual buffer counts among the buffered bytes of the
/// process.
#[derive(Debug)]
pub struct Collected {
    bytes: Vec<u8>,
    _beyond: Share,
}

impl Collected {
    /// Bytes that are held beside those of the client.
    pub fn new(bytes: Vec<u8>, worker: &Worker) -> Result<Self, CallError> {
        let mut beyond = Share::default();
        if bytes.len() > BUFFER_BYTES && !cover(&mut beyond, &bytes, worker) {
            return Err(CallError::TooManyBytes);
        }
        Ok(Self::counted(bytes, beyond))
    }

    /// Bytes whose share of the buffered ones is taken.
    pub(crate) fn counted(bytes: Vec<u8>, beyond: Share) -> Self {
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
        Ok(Collected::counted(bytes, beyond))
    }
}
