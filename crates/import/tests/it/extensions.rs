//! Every extension and every member of one: values of wrong types, wrong places, wrong names.

use portico_import::openapi;
use portico_model::{Class, Finding, Stage};
use portico_testkit::server;

/// A value of each type.
const VALUES: [&str; 6] = ["null", "true", "1", "\"x\"", "[]", "{}"];

/// Before and behind a value that stands on a line of its own.
type Frame = (&'static str, &'static str);

const ROOT: Frame = ("", "");
const SERVER: Frame = ("servers: [{url: /,", "}]");
const TAG: Frame = ("tags: [{name: t,", "}]");
const COMPONENTS: Frame = ("components: {", "}");
const SCHEME: Frame = ("components: {securitySchemes: {s: {type: apiKey,", "}}}");
const AUTHORIZER: Frame =
    ("components: {securitySchemes: {s: {x-amazon-apigateway-authorizer: {", "}}}}");
const JWT: Frame = (
    "components: {securitySchemes: {s: {x-amazon-apigateway-authorizer: {type: jwt, \
     jwtConfiguration: {",
    "}}}}}",
);
const ENDPOINT: Frame = ("x-amazon-apigateway-endpoint-configuration: {", "}");
const VALIDATORS: Frame = ("x-amazon-apigateway-request-validators: {", "}");
const VALIDATOR: Frame = ("x-amazon-apigateway-request-validators: {v: {", "}}");
const DOCUMENTATION: Frame = ("x-amazon-apigateway-documentation: {", "}");
const PART: Frame = ("x-amazon-apigateway-documentation: {documentationParts: [{", "}]}");
const LOCATION: Frame =
    ("x-amazon-apigateway-documentation: {documentationParts: [{location: {", "}}]}");
const PATH_ITEM: Frame = ("paths: {/a: {", "}}");
const OPERATION: Frame = ("paths: {/a: {get: {", "}}}");
const AUTH: Frame = ("paths: {/a: {get: {x-amazon-apigateway-auth: {", "}}}}");
const INTEGRATION: Frame = (
    "paths: {/a: {get: {x-amazon-apigateway-integration: {type: http, httpMethod: GET, uri: \
     \"http://h/\",",
    "}}}}",
);
const BARE: Frame = ("paths: {/a: {get: {x-amazon-apigateway-integration: {", "}}}}");
const TLS: Frame =
    ("paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock, tlsConfig: {", "}}}}}");
const RESPONSES: Frame =
    ("paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock, responses: {", "}}}}}");
const RESPONSE: Frame = (
    "paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock, responses: {default: {",
    "}}}}}}",
);

