//! Which bodies of a method are converted between text and bytes.
//! Source: AWS, "Content type conversions in API Gateway".

use portico_model::{Class, ContentHandling, Finding, IntegrationType};

use super::compiler::{Compiler, MethodScope};
use crate::Content;

/// The conversions of an integration that calls an origin. Bytes pass as they come unless the
/// definition asks for more: with `http` by binary media types or `contentHandling`, with
/// `http_proxy` by `contentHandling` of the request.
pub(super) fn compile(compiler: &Compiler<'_>, scope: &MethodScope<'_>) -> Option<Content> {
    let integration = &scope.method.integration;
    let asks = integration.content_handling.is_some()
        || (integration.kind == IntegrationType::Http
            && (!compiler.binary_types.is_empty()
                || integration.responses.iter().any(|it| it.content_handling.is_some())));
    let types = &compiler.binary_types;
    asks.then(|| Content { types: types.clone(), request: integration.content_handling })
}

/// What a mock is asked of the bodies that its request templates are given.
pub(super) fn of_mock(compiler: &Compiler<'_>, scope: &MethodScope<'_>) -> Option<Content> {
    let request = scope.method.integration.content_handling;
    let types = &compiler.binary_types;
    let asks = request.is_some() || !types.is_empty();
    asks.then(|| Content { types: types.clone(), request })
}

/// Why a mock whose API takes everything for binary answers every request with 500: its request
/// template is never applied. Source: quotations of AWS.
pub(super) fn broken_mock(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<String> {
    let integration = &scope.method.integration;
    let is_text = integration.content_handling == Some(ContentHandling::ConvertToText);
    if is_text || !compiler.binary_types.matches("") {
        return None;
    }
    let message = "binary media types have */*, so every request of a mock is answered with 500";
    let finding =
        Finding::new(Class::Ignored, "content-handling", integration.path.clone(), message);
    compiler.report(finding.help("add contentHandling: CONVERT_TO_TEXT to the integration"));
    Some(message.to_owned())
}
