//! The compiled units of an API: a link of one leads to another when a body is checked, so that each
//! is compiled once, however many models refer to it.

use std::cell::RefCell;
use std::collections::HashMap;
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

/// What is known of the values of a body: the address of each, and the unit that it was held against.
/// In a recursive schema with alternatives each may be asked about by exponentially many ways.
type Known = HashMap<(*const Value, usize), bool>;

thread_local! {
    /// Where the links of the body that is checked on this thread lead. A keyword is given nothing
    /// but the value, and one that held the pool would be held by it. The pool stays until the thread
    /// needs another, so that a body does not change a count that all workers share.
    static POOL: RefCell<Option<Arc<Pool>>> = const { RefCell::new(None) };

    /// What is known of that body; nothing between two of them.
    static KNOWN: RefCell<Known> = RefCell::default();
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
        if !self.0.get(unit).and_then(Option::as_ref).is_some_and(|unit| unit.has_links) {
            return work();
        }
        let is_it =
            |pool: &Option<Arc<Self>>| pool.as_ref().is_some_and(|it| Arc::ptr_eq(it, self));
        if !POOL.with_borrow(is_it) {
            POOL.set(Some(Arc::clone(self)));
        }
        KNOWN.take();
        let done = work();
        KNOWN.take();
        done
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
        let place = (std::ptr::from_ref(instance), self.0);
        let leads_on = leads_on(instance);
        let known = KNOWN.with_borrow(|known| known.get(&place).copied());
        known.unwrap_or_else(|| {
            let is_valid = POOL.with_borrow(|pool| {
                let unit = pool.as_ref().and_then(|pool| pool.get(self.0));
                unit.is_some_and(|unit| unit.is_valid(instance))
            });
            if leads_on {
                KNOWN.with_borrow_mut(|known| known.insert(place, is_valid));
            }
            is_valid
        })
    }
}

/// Whether there is something in a value that links can lead to and on from. Of others nothing needs
/// to be known: there are many, and they are soon checked again.
fn leads_on(value: &Value) -> bool {
    let holds = |value: &Value| value.is_object() || value.is_array();
    match value {
        Value::Object(members) => members.values().any(holds),
        Value::Array(items) => items.iter().any(holds),
        _ => false,
    }
}
