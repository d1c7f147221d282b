//! The gateway over real sockets: what clients send, what origins answer, and what comes of it.

mod forms;
mod origins;
mod support;
