//! Documents compiled: what they become, and every finding.

use portico_model::{
    Class, Finding, Integration as IntegrationDocument, IntegrationType, Method as MethodDocument,
    MethodSetting, PassthroughBehavior, Stage,
};
use portico_snapshot::{
    BodyRule, Compiled, ContextVariable, HttpCall, Integration, MockStatus, PathPart, QueryValue,
    ResponseSource, RestStage, Source, Throttle, compile,
};

use crate::documents::{
    deployment, http, integration, map, method, method_response, resource, rule,
};

/// Compiles a stage with one method.
fn compile_one(path: &str, method: MethodDocument, stage: &Stage) -> Compiled {
    let deployment = deployment(vec![resource(path, vec![method])]);
    compile(&deployment, &"prod".parse().unwrap(), stage)
}

/// A stage with variables.
fn stage() -> Stage {
    let variables =
        map(&[("host", "books.local:9000"), ("key", "a b"), ("page", "p/q?r=s"), ("v", "1.2")]);
    let variables = variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Stage { variables, ..Stage::default() }
}

/// A finding as `class kind path: message`.
fn print(finding: &Finding) -> String {
    let Finding { class, kind, path, message, .. } = finding;
    format!("{class:?} {kind} {path}: {message}")
}

/// The one method's integration.
fn only(stage: &RestStage) -> &Integration {
    assert_eq!(stage.methods.len(), 1);
    &stage.methods[0].integration
}

fn print_source(source: &Source) -> String {
    match source {
        Source::Literal(text) => format!("'{}'", String::from_utf8_lossy(text)),
        Source::Path(index) => format!("path {index}"),
        Source::Query(name) => format!("query {name}"),
        Source::Header(name) => format!("header {name}"),
        Source::Context(variable) => format!("context {}", variable.as_str()),
    }
}

/// A call as one line.
fn print_call(stage: &RestStage, call: &HttpCall) -> String {
    let mut text = format!("{} ", stage.origins[call.origin].authority());
    for part in &call.path {
        match part {
            PathPart::Literal(literal) => text.push_str(&String::from_utf8_lossy(literal)),
            PathPart::Value(source) => text.push_str(&format!("<{}>", print_source(source))),
        }
    }
    for part in &call.query {
        let value = match &part.value {
            QueryValue::Literal(literal) => String::from_utf8_lossy(literal).into_owned(),
            QueryValue::Value(source) => format!("<{}>", print_source(source)),
        };
        text.push_str(&format!(" ?{}={value}", part.name));
    }
    for part in &call.headers {
        text.push_str(&format!(" {}: {}", part.name, print_source(&part.source)));
    }
    text
}

#[test]
fn uris_and_mappings_become_calls() {
    let check = |uri: &str, parameters: &[(&str, &str)], expected: &str| {
        let mut document = method(IntegrationDocument {
            request_parameters: parameters
                .iter()
                .map(|(target, source)| {
                    (format!("integration.request.{target}"), (*source).to_owned())
                })
                .collect(),
            ..http(IntegrationType::HttpProxy, uri)
        });
        document.request_parameters = map(&[
            ("method.request.path.id", true),
            ("method.request.path.toy", true),
            ("method.request.querystring.q", false),
            ("method.request.header.X-A", false),
        ]);
        let compiled = compile_one("/pets/{id}/{toy+}", document, &stage());
        let fatal: Vec<_> = compiled.findings.iter().map(print).collect();
        let stage = compiled.stage.unwrap_or_else(|| panic!("{uri}: {fatal:?}"));
        let Integration::HttpProxy(call) = only(&stage) else { panic!("{uri}") };
        assert_eq!(print_call(&stage, call), expected, "{uri} {parameters:?}");
    };
    check("http://127.0.0.1:9000", &[], "127.0.0.1:9000 /");
    check("http://H/a?b=c", &[], "h /a ?b=c");
    check(
        "http://h/{id}/x/{toy}",
        &[("path.id", "method.request.path.id"), ("path.toy", "method.request.path.toy")],
        "h /<path 0>/x/<path 1>",
    );
    check("http://h/{v}", &[("path.v", "'a b/c'")], "h /a%20b/c");
    check("http://h/{v}", &[("path.v", "stageVariables.page")], "h /p/q%3Fr=s");
    check("http://h/{v}", &[("path.v", "method.request.header.X-A")], "h /<header X-A>");
    check(
        "http://h/{v}?w={v}",
        &[("path.v", "context.requestId")],
        "h /<context requestId> ?w=<context requestId>",
    );
    check("http://${stageVariables.host}/x", &[], "books.local:9000 /x");
    check("http://${stageVariables.host}", &[], "books.local:9000 /");
    check(
        "http://a.${stageVariables.v}/${stageVariables.page}&t=u",
        &[],
        "a.1.2 /p/q ?r=s&t=u".replace('&', " ?").as_str(),
    );
    check(
        "http://h/?z=1",
        &[
            ("querystring.b", "method.request.querystring.q"),
            ("querystring.a b", "'x&y'"),
            ("header.X-Stage", "context.stage"),
            ("header.X-B", "stageVariables.v"),
        ],
        "h / ?z=1 ?a%20b=x%26y ?b=<query q> X-B: '1.2' X-Stage: context stage",
    );
    check(
        "http://h/",
        &[("header.A", "context.identity.sourceIp")],
        "h / A: context identity.sourceIp",
    );
}

