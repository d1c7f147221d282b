//! `portico template`: mapping templates rendered and tested without a gateway.

mod case;
mod difference;
mod event;
mod json;
mod render;
mod test;
mod trace;

use std::process::ExitCode;

use portico_model::Place;

use crate::cli::Template;
use crate::failure::Failure;
use crate::report::error_at;
use crate::source::Source;
use crate::terminal;

/// The command cannot be carried out with these files: the code of wrong usage.
const MISUSE: u8 = 2;
/// Bytes of a template; the service takes 300 KB.
const TEMPLATE_BYTES_MAX: usize = 1024 * 1024;

/// What is wrong with a template, an event or a case file.
#[derive(Clone, Debug)]
enum Problem {
    Failure(Failure),
    At { source: Source, place: Place, message: String },
}

/// Carries out the command.
pub(crate) fn run(template: &Template) -> ExitCode {
    let ran = match template {
        Template::Render(render) => render::run(render),
        Template::Test(test) => test::run(test),
    };
    match ran {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            terminal::eprint(&problem.render(terminal::stderr_colours()));
            ExitCode::from(MISUSE)
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Problem {
    /// As a compiler shows it.
    fn render(&self, colours: bool) -> String {
        match self {
            Self::Failure(failure) => failure.render(colours),
            Self::At { source, place, message } => error_at(source, place, message, colours),
        }
    }
}
