//! Bodies that are held whole, as a mapping reads them or they are converted: their limits.

use portico_net::Limit;
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::Client;
use portico_testkit::server::Running;

use crate::support::{answered_beside, gateway};

const DEFINITION: &str = r##"
openapi: 3.0.1
info: {title: Bodies, version: "1"}
paths:
  /map:
    post:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        requestParameters: {integration.request.header.X-Id: method.request.body.id}
  /found:
    post:
      responses: {"200": {description: Ok, headers: {X-Id: {schema: {type: string}}, X-None: {schema: {type: string}}}}}
      x-amazon-apigateway-integration: &found
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        responses:
          default: &mapped
            statusCode: 200
            responseParameters:
              method.response.header.X-Id: integration.response.body.id
              method.response.header.X-None: integration.response.body.none
  /found-in-template:
    post:
      responses: {"200": {description: Ok, headers: {X-Id: {schema: {type: string}}, X-None: {schema: {type: string}}}}}
      x-amazon-apigateway-integration:
        <<: *found
        responses:
          default:
            <<: *mapped
            responseTemplates: {application/json: "$input.body.length()"}
  /text:
    post:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        contentHandling: CONVERT_TO_TEXT
        responses: {default: {statusCode: 200}}
  /template:
    post:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        requestTemplates: {application/json: "#set($context.responseOverride.header.X-Id = $input.path('$.id'))$input.params('q') $input.json('$.id')"}
        responses:
          default:
            statusCode: 200
            responseTemplates: {application/json: "$context.stage $input.body.length() $stageVariables.origin"}
  /made:
    post:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration: &made
        type: mock
        requestTemplates: {application/json: "{statusCode: 200}"}
        responses:
          default:
            statusCode: 200
            responseTemplates: {application/json: "#set($x = '0123456789')#foreach($i in [1..$util.parseJson($input.params('n'))])#set($x = \"$x$x\")#end$x"}
  /sent:
    post:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        requestTemplates: {application/json: "#set($x = '0123456789')#foreach($i in [1..$util.parseJson($input.params('n'))])#set($x = \"$x$x\")#end$x"}
        responses: {default: {statusCode: 200}}
  /read:
    post: &read
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration: &reads
        type: mock
        requestTemplates: {application/json: "#set($x = $input.path('$')){statusCode: 200}"}
        responses: {default: {statusCode: 200}}
  /checked:
    post:
      <<: *read
      x-amazon-apigateway-request-validator: body
      requestBody: {content: {application/json: {schema: {type: array}}}}
      x-amazon-apigateway-integration:
        <<: *reads
        requestTemplates: {application/json: "{statusCode: 200}"}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
x-amazon-apigateway-binary-media-types: [image/png]
"##;

fn start(origin: &Origin, body_bytes: u64, buffered_bytes: usize) -> Running {
    let mut gateway = gateway(origin);
    gateway.settings.body_bytes = body_bytes;
    gateway.settings.buffered_bytes = buffered_bytes;
    gateway.start(DEFINITION)
}

fn status(gateway: &Running, request: &[u8]) -> u16 {
    let mut client = Client::connect(gateway.address());
    client.send(request);
    client.answer("POST").status
}

/// A JSON text of this length with an `id`.
fn json(length: usize) -> String {
    let start = r#"{"id": "7", "rest": ""#;
    format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
}

fn request(path: &str, body: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into()
}

/// The origin ends each connection, and says so: a POST is not sent twice.
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn a_body_that_is_read_goes_on_whole() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 1_000_000, 10_000_000);
    for length in [100, 16_384, 65_535, 65_536, 65_537, 1_000_000] {
        let body = json(length);
        assert_eq!(status(&gateway, &request("/map", &body)), 200);
        let seen = origin.request();
        assert_eq!(seen.field("x-id"), Some("7"), "{length}");
        assert_eq!(seen.field("content-length"), Some(length.to_string().as_str()));
        assert!(seen.body == body.as_bytes(), "{length}");
    }
    let chunked = "POST /map HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
                   5\r\n{\"id\"\r\n4\r\n: 8}\r\n0\r\n\r\n";
    assert_eq!(status(&gateway, chunked.as_bytes()), 200);
    let seen = origin.request();
    assert_eq!((seen.field("x-id"), &*seen.raw), (Some("8"), &b"{\"id\": 8}"[..]));
}

#[test]
fn a_body_that_is_read_has_the_limits_of_others() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 100_000, 60_000);
    assert_eq!(status(&gateway, &request("/map", &json(100_001))), 413);
    let body = json(100_001);
    let head = "POST /map HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(status(&start(&origin, 100_000, 10_000_000), chunked.as_bytes()), 413);
    assert_eq!(gateway.hits(Limit::BodyBytes), 1);
    assert_eq!(status(&gateway, &request("/map", &json(90_000))), 503);
    assert!(gateway.hits(Limit::BufferedBytes) > 0);
    assert_eq!(origin.requests(), 0);
}

#[test]
fn an_answer_that_is_converted_is_no_longer_than_a_payload() {
    let answer = |length: usize| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        [head.into_bytes(), vec![b'x'; length]].concat()
    };
    let check = |length: usize, expected: u16| {
        let answer = answer(length);
        let origin = Origin::always(vec![Act::Request, Act::Send(answer)]);
        let gateway = start(&origin, 1000, 100_000_000);
        let mut client = Client::connect(gateway.address());
        client.send(request("/text", "a"));
        let answer = client.answer("POST");
        assert_eq!(answer.status, expected, "{length}");
        if expected == 200 {
            assert_eq!(answer.body.len(), length);
        }
    };
    check(0, 200);
    check(65_537, 200);
    check(10_485_760, 200);
    check(10_485_761, 500);
}