#[test]
fn every_problem_of_a_call_is_found() {
    let check = |uri: &str, target: &str, source: &str, expected: &str| {
        let mut document = method(http(IntegrationType::HttpProxy, uri));
        document.request_parameters = map(&[("method.request.header.X", false)]);
        if !target.is_empty() {
            document.integration.request_parameters = map(&[(target, source.to_owned())]);
        }
        let compiled = compile_one("/pets", document, &stage());
        let findings: Vec<_> = compiled.findings.iter().map(print).collect();
        assert_eq!(findings, [expected], "{uri} {target} {source}");
        let fatal = compiled.findings[0].is_fatal();
        assert_eq!(compiled.stage.is_none(), fatal, "{uri} {target} {source}");
    };
    let uri = |uri: &str, expected: &str| check(uri, "", "", expected);
    uri(
        "https://h/",
        "NotRunnable origin-tls /integration/uri: TLS to origins comes with the \
        edge: this version calls http:// only",
    );
    uri(
        "ftp://h/",
        "Invalid uri /integration/uri: Invalid HTTP endpoint specified for URI: its \
        scheme is not http",
    );
    uri(
        "http://{h}/",
        "Invalid uri /integration/uri: Invalid HTTP endpoint specified for URI: \
        a request may not choose the host",
    );
    uri(
        "http://h/{id}",
        "Invalid uri-variable /integration/uri: nothing fills the path variable \
        {id} of the URI",
    );
    uri(
        "http://h/?a={id}b",
        "NotRunnable uri-query-variable /integration/uri: a path variable in \
        the query of a URI stands for a whole value only",
    );
    uri(
        "http://${stageVariables.none}/",
        "Invalid stage-variable /integration/uri: the stage has \
        no variable \"none\"",
    );
    uri(
        "http://h/${stageVariables.key}",
        "Invalid stage-variable /integration/uri: the value of \
        stage variable \"key\" has a character other than letters, digits and -._~:/?#&=,",
    );
    uri(
        "http://h/${context.stage}",
        "Invalid uri /integration/uri: \"${context.stage}\" is no \
        stage variable",
    );
    uri("http://h/${stageVariables.v", "Invalid uri /integration/uri: \"${\" without \"}\"");
    uri("http://h/#x", "Ignored uri /integration/uri: the fragment of a URI is never sent");
    let mapping = |target: &str, source: &str, expected: &str| {
        let target = format!("integration.request.{target}");
        let expected = expected.replace("@", &format!("/integration/requestParameters/{target}: "));
        check("http://h/", &target, source, &expected);
    };
    let aws = "Invalid mapping expression specified: Validation Result: warnings : [], errors : ";
    mapping(
        "header.A",
        "method.request.header.Y",
        &format!(
            "Invalid mapping-expression @{aws}[Invalid mapping expression parameter specified: \
         method.request.header.Y]"
        ),
    );
    mapping(
        "header.A",
        "method.request.header.x",
        &format!(
            "Invalid mapping-expression @{aws}[Invalid mapping expression parameter specified: \
         method.request.header.x]"
        ),
    );
    mapping(
        "header.A",
        "static",
        &format!("Invalid mapping-expression @{aws}[Invalid mapping expression specified: static]"),
    );
    mapping(
        "cookie.A",
        "'x'",
        &format!("Invalid mapping-expression @{aws}[Invalid mapping identifier specified]"),
    );
    mapping(
        "header.",
        "'x'",
        &format!("Invalid mapping-expression @{aws}[Invalid mapping identifier specified]"),
    );
    mapping(
        "header.A B",
        "'x'",
        "Invalid mapping-expression @\"A B\" is not the name of a header field",
    );
    mapping(
        "header.A",
        "'x\r\nb'",
        "Invalid mapping-expression @a static value has a control character",
    );
    mapping(
        "header.A",
        "stageVariables.none",
        "Invalid stage-variable @the stage has no variable \"none\"",
    );
    mapping(
        "header.A",
        "context.authorizer.principalId",
        "NotRunnable context-variable @there is no context variable \
         \"context.authorizer.principalId\" yet",
    );
    mapping(
        "header.A",
        "method.request.multivalueheader.X",
        "NotRunnable multi-value-mapping \
        @a mapping from \"method.request.multivalueheader.X\" cannot run yet",
    );
    for body in ["method.request.body", "method.request.body.a", "method.request.body[0]"] {
        mapping(
            "header.A",
            body,
            &format!("NotRunnable body-mapping @a mapping from \"{body}\" cannot run yet"),
        );
    }
    mapping("path.id", "'x'", "Ignored uri-variable @the URI has no path variable {id}");
    mapping(
        "header.Content-Length",
        "'1'",
        "Ignored reserved-header \
        @integration.request.header.Content-Length is mapped, so every request is answered with \
        500",
    );
    mapping(
        "header.transfer-ENCODING",
        "'1'",
        "Ignored reserved-header \
        @integration.request.header.transfer-ENCODING is mapped, so every request is answered \
        with 500",
    );
}

