//! The nodes of a document. Their memory is kept by the thread: the next document is often as long as
//! the one before.

use std::cell::Cell;
use std::mem;
use std::ops::Deref;

use super::node::Node;

/// Nodes that a thread keeps room for: 64 KiB.
const MOST: usize = 64 * 1024 / size_of::<Node>();

thread_local! {
    static KEPT: Cell<Vec<Node>> = const { Cell::new(Vec::new()) };
}

/// The nodes of a document.
#[derive(Clone, Debug)]
pub(super) struct Tape(Vec<Node>);

/// Room for so many nodes.
pub(super) fn room(nodes: usize) -> Vec<Node> {
    match KEPT.try_with(Cell::take) {
        Ok(kept) if kept.capacity() >= nodes => kept,
        _ => Vec::with_capacity(nodes),
    }
}

impl From<Vec<Node>> for Tape {
    fn from(nodes: Vec<Node>) -> Self {
        Self(nodes)
    }
}

impl Deref for Tape {
    type Target = [Node];

    #[inline(always)]
    fn deref(&self) -> &[Node] {
        &self.0
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        if self.0.capacity() <= MOST {
            let mut nodes = mem::take(&mut self.0);
            nodes.clear();
            // At the end of the thread nothing is kept.
            let _ = KEPT.try_with(|kept| kept.set(nodes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_keeps_what_is_not_too_much() {
        let after = |nodes: usize| {
            drop(Tape::from(room(nodes)));
            room(0).capacity()
        };
        assert!((10..=MOST).contains(&after(10)));
        assert!((100..=MOST).contains(&after(100)));
        assert_eq!(after(MOST + 1), 0);
    }
}
