//! Golden cases: a definition, then its findings, and its documents when none is fatal.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::path::Path;

use portico_import::openapi::{self, BasePath, Imported, Options, Unreadable};
use portico_model::{
    Authorization, Class, Connection, ContentHandling, Deployment, DocumentPath, Finding,
    Integration, Method, Model, TransferMode,
};

use crate::documents;

#[test]
fn definitions_become_documents_or_findings() {
    // `recorded` is what AWS made of these definitions when they were imported there.
    for topic in ["openapi", "extensions", "recorded"] {
        run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(topic));
    }
}

fn run(cases: &Path) {
    portico_testkit::golden::run(cases, |name, input| {
        // A case `a.json.case` is a file `a.json`; `a.case` is `a.yaml`.
        let file = if name.contains('.') { name.to_owned() } else { format!("{name}.yaml") };
        let imported = read_case(&file, input);
        let mut text: String = imported.findings.iter().map(print_finding).collect();
        let fatal = imported.findings.iter().any(Finding::is_fatal);
        if let Some(deployment) = imported.deployment.filter(|_| !fatal) {
            print_deployment(&mut text, &deployment).unwrap();
        }
        text
    });
}

/// Reads a case. Remarks of a case may say what it is read with: `# set NAME VALUE`,
/// `# base-path prepend`; a case in JSON says the latter in its name. Behind `# file PATH` another
/// file stands.
fn read_case(file: &str, input: &str) -> Imported {
    let mut files = Files::default();
    let (definition, others) = input.split_once("# file ").unwrap_or((input, ""));
    for other in others.split("# file ").filter(|text| !text.is_empty()) {
        let (path, text) = other.split_once('\n').unwrap_or((other, ""));
        files.0.insert(path.to_owned(), text.as_bytes().to_vec());
    }
    let remarks = definition.lines().filter_map(|line| line.strip_prefix("# set "));
    let set = remarks.filter_map(|line| line.split_once(' '));
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let asks = |mode: &str| {
        definition.contains(&format!("# base-path {mode}")) || file.contains(&format!("-{mode}."))
    };
    let base_path = match (asks("prepend"), asks("split")) {
        (true, _) => BasePath::Prepend,
        (_, true) => BasePath::Split,
        _ => BasePath::Ignore,
    };
    let options = Options { set: &set, base_path, ..Options::new(&mut files) };
    openapi::read_with(file, definition.as_bytes(), options)
}

/// Files in memory.
#[derive(Default)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl openapi::Files for Files {
    fn read(&mut self, path: &str, _: usize) -> Result<Vec<u8>, Unreadable> {
        let found = self.0.get(path).cloned();
        found.ok_or_else(|| Unreadable("there is no such file".to_owned()))
    }
}

fn print_finding(finding: &Finding) -> String {
    let class = match finding.class {
        Class::Invalid => "invalid",
        Class::NotRunnable => "not-runnable",
        Class::Ignored => "ignored",
    };
    let place = finding.place.as_ref().map_or("nowhere".to_owned(), ToString::to_string);
    format!("{place}: {class} {}: {}\n", finding.kind, finding.message)
}

pub(crate) fn print_deployment(text: &mut String, deployment: &Deployment) -> std::fmt::Result {
    let api = &deployment.api;
    write!(text, "api {} {:?}", api.id, api.name)?;
    for (name, value) in [("version", &api.version), ("description", &api.description)] {
        if let Some(value) = value {
            write!(text, " {name} {value:?}")?;
        }
    }
    writeln!(text)?;
    for response in &deployment.gateway_responses {
        let status = response.status_code.map_or("-".to_owned(), |status| status.to_string());
        writeln!(text, "gateway response {} {status}", response.response_type.as_str())?;
        print_map(text, 2, &response.response_parameters)?;
        print_map(text, 2, &response.response_templates)?;
    }
    documents::print_extensions(text, deployment)?;
    for Model { name, content_type, schema, description, .. } in &deployment.models {
        write!(text, "model {name} {content_type} {schema}")?;
        if let Some(description) = description {
            write!(text, " description {description:?}")?;
        }
        writeln!(text)?;
    }
    for resource in &deployment.resources {
        writeln!(text, "{} {}", resource.path, resource.id)?;
        for method in &resource.methods {
            print_method(text, method)?;
        }
    }
    Ok(())
}

fn print_method(text: &mut String, method: &Method) -> std::fmt::Result {
    write!(text, "  {}", method.http_method)?;
    if let Some(name) = &method.operation_name {
        write!(text, " {name:?}")?;
    }
    writeln!(text)?;
    print_map(text, 4, &method.request_parameters)?;
    documents::print_guards(text, method)?;
    print_models(text, 4, &method.request_models)?;
    print_integration(text, &method.integration)?;
    for response in &method.responses {
        writeln!(text, "    method response {}", response.status_code)?;
        print_map(text, 6, &response.response_parameters)?;
        print_models(text, 6, &response.response_models)?;
    }
    Ok(())
}

