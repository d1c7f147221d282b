//! Every limit and time-out of a connection: its name, unit and default.

use std::time::Duration;

use crate::tls::UpstreamTls;

/// Bytes of a request target: API Gateway's limit of a Regional URL. Over it: 414.
pub const TARGET_BYTES: usize = 10_240;

/// Bytes of a method: no method that anybody has is longer. Over it: 501.
pub const METHOD_BYTES: usize = 32;

/// Bytes of all field values of a request together: API Gateway's limit. Over it: 431.
pub const FIELD_VALUE_BYTES: usize = 10_240;

/// Bytes of a request's head before it is refused unread: target, values, names and line ends.
pub const HEAD_BYTES: usize = 32 * 1024;

/// Bytes of the head of an origin's answer.
pub const ANSWER_HEAD_BYTES: usize = 64 * 1024;

/// Fields of one message.
pub const FIELDS: usize = 128;

/// Bytes of one chunk's extensions, and of a body's trailer section.
pub const CHUNK_EXTENSION_BYTES: usize = 1024;
pub const TRAILER_BYTES: usize = 8 * 1024;

/// Decoded bytes of a body that are held back until it is complete. An answer that fits is sent
/// with its length, and a fault inside it is still a gateway response.
pub const HELD_BYTES: usize = 64 * 1024;

/// Capacity of a recycled buffer, in bytes.
pub const BUFFER_BYTES: usize = 16 * 1024;

/// Bytes of unused buffers that one worker keeps.
pub const SPARE_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// Interim (1xx) answers an origin may send before its final one.
pub const INTERIM_ANSWERS: usize = 16;

/// Bytes of a request that nobody reads which are thrown away after its answer, so that the
/// connection can carry the next request.
pub const DISCARD_BYTES: u64 = 256 * 1024;

/// Unread bytes that are thrown away at the end of a connection, so that the client can read its
/// last answer: some more than the largest payload, as a client may send it whole first.
pub const LINGER_BYTES: u64 = 32 * 1024 * 1024;

/// How connections are treated. Time limits are a `Duration` each; `Default` has the documented values.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A kept-alive connection without a request.
    pub idle: Duration,
    /// From the accepted connection to the end of its TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Without a byte moving in either direction, once an answer has begun. Before that the
    /// integration's own time limit holds for the request's body, too.
    pub stall: Duration,
    /// Establishing a connection to an origin, its TLS handshake included.
    pub connect: Duration,
    /// An unused upstream connection; below the 5 s after which common origins close theirs.
    pub upstream_idle: Duration,
    /// Unused upstream connections of one origin and worker.
    pub upstream_spare: usize,
    /// Reading on after an answer that came before the end of its request.
    pub linger: Duration,
    /// Whom origins that speak TLS have to be known to; without it none can be called.
    pub upstream_tls: Option<UpstreamTls>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            connect: Duration::from_secs(5),
            upstream_idle: Duration::from_secs(4),
            upstream_spare: 4096,
            linger: Duration::from_secs(2),
            upstream_tls: None,
        }
    }
}
