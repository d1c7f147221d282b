//! The gateway over real sockets: what clients send, what origins answer, and what comes of it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod aws;
mod balance;
mod client_address;
mod clients;
mod compression;
mod corpus;
mod dns;
mod forms;
mod golden;
mod h2;
mod limits;
mod mixture;
mod nginx;
mod origin_addresses;
mod origins;
mod proxied_tls;
mod stream;
mod stubborn;
mod support;
mod tls;
mod tls_origins;
mod tls_slow;
mod validated;
mod whole_bodies;
