//! Bodies that are validated: long ones, beside the worker, and their limits.

use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::Client;
use portico_testkit::server::Running;

use crate::support::gateway;

const DEFINITION: &str = r#"
openapi: 3.0.1
info: {title: Validated, version: "1"}
paths:
  /list:
    post: &checked
      x-amazon-apigateway-request-validator: body
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/List'}}}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/
  /pattern:
    post:
      <<: *checked
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pattern'}}}}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
components:
  schemas:
    List: {type: array, items: {type: integer}}
    Pattern: {type: array, items: {type: string, pattern: '^(?=.*\d)[a-z\d]+$'}}
"#;

/// The origin ends each connection, and says so: a POST is not sent twice.
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

fn start(origin: &Origin, body_bytes: u64) -> Running {
    let mut gateway = gateway(origin);
    gateway.settings.body_bytes = body_bytes;
    gateway.start(DEFINITION)
}

fn status(gateway: &Running, path: &str, body: &str, chunked: bool) -> u16 {
    let mut client = Client::connect(gateway.address());
    let length = body.len();
    client.send(match chunked {
        true => format!(
            "POST {path} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n\
             {body}\r\n0\r\n\r\n"
        ),
        false => {
            format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}")
        }
    });
    client.answer("POST").status
}

/// An array of this many bytes that ends with `last`.
fn list(item: &str, last: &str, length: usize) -> String {
    let room = length - last.len() - 2;
    let mut text = format!("[{}", format!("{item},").repeat(room / (item.len() + 1)));
    text.push_str(&" ".repeat(length - text.len() - last.len() - 1));
    text + last + "]"
}

#[test]
fn bodies_of_any_length_are_checked() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 10_485_760);
    for length in [10, 16_385, 262_144, 262_145, 1_048_576] {
        for chunked in [false, true] {
            let misfit = list("1", "true", length);
            assert_eq!(status(&gateway, "/list", &misfit, chunked), 400, "{length}");
            let body = list("1", "2", length);
            assert_eq!(status(&gateway, "/list", &body, chunked), 200, "{length}");
            assert!(origin.request().body == body.as_bytes(), "{length}");
        }
    }
    assert_eq!(origin.requests(), 10);
}

#[test]
fn a_body_is_too_large_before_it_is_wrong() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 1000);
    assert_eq!(status(&gateway, "/list", &list("1", "true", 1001), false), 413);
    assert_eq!(status(&gateway, "/list", &list("1", "true", 1001), true), 413);
    assert_eq!(status(&gateway, "/list", &list("1", "true", 1000), false), 400);
}

#[test]
fn patterns_that_step_back_are_asked_beside_the_worker() {
    let origin = Origin::always(vec![Act::Request, Act::Send(OK.to_vec())]);
    let gateway = start(&origin, 10_485_760);
    let check = |body: &str, expected: u16| {
        assert_eq!(status(&gateway, "/pattern", body, false), expected);
    };
    check(r#"["a1"]"#, 200);
    check(r#"["aa"]"#, 400);
    check(&list("\"a1\"", "\"a1\"", 262_144), 200);
    check(&list("\"a1\"", "\"a1\"", 262_145), 400);
}