#[test]
fn parameters_that_the_path_lacks_are_never_there() {
    let mut document = method(http(IntegrationType::HttpProxy, "http://h/{id}"));
    document.request_parameters = map(&[("method.request.path.id", true)]);
    document.integration.request_parameters = map(&[
        ("integration.request.path.id", "method.request.path.id".to_owned()),
        ("integration.request.header.X", "method.request.path.id".to_owned()),
    ]);
    let compiled = compile_one("/pets", document, &stage());
    assert_eq!(compiled.findings.len(), 2);
    let stage = compiled.stage.unwrap();
    let Integration::HttpProxy(call) = only(&stage) else { panic!() };
    assert_eq!(print_call(&stage, call), "h /");
}

#[test]
fn one_name_is_one_parameter() {
    let mut document = method(http(IntegrationType::HttpProxy, "http://h/"));
    document.request_parameters =
        map(&[("method.request.path.id", true), ("method.request.header.id", true)]);
    let findings = compile_one("/{id}", document, &stage()).findings;
    assert_eq!(
        findings.iter().map(print).collect::<Vec<_>>(),
        [
            "Invalid parameter /method: Parameter names must be unique across querystring, header and \
         path: \"id\""
        ]
    );
}

#[test]
fn a_proxy_ignores_templates_and_response_parameters() {
    let mut document = method(http(IntegrationType::HttpProxy, "http://h/"));
    document.integration.request_templates = map(&[("application/json", "$x".to_owned())]);
    let mut response = rule(Some("2.."), 200);
    response.response_parameters = map(&[("method.response.header.X", "'x'".to_owned())]);
    response.response_templates = map(&[("application/json", "$x".to_owned())]);
    document.integration.responses = vec![response];
    let compiled = compile_one("/pets", document, &stage());
    assert!(compiled.stage.is_some());
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        [
            "Ignored ignored-by-proxy /integration/requestTemplates: an http_proxy integration \
         ignores request templates",
            "Ignored ignored-by-proxy /rule/responseParameters: an http_proxy integration ignores \
         response parameters",
            "Ignored ignored-by-proxy /rule/responseTemplates: an http_proxy integration ignores \
         response templates",
        ]
    );
}

#[test]
fn integration_responses_are_chosen_by_status() {
    let mut document = method(http(IntegrationType::Http, "http://h/"));
    document.integration.passthrough_behavior = PassthroughBehavior::Never;
    document.responses = vec![method_response(200, &["X", "Y"]), method_response(404, &[])];
    let mut found = rule(None, 200);
    found.response_parameters = map(&[
        ("method.response.header.X", "integration.response.header.Location".to_owned()),
        ("method.response.header.Y", "'a'".to_owned()),
    ]);
    found.response_templates = map(&[("application/json", "{\"a\": 1}".to_owned())]);
    document.integration.responses =
        vec![rule(Some("404|4[12]\\d"), 404), rule(Some("5\\d{2}"), 500), found];
    let compiled = compile_one("/pets", document, &stage());
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        [
            "Ignored method-response /rule/statusCode: the method has no response 500, so what would \
         be answered with it is answered with 500"
        ]
    );
    let stage = compiled.stage.unwrap();
    let Integration::Http { body, responses, .. } = only(&stage) else { panic!() };
    assert_eq!(*body, BodyRule::Refuse415);
    let check = |status: u16, expected: Option<u16>| {
        assert_eq!(responses.select(status).map(|rule| rule.status), expected, "{status}");
    };
    check(200, Some(200));
    check(302, Some(200));
    check(404, Some(404));
    check(418, Some(404));
    check(430, Some(200));
    check(503, None);
    let rule = responses.select(200).unwrap();
    assert_eq!(
        rule.headers,
        [
            ("X".into(), ResponseSource::Header("Location".into())),
            ("Y".into(), ResponseSource::Literal((*b"a").into())),
        ]
    );
    assert_eq!(rule.templates, [("application/json".into(), (*b"{\"a\": 1}").into())]);
}

