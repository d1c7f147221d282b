//! Mapping templates: parsed where the definition is compiled, so that no request parses one.
//! Source: AWS, "Quotas for configuring and running a REST API" and recorded answers.

use std::sync::Arc;

use portico_model::limits::TEMPLATE_BYTES;
use portico_model::{Class, DocumentPath, Finding};

use super::compiler::Compiler;
use crate::{CompiledTemplate, MappingTemplate};

/// Compiles a template; `None` when a fatal finding has been made. AWS stores a template that does
/// not parse and fails its requests, and so do we, with a warning.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    path: DocumentPath,
    text: &str,
) -> Option<MappingTemplate> {
    if text.len() > TEMPLATE_BYTES {
        let message =
            format!("the template has {} bytes, and {TEMPLATE_BYTES} is most", text.len());
        compiler.invalid("template-size", &path, message);
        return None;
    }
    let why = match CompiledTemplate::parse(text) {
        Ok(template) => {
            return Some(match template.constant() {
                Some(text) => MappingTemplate::Constant(text.into()),
                None => MappingTemplate::Rendered(Arc::new(template)),
            });
        }
        Err(error) => error,
    };
    let message =
        format!("the template does not parse: {why}, so its requests are answered with 500");
    compiler.report(Finding::new(Class::Ignored, "template-syntax", path, message));
    Some(MappingTemplate::Broken(format!("the template does not parse: {why}").into()))
}
