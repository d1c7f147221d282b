//! Mock: the status that a request template gives.

use portico_model::{Class, Finding};

use super::compiler::{Compiler, MethodScope};
use super::{content, response, template};
use crate::{Integration, MappingTemplate, MockTemplate, RequestTemplates, mock_status};

/// Compiles a mock integration; `None` when a fatal finding has been made.
pub(super) fn compile(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<Integration> {
    let integration = &scope.method.integration;
    let base = integration.path.join("requestTemplates");
    let mut templates = Vec::new();
    let mut runnable = true;
    let mut without_status = integration.request_templates.is_empty().then(|| {
        let message = "no request template gives a statusCode, so a request without a body that \
                       gives one is answered with 500";
        (integration.path.clone(), message.to_owned())
    });
    let mut reads_body = false;
    for (media_type, text) in &integration.request_templates {
        let path = base.join(media_type);
        let Some(template) = template::compile(compiler, path.clone(), text) else {
            runnable = false;
            continue;
        };
        reads_body |= template.reads_input();
        let status = match &template {
            MappingTemplate::Constant(text) => mock_status(text),
            _ => None,
        };
        if status.is_none() && matches!(template, MappingTemplate::Constant(_)) {
            let message = "the template gives no statusCode, so requests are answered with 500";
            without_status = Some((path, message.to_owned()));
        }
        let template = status.map_or(MockTemplate::Text(template), MockTemplate::Status);
        templates.push((media_type.trim().to_ascii_lowercase().into(), template));
    }
    let responses = response::compile(compiler, scope);
    if let Some(why) = content::broken_mock(compiler, scope) {
        return Some(Integration::Broken(why)).filter(|_| runnable && responses.is_some());
    }
    if let Some((path, message)) = without_status {
        let finding = Finding::new(Class::Ignored, "mock-status", path, message);
        compiler.report(finding.help("make the template {\"statusCode\": 200}"));
    }
    let passthrough = integration.passthrough_behavior;
    let templates = RequestTemplates { templates, passthrough, reads_body };
    let content = content::of_mock(compiler, scope);
    Some(Integration::Mock { templates, content, responses: responses? }).filter(|_| runnable)
}
