//! Many sends in one system call, by Linux's `io_uring` (`io_uring_enter(2)`).
#![expect(
    unsafe_code,
    reason = "the kernel reads memory by addresses it is given; no safe wrapper lends them"
)]

use std::io;
use std::os::fd::RawFd;

use io_uring::{IoUring, Probe, opcode, types};
use rustix::net::SendFlags;

/// What is to be sent on a socket: `bytes[start..end]` of the slice that goes with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) socket: RawFd,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A queue of system calls that is shared with the kernel.
pub(super) struct Ring {
    shared: IoUring,
    /// Whether every call that was put into the queue has ended.
    is_empty: bool,
}

impl Ring {
    /// A ring for up to `pieces` at once. Errors: the kernel has none, or does not allow one here.
    pub(super) fn open(pieces: u32) -> io::Result<Self> {
        let shared = IoUring::new(pieces)?;
        let mut known = Probe::new();
        shared.submitter().register_probe(&mut known)?;
        if !known.is_supported(opcode::Send::CODE) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Self { shared, is_empty: true })
    }

    /// Sends each piece as far as its socket takes it at once, in their order, and tells of those
    /// that were not sent whole: which one, and how many bytes went or why none did. Errors: the
    /// ring is of no more use, and of a piece that was not told of nobody knows how far it went.
    pub(super) fn send(
        &mut self,
        pieces: &[Piece],
        bytes: &[u8],
        mut falls_short: impl FnMut(usize, io::Result<usize>),
    ) -> io::Result<()> {
        // What an earlier call left behind may point to memory that is gone.
        if !std::mem::replace(&mut self.is_empty, false) {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        let flags = (SendFlags::DONTWAIT | SendFlags::NOSIGNAL).bits().cast_signed();
        for (index, piece) in pieces.iter().enumerate() {
            let piece_bytes = &bytes[piece.start as usize..piece.end as usize];
            let length = piece.end - piece.start;
            let send = opcode::Send::new(types::Fd(piece.socket), piece_bytes.as_ptr(), length)
                .flags(flags)
                .build()
                .user_data(index as u64);
            // SAFETY: the kernel reads `length` bytes from the address of `piece_bytes`, within
            // `bytes`, which is borrowed while this function runs. It ends well only when every
            // send has ended. Else `is_empty` stays false: what is in the queue is never submitted
            // (only this function does, and it refuses), and what was submitted does not wait
            // (DONTWAIT), so that it has ended when the call that submitted it returns.
            let pushed = unsafe { self.shared.submission().push(&send) };
            pushed.map_err(io::Error::other)?;
        }
        let mut open = pieces.len();
        while open > 0 {
            match self.shared.submit_and_wait(open) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                submitted => drop(submitted?),
            }
            for ended in self.shared.completion() {
                open -= 1;
                let index = ended.user_data() as usize;
                let Piece { start, end, .. } = pieces[index];
                match usize::try_from(ended.result()) {
                    Ok(sent) if sent == (end - start) as usize => {}
                    Ok(sent) => falls_short(index, Ok(sent)),
                    Err(_) => {
                        falls_short(index, Err(io::Error::from_raw_os_error(-ended.result())))
                    }
                }
            }
        }
        self.is_empty = true;
        Ok(())
    }
}
