//! The access log of a stage, from its Stage document.
//! Source: AWS, "Set up CloudWatch logging for REST APIs in API Gateway".

use portico_model::{Class, DocumentPath, Finding, Stage, StageName, suggestion};

use super::compiler::Compiler;
use super::stage;
use super::substitution::{self, Problem};
use crate::access_log::{AccessLog, LogFormat};
use crate::{ContextPlace, ContextVariable, NoContextVariable, Part};

/// Bytes of a format.
const FORMAT_BYTES: usize = 3 * 1024;

const KIND: &str = "access-log";

/// The log that the stage asks for; `None` if it asks for none or a finding was made.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    name: &StageName,
    stage: &Stage,
) -> Option<AccessLog> {
    let settings = stage.access_log_settings.as_ref()?;
    let path = stage::path(name).join("accessLogSettings");
    let (destination, text) = match (&settings.destination_arn, &settings.format) {
        (Some(destination), Some(format)) => (destination, format),
        (None, None) => return None,
        (destination, _) => {
            let lacks = if destination.is_none() { "destinationArn" } else { "format" };
            let message = format!("there is no access log without {lacks}");
            compiler.report(Finding::new(Class::Ignored, KIND, path, message));
            return None;
        }
    };
    let before = compiler.findings.len();
    let format = format(compiler, &path.join("format"), text);
    let is_sound = compiler.findings.len() == before;
    is_sound.then(|| AccessLog { destination: destination.as_str().into(), format })
}

fn format(compiler: &mut Compiler<'_>, path: &DocumentPath, text: &str) -> LogFormat {
    // A line end at the end of a format adds one; every line has one here.
    let text = text.strip_suffix('\n').or_else(|| text.strip_suffix("\\n")).unwrap_or(text);
    if text.len() > FORMAT_BYTES {
        let message = format!("the format has more than {FORMAT_BYTES} bytes");
        compiler.invalid(KIND, path, message);
    }
    if text.contains(|character: char| character.is_control()) {
        let message = "the format is to be one line without control characters";
        compiler.invalid(KIND, path, message.to_owned());
    }
    let (parts, problems) = substitution::compile(text, ContextPlace::AccessLog, |_| None);
    for problem in problems {
        report(compiler, path, problem);
    }
    let names_request = |part: &Part| {
        use ContextVariable::{ExtendedRequestId, RequestId};
        matches!(part, Part::Context(RequestId | ExtendedRequestId))
    };
    if !parts.iter().any(names_request) {
        let message = "the format has neither $context.requestId nor $context.extendedRequestId";
        compiler.invalid(KIND, path, message.to_owned());
    }
    LogFormat::new(parts)
}

fn report(compiler: &mut Compiler<'_>, path: &DocumentPath, problem: Problem) {
    let (message, help) = match problem {
        Problem::NoContextVariable { name, why: NoContextVariable::Unknown } => {
            let names = ContextVariable::names(ContextPlace::AccessLog);
            (format!("there is no context variable \"{name}\""), suggestion(&name, names))
        }
        Problem::NoContextVariable { name, why: NoContextVariable::Elsewhere } => {
            (format!("\"$context.{name}\" has no value in an access log"), None)
        }
        Problem::NoStageVariable(text) | Problem::NotReplaced(text) => {
            let message = format!("\"{text}\" is not replaced in an access log");
            (message, Some("an access log has $context variables only".to_owned()))
        }
    };
    let finding = Finding::new(Class::Invalid, KIND, path.clone(), message);
    compiler.report(Finding { help, ..finding });
}
