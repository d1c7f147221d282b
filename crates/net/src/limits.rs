//! Every limit and time-out of a connection: its name, unit and default. Those that a user may
//! set are in [`Settings`]; docs/limits.md tells what clients see of each.

pub(crate) mod http2;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::client_address::TrustedProxies;
pub use crate::limits::http2::Http2Limits;
use crate::tls::UpstreamTls;
use crate::upstream::OriginAddresses;

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

/// Fields of one message. An origin's answer never has more; a request may where it is allowed,
/// then at the price of an allocation.
pub const FIELDS: usize = 128;

/// Bytes of one chunk's extensions, and of a body's trailer section.
pub const CHUNK_EXTENSION_BYTES: usize = 1024;
pub const TRAILER_BYTES: usize = 8 * 1024;

/// Decoded bytes of a body that are held back until it is complete. An answer that fits is sent
/// with its length, and a fault inside it is still a gateway response.
pub const HELD_BYTES: usize = 64 * 1024;

/// Capacity of a recycled buffer, in bytes. No power of two: buffers that lie at multiples of one
/// share a few sets of the processor's caches, and hundreds of them push each other out.
pub const BUFFER_BYTES: usize = 7 * 1024;

/// Capacity of the recycled buffers through which long bodies go, in bytes: as much as is held back
/// of an answer, so that one fits without growing.
pub const LONG_BUFFER_BYTES: usize = HELD_BYTES;

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

/// Bytes of a request's body: API Gateway's payload limit. Over it: 413.
pub const BODY_BYTES: u64 = 10_485_760;

/// Bytes that all bodies together may hold beyond their usual buffers.
pub const BUFFERED_BYTES: usize = 512 * 1024 * 1024;

/// Threads beside a worker for work that takes long.
pub const OFFLOAD_THREADS: usize = 2;

/// Threads beside a worker for work of which nobody knows how long it takes.
pub const STUBBORN_THREADS: usize = 1;

/// How long work waits for one of these threads; its client gets 503 then.
pub const OFFLOAD_WAIT: Duration = Duration::from_secs(29);

/// Bytes of a body from which on reading or converting it takes long.
pub const OFFLOAD_BYTES: usize = 256 * 1024;

/// How long a connection without a request is kept when the server stops: a request that was on its
/// way is answered.
pub const IDLE_GRACE: Duration = Duration::from_secs(1);

/// Connections of clients in the process, each some 3 KiB while it is idle.
pub const CONNECTIONS: usize = 65_536;

/// Connections of a worker below which it is given new ones that others accept, if it has the
/// fewest. With more of them chance spreads them evenly enough.
pub const BALANCED_CONNECTIONS: usize = 64;

/// Sizes that the head of a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadLimits {
    /// From the first byte of the request line to the last of the empty line. Over it: 431.
    pub bytes: usize,
    /// Field lines. Over it: 431.
    pub fields: usize,
    /// Path and query. Over it: 414.
    pub target_bytes: usize,
    /// All values of fields together. Over it: 431.
    pub field_value_bytes: usize,
}

impl HeadLimits {
    /// What holds where nobody sets another.
    pub const DEFAULT: Self = Self {
        bytes: HEAD_BYTES,
        fields: FIELDS,
        target_bytes: TARGET_BYTES,
        field_value_bytes: FIELD_VALUE_BYTES,
    };
}

/// How slowly a client may send a body: while we wait for it, `bytes_per_second` on the mean of
/// every stretch of `over`. Time in which the origin keeps us from reading does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyRate {
    pub bytes_per_second: u64,
    pub over: Duration,
}

/// Bytes of a PROXY header of version 2, so that its TLVs are bounded.
pub const PROXY_HEADER_BYTES: usize = 4096;

/// What a user may set. `Default` has the documented values.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Proxies that are believed about their clients.
    pub trusted_proxies: TrustedProxies,
    /// Whom to ask for the addresses of origins; empty is whom the system asks.
    pub name_servers: Vec<SocketAddr>,
    /// Origins whose connections go elsewhere than their names say.
    pub upstream_addresses: Arc<OriginAddresses>,
    /// Sizes of a request's head.
    pub request_head: HeadLimits,
    /// Bytes of a request's body. Over it: 413.
    pub body_bytes: u64,
    /// How slowly a body may come. Under it: 408.
    pub body_rate: BodyRate,
    /// Bytes of bodies that are held beyond the usual buffers, in the process. Over it: 503.
    pub buffered_bytes: usize,
    /// Connections of clients in the process. Over it: closed at once.
    pub connections: usize,
    /// Connections of one client address, in the process. Over it: closed at once.
    pub connections_by_address: Option<usize>,
    /// Requests that a connection may carry; the answer to the last one closes it.
    pub requests_by_connection: Option<u64>,
    /// Connections to one origin, in the process, the idle ones included. Over it: 503.
    pub upstream_connections_by_origin: Option<usize>,
    /// What one connection over HTTP/2 may ask of us.
    pub http2: Http2Limits,
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
    pub upstream_tls: Arc<OnceLock<UpstreamTls>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name_servers: Vec::new(),
            upstream_addresses: Arc::default(),
            trusted_proxies: TrustedProxies::default(),
            request_head: HeadLimits::DEFAULT,
            body_bytes: BODY_BYTES,
            body_rate: BodyRate { bytes_per_second: 240, over: Duration::from_secs(10) },
            buffered_bytes: BUFFERED_BYTES,
            connections: CONNECTIONS,
            connections_by_address: None,
            requests_by_connection: None,
            upstream_connections_by_origin: None,
            http2: Http2Limits::DEFAULT,
            idle: Duration::from_secs(60),
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            stall: Duration::from_secs(30),
            connect: Duration::from_secs(5),
            upstream_idle: Duration::from_secs(4),
            upstream_spare: 4096,
            linger: Duration::from_secs(2),
            upstream_tls: Arc::default(),
        }
    }
}
