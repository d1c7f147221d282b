//! Binary media types and contentHandling compiled to conversions.

use portico_model::{ContentHandling, Deployment, IntegrationType, Method};
use portico_snapshot::{Conversion, Inputs, Integration, Wait, compile};

use crate::documents::{
    deployment, http, integration, map, method, method_response, only, print, resource, rule, stage,
};

fn deploy(types: &[&str], method: Method) -> Deployment {
    let mut deployment = deployment(vec![resource("/pets", vec![method])]);
    deployment.api.binary_media_types = types.iter().map(|it| (*it).to_owned()).collect();
    deployment
}

#[test]
fn bodies_are_converted_where_the_definition_asks() {
    let check = |kind: IntegrationType,
                 types: &[&str],
                 request: Option<ContentHandling>,
                 answer: Option<ContentHandling>,
                 expected: Option<Conversion>,
                 wait: Wait| {
        let mut document = method(http(kind, "http://h/"));
        document.integration.content_handling = request;
        document.responses = vec![method_response(200, &[])];
        let mut response = rule(None, 200);
        response.content_handling = answer;
        document.integration.responses = vec![response];
        let deployment = deploy(types, document);
        let (name, stage) = ("prod".parse().unwrap(), stage());
        let stage = compile(&Inputs::new(&deployment, &name, &stage)).stage.unwrap();
        let (Integration::Http { call, .. } | Integration::HttpProxy(call)) = only(&stage) else {
            panic!("{kind:?}")
        };
        let found = call.content.as_ref().map(|content| content.of_request("image/png"));
        assert_eq!(found, expected, "{kind:?} {types:?} {request:?} {answer:?}");
        assert_eq!(call.wait, wait, "{kind:?} {types:?} {request:?} {answer:?}");
    };
    let (http, proxy) = (IntegrationType::Http, IntegrationType::HttpProxy);
    let text = Some(ContentHandling::ConvertToText);
    check(http, &[], None, None, None, Wait::Short);
    check(http, &["image/*"], None, None, Some(Conversion::Pass), Wait::Whole);
    check(http, &["a/b"], None, None, Some(Conversion::Text), Wait::Whole);
    check(http, &["image/*"], text, None, Some(Conversion::Encode), Wait::Whole);
    check(http, &[], None, text, Some(Conversion::Text), Wait::Whole);
    check(proxy, &["image/*"], None, text, None, Wait::Short);
    check(proxy, &["image/*"], text, None, Some(Conversion::Encode), Wait::Short);
}

#[test]
fn a_mock_that_takes_everything_for_binary_is_broken() {
    let check = |types: &[&str], handling: Option<ContentHandling>, is_broken: bool| {
        let mut document = method(integration(IntegrationType::Mock));
        document.integration.content_handling = handling;
        document.integration.request_templates =
            map(&[("application/json", "{statusCode: 200}".into())]);
        let deployment = deploy(types, document);
        let (name, stage) = ("prod".parse().unwrap(), stage());
        let compiled = compile(&Inputs::new(&deployment, &name, &stage));
        let expected = "Ignored content-handling /integration: binary media types have */*, so \
                        every request of a mock is answered with 500";
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        assert_eq!(found, vec![expected; usize::from(is_broken)], "{types:?} {handling:?}");
        let stage = compiled.stage.unwrap();
        assert_eq!(matches!(only(&stage), Integration::Broken(_)), is_broken);
    };
    check(&["*/*"], None, true);
    check(&["a/b", "*/*"], Some(ContentHandling::ConvertToBinary), true);
    check(&["*/*"], Some(ContentHandling::ConvertToText), false);
    check(&["image/*"], None, false);
    check(&[], None, false);
}
