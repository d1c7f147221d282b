//! An origin's answer as a handler sees it.

use crate::collected::Collected;
use crate::h1::Framing;
use crate::head::ResponseHead;
use crate::upstream::Exchange;

/// An answer whose head has arrived. Its body is held complete, or comes in while it goes out.
#[derive(Debug)]
pub struct Answer {
    pub(crate) exchange: Box<Exchange>,
}

impl Answer {
    /// Status and fields.
    pub fn head(&self) -> &ResponseHead {
        &self.exchange.head
    }

    /// Whether the whole body has arrived.
    pub fn is_complete(&self) -> bool {
        self.exchange.is_complete()
    }

    /// The bytes of the body that have arrived.
    pub fn held(&self) -> &[u8] {
        &self.exchange.held
    }

    /// The bytes of the body that have arrived, which are held no longer.
    pub fn take_held(&mut self) -> Collected {
        let bytes = std::mem::take(&mut self.exchange.held);
        Collected::counted(bytes, std::mem::take(&mut self.exchange.held_beyond))
    }

    /// Bytes of the body, if they are known.
    pub fn length(&self) -> Option<u64> {
        if self.is_complete() {
            return Some(self.exchange.held.len() as u64);
        }
        match self.exchange.head.framing {
            Framing::Length(bytes) => Some(bytes),
            _ => None,
        }
    }
}
