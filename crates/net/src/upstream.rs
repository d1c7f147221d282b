//! Connections to origins: one pool an origin and worker, and one exchange a request.

mod addresses;
mod answer;
mod call;
mod dial;
mod exchange;
mod names;
mod origin;
mod race;
mod transport;

pub use answer::Answer;
pub(crate) use call::hold;
pub use call::{CallError, Hold, Outbound, OutboundBody};
pub use dial::{OriginAddress, OriginAddresses};
pub(crate) use exchange::{Exchange, Upload};
pub use origin::Origin;