#[test]
fn templates_of_long_bodies_are_rendered_as_those_of_short_ones() {
    let answer = |length: usize| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        [head.into_bytes(), vec![b'x'; length]].concat()
    };
    for length in [100, 262_144, 262_145, 5_000_000] {
        let origin = Origin::always(vec![Act::Request, Act::Send(answer(length))]);
        let gateway = start(&origin, 10_000_000, 100_000_000);
        let mut client = Client::connect(gateway.address());
        client.send(request("/template?q=a+b", &json(length)));
        let answer = client.answer("POST");
        assert_eq!(origin.request().body, b"a b \"7\"", "{length}");
        let expected = format!("prod {length} {}", origin.address());
        assert_eq!(String::from_utf8_lossy(&answer.body), expected);
        assert_eq!(answer.field("x-id"), Some("7"), "{length}");
    }
}

#[test]
fn values_of_long_answers_are_mapped_as_those_of_short_ones() {
    for length in [100, 262_144, 262_145, 5_000_000] {
        let body = json(length);
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
        let answer = format!("{head}Content-Length: {length}\r\n\r\n{body}");
        let origin = Origin::always(vec![Act::Request, Act::Send(answer.into())]);
        let gateway = start(&origin, 1000, 100_000_000);
        let check = |path: &str, expected: &str| {
            let mut client = Client::connect(gateway.address());
            client.send(request(path, "{}"));
            let answer = client.answer("POST");
            let mapped = ["x-id", "x-none"].map(|name| answer.field(name));
            assert_eq!((answer.status, mapped), (200, [Some("7"), None]), "{path} {length}");
            assert!(answer.body == expected.as_bytes(), "{path} {length}");
        };
        check("/found", &body);
        check("/found-in-template", &length.to_string());
    }
}

#[test]
fn nobody_waits_for_mappings_of_long_bodies() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 10_000_000, 1_000_000_000);
    let body = format!("[{}1]", "1,".repeat(4_000_000));
    let (answered, status) = answered_beside(&gateway, &request("/map", &body), "/made?n=1");
    assert!(answered > 50 && status == 200, "{answered} {status}");
}

/// Bodies that are no JSON, or too much of it: none of them harms the worker.
#[test]
fn odd_bodies_are_bodies_of_templates() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 10_485_760, 100_000_000);
    let check = |body: &str, expected: &str| {
        assert_eq!(status(&gateway, &request("/template", body)), 200, "{:.40}", body);
        let seen = origin.request();
        assert_eq!(String::from_utf8_lossy(&seen.body), expected, "{:.40}", body);
    };
    check("", " \"\"");
    check("text", " \"\"");
    check(&"[".repeat(10_000), " \"\"");
    check(&"{\"id\":".repeat(10_000), " \"\"");
    check(&"[".repeat(300_000), " \"\"");
    check("{\"id\": \"\\ud800\"}", " \"\u{fffd}\"");
    check("{\"id\": 1, \"id\": 2}", " 2");
    check("{\"id\": 1e400}", " null");
    check(&format!("{{\"id\": {}}}", "9".repeat(400)), &format!(" {}", "9".repeat(400)));
}

#[test]
fn what_templates_make_counts_until_it_is_sent() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 1000, 200_000);
    // 10 bytes, doubled so often.
    for path in ["/made", "/sent"] {
        assert_eq!(status(&gateway, &request(&format!("{path}?n=10"), "")), 200, "{path}");
        let before = gateway.hits(Limit::BufferedBytes);
        assert_eq!(status(&gateway, &request(&format!("{path}?n=15"), "")), 503, "{path}");
        assert!(gateway.hits(Limit::BufferedBytes) > before, "{path}");
    }
    assert_eq!(origin.requests(), 1);

    // 10 MB, of which the client takes nothing.
    let gateway = start(&origin, 1000, 15_000_000);
    let slow = |gateway: &Running| {
        let mut client = Client::connect(gateway.address());
        client.shrink_receive_buffer(65_536);
        client.send(request("/made?n=20", ""));
        client.take(1).unwrap();
        client
    };
    let mut client = slow(&gateway);
    assert!(gateway.buffered_bytes() >= 10_000_000);
    assert_eq!(status(&gateway, &request("/made?n=20", "")), 503);
    assert_eq!(status(&gateway, &request("/made?n=10", "")), 200);
    assert!(client.take(10_485_760).is_ok());
    drop(client);
    assert_eq!(status(&gateway, &request("/made?n=20", "")), 200);
}

#[test]
fn what_reading_a_long_body_takes_counts() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let many = format!("[{}1]", "1,".repeat(500_000));
    let few = format!("[\"{}\"]", "x".repeat(1_000_000));
    let check = |path: &str, buffered_bytes: usize| {
        let gateway = start(&origin, 10_000_000, buffered_bytes);
        assert_eq!(status(&gateway, &request(path, &few)), 200, "{path}");
        assert_eq!(status(&gateway, &request(path, &many)), 503, "{path}");
        assert!(gateway.hits(Limit::BufferedBytes) > 0, "{path}");
        let roomy = start(&origin, 10_000_000, 100_000_000);
        assert_eq!(status(&roomy, &request(path, &many)), 200, "{path}");
    };
    check("/map", 5_000_000);
    check("/read", 5_000_000);
    check("/checked", 20_000_000);
}
