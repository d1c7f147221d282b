//! How often each limit was hit, by worker.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::gauges::add;
use crate::h1::Malformed;
use crate::handler::Refusal;

/// A limit that a client or an origin can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    HeadBytes,
    Fields,
    TargetBytes,
    FieldValueBytes,
    BodyBytes,
    BufferedBytes,
    Connections,
    ConnectionsByAddress,
    HeadTime,
    IdleTime,
    StallTime,
    BodyRate,
    Requests,
    UpstreamConnections,
    HandshakeTime,
    Streams,
    FieldListBytes,
    CancelledStreams,
    UnseenResets,
    ErrorResets,
    ControlFrames,
    SmallDataBytes,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 22] = [
        Self::HeadBytes,
        Self::Fields,
        Self::TargetBytes,
        Self::FieldValueBytes,
        Self::BodyBytes,
        Self::BufferedBytes,
        Self::Connections,
        Self::ConnectionsByAddress,
        Self::HeadTime,
        Self::IdleTime,
        Self::StallTime,
        Self::BodyRate,
        Self::Requests,
        Self::UpstreamConnections,
        Self::HandshakeTime,
        Self::Streams,
        Self::FieldListBytes,
        Self::CancelledStreams,
        Self::UnseenResets,
        Self::ErrorResets,
        Self::ControlFrames,
        Self::SmallDataBytes,
    ];

    /// Name of its setting and of its metric's label, for example `head-bytes`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HeadBytes => "head-bytes",
            Self::Fields => "fields",
            Self::TargetBytes => "target-bytes",
            Self::FieldValueBytes => "field-value-bytes",
            Self::BodyBytes => "body-bytes",
            Self::BufferedBytes => "buffered-bytes",
            Self::Connections => "connections",
            Self::ConnectionsByAddress => "connections-by-address",
            Self::HeadTime => "head-seconds",
            Self::IdleTime => "idle-seconds",
            Self::StallTime => "stall-seconds",
            Self::BodyRate => "body-bytes-per-second",
            Self::Requests => "requests-by-connection",
            Self::UpstreamConnections => "upstream-connections-by-origin",
            Self::HandshakeTime => "tls-handshake-seconds",
            Self::Streams => "streams",
            Self::FieldListBytes => "field-list-bytes",
            Self::CancelledStreams => "cancelled-streams",
            Self::UnseenResets => "unseen-resets",
            Self::ErrorResets => "error-resets",
            Self::ControlFrames => "control-frames",
            Self::SmallDataBytes => "small-data-bytes",
        }
    }

    /// The limit that a refusal tells of, if it is one.
    pub(crate) fn of(refusal: Refusal) -> Option<Self> {
        match refusal {
            Refusal::HeadTimeout => Some(Self::HeadTime),
            Refusal::Malformed(Malformed::HeadTooLarge) => Some(Self::HeadBytes),
            Refusal::Malformed(Malformed::TooManyFields) => Some(Self::Fields),
            Refusal::Malformed(Malformed::FieldValuesTooLong) => Some(Self::FieldValueBytes),
            Refusal::Malformed(Malformed::TargetTooLong) => Some(Self::TargetBytes),
            Refusal::Malformed(_) => None,
        }
    }
}

/// One count a limit, written by its worker alone.
#[derive(Debug, Default)]
pub struct Hits([AtomicU64; Limit::ALL.len()]);

impl Hits {
    /// How often this limit was hit.
    pub fn of(&self, limit: Limit) -> u64 {
        self.0[limit as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn count(&self, limit: Limit) {
        add(&self.0[limit as usize], 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_has_its_own_count() {
        let hits = Hits::default();
        for limit in Limit::ALL {
            assert_eq!(hits.of(limit), 0, "{}", limit.name());
            hits.count(limit);
            assert_eq!(hits.of(limit), 1, "{}", limit.name());
        }
    }
}
