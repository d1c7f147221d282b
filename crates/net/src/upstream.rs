//! Connections to origins: one pool an origin and worker, and one exchange a request.

mod answer;
mod call;
mod exchange;
mod origin;
mod transport;

pub use answer::Answer;
pub use call::{CallError, Outbound, OutboundBody};
pub(crate) use exchange::{Exchange, Upload};
pub use origin::Origin;
