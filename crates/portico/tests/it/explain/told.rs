//! What explanations tell, and what they never tell: no value of a field or of a query.

use std::net::{SocketAddr, TcpListener};

use portico_testkit::origin::Origin;
use serde_json::Value;

use super::{explained, key, steps};
use crate::support::{Directory, MOCK, Running, proxy_to};

#[test]
fn secrets_are_in_no_explanation_and_the_key_is_in_no_mapping() {
    let origin = Origin::echo();
    let directory = Directory::with(&[("openapi.yaml", &mapped(origin.address()))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let key = key(&running).unwrap();
    let fields = [
        ("x-portico-explain", key.as_str()),
        ("Authorization", "Bearer s3cret"),
        ("Cookie", "session=s3cret"),
        ("x-api-key", "s3cret"),
    ];
    let explanation = explained(&running, "GET /orders/7?key=s3cret", &fields);
    let seen = origin.request();
    assert!(seen.head.starts_with("GET /Bearer%20s3cret/7?token="), "{seen:?}");
    assert!(!seen.head.contains(&key), "{seen:?}");
    assert_eq!(seen.field("X-Copy"), None);
    let text = explanation.to_string();
    assert!(!text.contains("s3cret") && !text.contains(&key), "{text}");
    let steps = steps(&explanation);
    let outcome = |name: &str| steps.iter().find(|(step, _)| *step == name).map(|(_, text)| *text);
    assert_eq!(
        outcome("request mapping"),
        Some(
            "path from header.Authorization; path from path.id; \
             querystring.token from header.Cookie; header.X-Constant from a constant; \
             header.X-Copy from header.x-portico-explain; header.X-Key from querystring.key"
        )
    );
    let line = format!("GET /{{header.Authorization}}/7?token=… of {}", origin.address());
    assert_eq!(outcome("integration request"), Some(&*line));
    assert_eq!(outcome("selection pattern"), Some("2\\d{2} takes 200: status 201"));
    assert_eq!(outcome("response mapping"), Some("header.X-Kind from header.X-Origin"));
    assert_eq!(outcome("response template"), Some("application/json"));
}

/// One `http` method with mappings of what is secret.
fn mapped(origin: SocketAddr) -> String {
    format!(
        r#"openapi: 3.0.1
info: {{ title: Orders, version: "1" }}
paths:
  /orders/{{id}}:
    get:
      parameters:
        - {{ name: id, in: path, required: true, schema: {{ type: string }} }}
        - {{ name: Authorization, in: header, schema: {{ type: string }} }}
        - {{ name: Cookie, in: header, schema: {{ type: string }} }}
        - {{ name: x-portico-explain, in: header, schema: {{ type: string }} }}
        - {{ name: key, in: query, schema: {{ type: string }} }}
      responses:
        "201": {{ description: an order, headers: {{ X-Kind: {{ schema: {{ type: string }} }} }} }}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://{origin}/{{auth}}/{{id}}
        requestParameters:
          integration.request.path.auth: method.request.header.Authorization
          integration.request.path.id: method.request.path.id
          integration.request.querystring.token: method.request.header.Cookie
          integration.request.header.X-Key: method.request.querystring.key
          integration.request.header.X-Copy: method.request.header.x-portico-explain
          integration.request.header.X-Constant: "'s3cret'"
        responses:
          "2\\d{{2}}":
            statusCode: "201"
            responseParameters: {{ method.response.header.X-Kind: integration.response.header.X-Origin }}
            responseTemplates: {{ application/json: "{{}}" }}
"#
    )
}

#[test]
fn a_fault_has_its_reason_and_its_near_misses() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_, health) = MOCK.split_once("paths:\n").unwrap();
    let definition = format!("{}{health}", proxy_to(closed).replace("{proxy+}", "down/{proxy+}"));
    let directory = Directory::with(&[("openapi.yaml", &definition)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let key = key(&running).unwrap();
    let key: &[_] = &[("x-portico-explain", key.as_str())];

    let misspelled = explained(&running, "GET /helth", key);
    assert_eq!(misspelled["route"], Value::Null);
    assert_eq!(misspelled["fault"]["responseType"], "MISSING_AUTHENTICATION_TOKEN");
    assert_eq!(misspelled["rivals"][0]["route"], "GET /health");
    let other = explained(&running, "POST /health", key);
    assert_eq!(other["rivals"][0]["route"], "GET /health");
    assert_eq!(other["rivals"][0]["why"], "takes the path, with another method");

    let down = explained(&running, "GET /down/a", key);
    assert_eq!(down["fault"]["responseType"], "INTEGRATION_FAILURE");
    assert!(down["fault"]["reason"].as_str().unwrap().contains("Connection refused"), "{down}");
    assert_eq!(down["integration"]["status"], Value::Null);
    assert_eq!(steps(&down).last().unwrap().0, "gateway response");
}

const OVERRIDES: &str = r#"
openapi: 3.0.1
info: { title: Overrides, version: "1" }
paths:
  /orders/{id}:
    get:
      parameters:
        - { name: id, in: path, required: true, schema: { type: string } }
      responses: { "200": { description: an order } }
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://ORIGIN/{id}
        requestTemplates:
          application/json: |
            #set($context.requestOverride.path.id = "s3cret")
            #set($context.requestOverride.header.X-Tenant = "s3cret")
            #set($context.requestOverride.header.TE = "s3cret")
            #set($context.requestOverride.querystring.q = "s3cret")
            #set($context.responseOverride.status = 202)
            #set($context.responseOverride.header.Server = "s3cret")
            #set($context.responseOverride.header.TE = "s3cret")
        responses: { default: { statusCode: "200" } }
  /twice:
    get:
      responses: { "200": { description: an order } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            #set($context.responseOverride.header.X-A = "1")
            #set($context.responseOverride.header.X-A = "2")
            {"statusCode": 200}
        responses: { default: { statusCode: "200" } }
  /strict:
    get:
      responses: { "200": { description: an order } }
      x-amazon-apigateway-integration:
        type: mock
        passthroughBehavior: never
        requestTemplates: { text/plain: '{"statusCode": 200}', text/csv: '{"statusCode": 200}' }
        responses: { default: { statusCode: "200" } }
"#;

#[test]
fn what_templates_override_is_told_by_name() {
    let origin = Origin::echo();
    let definition = OVERRIDES.replace("ORIGIN", &origin.address().to_string());
    let directory = Directory::with(&[("openapi.yaml", &definition)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["--explain", "always"]);
    let explanation = explained(&running, "GET /orders/7", &[]);
    let steps = steps(&explanation);
    let outcome = |name: &str| steps.iter().find(|(step, _)| *step == name).map(|(_, text)| *text);
    let expected = "header.X-Tenant, header.TE (ignored), querystring.q, path.id";
    assert_eq!(outcome("request override"), Some(expected));
    let expected = "status 202, header.Server, header.TE (ignored)";
    assert_eq!(outcome("response override"), Some(expected));
    assert!(!explanation.to_string().contains("s3cret"), "{explanation}");

    let explanation = explained(&running, "GET /twice", &[]);
    let expected = "the request template for application/json failed: line 2, column 38: \"X-A\" is \
                    set already, and may be set once";
    assert_eq!(explanation["fault"]["reason"], expected);

    let explanation = explained(&running, "GET /strict", &[("Content-Type", "a/b; c=d")]);
    let expected = ("request template", "none for a/b; there are: text/csv, text/plain");
    assert_eq!(super::steps(&explanation)[1], expected);
}

#[test]
fn a_stage_that_is_not_there_is_told_with_those_that_are() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["--explain", "always"]);
    let explanation = explained(&running, "GET /_aws/execute-api/none/prod/health", &[]);
    assert_eq!(explanation["fault"]["responseType"], "ACCESS_DENIED");
    let steps = steps(&explanation);
    let (name, outcome) = steps[0];
    assert_eq!(name, "address");
    assert!(outcome.starts_with("served are stage local of API "), "{outcome}");
}
