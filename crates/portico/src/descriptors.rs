//! File descriptors of the process: each connection takes one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit as far as the system lets us, as no system call of ours is harmed by high
/// numbers; the limit that holds then, if there is one.
pub(crate) fn raise() -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        // Some systems refuse what they said they allow; then the old limit holds.
        Err(_) => current,
    }
}
