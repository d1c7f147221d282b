//! Recycled byte buffers of one worker: an idle connection holds none, a busy one borrows.

use std::cell::{Cell, RefCell};

use crate::limits::{BUFFER_BYTES, LONG_BUFFER_BYTES, SPARE_BUFFER_BYTES};

/// What a buffer may have grown to that is kept.
const LONGEST_BYTES: usize = 2 * LONG_BUFFER_BYTES;

/// Stacks of spare buffers, usual and long ones, together capped in bytes.
#[derive(Debug, Default)]
pub struct Buffers {
    spare: RefCell<Vec<Vec<u8>>>,
    long: RefCell<Vec<Vec<u8>>>,
    bytes: Cell<usize>,
}

impl Buffers {
    /// An empty buffer of at least [`BUFFER_BYTES`].
    pub fn take(&self) -> Vec<u8> {
        self.pop(&self.spare).unwrap_or_else(|| Vec::with_capacity(BUFFER_BYTES))
    }

    /// An empty buffer of at least [`LONG_BUFFER_BYTES`].
    pub(crate) fn take_long(&self) -> Vec<u8> {
        self.pop(&self.long).unwrap_or_else(|| Vec::with_capacity(LONG_BUFFER_BYTES))
    }

    fn pop(&self, stack: &RefCell<Vec<Vec<u8>>>) -> Option<Vec<u8>> {
        let buffer = stack.borrow_mut().pop()?;
        self.bytes.set(self.bytes.get() - buffer.capacity());
        Some(buffer)
    }

    /// Gives a buffer back. One that never grew to the usual size, grew far beyond it, or finds
    /// the stack full is freed instead.
    pub fn put(&self, buffer: Vec<u8>) {
        match buffer.capacity() {
            BUFFER_BYTES..LONG_BUFFER_BYTES => self.push(&self.spare, buffer),
            LONG_BUFFER_BYTES..=LONGEST_BYTES => self.push(&self.long, buffer),
            _ => {}
        }
    }

    fn push(&self, stack: &RefCell<Vec<Vec<u8>>>, mut buffer: Vec<u8>) {
        let bytes = self.bytes.get() + buffer.capacity();
        if bytes <= SPARE_BUFFER_BYTES {
            buffer.clear();
            self.bytes.set(bytes);
            stack.borrow_mut().push(buffer);
        }
    }

    /// Bytes of the spare buffers.
    pub fn spare_bytes(&self) -> usize {
        self.bytes.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty_and_the_stack_has_a_cap() {
        let buffers = Buffers::default();
        let mut buffer = buffers.take();
        buffer.extend_from_slice(b"secret of another client");
        buffers.put(buffer);
        assert_eq!(buffers.spare_bytes(), BUFFER_BYTES);
        assert!(buffers.take().is_empty());
        assert_eq!(buffers.spare_bytes(), 0);

        buffers.put(Vec::with_capacity(BUFFER_BYTES - 1));
        buffers.put(Vec::with_capacity(64 * BUFFER_BYTES));
        assert_eq!(buffers.spare_bytes(), 0);

        buffers.put(buffers.take_long());
        assert!(buffers.take().capacity() < LONG_BUFFER_BYTES, "small things get small buffers");
        assert!(buffers.take_long().capacity() >= LONG_BUFFER_BYTES);
        assert_eq!(buffers.spare_bytes(), 0);

        for _ in 0..2 * SPARE_BUFFER_BYTES / BUFFER_BYTES {
            buffers.put(Vec::with_capacity(BUFFER_BYTES));
        }
        let full = SPARE_BUFFER_BYTES - BUFFER_BYTES + 1..=SPARE_BUFFER_BYTES;
        assert!(full.contains(&buffers.spare_bytes()));
    }
}
