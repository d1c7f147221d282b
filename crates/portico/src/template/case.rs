//! Case files: `{"cases": [...]}`, each a template, what it is given, and what is expected of it.
//! The form is described in docs/templates.md.

use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::event::{self, Event, Params};
use super::json::{self, Members};
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
struct File<'a> {
    #[serde(borrow)]
    cases: Vec<Members<Written<'a>>>,
    /// For people.
    #[serde(rename = "comment")]
    _comment: Option<IgnoredAny>,
}

/// A case as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(borrow)]
    template: Option<&'a RawValue>,
    #[serde(borrow)]
    file: Option<&'a RawValue>,
    mode: Option<Mode>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<Members<Params<'a>>>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    stage_variables: Option<&'a RawValue>,
    #[serde(borrow)]
    vars: Option<&'a RawValue>,
    #[serde(borrow)]
    expected: Option<&'a RawValue>,
    error: Option<Phase>,
    compare: Option<Compare>,
    /// For people.
    #[serde(rename = "comment")]
    _comment: Option<IgnoredAny>,
}

/// Reads the cases of a file and the templates that they name.
pub(super) fn read(path: &Path) -> Result<Vec<Case>, Problem> {
    let source = Source::read(path, "list of cases", BYTES_MAX)?;
    let File { cases, .. } = json::read(&source)?;
    if cases.is_empty() {
        let failure = Failure::new(format!("{} has no cases", source.name));
        return Err(failure.help("a case file holds {\"cases\": [...]}").into());
    }
    let directory = path.parent().unwrap_or(Path::new(""));
    cases.into_iter().map(|Members(case)| case.read(directory, &source)).collect()
}

impl Written<'_> {
    fn read(self, directory: &Path, source: &Source) -> Result<Case, Problem> {
        let name = json::text(source, self.name)?;
        let template = self.template(&name, directory, source)?;
        let expectation = self.expectation(source)?;
        let Self { mode, body, params, context, stage_variables, vars, .. } = self;
        let event = event::Written { body, params, context, stage_variables, vars };
        let event = event.read(source)?;
        Ok(Case { name, template, mode: mode.unwrap_or_default(), event, expectation })
    }

    fn template(&self, name: &str, directory: &Path, source: &Source) -> Result<Source, Problem> {
        match (self.template, self.file) {
            (Some(template), None) => {
                let text = json::text(source, template)?;
                if text.len() > TEMPLATE_BYTES_MAX {
                    let message = "a template has at most 1 MiB".to_owned();
                    return Err(json::problem(source, template, message));
                }
                let name = format!("{}: {name}", source.name);
                Ok(Source { name: name.into(), text: text.into() })
            }
            (None, Some(file)) => render::read(&directory.join(json::text(source, file)?)),
            (Some(_), Some(_)) => Err(self.wrong(source, "both `template` and `file`")),
            (None, None) => Err(self.wrong(source, "neither `template` nor `file`")),
        }
    }

    fn expectation(&self, source: &Source) -> Result<Expectation, Problem> {
        let compare = self.compare.unwrap_or_default();
        match (self.expected, self.error) {
            (Some(expected), None) => {
                let text = match compare {
                    Compare::Exact => json::text(source, expected)?,
                    Compare::Json => json::text_or_json(source, expected)?,
                };
                Ok(Expectation::Output { text, compare })
            }
            (None, Some(phase)) => Ok(Expectation::Error(phase)),
            (Some(_), Some(_)) => Err(self.wrong(source, "both `expected` and `error`")),
            (None, None) => Err(self.wrong(source, "neither `expected` nor `error`")),
        }
    }

    fn wrong(&self, source: &Source, what: &str) -> Problem {
        json::problem(source, self.name, format!("this case has {what}"))
    }
}
