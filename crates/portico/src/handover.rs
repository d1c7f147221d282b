//! A new process takes over the sockets of a running one: `portico serve ... --takeover`.
//!
//! They talk over `control.sock` in the data directory, one packet a line:
//!
//! ```text
//! new: takeover 1                 old: gateway  + a socket, as often as it has them; likewise tls,
//!                                      management, origin
//!                                 old: control  + the control socket
//!                                 old: end 4711, the number of its process
//! new: ready                      old: draining
//! ```
//!
//! Instead of any of its lines the old one may say `refused WHY`. Until it has said `draining` it
//! goes on as if nobody had asked, whatever becomes of the new one.

mod predecessor;
mod successor;

pub(crate) use predecessor::{Control, listen};
pub(crate) use successor::{Takeover, start};

use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the new process begins with; another number is another protocol.
const TAKEOVER: &str = "takeover 1";
const CONTROL: &str = "control";
const END: &str = "end ";
const READY: &str = "ready";
const DRAINING: &str = "draining";
const REFUSED: &str = "refused ";

/// How long the old process waits for each packet but the last.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the new process may take from the sockets to its first answer.
const STARTING: Duration = Duration::from_secs(30);

/// How long the new process waits: somebody else may be heard before it.
const QUEUEING: Duration = Duration::from_secs(60);

/// Where a process with this data directory is found.
fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}
