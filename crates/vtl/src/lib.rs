//! Velocity templates: text in, a compiled tree out, and its rendering over values of our own.
//!
//! The language is Apache Velocity 1.7 as the managed API gateway runs it (`Dialect::Service`), or
//! as it comes out of the box (`Dialect::Stock`). Nothing here knows gateways: what a template may
//! read is handed in as `Globals`, and `$input` and its kin are host `Object`s. Beside it stand the
//! two things templates lean on: JSON documents read in place, and JSONPath in the Jayway dialect.

mod dialect;
mod bounds;
mod template;
mod tree;
mod parse;
mod evaluate;
mod heap;
mod value;
mod method;
mod methods;
mod operator;
mod number;
mod print;
mod pattern;
mod json;
mod json_path;

pub use bounds::Bounds;
pub use dialect::Dialect;
pub use template::{Globals, ParseError, RenderError, RenderErrorKind, Template, Trace};