/// Where a value stands (`@` is the value), and the values that may pass without a finding.
const MEMBERS: &[(Frame, &str, &[&str])] = &[
    (ROOT, "x-amazon-apigateway-api-key-source: @", &[]),
    (ROOT, "x-amazon-apigateway-binary-media-types: @", &["[]"]),
    (ROOT, "x-amazon-apigateway-binary-media-types: [@]", STRING),
    (ROOT, "x-amazon-apigateway-cors: @", &[]),
    (ROOT, "x-amazon-apigateway-documentation: @", &["{}"]),
    (DOCUMENTATION, "version: @", TEXT),
    (DOCUMENTATION, "createdDate: @", TEXT),
    (DOCUMENTATION, "documentationParts: @", &["[]"]),
    (DOCUMENTATION, "documentationParts: [@]", &[]),
    (PART, "location: @", &[]),
    (PART, "location: {type: API}, properties: @", &["{}"]),
    (LOCATION, "type: @", STRING),
    (LOCATION, "type: API, path: @", STRING),
    (LOCATION, "type: API, method: @", STRING),
    (LOCATION, "type: API, statusCode: @", TEXT),
    (LOCATION, "type: API, name: @", STRING),
    (ROOT, "x-amazon-apigateway-endpoint-access-mode: @", &[]),
    (ROOT, "x-amazon-apigateway-endpoint-configuration: @", &["{}"]),
    (SERVER, "x-amazon-apigateway-endpoint-configuration: @", &["{}"]),
    (ENDPOINT, "types: @", &["[]"]),
    (ENDPOINT, "types: [@]", &[]),
    (ENDPOINT, "vpcEndpointIds: @", &["[]"]),
    (ENDPOINT, "vpcEndpointIds: [@]", STRING),
    (ENDPOINT, "disableExecuteApiEndpoint: @", &["true"]),
    (ENDPOINT, "ipAddressType: @", &[]),
    (ROOT, "x-amazon-apigateway-importexport-version: @", &[]),
    (COMPONENTS, "x-amazon-apigateway-integrations: @", &[]),
    (ROOT, "x-amazon-apigateway-minimum-compression-size: @", &["1"]),
    (ROOT, "x-amazon-apigateway-policy: @", &["{}"]),
    (ROOT, "x-amazon-apigateway-request-validator: @", STRING),
    (ROOT, "x-amazon-apigateway-request-validators: @", &["{}"]),
    (VALIDATORS, "v: @", &["{}"]),
    (VALIDATOR, "validateRequestBody: @", &["true"]),
    (VALIDATOR, "validateRequestParameters: @", &["true"]),
    (ROOT, "x-amazon-apigateway-security-policy: @", &[]),
    (TAG, "x-amazon-apigateway-tag-value: @", TEXT),
    (SCHEME, "x-amazon-apigateway-authtype: @", STRING),
    (SCHEME, "x-amazon-apigateway-authorizer: @", &[]),
    (AUTHORIZER, "type: @", &[]),
    (AUTHORIZER, "type: token, authorizerUri: @", STRING),
    (AUTHORIZER, "type: token, authorizerCredentials: @", STRING),
    (AUTHORIZER, "type: token, authorizerPayloadFormatVersion: @", TEXT),
    (AUTHORIZER, "type: token, authorizerResultTtlInSeconds: @", &["1"]),
    (AUTHORIZER, "type: token, enableSimpleResponses: @", &["true"]),
    (AUTHORIZER, "type: token, identitySource: @", STRING),
    (AUTHORIZER, "type: token, identityValidationExpression: @", STRING),
    (AUTHORIZER, "type: token, providerARNs: @", &["[]"]),
    (AUTHORIZER, "type: token, providerARNs: [@]", STRING),
    (AUTHORIZER, "type: token, jwtConfiguration: @", &["{}"]),
    (JWT, "issuer: @", STRING),
    (JWT, "audience: @", &["[]"]),
    (JWT, "audience: [@]", STRING),
    (PATH_ITEM, "x-amazon-apigateway-any-method: @", &[]),
    (OPERATION, "x-amazon-apigateway-request-validator: @", STRING),
    (OPERATION, "x-amazon-apigateway-auth: @", &[]),
    (AUTH, "type: @", &[]),
    (OPERATION, "x-amazon-apigateway-integration: @", &[]),
    (BARE, "type: @", &[]),
    (BARE, "type: mock, uri: @", STRING),
    (BARE, "type: mock, httpMethod: @", &[]),
    (INTEGRATION, "credentials: @", STRING),
    (INTEGRATION, "requestParameters: @", &["{}"]),
    (INTEGRATION, "requestParameters: {a: @}", TEXT),
    (INTEGRATION, "requestTemplates: @", &["{}"]),
    (INTEGRATION, "requestTemplates: {a/b: @}", TEXT),
    (INTEGRATION, "passthroughBehavior: @", &[]),
    (INTEGRATION, "contentHandling: @", &[]),
    (INTEGRATION, "cacheNamespace: @", STRING),
    (INTEGRATION, "cacheKeyParameters: @", &["[]"]),
    (INTEGRATION, "cacheKeyParameters: [@]", STRING),
    (INTEGRATION, "connectionId: @", &[]),
    (INTEGRATION, "connectionType: VPC_LINK, connectionId: @", STRING),
    (INTEGRATION, "connectionType: @", &[]),
    (INTEGRATION, "timeoutInMillis: @", &[]),
    (INTEGRATION, "tlsConfig: @", &["{}"]),
    (TLS, "insecureSkipVerification: @", &["true"]),
    (TLS, "serverNameToVerify: @", STRING),
    (INTEGRATION, "responses: @", &["{}"]),
    (RESPONSES, "default: @", &[]),
    (RESPONSE, "statusCode: @", &[]),
    (RESPONSE, "statusCode: 200, responseParameters: @", &["{}"]),
    (RESPONSE, "statusCode: 200, responseParameters: {a: @}", TEXT),
    (RESPONSE, "statusCode: 200, responseTemplates: @", &["{}"]),
    (RESPONSE, "statusCode: 200, responseTemplates: {a/b: @}", TEXT),
    (RESPONSE, "statusCode: 200, contentHandling: @", &[]),
    (INTEGRATION, "payloadFormatVersion: @", &[]),
    (INTEGRATION, "integrationSubtype: @", &[]),
    (INTEGRATION, "responseTransferMode: @", &[]),
    (INTEGRATION, "integrationTarget: @", STRING),
];