fn print_integration(text: &mut String, integration: &Integration) -> std::fmt::Result {
    let Integration { kind, uri, http_method, timeout, passthrough_behavior, .. } = integration;
    let method = http_method.as_deref().unwrap_or("-");
    let uri = uri.as_deref().unwrap_or("-");
    write!(text, "    {kind:?} {method} {uri} {timeout:?} {passthrough_behavior:?}")?;
    if let Some(conversion) = integration.content_handling {
        write!(text, " {conversion:?}")?;
    }
    writeln!(text)?;
    documents::print_asked(text, integration)?;
    print_map(text, 6, &integration.request_parameters)?;
    print_map(text, 6, &integration.request_templates)?;
    for response in &integration.responses {
        let pattern = response.selection_pattern.as_deref().unwrap_or("default");
        write!(text, "      {pattern} -> {}", response.status_code)?;
        if let Some(conversion) = response.content_handling {
            write!(text, " {conversion:?}")?;
        }
        writeln!(text)?;
        print_map(text, 8, &response.response_parameters)?;
        print_map(text, 8, &response.response_templates)?;
    }
    Ok(())
}

fn print_map<V: Debug>(
    text: &mut String,
    indent: usize,
    map: &BTreeMap<String, V>,
) -> std::fmt::Result {
    map.iter().try_for_each(|(name, value)| writeln!(text, "{:indent$}{name}: {value:?}", ""))
}

fn print_models(
    text: &mut String,
    indent: usize,
    models: &BTreeMap<String, String>,
) -> std::fmt::Result {
    models
        .iter()
        .try_for_each(|(media, model)| writeln!(text, "{:indent$}model {media} {model}", ""))
}

/// A definition with one path item's content.
fn definition(paths: &str) -> String {
    format!("openapi: 3.0.1\ninfo: {{title: T}}\npaths: {{{paths}}}\n")
}

#[test]
fn later_findings_get_their_place() {
    let text = "openapi: 3.0.1\ninfo: {title: T}\npaths:\n  /a/b:\n    get:\n      \
                x-amazon-apigateway-integration:\n        type: http_proxy\n        httpMethod: \
                GET\n        uri: http://h/\n";
    let imported = openapi::read("a.yaml", text.as_bytes());
    let check = |tokens: &[&str], expected: Option<(u32, u32, u32)>| {
        let path = tokens.iter().fold(DocumentPath::root(), |path, token| path.join(token));
        let mut finding = Finding::new(Class::Invalid, "uri", path, "m");
        imported.places.locate(&mut finding);
        let place = finding.place.map(|place| (place.line, place.column, place.length));
        assert_eq!(place, expected, "{tokens:?}");
    };
    let integration = ["paths", "/a/b", "get", "x-amazon-apigateway-integration"];
    check(&[], Some((1, 1, 1)));
    check(&["openapi"], Some((1, 10, 5)));
    check(&["servers"], Some((1, 1, 1)));
    check(&["stages", "prod", "methodSettings"], None);
    check(&integration, Some((6, 7, 31)));
    check(&[integration.as_slice(), &["uri"]].concat(), Some((9, 14, 9)));
    check(&[integration.as_slice(), &["requestTemplates", "a/b"]].concat(), Some((6, 7, 31)));
}

#[test]
fn ids_come_from_the_base_name_and_the_title() {
    let id = |file: &str| {
        openapi::read(file, definition("").as_bytes()).deployment.unwrap().api.id.to_string()
    };
    assert_eq!(id("api.yaml"), id("some/where/api.yaml"));
    assert_ne!(id("api.yaml"), id("api2.yaml"));
}

#[test]
fn invalid_methods_are_left_out_and_others_refused() {
    let mock = "x-amazon-apigateway-integration: {type: mock}";
    let text = definition(&format!(
        "/a: {{get: {{{mock}}}, put: {{{mock}, x-amazon-apigateway-auth: {{type: X}}}}, post: {{}}}}"
    ));
    let deployment = openapi::read("a.yaml", text.as_bytes()).deployment.unwrap();
    let methods = deployment.resources[0].methods.iter();
    let methods: Vec<_> =
        methods.map(|method| (method.http_method.as_str(), method.refusals.clone())).collect();
    assert_eq!(methods, [("GET", vec![]), ("PUT", vec!["authorization"])]);
}

#[test]
fn no_method_is_read_without_its_guard() {
    let check = |root: &str, operation: &str, guarded: bool| {
        for method in ["get", "x-amazon-apigateway-any-method"] {
            let text = definition(&format!(
                "/a: {{{method}: {{x-amazon-apigateway-integration: {{type: mock}}{operation}}}}}"
            )) + root;
            let deployment = openapi::read("a.yaml", text.as_bytes()).deployment.unwrap();
            let method = &deployment.resources[0].methods[0];
            let is_guarded = method.authorization != Authorization::None
                || method.api_key_required
                || method.request_validator.is_some();
            assert_eq!(is_guarded, guarded, "{text}");
        }
    };
    check("", "", false);
    check("security: []", "", false);
    check("security: [{s: []}]", "", true);
    check("security: [{s: []}]", ", security: []", false);
    check("security: []", ", security: [{s: []}]", true);
    check("x-amazon-apigateway-request-validator: v", "", true);
    check("", ", x-amazon-apigateway-request-validator: v", true);
}

