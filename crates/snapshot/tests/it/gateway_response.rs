//! Gateway responses compiled: what each type is answered with, and what stands against it.

use portico_model::{DocumentPath, GatewayResponse, GatewayResponseType, Stage};
use portico_snapshot::{Compiled, Inputs, Part, compile};

use crate::documents::{deployment, map, print, stage};

/// A response at `/r` with these parameters and templates.
fn response(
    response_type: GatewayResponseType,
    parameters: &[(&str, &str)],
    templates: &[(&str, &str)],
) -> GatewayResponse {
    let owned = |pairs: &[(&str, &str)]| {
        map(pairs).into_iter().map(|(name, value)| (name, value.to_owned())).collect()
    };
    GatewayResponse {
        path: DocumentPath::root().join("r"),
        response_type,
        status_code: None,
        response_parameters: owned(parameters),
        response_templates: owned(templates),
    }
}

fn serve(response: GatewayResponse, stage: &Stage) -> Compiled {
    let mut documents = deployment(Vec::new());
    documents.gateway_responses.push(response);
    compile(&Inputs::new(&documents, &"prod".parse().unwrap(), stage))
}

/// Variables in angle brackets.
fn show(parts: &[Part]) -> String {
    let show = |part: &Part| match part {
        Part::Text(text) => text.to_string(),
        Part::Context(variable) => format!("<{}>", variable.as_str()),
        Part::Request(parameter) => format!("<{parameter:?}>"),
    };
    parts.iter().map(show).collect()
}

#[test]
fn parameters_and_templates_are_taken_apart() {
    let document = response(
        GatewayResponseType::Throttled,
        &[
            ("gatewayresponse.header.A", "'x y'"),
            ("gatewayresponse.header.B", "context.error.responseType"),
            ("gatewayresponse.header.C", "stageVariables.v"),
            ("gatewayresponse.header.D", "method.request.header.Accept"),
            ("gatewayresponse.header.E", "method.request.path.id"),
            ("gatewayresponse.header.F", "method.request.querystring.q"),
            ("gatewayresponse.header.G", "context.identity.apiKey"),
        ],
        &[("text/plain", "v$stageVariables.v: $context.error.message")],
    );
    let compiled = serve(document, &stage());
    assert_eq!(compiled.findings.iter().map(print).collect::<Vec<_>>(), Vec::<String>::new());
    let stage = compiled.stage.unwrap();
    let found = stage.gateway_responses.of(GatewayResponseType::Throttled).unwrap();
    let headers: Vec<_> = found
        .headers
        .iter()
        .map(|(name, part)| format!("{name}: {}", show(std::slice::from_ref(part))))
        .collect();
    let expected = [
        "A: x y",
        "B: <error.responseType>",
        "C: 1.2",
        "D: <Header(\"Accept\")>",
        "E: <Path(\"id\")>",
        "F: <Query(\"q\")>",
        "G: <identity.apiKey>",
    ];
    assert_eq!(headers, expected);
    assert_eq!(show(&found.templates[0].1), "v1.2: <error.message>");
}

#[test]
fn without_a_template_there_is_that_of_aws() {
    let compiled = serve(response(GatewayResponseType::Default5xx, &[], &[]), &Stage::default());
    let stage = compiled.stage.unwrap();
    for response_type in GatewayResponseType::ALL {
        let found = stage.gateway_responses.of(*response_type);
        let is_concerned = *response_type == GatewayResponseType::Default5xx
            || response_type.falls_back_to() == Some(GatewayResponseType::Default5xx);
        assert_eq!(found.is_some(), is_concerned, "{}", response_type.as_str());
        for (media_type, template) in found.iter().flat_map(|found| &found.templates) {
            assert_eq!(&**media_type, "application/json");
            assert_eq!(show(template), "{\"message\":<error.messageString>}");
        }
    }
}

#[test]
fn every_problem_of_a_parameter_is_found() {
    let check = |target: &str, expression: &str, class_and_kind: &str, message: &str| {
        let parameters = [(target, expression)];
        let document = response(GatewayResponseType::Throttled, &parameters, &[("a/b", "x")]);
        let compiled = serve(document, &Stage::default());
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        let expected = format!("{class_and_kind} /r/responseParameters/{target}: {message}");
        assert_eq!(found, [expected], "{target} {expression}");
    };
    let invalid = |target: &str, expression: &str, error: &str| {
        let message = format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [{error}]"
        );
        check(target, expression, "Invalid mapping-expression", &message);
    };
    let header = "gatewayresponse.header.A";
    invalid("method.response.header.A", "'x'", "Invalid mapping identifier specified");
    invalid(header, "x", "Invalid mapping expression specified: x");
    invalid(header, "", "Invalid mapping expression specified: ");
    let body = "method.request.body";
    invalid(header, body, "Invalid mapping expression specified: method.request.body");
    let renamed = "Server reaches clients as x-amzn-Remapped-Server";
    check("gatewayresponse.header.Server", "'x'", "Ignored reserved-header", renamed);
    let dropped = "Upgrade never reaches a client: the mapping has no effect";
    check("gatewayresponse.header.Upgrade", "'x'", "Ignored reserved-header", dropped);
    let name = "\"A B\" is not the name of a header field";
    check("gatewayresponse.header.A B", "'1'", "Invalid mapping-expression", name);
    let control = "a static value has a control character";
    check(header, "'a\r\nb: c'", "Invalid mapping-expression", control);
    let context = "NotRunnable context-variable";
    check(header, "context.stag", context, "there is no context variable \"context.stag\"");
    let elsewhere = "a gateway response has no \"context.status\": access logs have it";
    check(header, "context.status", context, elsewhere);
    let missing = "the stage has no variable \"v\", its value here is empty";
    check(header, "stageVariables.v", "Ignored stage-variable", missing);
}

#[test]
fn every_problem_of_a_template_is_found() {
    let check = |template: &str, class_and_kind: &str, message: &str| {
        let document = response(GatewayResponseType::Throttled, &[], &[("a", template)]);
        let compiled = serve(document, &Stage::default());
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        let expected = format!("{class_and_kind} /r/responseTemplates/a: {message}");
        assert_eq!(found, [expected], "{template}");
    };
    let unknown = "there is no context variable \"context.requestid\"";
    check("$context.requestid", "NotRunnable context-variable", unknown);
    let stays = "\"$input.body\" stays as it is: a gateway response is no template";
    check("$input.body", "Ignored gateway-response", stays);
    let missing = "the stage has no variable \"v\", its value here is empty";
    check("$stageVariables.v", "Ignored stage-variable", missing);
}

#[test]
fn a_status_that_no_answer_has_and_a_type_without_customisation_are_told() {
    let mut document = response(GatewayResponseType::Throttled, &[], &[]);
    document.status_code = Some(100);
    let compiled = serve(document, &Stage::default());
    let found: Vec<_> = compiled.findings.iter().map(print).collect();
    let ignored = "the status 100 is ignored: no answer can have it";
    assert_eq!(found, [format!("Ignored gateway-response /r/statusCode: {ignored}")]);
    let stage = compiled.stage.unwrap();
    let found = stage.gateway_responses.of(GatewayResponseType::Throttled).unwrap();
    assert_eq!(found.status, None);

    let document = response(GatewayResponseType::RequestTooLarge, &[], &[]);
    let compiled = serve(document, &Stage::default());
    let found: Vec<_> = compiled.findings.iter().map(print).collect();
    let ignored = "REQUEST_TOO_LARGE is ignored: no customisation of it has an effect";
    assert_eq!(found, [format!("Ignored gateway-response /r: {ignored}")]);
}