const STRING: &[&str] = &["\"x\""];
const TEXT: &[&str] = &["\"x\"", "1", "true"];

/// A definition with this text on line 4.
fn definition((before, behind): Frame, text: &str) -> String {
    let paths = if before.starts_with("paths") {
        ""
    } else {
        "paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n"
    };
    let text = if before.is_empty() { text.to_owned() } else { format!(" {text}") };
    let before = if before.is_empty() { "# root" } else { before };
    let behind = if behind.is_empty() { String::new() } else { format!(" {behind}\n") };
    format!("openapi: 3.0.1\ninfo: {{title: T}}\n{before}\n{text}\n{behind}{paths}")
}

fn findings_of(text: &str) -> Vec<Finding> {
    let findings = openapi::read("a.yaml", text.as_bytes()).findings;
    assert!(findings.iter().all(|finding| finding.place.is_some()), "{text}\n{findings:?}");
    assert!(findings.iter().all(|finding| finding.kind != "syntax"), "{text}\n{findings:?}");
    findings
}

#[test]
fn wrong_types_at_every_extension() {
    for (frame, member, right) in MEMBERS {
        for value in VALUES {
            let text = definition(*frame, &member.replace('@', value));
            let findings = findings_of(&text);
            let is_told = findings
                .iter()
                .any(|finding| finding.place.as_ref().is_some_and(|place| place.line == 4));
            assert!(is_told || right.contains(&value), "silence at\n{text}\n{findings:?}");
        }
    }
}

/// The frames that extensions may stand in, and the extensions that each takes.
const PLACES: &[(Frame, &[&str])] = &[
    (
        ROOT,
        &[
            "api-key-source",
            "binary-media-types",
            "cors",
            "documentation",
            "endpoint-access-mode",
            "endpoint-configuration",
            "gateway-responses",
            "importexport-version",
            "minimum-compression-size",
            "policy",
            "request-validator",
            "request-validators",
            "security-policy",
        ],
    ),
    (SERVER, &["endpoint-configuration"]),
    (TAG, &["tag-value"]),
    (COMPONENTS, &["integrations"]),
    (SCHEME, &["authorizer", "authtype"]),
    (PATH_ITEM, &["any-method"]),
    (OPERATION, &["auth", "integration", "request-validator"]),
];

#[test]
fn every_extension_has_its_place() {
    let all = || PLACES.iter().flat_map(|(_, names)| names.iter());
    for (frame, own) in PLACES {
        for name in all() {
            let text = definition(*frame, &format!("x-amazon-apigateway-{name}: {{}}"));
            let findings = findings_of(&text);
            let misplaced = findings.iter().any(|it| it.kind == "misplaced-extension");
            assert_eq!(misplaced, !own.contains(name), "{text}\n{findings:?}");
        }
    }
    for frame in [INTEGRATION, RESPONSE, AUTHORIZER, ENDPOINT, VALIDATOR, DOCUMENTATION, AUTH, TLS]
    {
        for name in all() {
            let text = definition(frame, &format!("x-amazon-apigateway-{name}: {{}}"));
            let findings = findings_of(&text);
            assert!(findings.iter().any(|it| it.kind == "misplaced-extension"), "{text}");
        }
    }
}

#[test]
fn unknown_extensions_are_refused_and_misspelt_ones_told() {
    let check = |frame: Frame, key: &str, expected: Option<(Class, Option<&str>)>| {
        let text = definition(frame, &format!("{key}: {{}}"));
        let findings = findings_of(&text);
        let found = findings.iter().find(|it| it.path.as_str().ends_with(&format!("/{key}")));
        let found = found.map(|finding| (finding.class, finding.help.as_deref()));
        assert_eq!(found, expected, "{text}");
    };
    for (frame, _) in PLACES {
        check(*frame, "x-amazon-apigateway-teleport", Some((Class::NotRunnable, None)));
        check(
            *frame,
            "x-amazon-apigateway-polisy",
            Some((Class::NotRunnable, Some("did you mean x-amazon-apigateway-policy?"))),
        );
        for key in ["x-amazon-apigatway-policy", "X-Amazon-ApiGateway-Policy"] {
            let help = Some("did you mean x-amazon-apigateway-policy?");
            check(*frame, key, Some((Class::Ignored, help)));
        }
        check(*frame, "x-amazon-s3-bucket", None);
        check(*frame, "x-company-apigateway-policy", None);
    }
}