#[test]
fn what_is_used_twice_is_reported_once() {
    let mock = "x-amazon-apigateway-integration: {type: mock}";
    let get = format!("{{get: {{parameters: [{{$ref: '#/components/parameters/C'}}], {mock}}}}}");
    let text = definition(&format!("/a: {get}, /b: {get}"))
        + "components: {parameters: {C: {name: c, in: cookie}}}\n";
    assert_eq!(openapi::read("a.yaml", text.as_bytes()).findings.len(), 1);
}

#[test]
fn refusals_hold_for_all_that_is_below() {
    let check = |root: &str, item: &str, api: &[&str], methods: &[&str]| {
        let mock = "x-amazon-apigateway-integration: {type: mock}";
        let text = definition(&format!("/a: {{{item} get: {{{mock}}}}}")) + root;
        let deployment = openapi::read("a.yaml", text.as_bytes()).deployment.unwrap();
        assert_eq!(deployment.refusals, api, "{text}");
        assert_eq!(deployment.resources[0].methods[0].refusals, methods, "{text}");
    };
    check("", "", &[], &[]);
    check("x-amazon-apigateway-teleport: {a: b}", "", &["unknown-extension"], &[]);
    check("components: {x-amazon-apigateway-x: 1}", "", &["unknown-extension"], &[]);
    check("", "x-amazon-apigateway-teleport: 1,", &[], &["unknown-extension"]);
    check("", "parameters: [{$ref: ../a.yaml}],", &[], &["reference"]);
    check("", "$ref: ../a.yaml,", &["reference"], &["reference"]);
    check("components: {schemas: {A: {items: {$ref: ../a.yaml}}}}", "", &["reference"], &[]);
}

#[test]
fn guards_become_documents() {
    let schemes = "components: {securitySchemes: {key: {type: apiKey, name: x-api-key, in: header}, \
                   own: {x-amazon-apigateway-authorizer: {type: token}}, \
                   pool: {x-amazon-apigateway-authorizer: {type: cognito_user_pools}}, \
                   role: {x-amazon-apigateway-authtype: awsSigv4}}}\n";
    let check =
        |operation: &str, authorization: Authorization, key: bool, validator: Option<&str>| {
            let mock = "x-amazon-apigateway-integration: {type: mock}";
            let text = definition(&format!("/a: {{get: {{{operation} {mock}}}}}"))
                + schemes
                + "security: [{own: []}]\nx-amazon-apigateway-request-validator: all\n";
            let deployment = openapi::read("a.yaml", text.as_bytes()).deployment.unwrap();
            let method = &deployment.resources[0].methods[0];
            assert_eq!(method.authorization, authorization, "{operation}");
            assert_eq!(method.api_key_required, key, "{operation}");
            assert_eq!(method.request_validator.as_deref(), validator, "{operation}");
        };
    let custom = || Authorization::Custom { authorizer: "own".into() };
    check("", custom(), false, Some("all"));
    check("security: [],", Authorization::None, false, Some("all"));
    check("security: [{key: [], own: []}],", custom(), true, Some("all"));
    check("security: [{role: []}],", Authorization::AwsIam, false, Some("all"));
    check(
        "security: [], x-amazon-apigateway-auth: {type: aws_iam},",
        Authorization::AwsIam,
        false,
        Some("all"),
    );
    let scopes = vec!["a/read".to_owned()];
    let pool = Authorization::CognitoUserPools { authorizer: "pool".into(), scopes };
    check("security: [{pool: [a/read]}],", pool, false, Some("all"));
    check("x-amazon-apigateway-request-validator: own,", custom(), false, Some("own"));
}

#[test]
fn what_an_integration_asks_for_is_kept() {
    let text = definition(
        "/a: {get: {x-amazon-apigateway-integration: {type: aws, httpMethod: POST, credentials: c, \
         contentHandling: convert_to_text, connectionType: VPC_LINK, connectionId: l, \
         responseTransferMode: STREAM, \
         responses: {default: {statusCode: 200, contentHandling: CONVERT_TO_BINARY}}}}}",
    );
    let deployment = openapi::read("a.yaml", text.as_bytes()).deployment.unwrap();
    let integration = &deployment.resources[0].methods[0].integration;
    assert_eq!(integration.credentials.as_deref(), Some("c"));
    assert_eq!(integration.content_handling, Some(ContentHandling::ConvertToText));
    assert_eq!(integration.connection, Connection::VpcLink { id: Some("l".into()) });
    assert_eq!(integration.response_transfer_mode, TransferMode::Stream);
    let response = &integration.responses[0];
    assert_eq!(response.content_handling, Some(ContentHandling::ConvertToBinary));
}
