//! Case files: `{"cases": [...]}`, each a template, what it is given, and what is expected of it.
//! The form is described in docs/templates.md.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::event::{Event, Params};
use super::json::{self, Object, Text, TextOrJson, Texts};
use super::render::{self, Phase};
use super::{Problem, TEMPLATE_BYTES_MAX};
use crate::cli::Mode;
use crate::failure::Failure;
use crate::source::Source;

/// Bytes of a case file.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// One case.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    /// Its file, or the case by its name.
    pub(super) template: Source,
    pub(super) mode: Mode,
    pub(super) event: Event,
    pub(super) expectation: Expectation,
}

/// What should come of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expectation {
    Output { text: String, compare: Compare },
    Error(Phase),
}

/// When an output is the expected one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Compare {
    /// Byte by byte.
    #[default]
    Exact,
    /// As JSON values, if both are JSON.
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cases: Vec<Checked>,
    /// For people.
    #[serde(rename = "comment")]
    _comment: Option<IgnoredAny>,
}

/// A case as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    name: Text,
    template: Option<Text>,
    file: Option<Text>,
    mode: Option<Mode>,
    body: Option<TextOrJson>,
    params: Option<Params>,
    context: Option<Object>,
    stage_variables: Option<Texts>,
    vars: Option<Object>,
    expected: Option<TextOrJson>,
    error: Option<Phase>,
    compare: Option<Compare>,
    /// For people.
    #[serde(rename = "comment")]
    _comment: Option<IgnoredAny>,
}

/// A case whose members fit together.
#[derive(Deserialize)]
#[serde(try_from = "Written")]
struct Checked {
    name: String,
    template: Template,
    mode: Mode,
    event: Event,
    expectation: Expectation,
}

/// Where the template of a case is.
enum Template {
    Here(String),
    /// Relative to the case file.
    File(String),
}

/// Reads the cases of a file and the templates that they name.
pub(super) fn read(path: &Path) -> Result<Vec<Case>, Problem> {
    let source = Source::read(path, "case file", BYTES_MAX)?;
    let File { cases, .. } = json::read(&source)?;
    if cases.is_empty() {
        let failure = Failure::new(format!("{} has no cases", source.name));
        return Err(failure.help("a case file holds {\"cases\": [...]}").into());
    }
    let directory = path.parent().unwrap_or(Path::new(""));
    cases.into_iter().map(|case| case.found(directory, &source)).collect()
}

impl TryFrom<Written> for Checked {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { name: Text(name), template, file, expected, error, compare, .. } = written;
        let wrong = |what: &str| Err(format!("the case {name:?} {what}"));
        let template = match (template, file) {
            (Some(Text(text)), None) if text.len() > TEMPLATE_BYTES_MAX => {
                return wrong("has a template of more than 1 MiB");
            }
            (Some(Text(text)), None) => Template::Here(text),
            (None, Some(Text(file))) => Template::File(file),
            (Some(_), Some(_)) => return wrong("has both `template` and `file`"),
            (None, None) => return wrong("has neither `template` nor `file`"),
        };
        let compare = compare.unwrap_or_default();
        let expectation = match (expected, error) {
            (Some(TextOrJson { is_string: false, .. }), None) if compare == Compare::Exact => {
                return wrong("has an `expected` that is no string, which needs `compare`: \"json\"");
            }
            (Some(TextOrJson { text, .. }), None) => Expectation::Output { text, compare },
            (None, Some(phase)) => Expectation::Error(phase),
            (Some(_), Some(_)) => return wrong("has both `expected` and `error`"),
            (None, None) => return wrong("has neither `expected` nor `error`"),
        };
        let Written { mode, body, params, context, stage_variables, vars, .. } = written;
        let event = Event { body, params, context, stage_variables, vars };
        Ok(Self { name, template, mode: mode.unwrap_or_default(), event, expectation })
    }
}

impl Checked {
    fn found(self, directory: &Path, cases: &Source) -> Result<Case, Problem> {
        let Self { name, template, mode, event, expectation } = self;
        let template = match template {
            Template::Here(text) => {
                let name = format!("{}: {name}", cases.name);
                Source { name: name.into(), text: text.into() }
            }
            Template::File(file) => render::read(&directory.join(file))?,
        };
        Ok(Case { name, template, mode, event, expectation })
    }
}
