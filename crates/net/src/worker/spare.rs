//! Objects that are used again, so that a request allocates none.

use std::cell::RefCell;

/// How many are kept for the next request.
const SPARE_OBJECTS: usize = 1024;

/// Unused objects. They stay boxed, so that passing one on moves a pointer.
pub(super) struct Spare<T>(RefCell<Vec<Box<T>>>);

impl<T: Default> Default for Spare<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Default> Spare<T> {
    pub(super) fn take(&self) -> Box<T> {
        self.0.borrow_mut().pop().unwrap_or_default()
    }

    pub(super) fn put(&self, object: Box<T>) {
        let mut spare = self.0.borrow_mut();
        if spare.len() < SPARE_OBJECTS {
            spare.push(object);
        }
    }
}
