//! What keeps the repository in shape: `cargo run -p xtask -- tidy`, also run by `cargo test`.
//!
//! Reading order: what is looked at (`repository`, `manifest`, `metadata`), what is said about it
//! (`problem`), then the checks, one idea a file, gathered in `tidy`.

pub mod manifest;
pub mod metadata;
pub mod problem;
pub mod repository;
pub mod tidy;
