//! Why a body does not fit its model: in detail for whom the API's author lets read it, and where
//! for the operator.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::words::{cut, message, sorted};

/// Bytes of the detail. What is told of is left out beyond it.
const DETAIL_BYTES: usize = 2048;

/// Bytes of a body up to which everything is told that does not fit; of a longer one the first.
const LISTED_BYTES: usize = 16 * 1024;

/// Why a body does not fit its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// For example `[object has missing required properties (["id"])]`. It may hold values of the
    /// body.
    pub detail: String,
    /// For example `maxLength at /pets/0/name`.
    pub place: String,
}

impl Misfit {
    /// A body that cannot be read.
    pub(super) fn of_text(error: &serde_json::Error) -> Self {
        Self::new(vec![format!("the body is no JSON: {error}")], error.to_string())
    }

    /// A body for which patterns would step back too often.
    pub(super) fn of_length(most: usize) -> Self {
        let message = format!("the body has more than {most} bytes");
        Self::new(vec![message.clone()], message)
    }

    /// A body that was read, from `bytes`, and does not fit.
    pub(super) fn of_value(validator: &Validator, value: &Value, bytes: usize) -> Self {
        let mut errors: Vec<_> = match bytes {
            0..=LISTED_BYTES => validator.iter_errors(value).collect(),
            _ => validator.validate(value).err().into_iter().collect(),
        };
        // Those of a value come before those of what it holds.
        errors.sort_by(|a, b| a.instance_path().as_str().cmp(b.instance_path().as_str()));
        let place = errors.first().map_or_else(String::new, |error| {
            let path = error.instance_path().as_str();
            let path = if path.is_empty() { "/" } else { path };
            format!("{} at {}", error.kind().keyword(), cut(path))
        });
        Self::new(messages(&errors), place)
    }

    fn new(messages: Vec<String>, place: String) -> Self {
        let mut detail = String::from("[");
        for message in messages {
            let separator = if detail.len() == 1 { "" } else { ", " };
            if detail.len() + separator.len() + message.len() >= DETAIL_BYTES {
                break;
            }
            detail.push_str(separator);
            detail.push_str(&message);
        }
        detail.push(']');
        Self { detail, place }
    }
}

/// One message for each error, but one for all that an object lacks.
fn messages(errors: &[ValidationError<'_>]) -> Vec<String> {
    let mut messages = Vec::new();
    let mut rest = errors;
    while let Some((error, after)) = rest.split_first() {
        let missing = |error: &&ValidationError<'_>| missing(error).is_some();
        let is_alike = |other: &&ValidationError<'_>| {
            missing(other)
                && other.schema_path().as_str() == error.schema_path().as_str()
                && other.instance_path().as_str() == error.instance_path().as_str()
        };
        if missing(&error) {
            let alike = rest.iter().take_while(is_alike);
            let names = sorted(alike.filter_map(self::missing));
            messages.push(format!("object has missing required properties ({names})"));
            rest = &rest[rest.iter().take_while(is_alike).count()..];
        } else {
            messages.push(message(error));
            rest = after;
        }
    }
    messages
}

/// The property that an object lacks, as a JSON string.
fn missing(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        ValidationErrorKind::Required { property } => Some(cut(&property.to_string())),
        _ => None,
    }
}
