//! Integration responses compiled to rules, and every finding about them.

use portico_model::{Class, IntegrationType, Method as MethodDocument, PassthroughBehavior};
use portico_snapshot::{BodyPath, Integration, MappingTemplate, ResponseSource};

use crate::documents::{compile_one, http, map, method, method_response, only, print, rule, stage};

#[test]
fn integration_responses_are_chosen_by_status() {
    let mut document = method(http(IntegrationType::Http, "http://h/"));
    document.integration.passthrough_behavior = PassthroughBehavior::Never;
    document.responses =
        vec![method_response(200, &["V", "W", "X", "Y", "Z"]), method_response(404, &[])];
    let mut found = rule(None, 200);
    found.response_parameters = map(&[
        ("method.response.header.X", "integration.response.header.Location".to_owned()),
        ("method.response.header.Y", "'a'".to_owned()),
        ("method.response.header.Z", "integration.response.multivalueheader.A".to_owned()),
        ("method.response.header.V", "integration.response.body".to_owned()),
        ("method.response.header.W", "integration.response.body.a[1]".to_owned()),
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
    let passthrough = PassthroughBehavior::Never;
    assert!(body.templates.is_empty() && body.passthrough == passthrough && !body.reads_body);
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
            ("V".into(), ResponseSource::Body),
            ("W".into(), ResponseSource::BodyPath(BodyPath::parse(".a[1]").unwrap())),
            ("X".into(), ResponseSource::Header("Location".into())),
            ("Y".into(), ResponseSource::Literal((*b"a").into())),
            ("Z".into(), ResponseSource::Headers("A".into())),
        ]
    );
    let [(media_type, MappingTemplate::Constant(text))] = &rule.templates[..] else { panic!() };
    assert_eq!((&**media_type, &**text), ("application/json", "{\"a\": 1}"));
}

/// The findings that a changed document gives, all of them fatal.
fn check(change: impl Fn(&mut MethodDocument), expected: &[&str]) {
    let mut document = method(http(IntegrationType::Http, "http://h/"));
    document.responses = vec![method_response(200, &["X", "Content-Length"])];
    document.integration.responses = vec![rule(None, 200)];
    change(&mut document);
    let compiled = compile_one("/pets", document, &stage());
    assert_eq!(compiled.findings.iter().map(print).collect::<Vec<_>>(), expected);
    assert!(compiled.stage.is_none());
}

#[test]
fn every_problem_of_a_response_parameter_is_found() {
    let check = |target: &str, source: &str, class_and_kind: &str, message: &str| {
        let path = format!("/rule/responseParameters/{target}");
        let change = |document: &mut MethodDocument| {
            document.integration.responses[0].response_parameters =
                map(&[(target, source.to_owned())]);
        };
        check(change, &[&format!("{class_and_kind} {path}: {message}")]);
    };
    let invalid = |target: &str, source: &str, error: &str| {
        let message = format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [{error}]"
        );
        check(target, source, "Invalid mapping-expression", &message);
    };
    let x = "method.response.header.X";
    let z = "method.response.header.Z";
    invalid(z, "'x'", &format!("Invalid mapping expression parameter specified: {z}"));
    invalid("header.X", "'x'", "Invalid mapping identifier specified");
    let source = "integration.response.header.";
    invalid(x, source, &format!("Invalid mapping expression specified: {source}"));
    let source = "integration.response.body.a.";
    let message = format!(
        "a mapping from \"{source}\" cannot run: not a JSONPath: the path ends with a dot at byte 4"
    );
    check(x, source, "NotRunnable body-mapping", &message);
    let source = "integration.response.multivalueheader.";
    invalid(x, source, &format!("Invalid mapping expression specified: {source}"));
}

#[test]
fn every_problem_of_a_response_is_found() {
    check(
        |document| document.integration.responses.push(rule(Some(""), 200)),
        &["Invalid selection-pattern /rule: Integration response with selection pattern default \
           already exists"],
    );
    check(
        |document| {
            document.integration.responses[0].response_templates =
                map(&[("text/plain", "x".repeat(300 * 1024 + 1))]);
        },
        &["Invalid template-size /rule/responseTemplates/text~1plain: the template has 307201 \
           bytes, and 307200 is most"],
    );
    check(
        |document| {
            let text = "$x".repeat(150 * 1024 + 1);
            document.integration.request_templates = map(&[("a/b", text)]);
        },
        &["Invalid template-size /integration/requestTemplates/a~1b: the template has 307202 \
           bytes, and 307200 is most"],
    );
}

#[test]
fn a_template_that_does_not_parse_is_told() {
    let check = |text: &str, expected: &str| {
        let mut document = method(http(IntegrationType::Http, "http://h/"));
        document.responses = vec![method_response(200, &[])];
        document.integration.request_templates = map(&[("a/b", text.to_owned())]);
        document.integration.responses = vec![rule(None, 200)];
        let compiled = compile_one("/pets", document, &stage());
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        let expected = format!(
            "Ignored template-syntax /integration/requestTemplates/a~1b: the template does not \
             parse: {expected}, so its requests are answered with 500"
        );
        assert_eq!(found, [expected], "{text}");
        let stage = compiled.stage.unwrap();
        let Integration::Http { body, .. } = only(&stage) else { panic!("{text}") };
        assert!(matches!(body.templates[0].1, MappingTemplate::Broken(_)), "{text}");
    };
    check("a\n  $b[", "line 2, column 6: expected a value");
    check("#if($a)\nb", "line 1, column 1: `#if` without `#end`");
    check("a$", "line 1, column 3: the template ends with `$`");
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
fn a_mapping_without_its_effect_is_told() {
    let check = |name: &str, expected: Option<&str>, findings: &[&str]| {
        let mut document = method(http(IntegrationType::Http, "http://h/"));
        document.responses = vec![method_response(200, &[name])];
        let mut mapped = rule(None, 200);
        let target = format!("method.response.header.{name}");
        mapped.response_parameters = map(&[(target.as_str(), "'a'".to_owned())]);
        document.integration.responses = vec![mapped];
        let compiled = compile_one("/pets", document, &stage());
        let found: Vec<_> = compiled.findings.iter().map(|found| &*found.message).collect();
        assert_eq!(found, findings, "{name}");
        let stage = compiled.stage.unwrap();
        let Integration::Http { responses, .. } = only(&stage) else { panic!("{name}") };
        let fields = &responses.select(200).unwrap().headers;
        assert_eq!(fields.first().map(|(name, _)| &**name), expected, "{name}");
    };
    let dropped = |name: &str| {
        check(name, None, &[&format!("{name} never reaches a client: the mapping has no effect")]);
    };
    let renamed = |name: &str| {
        let seen = format!("x-amzn-Remapped-{name}");
        check(name, Some(&seen), &[&format!("{name} reaches clients as {seen}")]);
    };
    // Source: AWS, "Amazon API Gateway important notes" (REST APIs), the column of responses.
    for name in ["Expect", "Host", "proxy-authenticate", "TE", "Trailer", "Upgrade"] {
        dropped(name);
    }
    dropped("Transfer-Encoding");
    for name in ["Authorization", "Connection", "Content-Length", "Content-MD5", "date"] {
        renamed(name);
    }
    for name in ["Max-Forwards", "SERVER", "User-Agent", "WWW-Authenticate", "x-amzn-RequestId"] {
        renamed(name);
    }
    for name in ["Accept", "Age", "Content-Encoding", "Content-Type", "Pragma", "Via", "X-A"] {
        check(name, Some(name), &[]);
    }
}
