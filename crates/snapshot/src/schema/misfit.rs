//! Why a body does not fit its model: in detail for whom the API's author lets read it, and where
//! for the operator.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::pool::{Pool, linked};
use super::words::{cut, message, sorted};

/// Bytes of the detail. What is told of is left out beyond it.
const DETAIL_BYTES: usize = 2048;

/// Bytes of a body up to which everything is told that does not fit; of a longer one the first.
const LISTED_BYTES: usize = 16 * 1024;

/// Values that are looked at for what does not fit.
const SEEN: usize = 1000;

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

    /// A body that was read, from `bytes`, and does not fit a unit.
    pub(super) fn of_value(pool: &Pool, unit: usize, value: &Value, bytes: usize) -> Self {
        let (lists, found, seen) = (bytes <= LISTED_BYTES, Vec::new(), HashSet::new());
        let mut search = Search { pool, value, lists, found, seen };
        search.unit(unit, "");
        let mut found = search.found;
        // Those of a value come before those of what it holds.
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let place = found.first().map_or_else(String::new, |first| {
            let path = if first.path.is_empty() { "/" } else { &first.path };
            format!("{} at {}", first.error.kind().keyword(), cut(path))
        });
        Self::new(messages(&found), place)
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

/// What does not fit, and where.
struct Found<'v> {
    /// A JSON pointer into the body.
    path: String,
    /// The unit whose schema it is that does not fit.
    unit: usize,
    error: ValidationError<'v>,
}

/// Looks for what does not fit, behind links, too.
struct Search<'v> {
    pool: &'v Pool,
    /// The body.
    value: &'v Value,
    /// Whether everything is looked for, or the first only.
    lists: bool,
    found: Vec<Found<'v>>,
    /// The units and values that were looked at.
    seen: HashSet<(usize, String)>,
}

impl Search<'_> {
    /// What of the value at `path` does not fit a unit.
    fn unit(&mut self, unit: usize, path: &str) {
        // Several ways may lead to one, and from each of these as many to the next.
        if self.seen.len() == SEEN || !self.seen.insert((unit, path.to_owned())) {
            return;
        }
        let Some((validator, value)) = self.pool.get(unit).zip(self.value.pointer(path)) else {
            return;
        };
        let errors: Vec<_> = match self.lists {
            true => validator.iter_errors(value).collect(),
            false => validator.validate(value).err().into_iter().collect(),
        };
        for error in errors {
            let path = format!("{path}{}", error.instance_path().as_str());
            match linked(&error) {
                Some(unit) => self.unit(unit, &path),
                None => self.found.push(Found { path, unit, error }),
            }
        }
    }
}

/// One message for each error, but one for all that an object lacks.
fn messages(found: &[Found<'_>]) -> Vec<String> {
    let mut messages = Vec::new();
    let mut rest = found;
    while let Some((first, after)) = rest.split_first() {
        let missing = |found: &&Found<'_>| missing(&found.error).is_some();
        let is_alike = |other: &&Found<'_>| {
            missing(other)
                && other.unit == first.unit
                && other.error.schema_path().as_str() == first.error.schema_path().as_str()
                && other.path == first.path
        };
        if missing(&first) {
            let alike = rest.iter().take_while(is_alike);
            let names = sorted(alike.filter_map(|found| self::missing(&found.error)));
            messages.push(format!("object has missing required properties ({names})"));
            rest = &rest[rest.iter().take_while(is_alike).count()..];
        } else {
            messages.push(message(&first.error));
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
