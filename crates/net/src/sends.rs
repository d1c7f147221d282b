//! Small sends of one turn of a worker, made together.
//!
//! A turn answers many connections, and each answer is a system call of its own, after which the
//! kernel may run whoever was waiting for these bytes: the worker loses its core and its caches
//! with every send. Here they wait until every task that is ready has had its turn, and go out in
//! one call. Where the kernel has no `io_uring`, or does not allow it, each goes out by itself.

mod ring;

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::num::NonZeroU64;
use std::os::fd::RawFd;
use std::task::{Poll, Waker};

use ring::{Piece, Ring};

/// More bytes than this are worth a call of their own.
const SMALL_BYTES: usize = 4096;

/// Sends that wait for the end of the turn at most.
const PIECES: usize = 64;

thread_local! {
    static SENDS: RefCell<Sends> = const { RefCell::new(Sends::NONE) };
}

/// Number of a send that waits for the end of the turn, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(NonZeroU64);

impl Ticket {
    /// Of the send behind `ended` and `index` others.
    fn behind(ended: u64, index: usize) -> Self {
        Self(NonZeroU64::MIN.saturating_add(ended + index as u64))
    }
}

/// What has become of a send.
#[derive(Debug)]
pub(crate) enum Fate {
    Waiting,
    Sent,
    Short(Unsent),
}

/// What a socket did not take of a send.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub(crate) rest: Vec<u8>,
    /// Whether it took nothing at all.
    pub(crate) is_whole: bool,
    /// Why it will take no more.
    pub(crate) failure: Option<io::Error>,
}

/// Sends of one thread.
struct Sends {
    ring: Option<Ring>,
    /// Sends asked for in this turn, and in the one before.
    asked: [u32; 2],
    /// The task that sends at the end of a turn.
    sender: Option<Waker>,
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    /// Who is woken where a piece is not taken whole.
    wakers: Vec<Waker>,
    /// Number of sends that wait no more.
    ended: u64,
    unsent: Vec<(Ticket, Unsent)>,
}

impl Sends {
    const NONE: Self = Self {
        ring: None,
        asked: [0, 0],
        sender: None,
        bytes: Vec::new(),
        pieces: Vec::new(),
        wakers: Vec::new(),
        ended: 0,
        unsent: Vec::new(),
    };

    /// Whether a send is worth waiting: where others go out in the same turn, as far as the one
    /// before tells.
    fn is_worth_waiting(&mut self) -> bool {
        let [now, before] = &mut self.asked;
        *now = now.saturating_add(1);
        self.ring.is_some() && (*now > 1 || *before > 1)
    }

