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
    let finding = Finding::new(Class::Ignored, "template-syntax", path, message);
    compiler.report(finding.help(line_of(text, why.line)));
    Some(MappingTemplate::Broken(format!("the template does not parse: {why}").into()))
}

/// Characters of a line that are shown.
const SHOWN: usize = 80;

/// The line of a template, counted from 1, as far as it is shown.
fn line_of(text: &str, line: u32) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let found = text.split('\n').nth(index).unwrap_or_default();
    let shown: String = found.chars().take(SHOWN).collect();
    format!("line {line} of the template is: {shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown() {
        let check = |text: &str, line: u32, expected: &str| {
            let expected = format!("line {line} of the template is: {expected}");
            assert_eq!(line_of(text, line), expected, "{text:?}");
        };
        check("", 1, "");
        check("a\nb\r\nc\rd", 1, "a");
        check("a\nb\r\nc\rd", 3, "c");
        check("a\nb\r\nc\rd", 4, "d");
        check("a", 2, "");
        check(&"é".repeat(SHOWN + 1), 1, &"é".repeat(SHOWN));
    }
}
