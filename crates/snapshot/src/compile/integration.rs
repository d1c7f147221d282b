//! Integration: which compiler a type has, and what each type ignores or refuses.

use portico_model::{Class, Finding, IntegrationType};

use super::compiler::{Compiler, MethodScope};
use super::http_call::{self, NoCall};
use super::{aws, mock, response, template};
use crate::{Integration, RequestTemplates, Wait};

/// Compiles the integration of a method; `None` when a fatal finding has been made.
pub(super) fn compile(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<Integration> {
    let compiled = match scope.method.integration.kind {
        IntegrationType::HttpProxy => {
            report_ignored_by_proxy(compiler, scope);
            match http_call::compile(compiler, scope) {
                Ok(call) => Some(Integration::HttpProxy(call)),
                Err(NoCall::Broken(why)) => Some(Integration::Broken(why)),
                Err(NoCall::Refused) => None,
            }
        }
        IntegrationType::Http => compile_http(compiler, scope),
        IntegrationType::Mock => mock::compile(compiler, scope),
        IntegrationType::Aws | IntegrationType::AwsProxy => aws::refuse(compiler, scope),
    };
    match (framing_header(scope), compiled) {
        (Some(target), Some(Integration::HttpProxy(_) | Integration::Http { .. })) => {
            let path = scope.method.integration.path.join("requestParameters").join(target);
            let message = format!("{target} is mapped, so every request is answered with 500");
            let finding = Finding::new(Class::Ignored, "reserved-header", path, message.clone());
            compiler.report(finding.help("remove the mapping: the gateway frames the message"));
            Some(Integration::Broken(message))
        }
        (_, compiled) => compiled,
    }
}

fn compile_http(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<Integration> {
    let integration = &scope.method.integration;
    let base = integration.path.join("requestTemplates");
    let mut templates = Vec::new();
    let mut runnable = true;
    for (media_type, text) in &integration.request_templates {
        match template::compile(compiler, base.join(media_type), text) {
            Some(template) => {
                templates.push((media_type.trim().to_ascii_lowercase().into(), template));
            }
            None => runnable = false,
        }
    }
    let reads_body = templates.iter().any(|(_, template)| template.reads_input());
    let call = http_call::compile(compiler, scope);
    let responses = response::compile(compiler, scope);
    let passthrough = integration.passthrough_behavior;
    let body = RequestTemplates { templates, passthrough, reads_body };
    let responses = responses.filter(|_| runnable)?;
    match call {
        Ok(mut call) => {
            call.reads_body |= reads_body;
            if call.content.is_some() || responses.read_body() {
                call.wait = Wait::Whole;
            }
            Some(Integration::Http { call, body, responses })
        }
        Err(NoCall::Broken(why)) => Some(Integration::Broken(why)),
        Err(NoCall::Refused) => None,
    }
}

/// The target of a mapping that would set the framing of the request to the origin.
fn framing_header<'a>(scope: &MethodScope<'a>) -> Option<&'a str> {
    let targets = scope.method.integration.request_parameters.keys();
    targets.map(String::as_str).find(|target| {
        target.strip_prefix("integration.request.header.").is_some_and(crate::reserved::is_framing)
    })
}

/// What AWS accepts on `http_proxy` without effect.
fn report_ignored_by_proxy(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) {
    let integration = &scope.method.integration;
    let mut ignored = Vec::new();
    if !integration.request_templates.is_empty() {
        ignored.push((integration.path.join("requestTemplates"), "request templates"));
    }
    for response in &integration.responses {
        if !response.response_parameters.is_empty() {
            ignored.push((response.path.join("responseParameters"), "response parameters"));
        }
        if !response.response_templates.is_empty() {
            ignored.push((response.path.join("responseTemplates"), "response templates"));
        }
        if response.content_handling.is_some() {
            let what = "the content handling of responses";
            ignored.push((response.path.join("contentHandling"), what));
        }
    }
    for (path, what) in ignored {
        let message = format!("an http_proxy integration ignores {what}");
        compiler.report(Finding::new(Class::Ignored, "ignored-by-proxy", path, message));
    }
}