    fn queue(&mut self, socket: RawFd, slices: &[IoSlice<'_>], waker: &Waker) -> Option<Ticket> {
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        if !self.is_worth_waiting() || length > SMALL_BYTES {
            return None;
        }
        if self.pieces.is_empty() {
            self.sender.as_ref()?.wake_by_ref();
        }
        let start = self.bytes.len() as u32;
        for slice in slices {
            self.bytes.extend_from_slice(slice);
        }
        let ticket = Ticket::behind(self.ended, self.pieces.len());
        self.pieces.push(Piece { socket, start, end: self.bytes.len() as u32 });
        self.wakers.push(waker.clone());
        Some(ticket)
    }

    /// Sends what waits; returns wakers that are of no more use, as to drop one may run any code.
    fn send(&mut self) -> Vec<Waker> {
        let Self { ring, bytes, pieces, wakers, ended, unsent, .. } = self;
        let falls_short = |index: usize, result: io::Result<usize>| {
            let Piece { start, end, .. }: Piece = pieces[index];
            let piece = &bytes[start as usize..end as usize];
            unsent.push((Ticket::behind(*ended, index), Unsent::new(piece, result)));
            wakers[index].wake_by_ref();
        };
        let sent = match ring {
            Some(ring) => ring.send(pieces, bytes, falls_short),
            None => Ok(()),
        };
        if sent.is_err() {
            self.give_up();
        }
        self.ended += self.pieces.len() as u64;
        self.pieces.clear();
        self.bytes.clear();
        std::mem::take(&mut self.wakers)
    }

    /// The ring is broken: from now on each send goes out by itself.
    fn give_up(&mut self) {
        self.ring = None;
        for (index, waker) in self.wakers.iter().enumerate() {
            let ticket = Ticket::behind(self.ended, index);
            if !self.unsent.iter().any(|(told, _)| *told == ticket) {
                self.unsent.push((ticket, Unsent::unknown()));
                waker.wake_by_ref();
            }
        }
    }

    fn fate(&mut self, ticket: Ticket) -> Fate {
        if ticket.0.get() > self.ended {
            return Fate::Waiting;
        }
        match self.unsent.iter().position(|(of, _)| *of == ticket) {
            Some(found) => Fate::Short(self.unsent.swap_remove(found).1),
            None => Fate::Sent,
        }
    }
}

impl Unsent {
    fn new(piece: &[u8], result: io::Result<usize>) -> Self {
        let sent = *result.as_ref().unwrap_or(&0);
        let failure = result.err().filter(|error| error.kind() != io::ErrorKind::WouldBlock);
        Self { rest: piece[sent..].to_vec(), is_whole: sent == 0, failure }
    }

    fn unknown() -> Self {
        let failure = io::Error::other("the kernel did not tell how much it sent");
        Self { rest: Vec::new(), is_whole: false, failure: Some(failure) }
    }
}

/// A turn begins: the thread has slept, as it had nothing more to do.
pub(crate) fn begin_turn() {
    SENDS.with_borrow_mut(|sends| sends.asked = [0, sends.asked[0]]);
}

/// Puts `slices`, one behind the other, among the sends of this turn; `waker` is woken if `socket`
/// does not take them whole. `None` where they have to be sent by themselves. Until the ticket's
/// fate is known `socket` must stay open, and nothing else be sent on it.
pub(crate) fn queue(socket: RawFd, slices: &[IoSlice<'_>], waker: &Waker) -> Option<Ticket> {
    let (ticket, is_full) = SENDS.with_borrow_mut(|sends| {
        (sends.queue(socket, slices, waker), sends.pieces.len() == PIECES)
    });
    if is_full {
        send_waiting();
    }
    ticket
}

/// What has become of the send with this ticket. Its end is told once.
pub(crate) fn fate(ticket: Ticket) -> Fate {
    SENDS.with_borrow_mut(|sends| sends.fate(ticket))
}

/// Sends what waits without waiting for the end of the turn.
pub(crate) fn send_waiting() {
    // Where the thread ends nothing can wait any more: its runtime has ended before.
    let _ = SENDS.try_with(|sends| {
        let mut wakers = sends.borrow_mut().send();
        wakers.clear();
        sends.borrow_mut().wakers = wakers;
    });
}

/// Sends at the end of each turn of this thread's runtime, for as long as it is polled. Returns
/// where the kernel does not allow it.
pub(crate) async fn at_end_of_turns() {
    let Ok(ring) = Ring::open(PIECES as u32) else { return };
    let _ending = Ending;
    SENDS.with_borrow_mut(|sends| sends.ring = Some(ring));
    // Whoever queues the first send of a turn wakes this task, which puts it behind all that are
    // ready now.
    poll_fn(|cx| {
        send_waiting();
        SENDS.with_borrow_mut(|sends| match &mut sends.sender {
            Some(sender) => sender.clone_from(cx.waker()),
            None => sends.sender = Some(cx.waker().clone()),
        });
        Poll::<()>::Pending
    })
    .await;
}

/// Sends the last that waits.
struct Ending;

impl Drop for Ending {
    fn drop(&mut self) {
        send_waiting();
        SENDS.with_borrow_mut(|sends| (sends.ring, sends.sender) = (None, None));
    }
}
