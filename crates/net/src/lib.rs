//! The door to the network: listeners, workers, HTTP/1.1 on both sides, HTTP/2 to clients,
//! upstream pools.
//!
//! A worker is one OS thread with its own listener, its own connections and its own upstream
//! pools; nothing on the way of a request is shared between workers. What a request means is
//! the business of a [`Handler`]; framing, time limits and buffers are decided here alone.

mod admission;
mod backlog;
mod buffers;
mod client_address;
mod clock;
mod collected;
mod connection;
pub mod control;
mod drain;
mod gauges;
mod greeting;
pub mod h1;
mod h2;
mod handler;
mod head;
mod hits;
mod io;
pub mod limits;
mod listener;
mod name;
mod offload;
mod pace;
mod proxied;
pub mod proxy_protocol;
mod quota;
mod reception;
mod request;
mod resolver;
mod response;
mod sends;
mod server;
mod shared;
mod socket;
mod timer;
mod tls;
mod transfer;
pub mod upstream;
mod usage;
mod worker;

pub use buffers::Buffers;
pub use client_address::{IpText, TrustedProxies};
pub use clock::Clock;
pub use collected::{Budget, Collected, NoRoom, Room};
pub use connection::connection_bytes;
pub use drain::Drained;
pub use gauges::Gauges;
pub use h1::Framing;
pub use handler::{Handler, Refusal, Sent};
pub use head::{Field, RequestHead, ResponseHead, Version};
pub use hits::{Hits, Limit};
pub use limits::{BodyRate, HeadLimits, Http2Limits, Settings};
pub use listener::{BindError, Listeners, adopt, bind};
pub use name::Name;
pub use offload::{Abandoned, Effort};
pub use request::{BodyError, Peer, Request, RequestBody, Scheme};
pub use response::{Body, Response, write_decimal, write_field};
pub use server::{Server, start};
pub use tls::{
    CertificateFiles, InvalidSecurityPolicy, Notice, OriginTls, SecurityPolicy, ServerTls, Tickets,
    TlsError, UpstreamTls,
};
pub use upstream::{OriginAddress, OriginAddresses};
pub use usage::{OriginUsage, Usage};
pub use worker::{Worker, WorkerId};
