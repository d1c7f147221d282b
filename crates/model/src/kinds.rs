//! Every kind that a finding can have: what `--allow` takes, and what the documentation lists.

/// One kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub name: &'static str,
    /// Whether there are findings of this kind that a definition may be served in spite of: what
    /// they concern is valid for AWS, and here it answers an error.
    pub may_be_allowed: bool,
    /// What findings of this kind are about.
    pub about: &'static str,
}

const fn allowable(name: &'static str, about: &'static str) -> Kind {
    Kind { name, may_be_allowed: true, about }
}

const fn fixed(name: &'static str, about: &'static str) -> Kind {
    Kind { name, may_be_allowed: false, about }
}

/// Every kind, by name.
pub const KINDS: &[Kind] = &[
    fixed("access-log", "access logs of a stage"),
    allowable("api-key", "API keys"),
    allowable("authorization", "authorization by x-amazon-apigateway-auth"),
    allowable("authorizer", "authorizers and security schemes"),
    fixed("base-path", "base paths"),
    allowable("body-mapping", "mappings from a body by what is no JSONPath"),
    allowable("cache", "caching of answers"),
    allowable("canary", "canaries of a stage"),
    allowable("client-certificate", "certificates of the gateway towards origins"),
    fixed("cloudformation", "functions of CloudFormation templates"),
    fixed("compression", "compression of answers"),
    fixed("configuration", "portico.toml"),
    fixed("connection-type", "connection types"),
    fixed("content-handling", "conversions between text and binary content"),
    allowable("context-variable", "context variables"),
    fixed("cookie-parameter", "cookie parameters"),
    allowable("credentials", "credentials of integrations"),
    fixed("duplicate-key", "members that stand twice"),
    fixed("empty", "definitions without content"),
    fixed("encoding", "definitions that are not UTF-8"),
    allowable("endpoint-configuration", "private and disabled endpoints"),
    fixed("execution-log", "execution logs"),
    fixed("gateway-response", "customised gateway responses"),
    fixed("http-method", "methods of requests to origins"),
    allowable("iam-authorization", "IAM authorization"),
    fixed("ignored-by-proxy", "what proxy integrations ignore"),
    fixed("ignored-extension", "extensions without effect"),
    fixed("ignored-member", "members without effect"),
    fixed("insecure", "TLS without proof"),
    allowable("integration-aws", "integrations of type AWS and AWS_PROXY"),
    fixed("integration-type", "types of integrations"),
    fixed("mapping-expression", "mapping expressions"),
    fixed("method-response", "responses of methods"),
    fixed("method-settings", "settings of methods of a stage"),
    fixed("misplaced-extension", "extensions where none belongs"),
    fixed("missing", "what has to be there"),
    fixed("mock-status", "statuses of mock integrations"),
    fixed("model", "models of bodies"),
    fixed("no-integration", "methods without an integration"),
    fixed("no-methods", "definitions without a method"),
    fixed("openapi-version", "versions of definitions"),
    fixed("parameter", "parameters"),
    fixed("passthrough-behavior", "passthrough behaviours"),
    fixed("path", "paths of resources"),
    fixed("path-parameter", "variables that a path does not have"),
    allowable("reference", "references"),
    allowable("request-validator", "request validators"),
    fixed("reserved-header", "fields that no mapping can set"),
    fixed("resource", "resources that contradict each other"),
    allowable("resource-policy", "resource policies"),
    fixed("response-transfer-mode", "response transfer modes"),
    allowable("selection-pattern", "selection patterns"),
    fixed("stage-variable", "stage variables"),
    fixed("status-code", "statuses"),
    fixed("syntax", "YAML and JSON"),
    fixed("template-size", "mapping templates that are too long"),
    fixed("template-syntax", "mapping templates that do not parse"),
    allowable("throttle", "throttles"),
    fixed("timeout", "integration timeouts"),
    allowable("tls", "TLS of the API's own address"),
    fixed("tls-config", "TLS towards origins"),
    fixed("too-deep", "nesting"),
    fixed("too-large", "the size of a definition"),
    fixed("too-many-values", "the number of values of a definition"),
    fixed("tracing", "traces"),
    fixed("type", "values of the wrong type"),
    allowable("unknown-extension", "extensions that do not exist"),
    allowable("unknown-member", "members that do not exist"),
    fixed("uri", "URIs of integrations"),
    allowable("uri-query-variable", "variables in queries of URIs"),
    fixed("uri-variable", "path variables of URIs"),
    fixed("vpc-link", "VPC links"),
    allowable("waf", "web access control lists"),
    fixed("yaml-tag", "tags of YAML"),
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_found() {
        assert!(KINDS.is_sorted_by(|a, b| a.name < b.name));
        assert!(KINDS.iter().all(|known| kind(known.name) == Some(known)));
        assert_eq!(kind("teleport"), None);
    }

    #[test]
    fn kinds_are_documented() {
        let page = include_str!("../../../docs/definitions.md");
        for Kind { name, may_be_allowed, about } in KINDS {
            let answer = if *may_be_allowed { "yes" } else { "no" };
            let row = format!("| `{name}` | {about} | {answer} |");
            assert!(page.lines().any(|line| line == row), "docs/definitions.md lacks\n{row}");
        }
        assert_eq!(page.split("## Kinds").nth(1).unwrap().matches("\n| `").count(), KINDS.len());
    }
}
