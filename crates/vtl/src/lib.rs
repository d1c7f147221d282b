//! Velocity templates: text in, a compiled tree out, and its rendering over values of our own.
//!
//! The language is Apache Velocity 1.7 as the managed API gateway runs it (`Dialect::Service`), or
//! as it comes out of the box (`Dialect::Stock`). Nothing here knows gateways: what a template may
//! read is handed in as `Globals`, and `$input` and its kin are host `Object`s. Beside it stand the
//! two things templates lean on: JSON documents read in place, and JSONPath in the Jayway dialect.

mod bounds;
mod decimal;
mod dialect;
mod evaluate;
mod heap;
pub mod json;
pub mod json_path;
mod method;
mod methods;
mod number;
mod operator;
mod parse;
mod pattern;
mod print;
mod template;
mod tree;
mod value;

pub use bounds::Bounds;
pub use decimal::Decimal;
pub use dialect::Dialect;
pub use heap::Heap;
pub use number::write_double;
pub use pattern::{Pattern, PatternError};
pub use template::{Globals, ParseError, RenderError, RenderErrorKind, Template, Trace};
pub use value::{
    Array, Cursor, Entries, Entry, Keys, List, Loop, Map, MethodError, Object, Once, Replied,
    Reply, SubList, Value,
};
