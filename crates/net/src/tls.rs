//! TLS on both sides, with rustls and aws-lc-rs: certificates by name, AWS's security policies,
//! handshakes with a time limit.
//!
//! The provider of cryptography is passed along explicitly; nothing depends on what a process
//! installed. Nothing outside this crate names rustls.

mod accept;
mod client;
mod error;
mod names;
mod pem;
mod policy;
mod server;
mod stream;
mod validity;

pub(crate) use accept::{Acceptor, serve};
pub use client::{OriginTls, UpstreamTls};
pub use error::TlsError;
pub use policy::{InvalidSecurityPolicy, SecurityPolicy};
pub use server::{CertificateFiles, Notice, ServerTls, Tickets};
pub(crate) use stream::TlsIo;
