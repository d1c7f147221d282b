//! Lines on their way from a thread that must not wait to one that may.
//!
//! A queue has two halves behind a mutex each. The writer holds one of them at a time, and only to
//! exchange its buffer for an empty one; who has a line takes the other meanwhile. So a single
//! producer never waits, and order is kept: the writer takes the first half, then the second, and a
//! line goes to the second only while the first is being taken.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::Thread;

use super::{Lines, Wake};

/// What is much in a half.
const MUCH_BYTES: usize = 64 * 1024;

/// A buffer that grew beyond this is not kept.
const KEPT_BYTES: usize = 256 * 1024;

/// A bounded queue of lines.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Queue {
    halves: [Half; Queue::HALVES],
    /// Bytes that a half may hold; the second has but what comes while the first is taken.
    limit: usize,
    /// With so much in a half its writer is woken.
    wake_bytes: usize,
    writer: Thread,
}

/// The counters are written by who holds the lock.
#[derive(Debug, Default)]
struct Half {
    bytes: Mutex<Vec<u8>>,
    taken: AtomicU64,
    dropped: AtomicU64,
}

impl Queue {
    pub(super) const HALVES: usize = 2;

    pub(super) fn new(bytes: usize, wake: Wake, writer: Thread) -> Self {
        let wake_bytes = match wake {
            Wake::Often => MUCH_BYTES,
            Wake::ForEach => 1,
        };
        Self { halves: Default::default(), limit: bytes, wake_bytes, writer }
    }

    /// Takes a line in, or drops it if there is no room. `write` appends it with its end.
    pub(crate) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let (half, mut bytes) = self.free_half();
        let before = bytes.len();
        if before < self.limit {
            write(&mut bytes);
        }
        let after = bytes.len();
        if before >= self.limit || after > self.limit {
            bytes.truncate(before);
            add_one(&half.dropped);
            return;
        }
        add_one(&half.taken);
        drop(bytes);
        if before < self.wake_bytes && after >= self.wake_bytes {
            self.writer.unpark();
        }
    }

    /// The first half, unless somebody holds it. Several producers may find both held: they wait
    /// for each other's copying, but not for the writing.
    fn free_half(&self) -> (&Half, MutexGuard<'_, Vec<u8>>) {
        for half in &self.halves {
            match half.bytes.try_lock() {
                Ok(bytes) => return (half, bytes),
                Err(TryLockError::Poisoned(bytes)) => return (half, bytes.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let [first, ..] = &self.halves;
        (first, first.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Exchanges a half's lines for the buffer, whose content is done with.
    pub(super) fn take(&self, half: usize, buffer: &mut Vec<u8>) {
        buffer.clear();
        buffer.shrink_to(KEPT_BYTES);
        let mut bytes = self.halves[half].bytes.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *bytes, buffer);
    }

    /// Lines so far.
    pub(super) fn lines(&self) -> Lines {
        let sum = |select: fn(&Half) -> &AtomicU64| {
            self.halves.iter().map(|half| select(half).load(Ordering::Relaxed)).sum()
        };
        Lines { taken: sum(|half| &half.taken), dropped: sum(|half| &half.dropped) }
    }
}

/// Adds to a counter whose lock is held: no locked instruction is needed.
fn add_one(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_dropped_and_counted() {
        let queue = Queue::new(10, Wake::Often, std::thread::current());
        let push = |text: &'static [u8]| queue.push(|out| out.extend(text));
        push(b"12345678\n");
        push(b"x\n");
        assert_eq!(queue.lines(), Lines { taken: 1, dropped: 1 });
        let mut taken = Vec::new();
        queue.take(0, &mut taken);
        assert_eq!(taken, b"12345678\n");
        push(b"longer than a half\n");
        push(b"y\n");
        queue.take(0, &mut taken);
        assert_eq!(taken, b"y\n");
        assert_eq!(queue.lines(), Lines { taken: 2, dropped: 2 });
    }

    #[test]
    fn who_finds_one_half_held_takes_the_other() {
        let queue = Queue::new(1024, Wake::Often, std::thread::current());
        let held = queue.halves[0].bytes.lock().unwrap();
        queue.push(|out| out.extend(b"a\n"));
        drop(held);
        queue.push(|out| out.extend(b"b\n"));
        let mut taken = Vec::new();
        queue.take(1, &mut taken);
        assert_eq!(taken, b"a\n");
    }
}
