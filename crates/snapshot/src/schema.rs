//! Model: the shape of bodies, by a JSON schema of draft 4. No other module knows the library that
//! reads schemas.
//!
//! Bounds: a body nests at most 127 deep, which is what its reader follows; each of its values is
//! held against a schema once, however many ways lead there; a pattern takes at most
//! [`PATTERN_STEPS`] for a string; and what is told of a misfit is no longer than 2 KiB.
//! Source: JSON Schema draft 4; AWS, "Data models for REST APIs".

mod chains;
mod misfit;
mod pool;
mod units;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use portico_vtl::json::mended;
use serde_json::Value;

use chains::Chains;
pub use misfit::Misfit;
use pool::{Compiled, Pool};
use units::{Unit, Units};

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
    /// What all models of the API are checked by.
    pool: Arc<Pool>,
    unit: usize,
    /// Whether a short body can keep a pattern busy.
    backtracks: bool,
}

/// Why nothing can be checked by a schema.
#[derive(Clone, Debug, thiserror::Error)]
enum UnusableSchema {
    #[error("there is no model \"{0}\"")]
    Unknown(String),
    #[error("its schema is no JSON: {0}")]
    Json(String),
    #[error("\"{0}\" is no schema of this API")]
    Reference(String),
    #[error("it refers to itself without end, or through more than {0} schemas for one value")]
    Endless(usize),
    #[error("{0}")]
    Schema(String),
}

impl UnusableSchema {
    /// What to do about it.
    fn help(&self) -> &'static str {
        match self {
            Self::Unknown(_) | Self::Reference(_) => {
                "define it among the schemas, or mend the reference"
            }
            Self::Json(_) | Self::Schema(_) => "mend it: models are JSON schemas of draft 4",
            Self::Endless(_) => {
                "put a reference of the cycle below properties or items, so that it goes down into \
                 the body"
            }
        }
    }
}

/// Models by name, or why bodies cannot be checked by them.
pub(crate) type Models = HashMap<String, Result<Arc<Model>, Unusable>>;

/// Why bodies cannot be checked by a model, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) reason: String,
    pub(crate) help: &'static str,
}

/// Compiles the models of these names, and each schema that they refer to once. `texts` has the
/// names and schemas of all models of the API.
pub(crate) fn compile<'a>(
    texts: impl Iterator<Item = (&'a str, &'a str)>,
    wanted: impl Iterator<Item = &'a str>,
) -> Models {
    let mut units = Units::new(texts);
    let wanted: Vec<_> = wanted.map(|name| (name, units.model(name))).collect();
    let units = units.into_units();
    let mut chains = Chains::new(&units);
    let (mut pool, mut problems) = (Pool::default(), Vec::with_capacity(units.len()));
    let mut backtracks = Vec::with_capacity(units.len());
    for unit in &units {
        let compiled = match unit {
            Ok(unit) => chains.measure_all(&unit.schema).and_then(|()| Compiled::new(unit)),
            Err(problem) => Err(problem.clone()),
        };
        backtracks.push(compiled.as_ref().is_ok_and(|unit| unit.backtracks).then_some(()));
        let problem = compiled.as_ref().err();
        problems.push(problem.map(|it| Unusable { reason: it.to_string(), help: it.help() }));
        pool.push(compiled.ok());
    }
    // What holds of a unit holds of all that lead to it.
    let problems = spread(&units, problems);
    let backtracks = spread(&units, backtracks);
    let pool = Arc::new(pool);
    let model = |unit: usize| match &problems[unit] {
        Some(problem) => Err(problem.clone()),
        None => {
            let backtracks = backtracks[unit].is_some();
            Ok(Arc::new(Model { pool: Arc::clone(&pool), unit, backtracks }))
        }
    };
    wanted.into_iter().map(|(name, unit)| (name.to_owned(), model(unit))).collect()
}

/// Gives each unit without a mark that of one that it leads to.
fn spread<T: Clone>(
    units: &[Result<Unit, UnusableSchema>],
    mut marks: Vec<Option<T>>,
) -> Vec<Option<T>> {
    let mut leading: Vec<Vec<usize>> = vec![Vec::new(); units.len()];
    for (from, unit) in units.iter().enumerate() {
        let links = unit.as_ref().map_or(&[][..], |unit| &unit.links);
        links.iter().for_each(|to| leading[*to].push(from));
    }
    let mut fresh: Vec<_> = (0..marks.len()).filter(|unit| marks[*unit].is_some()).collect();
    while let Some(to) = fresh.pop() {
        for from in &leading[to] {
            if marks[*from].is_none() {
                marks[*from] = marks[to].clone();
                fresh.push(*from);
            }
        }
    }
    marks
}

impl Model {
    /// Whether checking a body of this length takes so long that others should not wait for it.
    pub fn takes_long(&self, bytes: usize) -> bool {
        self.backtracks || bytes > LONG_BODY_BYTES
    }

    /// Whether a short body can keep a pattern busy.
    pub fn backtracks(&self) -> bool {
        self.backtracks
    }

