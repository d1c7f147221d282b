//! Definitions in files to documents: text in; documents, findings and places out.
//!
//! Nothing is dropped in silence: what a definition asks and the documents cannot hold is a
//! finding. No input makes a reader panic, recurse without bound, or grow beyond its limits.

pub mod openapi;
mod places;
mod tree;

pub use places::Places;
