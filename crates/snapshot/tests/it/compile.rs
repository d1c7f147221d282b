//! Documents compiled: proxies, mocks, throttles, routes and origins.

use portico_model::{Allow, ContentHandling, IntegrationType, MethodSetting, Stage};
use portico_snapshot::{Choice, Inputs, Integration, MockTemplate, compile};

use crate::documents::{
    compile_one, deployment, http, integration, map, method, only, print, resource, rule, stage,
};

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
    response.content_handling = Some(ContentHandling::ConvertToText);
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
            "Ignored ignored-by-proxy /rule/contentHandling: an http_proxy integration ignores the \
         content handling of responses",
        ]
    );
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
    let Integration::Mock { templates, .. } = only(&stage) else { panic!() };
    let status = |media_type: &str| match templates.choose(media_type.as_bytes()) {
        Choice::Template(_, MockTemplate::Status(status)) => Some(*status),
        _ => None,
    };
    assert_eq!((status("application/json"), status("text/x")), (Some(201), Some(404)));
    assert!(matches!(templates.choose(b"text/y"), Choice::PassThrough));

    let (findings, stage) = compile_mock(&[("application/json", "{}")]);
    assert_eq!(
        findings,
        ["Ignored mock-status /integration/requestTemplates/application~1json: \
        the template gives no statusCode, so requests are answered with 500"]
    );
    let stage = stage.unwrap();
    let Integration::Mock { templates, .. } = only(&stage) else { panic!() };
    assert!(!templates.reads_body);
    let template = templates.choose(b"application/json");
    assert!(matches!(template, Choice::Template(_, MockTemplate::Text(_))));

    let (findings, stage) = compile_mock(&[("a", "{\"statusCode\": $input.path('$.s')}")]);
    assert_eq!(findings, [""; 0]);
    let stage = stage.unwrap();
    let Integration::Mock { templates, .. } = only(&stage) else { panic!() };
    assert!(templates.reads_body);

    let (findings, stage) = compile_mock(&[]);
    assert_eq!(findings.len(), 1);
    assert!(matches!(only(&stage.unwrap()), Integration::Mock { .. }));
}

#[test]
fn routes_that_collide_are_findings() {
    let get = || method(http(IntegrationType::HttpProxy, "http://h/"));
    let deployment = deployment(vec![
        resource("/a/{x}", vec![get()]),
        resource("/a/{y}", vec![get()]),
        resource("/a/{x}", vec![get()]),
    ]);
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()));
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
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()));
    let stage = compiled.stage.unwrap();
    let authorities: Vec<_> = stage.origins.iter().map(|origin| origin.authority()).collect();
    assert_eq!(authorities, ["h", "h:81"]);
}

#[test]
fn a_refused_method_is_checked_but_never_served() {
    let mut document = method(http(IntegrationType::HttpProxy, "http://{no}/"));
    document.refusals = vec!["authorizer"];
    let findings = compile_one("/pets", document.clone(), &stage()).findings;
    assert_eq!(findings.len(), 1, "what else is wrong with it is told at once");

    document.integration.uri = Some("http://h/".to_owned());
    let stage = compile_one("/pets", document, &stage()).stage.unwrap();
    assert!(matches!(stage.methods[0].integration, portico_snapshot::Integration::Broken(_)));
}

#[test]
fn what_is_allowed_is_served_as_an_error() {
    let proxy = || method(http(IntegrationType::HttpProxy, "http://h/"));
    let aws = || method(http(IntegrationType::AwsProxy, "arn:aws:apigateway:r:lambda:path/f"));
    let stage_name = "prod".parse().unwrap();
    let setting = MethodSetting { throttling_rate_limit: Some(1.0), ..MethodSetting::default() };
    let throttled = Stage { method_settings: map(&[("*/*", setting)]), ..Stage::default() };
    let check = |kind: &str, refusal: Option<&'static str>, stage: &Stage, expected: &[bool]| {
        let mut documents =
            deployment(vec![resource("/a", vec![proxy()]), resource("/b", vec![aws()])]);
        documents.refusals.extend(refusal);
        let mut allow = Allow::default();
        allow.insert(kind).unwrap();
        let inputs = Inputs { allow: &allow, ..Inputs::new(&documents, &stage_name, stage) };
        let compiled = compile(&inputs);
        let methods = compiled.stage.map_or_else(Vec::new, |stage| stage.methods);
        let broken: Vec<_> = methods
            .iter()
            .map(|method| matches!(method.integration, Integration::Broken(_)))
            .collect();
        assert_eq!(broken, expected, "{kind}");
    };
    let plain = Stage::default();
    check("authorizer", None, &plain, &[]);
    check("integration-aws", None, &plain, &[false, true]);
    check("integration-aws", Some("resource-policy"), &plain, &[true, true]);
    check("integration-aws", None, &throttled, &[]);
}
