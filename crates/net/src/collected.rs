//! A body that is held whole, and what the process may hold of them.

use std::sync::Arc;
use std::time::Instant;

use crate::hits::Limit;
use crate::limits::BUFFER_BYTES;
use crate::quota::{Quota, Share};
use crate::request::RequestBody;
use crate::upstream::{CallError, hold};
use crate::worker::Worker;

/// A whole body. What of it has outgrown a usual buffer counts among the buffered bytes of the
/// process.
#[derive(Debug, Default)]
pub struct Collected {
    bytes: Vec<u8>,
    _beyond: Share,
}

/// What is left of the buffered bytes of the process, for work that is done beside a worker.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Quota>);

/// A part of that. It is given back when it is dropped.
#[derive(Debug)]
pub struct Room {
    _share: Share,
}

/// The process holds as many bytes as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

impl Budget {
    /// Takes room for so many bytes.
    pub fn room(&self, bytes: usize) -> Result<Room, NoRoom> {
        let mut share = Share::default();
        let fits = share.grow_to(bytes, &self.0);
        if fits { Ok(Room { _share: share }) } else { Err(NoRoom) }
    }

    /// Bytes that are held from now on.
    pub fn hold(&self, bytes: Vec<u8>) -> Result<Collected, NoRoom> {
        let mut beyond = Share::default();
        let fits = bytes.len() <= BUFFER_BYTES || beyond.grow_to(bytes.capacity(), &self.0);
        if fits { Ok(Collected::counted(bytes, beyond)) } else { Err(NoRoom) }
    }
}

impl Worker {
    /// What the process may still hold.
    pub fn budget(&self) -> Budget {
        Budget(Arc::clone(&self.shared.buffered))
    }

    /// Counts that there was no room.
    pub fn no_room(&self, _: NoRoom) -> CallError {
        self.count(Limit::BufferedBytes);
        CallError::TooManyBytes
    }
}

impl Collected {
    /// Bytes that are held beside those of the client.
    pub fn new(bytes: Vec<u8>, worker: &Worker) -> Result<Self, CallError> {
        if bytes.len() <= BUFFER_BYTES {
            return Ok(Self::counted(bytes, Share::default()));
        }
        worker.budget().hold(bytes).map_err(|full| worker.no_room(full))
    }

    /// Bytes whose share of the buffered ones is taken.
    pub(crate) fn counted(bytes: Vec<u8>, beyond: Share) -> Self {
        Self { bytes, _beyond: beyond }
    }

    /// The content without its framing.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The buffer, which counts no longer.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.bytes
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_counts_until_it_is_dropped() {
        let quota = Quota::new(100_000);
        let budget = Budget(Arc::clone(&quota));
        let short = budget.hold(vec![0; BUFFER_BYTES]).unwrap();
        assert_eq!(quota.taken(), 0);
        let long = budget.hold(vec![0; 60_000]).unwrap();
        let room = budget.room(40_000).unwrap();
        assert_eq!(quota.taken(), 100_000);
        assert_eq!(budget.room(1).err(), Some(NoRoom));
        assert_eq!(budget.hold(vec![0; BUFFER_BYTES + 1]).err(), Some(NoRoom));
        assert_eq!((short.bytes().len(), long.bytes().len()), (BUFFER_BYTES, 60_000));
        drop((short, room));
        assert_eq!(quota.taken(), 60_000);
        assert_eq!(long.into_buffer().len(), 60_000);
        assert_eq!(quota.taken(), 0);
    }
}
