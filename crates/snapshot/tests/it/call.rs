//! URIs and request parameters compiled to calls, and every finding about them.

use portico_model::{Connection, Integration as IntegrationDocument, IntegrationType, TlsConfig};
use portico_snapshot::{
    HttpCall, Inputs, Integration, PathPart, QueryValue, RestStage, Source, compile,
};

use crate::documents::{compile_one, deployment, http, map, method, only, print, resource, stage};

fn print_source(source: &Source) -> String {
    match source {
        Source::Literal(text) => format!("'{}'", String::from_utf8_lossy(text)),
        Source::Path(index) => format!("path {index}"),
        Source::Query(name) => format!("query {name}"),
        Source::Queries(name) => format!("queries {name}"),
        Source::Header(name) => format!("header {name}"),
        Source::Headers(name) => format!("headers {name}"),
        Source::Context(variable) => format!("context {}", variable.as_str()),
        Source::Body => "body".to_owned(),
        Source::BodyPath(path) => format!("body {}", path.as_str()),
    }
}

fn print_parts(parts: &[PathPart]) -> String {
    let print = |part: &PathPart| match part {
        PathPart::Literal(literal) => String::from_utf8_lossy(literal).into_owned(),
        PathPart::Value(source) => format!("<{}>", print_source(source)),
        PathPart::Variable(name, value) => {
            format!("<{name}: {}>", print_parts(std::slice::from_ref(value)))
        }
    };
    parts.iter().map(print).collect()
}

/// A call as one line.
fn print_call(stage: &RestStage, call: &HttpCall) -> String {
    let mut text =
        format!("{} {}", stage.origins[call.origin].authority(), print_parts(&call.path));
    for part in &call.query {
        let value = match &part.value {
            QueryValue::Literal(literal) => String::from_utf8_lossy(literal).into_owned(),
            QueryValue::Value(source) => format!("<{}>", print_source(source)),
            QueryValue::Parts(parts) => print_parts(parts),
        };
        text.push_str(&format!(" ?{}={value}", part.name));
    }
    for part in &call.headers {
        text.push_str(&format!(" {}: {}", part.name, print_source(&part.source)));
    }
    text
}

