//! Tests of the importers from outside: golden cases, limits, and any input at all.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod any_input;
mod corpus;
mod documents;
mod extensions;
mod limits;
mod openapi;
mod references;
mod types;
