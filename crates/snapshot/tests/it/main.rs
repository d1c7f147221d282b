//! Tests of the runtime from outside: routes, and documents compiled to a stage.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod call;
mod compile;
mod content;
mod documents;
mod gateway_response;
mod laws;
mod log_format;
mod model;
mod refusal;
mod response;
mod route_tree;
mod scale;
mod snapshot;
mod stage;
mod template;
mod validation;
