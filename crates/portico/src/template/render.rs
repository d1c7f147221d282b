//! `portico template render`: what a template makes of an event.

use std::path::Path;

use portico_model::Place;
use portico_snapshot::{CompiledTemplate, TemplateError};
use portico_vtl::{Dialect, RenderError, Trace};
use serde::Deserialize;

use super::event::Event;
use super::trace::Steps;
use super::{Problem, TEMPLATE_BYTES_MAX};
use crate::cli::{Mode, Render};
use crate::source::Source;
use crate::terminal;

/// When a template fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Phase {
    /// It is no template.
    Parse,
    /// It cannot be rendered.
    Eval,
}

/// Why there is no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) phase: Phase,
    /// Line and column of the template, counted from 1, where one place is to blame.
    pub(super) place: Option<(u32, u32)>,
    pub(super) message: String,
}

/// Renders a file; whether that went well.
pub(super) fn run(render: &Render) -> Result<bool, Problem> {
    let template = read(&render.template)?;
    let event = render.event.as_deref().map_or_else(|| Ok(Event::default()), Event::read)?;
    let mut steps = render.trace.then(Steps::default);
    let trace = steps.as_mut().map(|steps| -> &mut dyn Trace { steps });
    let rendered = self::render(&template.text, render.mode, &event, trace);
    if let Some(steps) = steps {
        terminal::eprint(&steps.into_text());
    }
    match rendered {
        Ok(text) => terminal::print(&text),
        Err(failed) => {
            let problem = failed.problem(&template);
            terminal::eprint(&problem.render(terminal::stderr_colours()));
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reads the file of a template.
pub(super) fn read(path: &Path) -> Result<Source, Problem> {
    Ok(Source::read_any(path, "template", TEMPLATE_BYTES_MAX)?)
}

/// What a template makes of an event.
pub(super) fn render(
    text: &str,
    mode: Mode,
    event: &Event,
    trace: Option<&mut dyn Trace>,
) -> Result<String, Failed> {
    let dialect = match mode {
        Mode::Service => Dialect::Service,
        Mode::Stock => Dialect::Stock,
    };
    let template = CompiledTemplate::parse_as(text, dialect).map_err(|error| Failed {
        phase: Phase::Parse,
        place: Some((error.line, error.column)),
        message: error.message,
    })?;
    let rendered = event.give(mode, |given| template.render_traced(given, trace));
    rendered.map(|rendered| rendered.text).map_err(|error| match error {
        TemplateError::Render(RenderError { line, column, kind }) => {
            Failed { phase: Phase::Eval, place: Some((line, column)), message: kind.to_string() }
        }
        error => Failed { phase: Phase::Eval, place: None, message: error.to_string() },
    })
}

impl Phase {
    /// For example `parse`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Eval => "eval",
        }
    }
}

impl Failed {
    /// With the line of the template that it happened on.
    pub(super) fn problem(&self, template: &Source) -> Problem {
        let what = match self.phase {
            Phase::Parse => "this is no template",
            Phase::Eval => "the rendering failed",
        };
        let message = format!("{what}: {}", self.message);
        // A carriage return ends a line of a template, too.
        let text = template.text.replace("\r\n", "\n").replace('\r', "\n");
        let source = Source { name: template.name.clone(), text: text.into() };
        let (line, column) = self.place.unwrap_or((1, 1));
        let place = Place { file: source.name.clone(), line, column, length: 1 };
        Problem::At { source, place, message }
    }
}