#[test]
fn every_problem_of_a_response_is_found() {
    let check = |change: &dyn Fn(&mut MethodDocument), expected: &[&str]| {
        let mut document = method(http(IntegrationType::Http, "http://h/"));
        document.responses = vec![method_response(200, &["X", "Content-Length"])];
        document.integration.responses = vec![rule(None, 200)];
        change(&mut document);
        let compiled = compile_one("/pets", document, &stage());
        assert_eq!(compiled.findings.iter().map(print).collect::<Vec<_>>(), expected);
        assert!(compiled.stage.is_none());
    };
    let aws = "Invalid mapping expression specified: Validation Result: warnings : [], errors : ";
    let parameter = |target: &str, source: &str, expected: &str| {
        let at = format!("/rule/responseParameters/{target}: ");
        check(
            &|document| {
                document.integration.responses[0].response_parameters =
                    map(&[(target, source.to_owned())]);
            },
            &[&expected.replace('@', &at)],
        );
    };
    parameter(
        "method.response.header.Z",
        "'x'",
        &format!(
            "Invalid mapping-expression @{aws}\
        [Invalid mapping expression parameter specified: method.response.header.Z]"
        ),
    );
    parameter(
        "header.X",
        "'x'",
        &format!(
            "Invalid mapping-expression @{aws}\
        [Invalid mapping identifier specified]"
        ),
    );
    parameter(
        "method.response.header.X",
        "integration.response.header.",
        &format!(
            "Invalid mapping-expression @{aws}\
        [Invalid mapping expression specified: integration.response.header.]"
        ),
    );
    parameter(
        "method.response.header.X",
        "integration.response.body.id",
        "NotRunnable \
        body-mapping @a mapping from \"integration.response.body.id\" cannot run yet",
    );
    parameter(
        "method.response.header.X",
        "integration.response.multivalueheader.A",
        "NotRunnable \
        multi-value-mapping @a mapping from \"integration.response.multivalueheader.A\" cannot \
        run yet",
    );
    parameter(
        "method.response.header.Content-Length",
        "'1'",
        "NotRunnable reserved-header \
        @Content-Length is the gateway's own: no mapping can set it",
    );
    check(
        &|document| document.integration.responses.push(rule(Some(""), 200)),
        &["Invalid selection-pattern /rule: Integration response with selection pattern default \
           already exists"],
    );
    check(
        &|document| {
            document.integration.responses[0].response_templates =
                map(&[("text/plain", "$input.body".to_owned())]);
        },
        &["NotRunnable mapping-template /rule/responseTemplates/text~1plain: the template is not \
           constant: it has one of the characters $ # \\"],
    );
    check(
        &|document| document.integration.request_templates = map(&[("a/b", String::new())]),
        &[
            "NotRunnable mapping-template /integration/requestTemplates/a~1b: a request template of \
           an http integration cannot run yet",
        ],
    );
}

#[test]
fn patterns_that_cannot_run_are_findings() {
    let mut document = method(http(IntegrationType::Http, "http://h/"));
    document.responses = vec![method_response(200, &[])];
    document.integration.responses = vec![rule(Some("2("), 200), rule(Some("3["), 200)];
    let compiled = compile_one("/pets", document, &stage());
    let kinds: Vec<_> =
        compiled.findings.iter().map(|finding| (finding.class, finding.kind)).collect();
    assert_eq!(kinds, [(Class::NotRunnable, "selection-pattern"); 2]);
}

