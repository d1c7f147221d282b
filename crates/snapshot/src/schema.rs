//! Model: the shape of bodies, by a JSON schema of draft 4. No other module knows the library that
//! reads schemas.
//!
//! Bounds: a body nests at most [`BODY_DEPTH`] deep, a pattern takes at most [`PATTERN_STEPS`] for a
//! string, and what is told of a misfit is no longer than [`DETAIL_BYTES`].
//! Source: JSON Schema draft 4; AWS, "Data models for REST APIs".

mod bundle;
mod misfit;
mod surrogates;
mod words;

use std::borrow::Cow;

use jsonschema::{PatternOptions, ValidationOptions, Validator};
use serde_json::Value;

use bundle::Texts;
pub use misfit::Misfit;

/// Steps that a pattern with look-around or back-references may take for one string; one that takes
/// more does not match. Other patterns take no steps back.
const PATTERN_STEPS: usize = 5_000;

/// Bytes of a body that such patterns are asked about, so that the steps of all its strings are
/// bounded too; a longer one does not fit.
const PATTERN_BODY_BYTES: usize = 256 * 1024;

/// Bytes from which on reading and checking a body takes long.
const LONG_BODY_BYTES: usize = 256 * 1024;

/// The shape of bodies.
#[derive(Debug)]
pub struct Model {
    validator: Validator,
    /// Whether a short body can keep a pattern busy.
    backtracks: bool,
}

/// Why nothing can be checked by a schema.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnusableSchema {
    #[error("there is no model \"{0}\"")]
    Unknown(String),
    #[error("its schema is no JSON: {0}")]
    Json(#[source] serde_json::Error),
    #[error("\"{0}\" is no schema of this API")]
    Reference(String),
    #[error("it refers to itself without end, or through more than {0} schemas for one value")]
    Endless(usize),
    #[error("{0}")]
    Schema(String),
}

/// The schemas of an API's models, as texts.
pub(crate) struct SchemaSet<'a>(Texts<'a>);

impl<'a> SchemaSet<'a> {
    /// Names and schemas.
    pub(crate) fn new(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self(texts.collect())
    }

    /// Compiles the model of this name.
    pub(crate) fn compile(&self, name: &str) -> Result<Model, UnusableSchema> {
        let schema = bundle::bundle(&self.0, name)?;
        // Only a pattern that takes steps back needs the other engine.
        if let Ok(validator) =
            options().with_pattern_options(PatternOptions::regex()).build(&schema)
        {
            return Ok(Model { validator, backtracks: false });
        }
        let patterns = PatternOptions::fancy_regex().backtrack_limit(PATTERN_STEPS);
        let validator = options().with_pattern_options(patterns).build(&schema);
        let validator = validator.map_err(|error| {
            UnusableSchema::Schema(format!("{error} (at {})", error.instance_path()))
        })?;
        Ok(Model { validator, backtracks: true })
    }
}

fn options() -> ValidationOptions<'static> {
    // Quotations of AWS have an `email` that is none pass.
    jsonschema::draft4::options().with_format("email", |_: &str| true)
}

impl Model {
    /// Whether checking a body of this length takes so long that others should not wait for it.
    pub fn takes_long(&self, bytes: usize) -> bool {
        self.backtracks || bytes > LONG_BODY_BYTES
    }

    /// Checks a body; none at all stands for `{}`.
    pub fn check(&self, body: &[u8]) -> Result<(), Misfit> {
        if self.backtracks && body.len() > PATTERN_BODY_BYTES {
            return Err(Misfit::of_length(PATTERN_BODY_BYTES));
        }
        let text =
            if body.is_empty() { Cow::Borrowed("{}") } else { String::from_utf8_lossy(body) };
        let value = read(&text).map_err(|error| Misfit::of_text(&error))?;
        if self.validator.is_valid(&value) {
            return Ok(());
        }
        Err(Misfit::of_value(&self.validator, &value, text.len()))
    }
}

/// Reads JSON. A surrogate that stands alone is a character of Java's and none of ours: it becomes
/// U+FFFD.
fn read(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match surrogates::mended(text) {
        Some(mended) => serde_json::from_str(&mended),
        None => Err(error),
    })
}
