//! What the service manager is told (sd_notify(3)); without one, nothing.

use sd_notify::NotifyState;

use crate::terminal;

/// Requests are answered, by this process: after a takeover it is another than before.
pub(crate) fn ready() {
    tell(&[NotifyState::MainPid(std::process::id()), NotifyState::Ready]);
}

/// This process ends, and no other has its sockets.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        terminal::log(&format!("cannot tell the service manager at NOTIFY_SOCKET: {error}"));
    }
}
