//! The gateway over real sockets: what clients send, what origins answer, and what comes of it.

mod clients;
mod forms;
mod mixture;
mod origins;
mod support;
