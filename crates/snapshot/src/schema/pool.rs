//! The compiled units of an API: a link of one leads to another when a body is checked, so that each
//! is compiled once, however many models refer to it.

use std::cell::RefCell;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Keyword, PatternOptions, ValidationError, ValidationOptions, Validator};
use serde_json::Value;

use super::units::{LINK, Unit};
use super::{PATTERN_STEPS, UnusableSchema};

/// The units by index; what is no schema is `None`, and no model leads to it.
#[derive(Debug, Default)]
pub(super) struct Pool(Vec<Option<Compiled>>);

/// One unit.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) validator: Validator,
    /// Whether a pattern of its own takes steps back.
    pub(super) backtracks: bool,
    has_links: bool,
}

thread_local! {
    /// Where the links of the body that is checked on this thread lead. A keyword is given nothing
    /// but the value, and one that held the pool would be held by it. The pool stays until the thread
    /// needs another, so that a body does not change a count that all workers share.
    static CHECKED: RefCell<Option<Arc<Pool>>> = const { RefCell::new(None) };
}

impl Pool {
    pub(super) fn push(&mut self, unit: Option<Compiled>) {
        self.0.push(unit);
    }

    /// The validator of a unit.
    pub(super) fn get(&self, unit: usize) -> Option<&Validator> {
        self.0.get(unit)?.as_ref().map(|unit| &unit.validator)
    }

    /// Does something with a unit, whose links lead here meanwhile.
    pub(super) fn with<T>(self: &Arc<Self>, unit: usize, work: impl FnOnce() -> T) -> T {
        // Nearly every model stands by itself.
        if self.0.get(unit).and_then(Option::as_ref).is_some_and(|unit| unit.has_links) {
            let is_last = |last: &Option<Arc<Self>>| {
                last.as_ref().is_some_and(|last| Arc::ptr_eq(last, self))
            };
            if !CHECKED.with_borrow(is_last) {
                CHECKED.set(Some(Arc::clone(self)));
            }
        }
        work()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Compiled {
    pub(super) fn new(unit: &Unit) -> Result<Self, UnusableSchema> {
        let has_links = !unit.links.is_empty();
        // Only a pattern that takes steps back needs the other engine.
        let linear = options().with_pattern_options(PatternOptions::regex());
        if let Ok(validator) = linear.build(&unit.schema) {
            return Ok(Self { validator, backtracks: false, has_links });
        }
        let patterns = PatternOptions::fancy_regex().backtrack_limit(PATTERN_STEPS);
        let validator = options().with_pattern_options(patterns).build(&unit.schema);
        let validator = validator.map_err(|error| {
            let path = error.instance_path();
            let what = match error.instance().as_str() {
                Some(name) if path.as_str().ends_with("/type") => format!("{name:?} is no type"),
                _ => error.to_string(),
            };
            UnusableSchema::Schema(format!("it is no schema: {what} (at {path})"))
        })?;
        Ok(Self { validator, backtracks: true, has_links })
    }
}

fn options() -> ValidationOptions<'static> {
    // Quotations of AWS have an `email` that is none pass.
    let options = jsonschema::draft4::options().with_format("email", |_: &str| true);
    options.with_keyword(LINK, |_, unit, _| {
        let unit = unit.as_u64().and_then(|unit| usize::try_from(unit).ok());
        Ok(Box::new(Link(unit.unwrap_or(usize::MAX))))
    })
}

/// The unit that an error of a link is about.
pub(super) fn linked(error: &ValidationError<'_>) -> Option<usize> {
    match error.kind() {
        ValidationErrorKind::Custom { keyword, message } if keyword == LINK => message.parse().ok(),
        _ => None,
    }
}

/// A keyword that is a reference.
struct Link(usize);

impl<'i> Keyword<'i> for Link {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.is_valid(instance) {
            true => Ok(()),
            false => Err(ValidationError::custom(self.0.to_string())),
        }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        CHECKED.with_borrow(|pool| {
            let unit = pool.as_ref().and_then(|pool| pool.get(self.0));
            unit.is_some_and(|unit| unit.is_valid(instance))
        })
    }
}
