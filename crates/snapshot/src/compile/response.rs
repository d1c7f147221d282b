//! Integration responses: rules for what the client gets, one looked up for every status.

use std::collections::BTreeSet;

use portico_model::{Class, DocumentPath, Finding, IntegrationResponse};
use portico_vtl::PatternError;

use super::compiler::{Compiler, MethodScope};
use super::{mapping, reserved, template};
use crate::{MappingTemplate, ResponseRule, ResponseSource, Responses};

/// Compiles the integration responses of a method; `None` when a fatal finding has been made.
///
/// A response whose status the method does not have is a configuration error of the request that
/// meets it, in AWS as here: it keeps its statuses from the default, but has no rule.
pub(super) fn compile(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<Responses> {
    let mut rules = Vec::new();
    // For each response the statuses it takes (the default takes what is left) and its rule.
    let mut patterns: Vec<(Box<[bool]>, usize)> = Vec::new();
    let mut default = usize::MAX;
    let mut seen = BTreeSet::new();
    let mut runnable = true;
    for response in &scope.method.integration.responses {
        let pattern = response.selection_pattern.as_deref().filter(|pattern| !pattern.is_empty());
        if !seen.insert(pattern) {
            let message = format!(
                "Integration response with selection pattern {} already exists",
                pattern.unwrap_or("default")
            );
            compiler.invalid("selection-pattern", &response.path, message);
            runnable = false;
            continue;
        }
        let rule = if is_declared(compiler, scope, response) {
            rules.push(compile_rule(compiler, scope, response));
            rules.len() - 1
        } else {
            usize::MAX
        };
        match pattern.map(|text| statuses(compiler, text)) {
            None => default = rule,
            Some(Ok(statuses)) => patterns.push((statuses, rule)),
            Some(Err(error)) => {
                let message = format!("the selection pattern cannot run: {error}");
                let path = response.path.clone();
                let class = Class::NotRunnable;
                compiler.report(Finding::new(class, "selection-pattern", path, message));
                runnable = false;
            }
        }
    }
    let rules: Option<Vec<_>> = rules.into_iter().collect();
    let choose = |status: u16| {
        let index = usize::from(status - 100);
        let matched = patterns.iter().find(|(statuses, _)| statuses[index]);
        Some(matched.map_or(default, |(_, rule)| *rule))
    };
    rules.filter(|_| runnable).map(|rules| Responses::new(rules, choose))
}

fn statuses(compiler: &mut Compiler<'_>, pattern: &str) -> Result<Box<[bool]>, PatternError> {
    match compiler.pattern(pattern) {
        Ok(pattern) => Ok((100..=599).map(|status| pattern.matches(status)).collect()),
        Err(error) => Err(error.clone()),
    }
}

fn is_declared(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
    response: &IntegrationResponse,
) -> bool {
    let status = response.status_code;
    let declared = scope.method.responses.iter().any(|method| method.status_code == status);
    if !declared {
        let message = format!(
            "the method has no response {status}, so what would be answered with it is answered \
             with 500"
        );
        let path = response.path.join("statusCode");
        let finding = Finding::new(Class::Ignored, "method-response", path, message);
        compiler.report(finding.help(format!("add {status} to the responses of the operation")));
    }
    declared
}

fn compile_rule(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
    response: &IntegrationResponse,
) -> Option<ResponseRule> {
    let mut runnable = true;
    let mut headers = Vec::new();
    let base = response.path.join("responseParameters");
    for (target, expression) in &response.response_parameters {
        let path = base.join(target);
        let Some(name) = target_name(compiler, scope, response, &path, target) else {
            runnable = false;
            continue;
        };
        match mapping::response_source(compiler, &path, expression) {
            Some(source) => {
                let name = reserved::name_for_client(compiler, &path, name);
                headers.extend(name.map(|name| (name, source)));
            }
            None => runnable = false,
        }
    }
    let mut templates = Vec::new();
    let base = response.path.join("responseTemplates");
    for (media_type, text) in &response.response_templates {
        match template::compile(compiler, base.join(media_type), text) {
            Some(template) => templates.push((media_type.as_str().into(), template)),
            None => runnable = false,
        }
    }
    let pattern = response.selection_pattern.as_deref().filter(|pattern| !pattern.is_empty());
    let body_paths = headers.iter().filter_map(|(_, source)| match source {
        ResponseSource::BodyPath(path) => Some(path.clone()),
        _ => None,
    });
    let is_rendered = |it: &MappingTemplate| !matches!(it, MappingTemplate::Constant(_));
    runnable.then_some(ResponseRule {
        pattern: pattern.map(Into::into),
        status: response.status_code,
        body_paths: body_paths.collect(),
        headers,
        renders: templates.iter().any(|(_, template)| is_rendered(template)),
        templates,
        content_handling: response.content_handling,
    })
}

/// The header field that a response parameter sets; `None` when a finding has been made instead.
fn target_name<'t>(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
    response: &IntegrationResponse,
    path: &DocumentPath,
    target: &'t str,
) -> Option<&'t str> {
    let Some(name) = target.strip_prefix("method.response.header.") else {
        compiler.invalid("mapping-expression", path, mapping::refused("identifier", target));
        return None;
    };
    let mut methods = scope.method.responses.iter();
    let method = methods.find(|method| method.status_code == response.status_code);
    if !method.is_some_and(|method| method.response_parameters.contains_key(target)) {
        let message = mapping::refused("expression parameter", target);
        let finding = Finding::new(Class::Invalid, "mapping-expression", path.clone(), message);
        compiler.report(finding.help(format!(
            "declare {name} among the headers of response {}",
            response.status_code
        )));
        return None;
    }
    mapping::header_name(compiler, path, name)
}
