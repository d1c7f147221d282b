//! Gateway responses: their parameters and templates, taken apart.
//! Source: AWS, "Gateway responses for REST APIs in API Gateway".

use portico_model::{
    Class, DocumentPath, Finding, GatewayResponse as Document, GatewayResponseType, suggestion,
};

use super::compiler::Compiler;
use super::substitution::{self, Problem};
use super::{mapping, reserved};
use crate::part::RequestParameter;
use crate::{
    ContextPlace, ContextVariable, GatewayResponse, GatewayResponses, NoContextVariable, Part,
};

const PLACE: ContextPlace = ContextPlace::GatewayResponse;

/// What a customised response has that says nothing of templates.
const DEFAULT_TEMPLATE: (&str, &str) =
    ("application/json", r#"{"message":$context.error.messageString}"#);

/// Compiles the gateway responses of an API.
pub(super) fn compile(compiler: &mut Compiler<'_>, documents: &[Document]) -> GatewayResponses {
    let mut responses = Vec::new();
    for document in documents {
        if document.response_type == GatewayResponseType::RequestTooLarge {
            let message = "REQUEST_TOO_LARGE is ignored: no customisation of it has an effect";
            let path = document.path.clone();
            compiler.report(Finding::new(Class::Ignored, "gateway-response", path, message));
            continue;
        }
        let (status, interim) = (document.status_code, document.status_code.filter(|it| *it < 200));
        if let Some(status) = interim {
            // AWS lets a document name one, but no answer ends with it (RFC 9110, section 15.2).
            let message = format!("the status {status} is ignored: no answer can have it");
            let path = document.path.join("statusCode");
            compiler.report(Finding::new(Class::Ignored, "gateway-response", path, message));
        }
        let response = GatewayResponse {
            status: status.filter(|_| interim.is_none()),
            headers: headers(compiler, document),
            templates: templates(compiler, document),
        };
        responses.push((document.response_type, response));
    }
    GatewayResponses::new(responses)
}

fn headers(compiler: &mut Compiler<'_>, document: &Document) -> Vec<(Box<str>, Part)> {
    let base = document.path.join("responseParameters");
    let mut headers = Vec::new();
    for (target, expression) in &document.response_parameters {
        let path = base.join(target);
        let name = target_name(compiler, &path, target);
        let source = source(compiler, &path, expression);
        if let (Some(name), Some(source)) = (name, source) {
            headers.push((name, source));
        }
    }
    headers
}

/// The name under which clients get the field that a parameter sets; `None` when a finding has been
/// made instead.
fn target_name(compiler: &mut Compiler<'_>, path: &DocumentPath, target: &str) -> Option<Box<str>> {
    let Some(name) = target.strip_prefix("gatewayresponse.header.") else {
        compiler.invalid("mapping-expression", path, mapping::refused("identifier", target));
        return None;
    };
    let name = mapping::header_name(compiler, path, name)?;
    reserved::name_for_client(compiler, path, name)
}

/// Where the value of a parameter comes from; `None` when a finding has been made instead.
fn source(compiler: &mut Compiler<'_>, path: &DocumentPath, expression: &str) -> Option<Part> {
    let quoted = expression.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    if let Some(text) = quoted {
        if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            let message = "a static value has a control character".to_owned();
            compiler.invalid("mapping-expression", path, message);
            return None;
        }
        return Some(Part::Text(text.into()));
    }
    if let Some(name) = expression.strip_prefix("stageVariables.") {
        return compiler.stage_variable(path, name).map(|value| Part::Text(value.into()));
    }
    if let Some(name) = expression.strip_prefix("context.") {
        return match ContextVariable::parse(name, PLACE) {
            Ok(variable) => Some(Part::Context(variable)),
            Err(why) => {
                report_context(compiler, path, name, why);
                None
            }
        };
    }
    let parameter = expression.strip_prefix("method.request.").and_then(RequestParameter::parse);
    if parameter.is_none() {
        let message = mapping::refused("expression", expression);
        let finding = Finding::new(Class::Invalid, "mapping-expression", path.clone(), message);
        compiler.report(finding.help("a static value stands in single quotes"));
    }
    parameter.map(Part::Request)
}

/// Media type to parts.
type Templates = Vec<(Box<str>, Vec<Part>)>;

fn templates(compiler: &mut Compiler<'_>, document: &Document) -> Templates {
    let base = document.path.join("responseTemplates");
    let mut templates = Templates::new();
    for (media_type, template) in &document.response_templates {
        let parts = template_parts(compiler, &base.join(media_type), template);
        templates.push((media_type.as_str().into(), parts));
    }
    if templates.is_empty() {
        let (media_type, template) = DEFAULT_TEMPLATE;
        templates.push((media_type.into(), template_parts(compiler, &base, template)));
    }
    templates
}

fn template_parts(compiler: &mut Compiler<'_>, path: &DocumentPath, template: &str) -> Vec<Part> {
    let variables = compiler.variables();
    let value = |name: &str| variables.get(name).map(String::as_str);
    let (parts, problems) = substitution::compile(template, PLACE, value);
    for problem in problems {
        match problem {
            Problem::NoContextVariable { name, why } => {
                report_context(compiler, path, &name, why);
            }
            Problem::NoStageVariable(name) => {
                // It warns: the value is empty.
                compiler.stage_variable(path, &name);
            }
            Problem::NotReplaced(text) => {
                let message =
                    format!("\"{text}\" stays as it is: a gateway response is no template");
                let finding =
                    Finding::new(Class::Ignored, "gateway-response", path.clone(), message);
                compiler.report(finding.help(
                    "there are $context, $stageVariables and $method.request.{header|path|\
                     querystring}",
                ));
            }
        }
    }
    parts
}

/// Reports a context variable that no gateway response has.
fn report_context(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    name: &str,
    why: NoContextVariable,
) {
    let message = match why {
        NoContextVariable::Unknown => format!("there is no context variable \"context.{name}\""),
        NoContextVariable::Elsewhere => {
            format!("a gateway response has no \"context.{name}\": access logs have it")
        }
    };
    let mut finding = Finding::new(Class::NotRunnable, "context-variable", path.clone(), message);
    finding.help = suggestion(name, ContextVariable::names(PLACE));
    compiler.report(finding);
}
