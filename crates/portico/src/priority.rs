//! Who goes first where cores are short: requests before the compiling of a definition.

use std::panic::resume_unwind;
use std::thread;

use rustix::process::{getpriority_process, setpriority_process};

/// Of a thread that gives way: a third of the share of one that does not (sched(7), "nice value").
const NICE: i32 = 5;

/// The greatest nice value.
const LAST: i32 = 19;

/// Does long work on a thread of its own, which gives way to workers that want the core. The
/// calling thread keeps its priority: what it starts later would inherit another for ever.
pub(crate) fn giving_way<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let done = scope.spawn(|| {
            // Where the system refuses it, the work is done all the same.
            let own = getpriority_process(None).unwrap_or_default();
            let _ = setpriority_process(None, (own + NICE).min(LAST));
            work()
        });
        done.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_gives_way_and_its_caller_does_not() {
        let before = getpriority_process(None).unwrap();
        let within = giving_way(|| getpriority_process(None).unwrap());
        assert_eq!(within, (before + NICE).min(LAST));
        assert_eq!(getpriority_process(None).unwrap(), before);
    }
}
