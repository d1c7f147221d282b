//! Integrations with AWS: their URIs are checked, nothing runs them yet.
//! Source: API Gateway API Reference, `PutIntegration`, `uri`; AWS's error messages.

use portico_model::{Class, Finding, IntegrationType};

use super::compiler::{Compiler, MethodScope};

/// Reports an integration with AWS; there is nothing to compile.
pub(super) fn refuse<T>(compiler: &mut Compiler<'_>, scope: &MethodScope<'_>) -> Option<T> {
    let integration = &scope.method.integration;
    let is_proxy = integration.kind == IntegrationType::AwsProxy;
    let kind = if is_proxy { "AWS_PROXY" } else { "AWS" };
    let problem = match integration.uri.as_deref() {
        None => Some((&integration.path, "Invalid ARN specified in the request: there is no uri")),
        Some(uri) => problem(uri, is_proxy).map(|problem| (&integration.path, problem)),
    };
    if let Some((path, problem)) = problem {
        let path = path.join("uri");
        compiler.invalid("uri", &path, problem.to_owned());
    }
    let path = integration.path.join("type");
    let message = format!("integrations of type {kind} cannot run yet");
    let finding = Finding::new(Class::NotRunnable, "integration-aws", path, message);
    compiler.report(finding.help("functions come in a later version"));
    None
}

/// What AWS would say against a URI: it is `arn:PARTITION:apigateway:REGION:SERVICE:path/...`, or
/// `...:action/...`. Any part may hold stage variables, and one may stand for several parts.
fn problem(uri: &str, is_proxy: bool) -> Option<&'static str> {
    if uri.starts_with("${stageVariables.") {
        return None;
    }
    let mut parts = uri.splitn(6, ':');
    let is_arn = parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| !partition.is_empty())
        && parts.next() == Some("apigateway");
    let (_region, service, call) = (parts.next(), parts.next(), parts.next());
    let (true, Some(service), Some(call)) = (is_arn, service, call) else {
        return Some("Invalid ARN specified in the request");
    };
    if !call.starts_with("path/") && !call.starts_with("action/") && !call.starts_with("${") {
        return Some("AWS ARN for integration must contain path or action");
    }
    let is_unknown = service.contains("${");
    if is_proxy && !is_unknown && !matches!(service, "lambda" | "firehose") {
        return Some(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose \
             stream invocations.",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_arns_of_calls() {
        let invalid = Some("Invalid ARN specified in the request");
        let check = |uri: &str, is_proxy: bool, expected: Option<&str>| {
            assert_eq!(problem(uri, is_proxy), expected, "{uri}");
        };
        let function = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let lambda =
            format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}");
        check(&format!("{lambda}/invocations"), true, None);
        check(&format!("{lambda}:${{stageVariables.v}}/invocations"), true, None);
        check("arn:aws:apigateway:us-east-1:sqs:path/1/q", false, None);
        check("arn:aws-cn:apigateway:cn-north-1:sns:action/Publish", false, None);
        check("arn:aws:apigateway:r:bucket.s3:path/key", false, None);
        check("${stageVariables.uri}", true, None);
        check("arn:aws:apigateway:r:${stageVariables.service}:path/x", true, None);
        check("", false, invalid);
        check("http://h/", false, invalid);
        check(function, true, invalid);
        check("arn:aws:apigateway:r:lambda", true, invalid);
        check(
            "arn:aws:apigateway:r:sqs:path/1/q",
            true,
            Some(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
                 Firehose stream invocations.",
            ),
        );
    }
}
