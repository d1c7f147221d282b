//! The arena of small things. Its memory is kept by the thread: nearly every rendering asks for as
//! much as the one before gave back.

use std::cell::Cell;
use std::ops::Deref;

use bumpalo::Bump;

/// Bytes that a thread keeps.
const MOST: usize = 64 * 1024;

thread_local! {
    static KEPT: Cell<Option<Bump>> = const { Cell::new(None) };
}

/// Small things without anything to drop.
pub(crate) struct Small(Bump);

impl Default for Small {
    fn default() -> Self {
        Self(KEPT.try_with(Cell::take).ok().flatten().unwrap_or_default())
    }
}

impl Deref for Small {
    type Target = Bump;

    #[inline]
    fn deref(&self) -> &Bump {
        &self.0
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        if self.0.allocated_bytes() <= MOST {
            let mut bump = std::mem::take(&mut self.0);
            bump.reset();
            // At the end of the thread nothing is kept.
            let _ = KEPT.try_with(|kept| kept.set(Some(bump)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_what_is_not_too_much() {
        let after = |bytes: usize| {
            let small = Small::default();
            small.alloc_slice_fill_copy(bytes, 0_u8);
            drop(small);
            Small::default().allocated_bytes()
        };
        assert!((1..=MOST).contains(&after(100)));
        assert!((1000..=MOST).contains(&after(1000)));
        assert_eq!(after(MOST + 1), 0);
    }
}
