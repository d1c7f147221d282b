//! Recycled byte buffers of one worker: an idle connection holds none, a busy one borrows.

use std::cell::{Cell, RefCell};

use crate::limits::{BUFFER_BYTES, SPARE_BUFFER_BYTES};

/// A stack of spare buffers, capped in bytes.
#[derive(Debug, Default)]
pub struct Buffers {
    spare: RefCell<Vec<Vec<u8>>>,
    bytes: Cell<usize>,
}

impl Buffers {
    /// An empty buffer of at least [`BUFFER_BYTES`].
    pub fn take(&self) -> Vec<u8> {
        match self.spare.borrow_mut().pop() {
            Some(buffer) => {
                self.bytes.set(self.bytes.get() - buffer.capacity());
                buffer
            }
            None => Vec::with_capacity(BUFFER_BYTES),
        }
    }

    /// Gives a buffer back. One that never grew to the usual size, grew far beyond it, or finds
    /// the stack full is freed instead.
    pub fn put(&self, mut buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        let usual = (BUFFER_BYTES..=4 * BUFFER_BYTES).contains(&capacity);
        if usual && self.bytes.get() + capacity <= SPARE_BUFFER_BYTES {
            buffer.clear();
            self.bytes.set(self.bytes.get() + capacity);
            self.spare.borrow_mut().push(buffer);
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

        for _ in 0..2 * SPARE_BUFFER_BYTES / BUFFER_BYTES {
            buffers.put(Vec::with_capacity(BUFFER_BYTES));
        }
        assert_eq!(buffers.spare_bytes(), SPARE_BUFFER_BYTES);
    }
}