/// What a URI and the mappings of `requestParameters` compile to.
fn check_call(uri: &str, parameters: &[(&str, &str)], expected: &str) {
    let mut document = method(IntegrationDocument {
        request_parameters: parameters
            .iter()
            .map(|(target, source)| (format!("integration.request.{target}"), (*source).to_owned()))
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
}

#[test]
fn uris_and_mappings_become_calls() {
    let check = check_call;
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
fn parts_of_queries_every_value_and_bodies_become_calls() {
    let check = check_call;
    check(
        "http://h/?a=x{v}y{w}&b={v}{w}&c={v}",
        &[("path.v", "method.request.path.id"), ("path.w", "'1 2'")],
        "h / ?a=x<path 0>y1%202 ?b=<path 0>1%202 ?c=<path 0>",
    );
    check(
        "http://h/",
        &[
            ("header.A", "method.request.multivalueheader.X-A"),
            ("header.B", "method.request.multivaluequerystring.q"),
            ("querystring.c", "method.request.multivaluequerystring.q"),
        ],
        "h / ?c=<queries q> A: headers X-A B: queries q",
    );
    check(
        "http://h/{v}",
        &[
            ("path.v", "method.request.body.$.a"),
            ("querystring.b", "method.request.body.b['c d'][0]"),
            ("header.A", "method.request.body"),
        ],
        "h /<body $.a> ?b=<body $.b['c d'][0]> A: body",
    );
}

#[test]
fn what_an_origin_has_to_prove_is_compiled() {
    let compile = |uri: &str, any_issuer: bool, name: Option<&str>| {
        let mut document = method(http(IntegrationType::HttpProxy, uri));
        document.integration.tls_config = Some(TlsConfig {
            insecure_skip_verification: any_issuer,
            server_name_to_verify: name.map(str::to_owned),
        });
        compile_one("/pets", document, &stage())
    };
    let check = |any_issuer: bool, name: Option<&str>, expected: &str, findings: &[&str]| {
        let compiled = compile("https://H/a", any_issuer, name);
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        assert_eq!(found, findings);
        let origin = &compiled.stage.unwrap().origins[0];
        let tls = origin.tls.as_ref().unwrap();
        assert_eq!((origin.port, &*tls.server_name, tls.any_issuer), (443, expected, any_issuer));
    };
    check(false, None, "h", &[]);
    check(false, Some("Books.Example"), "books.example", &[]);
    let warning = "Ignored insecure /integration/tlsConfig/insecureSkipVerification: \
                   whoever issued the origin's certificate is believed";
    check(true, None, "h", &[warning]);

    let refused = compile("https://h/", false, Some("a b"));
    assert!(refused.stage.is_none());
    let expected = "Invalid tls-config /integration/tlsConfig/serverNameToVerify: \
                    \"a b\" is no name that a certificate can have";
    assert_eq!(print(&refused.findings[0]), expected);
    let plain = compile("http://h/", true, None);
    let expected = "Ignored tls-config /integration/tlsConfig: \
                    the URI begins with http://, so there is no TLS to configure";
    assert_eq!(plain.findings.iter().map(print).collect::<Vec<_>>(), [expected]);
    assert_eq!(plain.stage.unwrap().origins[0].tls, None);
}

/// The one finding that a GET with this integration gives.
fn check(uri: &str, target: &str, source: &str, expected: &str) {
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
}

#[test]
fn every_problem_of_a_uri_is_found() {
    let check = |uri: &str, class_and_kind: &str, message: &str| {
        check(uri, "", "", &format!("{class_and_kind} /integration/uri: {message}"));
    };
    let invalid = |uri: &str, why: &str| {
        check(uri, "Invalid uri", &format!("Invalid HTTP endpoint specified for URI: {why}"));
    };
    invalid("ftp://h/", "its scheme is neither http nor https");
    invalid("http://{h}/", "a request may not choose the host");
    let unfilled = "nothing fills the path variable {id} of the URI";
    check("http://h/{id}", "Invalid uri-variable", unfilled);
    check("http://h/?a={id}b", "Invalid uri-variable", unfilled);
    let part = "a path variable cannot be the name of a query parameter";
    check("http://h/?{id}=b", "NotRunnable uri-query-variable", part);
    let other = "\"${context.stage}\" is no stage variable";
    check("http://h/${context.stage}", "Invalid uri", other);
    check("http://h/${stageVariables.v", "Invalid uri", "\"${\" without \"}\"");
    check("http://h/#x", "Ignored uri", "the fragment of a URI is never sent");
}

#[test]
fn every_problem_of_a_mapping_is_found() {
    let check = |target: &str, source: &str, class_and_kind: &str, message: &str| {
        let target = format!("integration.request.{target}");
        let path = format!("/integration/requestParameters/{target}");
        check("http://h/", &target, source, &format!("{class_and_kind} {path}: {message}"));
    };
    let invalid = |target: &str, source: &str, error: &str| {
        let message = format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [{error}]"
        );
        check(target, source, "Invalid mapping-expression", &message);
    };
    for source in ["method.request.header.Y", "method.request.header.x"] {
        let error = format!("Invalid mapping expression parameter specified: {source}");
        invalid("header.A", source, &error);
    }
    invalid("header.A", "static", "Invalid mapping expression specified: static");
    invalid("cookie.A", "'x'", "Invalid mapping identifier specified");
    invalid("header.", "'x'", "Invalid mapping identifier specified");
    let name = "\"A B\" is not the name of a header field";
    check("header.A B", "'x'", "Invalid mapping-expression", name);
    let control = "a static value has a control character";
    check("header.A", "'x\r\nb'", "Invalid mapping-expression", control);
    let unknown = "there is no context variable \"context.requestid\"";
    check("header.A", "context.requestid", "NotRunnable context-variable", unknown);
    let elsewhere = "\"context.status\" has no value in a mapping";
    check("header.A", "context.status", "NotRunnable context-variable", elsewhere);
    let no_path = |source: &str, reason: &str| {
        let message = format!("a mapping from \"{source}\" cannot run: not a JSONPath: {reason}");
        check("header.A", source, "NotRunnable body-mapping", &message);
    };
    for source in ["method.request.multivalueheader.Y", "method.request.multivaluequerystring.X"] {
        let error = format!("Invalid mapping expression parameter specified: {source}");
        invalid("header.A", source, &error);
    }
    for source in ["method.request.multivaluepath.X", "method.request.multivalueheader."] {
        let error = format!("Invalid mapping expression specified: {source}");
        invalid("header.A", source, &error);
    }
    no_path("method.request.body.a.", "the path ends with a dot at byte 4");
    no_path("method.request.body.a[", "not an index, a slice or a name in quotes at byte 4");
    no_path("method.request.body.a.b()", "unknown function at byte 6");
    invalid(
        "header.A",
        "method.request.bodys",
        "Invalid mapping expression specified: method.request.bodys",
    );
    check("path.id", "'x'", "Ignored uri-variable", "the URI has no path variable {id}");
    for target in ["header.Content-Length", "header.transfer-ENCODING"] {
        let message = format!(
            "integration.request.{target} is mapped, so every request is answered with 500"
        );
        check(target, "'1'", "Ignored reserved-header", &message);
    }
}

#[test]
fn fields_that_never_reach_an_origin_are_told() {
    let names = ["Connection", "expect", "Keep-Alive", "PROXY-AUTHENTICATE", "TE", "Via"];
    for name in names.into_iter().chain(["Proxy-Connection", "x-amzn-apigateway-api-id"]) {
        let target = format!("integration.request.header.{name}");
        let message = format!("{name} never reaches an origin: the mapping has no effect");
        let path = format!("/integration/requestParameters/{target}");
        check("http://h/", &target, "'a'", &format!("Ignored reserved-header {path}: {message}"));
    }
}

#[test]
fn vpc_links_lead_where_the_operator_says() {
    let compile = |uri: &str, id: Option<&str>, tls: Option<TlsConfig>| {
        let mut document = method(http(IntegrationType::HttpProxy, uri));
        document.integration.tls_config = tls;
        document.integration.connection = Connection::VpcLink { id: id.map(str::to_owned) };
        let links = [
            ("plain", "http://10.0.0.7:9000"),
            ("tls", "https://nlb.internal"),
            ("1.2", "http://v:1/"),
            ("path", "http://h/a"),
        ];
        let links = links.map(|(id, url)| (id.to_owned(), url.to_owned())).into();
        let deployment = deployment(vec![resource("/pets", vec![document])]);
        let (name, stage) = ("prod".parse().unwrap(), stage());
        compile(&Inputs { vpc_links: &links, ..Inputs::new(&deployment, &name, &stage) })
    };
    let check = |uri: &str, id: &str, origin: &str, host: Option<&str>, name: Option<&str>| {
        let stage = compile(uri, Some(id), None).stage.unwrap();
        let Integration::HttpProxy(call) = only(&stage) else { panic!("{uri} {id}") };
        let found = &stage.origins[call.origin];
        assert_eq!(format!("{}://{}", found.scheme(), found.authority()), origin, "{uri} {id}");
        assert_eq!(call.host.as_deref(), host, "{uri} {id}");
        assert_eq!(found.tls.as_ref().map(|tls| &*tls.server_name), name, "{uri} {id}");
    };
    check("http://lb:81/a", "unknown", "http://lb:81", None, None);
    check("https://lb/a", "unknown", "https://lb", None, Some("lb"));
    check("http://lb:81/a", "plain", "http://10.0.0.7:9000", Some("lb:81"), None);
    check("https://lb/a", "plain", "http://10.0.0.7:9000", Some("lb"), None);
    check("https://lb/a", "tls", "https://nlb.internal", Some("lb"), Some("lb"));
    check("http://lb/a", "tls", "https://nlb.internal", Some("lb"), Some("lb"));
    check("http://lb/a", "${stageVariables.v}", "http://v:1", Some("lb"), None);

    let other = TlsConfig { server_name_to_verify: Some("o".into()), ..TlsConfig::default() };
    let stage = compile("https://lb/a", Some("tls"), Some(other)).stage.unwrap();
    assert_eq!(&*stage.origins[0].tls.as_ref().unwrap().server_name, "o");

    let refused = |id: Option<&str>, expected: &str| {
        let compiled = compile("http://lb/", id, None);
        assert_eq!(compiled.findings.iter().map(print).collect::<Vec<_>>(), [expected]);
        compiled.stage
    };
    let missing = "Invalid vpc-link /integration: connectionType VPC_LINK needs a connectionId";
    assert!(refused(None, missing).is_none());
    let path = "Invalid vpc-link /integration/connectionId: the URL of VPC link \"path\" is no \
                http://host:port: \"http://h/a\"";
    assert!(refused(Some("path"), path).is_none());
    let variable = "Ignored stage-variable /integration/connectionId: the stage has no variable \
                    \"none\", so every request of the method is answered with 500";
    let stage = refused(Some("${stageVariables.none}"), variable).unwrap();
    assert!(matches!(only(&stage), Integration::Broken(_)));
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
fn a_stage_that_lacks_a_variable_is_served_without_it() {
    let mut document = method(http(IntegrationType::HttpProxy, "http://${stageVariables.none}/"));
    let compiled = compile_one("/pets", document.clone(), &stage());
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        ["Ignored stage-variable /integration/uri: the stage has no variable \"none\", so every \
             request of the method is answered with 500"]
    );
    let broken = "Invalid endpoint address: the stage has no variable \"none\"";
    let stage_of = compiled.stage.unwrap();
    assert!(matches!(only(&stage_of), Integration::Broken(why) if why == broken));

    document.integration.uri = Some("http://h/".to_owned());
    document.integration.request_parameters =
        map(&[("integration.request.header.A", "stageVariables.none".to_owned())]);
    let compiled = compile_one("/pets", document, &stage());
    assert_eq!(
        compiled.findings.iter().map(print).collect::<Vec<_>>(),
        ["Ignored stage-variable /integration/requestParameters/integration.request.header.A: \
             the stage has no variable \"none\", its value here is empty"]
    );
    let stage = compiled.stage.unwrap();
    let Integration::HttpProxy(call) = only(&stage) else { panic!() };
    assert_eq!(print_call(&stage, call), "h / A: ''");
}