#[test]
fn mocks_get_their_status_from_a_constant() {
    let compile_mock = |templates: &[(&str, &str)]| {
        let mut document = method(integration(IntegrationType::Mock));
        let owned = templates.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        document.integration.request_templates = owned.collect();
        let compiled = compile_one("/pets", document, &stage());
        (compiled.findings.iter().map(print).collect::<Vec<_>>(), compiled.stage)
    };
    let (findings, stage) = compile_mock(&[
        ("Application/JSON", "{statusCode: 201}"),
        ("text/x", "{'statusCode':'404'}"),
    ]);
    assert!(findings.is_empty());
    let stage = stage.unwrap();
    let Integration::Mock { status, .. } = only(&stage) else { panic!() };
    let templates = vec![("application/json".into(), 201), ("text/x".into(), 404)];
    assert_eq!(*status, MockStatus { templates, passthrough: PassthroughBehavior::WhenNoMatch });

    let (findings, stage) = compile_mock(&[("application/json", "{}")]);
    assert_eq!(
        findings,
        ["Ignored mock-status /integration/requestTemplates/application~1json: \
        the template gives no statusCode, so requests are answered with 500"]
    );
    assert!(matches!(only(&stage.unwrap()), Integration::Broken(_)));

    let (findings, stage) = compile_mock(&[("a", "#set($s = 200){\"statusCode\": $s}")]);
    assert_eq!(
        findings,
        ["NotRunnable mapping-template /integration/requestTemplates/a: the \
        template is not constant: it has one of the characters $ # \\"]
    );
    assert!(stage.is_none());

    let (findings, stage) = compile_mock(&[]);
    assert_eq!(findings.len(), 1);
    assert!(matches!(only(&stage.unwrap()), Integration::Mock { .. }));
}

#[test]
fn the_throttle_is_that_of_all_methods() {
    let check = |rate: Option<f64>,
                 burst: Option<i32>,
                 expected: Result<Option<Throttle>, &str>| {
        let setting = MethodSetting { throttling_rate_limit: rate, throttling_burst_limit: burst };
        let stage = Stage { method_settings: map(&[("*/*", setting)]), ..Stage::default() };
        let document = method(http(IntegrationType::HttpProxy, "http://h/"));
        let compiled = compile_one("/pets", document, &stage);
        let found = match compiled.stage {
            Some(stage) => Ok(stage.throttle),
            None => Err(compiled.findings[0].path.as_str()),
        };
        assert_eq!(found, expected, "{rate:?} {burst:?}");
    };
    check(Some(10.5), Some(5), Ok(Some(Throttle { rate: 10.5, burst: 5 })));
    check(Some(0.0), Some(0), Ok(Some(Throttle { rate: 0.0, burst: 0 })));
    check(None, None, Ok(None));
    check(Some(-1.0), Some(-1), Ok(None));
    check(Some(-1.0), None, Ok(None));
    check(Some(1.0), None, Err("/stages/prod/methodSettings/*~1*"));
    check(Some(1.0), Some(-1), Err("/stages/prod/methodSettings/*~1*"));
    check(None, Some(1), Err("/stages/prod/methodSettings/*~1*"));
    check(Some(f64::NAN), Some(1), Err("/stages/prod/methodSettings/*~1*/throttlingRateLimit"));
}

#[test]
fn settings_of_one_method_are_refused() {
    let stage = Stage {
        method_settings: map(&[("pets/GET", MethodSetting::default())]),
        ..Stage::default()
    };
    let document = method(http(IntegrationType::HttpProxy, "http://h/"));
    let compiled = compile_one("/pets", document, &stage);
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        ["NotRunnable method-settings /stages/prod/methodSettings/pets~1GET: method settings of \
         \"pets/GET\" cannot be applied yet"]
    );
    assert!(compiled.stage.is_none());
}

#[test]
fn routes_that_collide_are_findings() {
    let get = || method(http(IntegrationType::HttpProxy, "http://h/"));
    let deployment = deployment(vec![
        resource("/a/{x}", vec![get()]),
        resource("/a/{y}", vec![get()]),
        resource("/a/{x}", vec![get()]),
    ]);
    let compiled = compile(&deployment, &"prod".parse().unwrap(), &Stage::default());
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        [
            "Invalid resource /method: A sibling ({x}) of this resource already has a variable path \
         part -- only one is allowed",
            "Invalid resource /method: the resource already has this method",
        ]
    );
}

#[test]
fn calls_of_one_origin_share_it() {
    let get = |uri: &str| method(http(IntegrationType::HttpProxy, uri));
    let deployment = deployment(vec![
        resource("/a", vec![get("http://h/a")]),
        resource("/b", vec![get("http://H:80/b")]),
        resource("/c", vec![get("http://h:81/c")]),
    ]);
    let compiled = compile(&deployment, &"prod".parse().unwrap(), &Stage::default());
    let stage = compiled.stage.unwrap();
    let authorities: Vec<_> = stage.origins.iter().map(|origin| origin.authority()).collect();
    assert_eq!(authorities, ["h", "h:81"]);
    assert_eq!("stage".parse(), Ok(ContextVariable::Stage));
}