    /// Checks a body; none at all stands for `{}`.
    pub fn check(&self, body: &[u8]) -> Result<(), Misfit> {
        if self.backtracks && body.len() > PATTERN_BODY_BYTES {
            return Err(Misfit::of_length(PATTERN_BODY_BYTES));
        }
        let text =
            if body.is_empty() { Cow::Borrowed("{}") } else { String::from_utf8_lossy(body) };
        let value = read(&text).map_err(|error| Misfit::of_text(&error))?;
        self.pool.with(self.unit, || match self.pool.get(self.unit) {
            Some(validator) if validator.is_valid(&value) => Ok(()),
            _ => Err(Misfit::of_value(&self.pool, self.unit, &value, text.len())),
        })
    }
}

/// Reads JSON. A surrogate that stands alone is a character of Java's and none of ours: it becomes
/// U+FFFD.
fn read(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match mended(text) {
        Some(mended) => serde_json::from_str(&mended),
        None => Err(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every model refers to three others, so that each leads to all of them.
    #[test]
    fn each_of_many_models_is_compiled_once() {
        const COUNT: usize = 5000;
        let name = |index: usize| format!("Model{}", index % COUNT);
        let schema = |index: usize| {
            let link = |to: usize| format!(r##"{{"$ref": "#/components/schemas/{}"}}"##, name(to));
            let (next, tenth, list) = (link(index + 1), link(index * 10), link(index + 77));
            format!(
                r#"{{"properties": {{"next": {next}, "tenth": {tenth}, "list": {{"items": {list}}},
                    "id": {{"type": "integer"}}}}}}"#
            )
        };
        let texts: Vec<_> = (0..COUNT).map(|index| (name(index), schema(index))).collect();
        let names = texts.iter().map(|(name, _)| name.as_str());
        let models = compile(texts.iter().map(|(name, text)| (&**name, &**text)), names);
        assert_eq!(models.len(), COUNT);
        let first = models["Model0"].as_ref().unwrap();
        assert_eq!(first.pool.len(), COUNT);
        assert!(models.values().all(|it| Arc::ptr_eq(&it.as_ref().unwrap().pool, &first.pool)));
        assert!(first.check(br#"{"next": {"list": [{"tenth": {"id": 1}}]}}"#).is_ok());
        let misfit = first.check(br#"{"next": {"list": [{"tenth": {"id": "x"}}]}}"#).unwrap_err();
        assert_eq!(misfit.place, "type at /next/list/0/tenth/id");
    }

    #[test]
    fn models_of_two_apis_are_checked_in_turn() {
        let api = |kind: &str| {
            let other = format!(r#"{{"type": "{kind}"}}"#);
            let texts =
                [("Main", r##"{"items": {"$ref": "#/definitions/Other"}}"##), ("Other", &*other)];
            compile(texts.into_iter(), std::iter::once("Main"))["Main"].clone().unwrap()
        };
        let (numbers, texts) = (api("integer"), api("string"));
        for _ in 0..2 {
            assert!(numbers.check(b"[1]").is_ok() && numbers.check(b"[\"a\"]").is_err());
            assert!(texts.check(b"[\"a\"]").is_ok() && texts.check(b"[1]").is_err());
        }
    }

    /// Both alternatives of each level lead on to the next: 2^100 ways to the last.
    #[test]
    fn a_recursive_model_with_alternatives_takes_no_longer_than_its_body() {
        let link = r##"{"$ref": "#/components/schemas/Tree"}"##;
        let below = format!(r#""properties": {{"below": {link}, "id": {{"type": "integer"}}}}"#);
        let check = |schema: &str, last: &str, expected: Option<&str>| {
            let models = compile([("Tree", schema)].into_iter(), ["Tree"].into_iter());
            let model = models["Tree"].as_ref().unwrap();
            let body =
                format!("{}{last}{}", r#"{"a": 1, "b": 1, "below": "#.repeat(100), "}".repeat(100));
            let place = model.check(body.as_bytes()).err().map(|misfit| misfit.place);
            let begins = |expected| place.as_ref().is_some_and(|it| it.starts_with(expected));
            assert!(expected.map_or(place.is_none(), begins), "{schema} {last}: {place:?}");
        };
        for keyword in ["anyOf", "allOf"] {
            let arms =
                format!(r#"[{{"required": ["a"], {below}}}, {{"required": ["b"], {below}}}]"#);
            let schema = format!(r#"{{"{keyword}": {arms}}}"#);
            let whole = r#"{"a": 1, "b": 1, "id": 1}"#;
            let broken = r#"{"a": 1, "b": 1, "id": "x"}"#;
            check(&schema, whole, None);
            let place = match keyword {
                "anyOf" => "anyOf at /".to_owned(),
                _ => "type at /below/below".to_owned(),
            };
            check(&schema, broken, Some(&place));
        }
        // Two that hold never are one.
        let schema = format!(r#"{{"oneOf": [{{{below}}}, {{{below}}}]}}"#);
        check(&schema, "{}", Some("oneOf at /"));
    }
}
