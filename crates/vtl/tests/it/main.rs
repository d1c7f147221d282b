//! Templates from outside: their text, their output, and what ends them.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bounds;
mod conditions;
mod directives;
mod examples;
mod expressions;
mod formats;
mod lasting;
mod laws;
mod literals;
mod lost;
mod macros;
mod places;
mod references;
mod sign_rows;
mod signs;
mod support;