#[test]
fn no_definition_is_served_without_its_guard() {
    let prod = "prod".parse().unwrap();
    let check = |root: &str, operation: &str, is_served: bool| {
        for method in ["get", "x-amazon-apigateway-any-method"] {
            let integration = "x-amazon-apigateway-integration: {type: mock}";
            let text = format!(
                "openapi: 3.0.1\ninfo: {{title: T}}\n{root}\npaths: {{/a: {{{method}: \
                 {{{operation} {integration}}}}}}}\n"
            );
            let served = server::compile(&text, &prod, &Stage::default());
            assert_eq!(served.is_ok(), is_served, "{text}");
        }
    };
    check("", "", true);
    check("security: []", "", true);
    check("security: [{}]", "", true);
    check("security: [{s: []}]", "", false);
    check("security: [{s: []}]", "security: [],", true);
    check("security: []", "security: [{s: []}],", false);
    check("security: [{}, {s: []}]", "", false);
    let scheme = |content: &str| {
        format!("security: [{{s: []}}]\ncomponents: {{securitySchemes: {{s: {{{content}}}}}}}")
    };
    check(&scheme("type: apiKey, name: x-api-key, in: header"), "", false);
    check(&scheme("type: apiKey, name: token, in: header"), "", false);
    check(&scheme("type: http, scheme: bearer"), "", false);
    check(&scheme("type: apiKey, x-amazon-apigateway-authtype: awsSigv4"), "", false);
    check(&scheme("x-amazon-apigateway-authorizer: {type: token}"), "", false);
    check(&scheme("x-amazon-apigateway-authorizer: {type: token}"), "security: [],", true);
    let auth = |kind: &str| format!("x-amazon-apigateway-auth: {{type: {kind}}},");
    check("", &auth("NONE"), true);
    check("", &auth("aws_iam"), false);
    check("", &auth("teleport"), false);
    check("security: [{s: []}]", &auth("NONE"), false);
    let validators = |flags: &str| {
        format!(
            "x-amazon-apigateway-request-validators: {{v: {{{flags}}}}}\n\
             x-amazon-apigateway-request-validator: v"
        )
    };
    check(&validators(""), "", true);
    check(&validators("validateRequestBody: false"), "", true);
    check(&validators("validateRequestBody: true"), "", true);
    check(&validators("validateRequestParameters: true"), "", true);
    check(&validators(""), "x-amazon-apigateway-request-validator: w,", false);
    let body = "requestBody: {content: {a/b: {schema: {type: teleport}}}},";
    check(&validators("validateRequestBody: false"), body, true);
    check(&validators("validateRequestBody: true"), body, false);
    check("x-amazon-apigateway-policy: {}", "", false);
    check("x-amazon-apigateway-policy: {Statement: []}", "", false);
    let endpoint =
        |members: &str| format!("x-amazon-apigateway-endpoint-configuration: {{{members}}}");
    check(&endpoint("types: [REGIONAL]"), "", true);
    check(&endpoint("types: [EDGE], disableExecuteApiEndpoint: false"), "", true);
    check(&endpoint("types: [private]"), "", false);
    check(&endpoint("vpcEndpointIds: [vpce-1]"), "", false);
    check(&endpoint("disableExecuteApiEndpoint: true"), "", false);
    let at_server = format!("servers: [{{url: /}}, {{url: /, {}}}]", endpoint("types: [PRIVATE]"));
    check(&at_server, "", false);
    check("x-amazon-apigateway-minimum-compression-size: 0", "", true);
    check("x-amazon-apigateway-api-key-source: AUTHORIZER", "", true);
}

#[test]
fn text_of_documents_is_bounded_however_often_an_alias_stands() {
    let long = "x".repeat(1_000_000);
    let aliases = "*a, ".repeat(50);
    let text = format!(
        "openapi: 3.0.1\ninfo: {{title: T}}\nx-a: &a {long}\nx-amazon-apigateway-policy: {{a: \
         [{aliases}]}}\nx-amazon-apigateway-documentation:\n  documentationParts:\n"
    ) + &"    - {location: {type: API}, properties: {a: *a}}\n".repeat(50);
    let imported = openapi::read("a.yaml", text.as_bytes());
    let too_large = imported.findings.iter().filter(|it| it.kind == "too-large");
    assert_eq!(too_large.count(), 45, "one for the policy, 44 for the parts behind the sixth");
    let documentation = imported.deployment.unwrap().documentation.unwrap();
    let kept: usize = documentation.parts.iter().map(|part| part.properties.len()).sum();
    assert!(kept < 6 << 20, "{kept}");
}
