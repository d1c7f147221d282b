//! A request's life: from a parsed head to an answer, in API Gateway's order.
//!
//! `gateway` is what a worker calls; `rest` is the pipeline of REST APIs. The room reads a
//! snapshot and calls origins; it knows no store and no management API.

mod account;
mod address;
mod event;
mod facts;
mod fault;
mod gateway;
mod ids;
mod recorder;
mod rest;
mod runtime;

pub use account::Account;
pub use event::{Emit, Event};
pub use facts::Facts;
pub use fault::Fault;
pub use gateway::{Entry, Gateway};
pub use ids::RequestIds;
pub use recorder::{Audience, Recorder, Step};
