//! `responseTransferMode`: when the bytes of an answer reach the client.

use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::Client;

use crate::support::gateway;

const DEFINITION: &str = r#"
openapi: 3.0.1
info: {title: Stream, version: "1"}
paths:
  /stream:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.origin}/
        timeoutInMillis: 900000
        responseTransferMode: STREAM
  /buffered:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.origin}/
        timeoutInMillis: 200
        responseTransferMode: BUFFERED
"#;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// An origin that stalls behind its head and its first chunk.
fn origin() -> Origin {
    Origin::always(vec![
        Act::Request,
        Act::Send(HEAD.to_vec()),
        Act::Stall,
        Act::Send(b"5\r\nfirst\r\n0\r\n\r\n".to_vec()),
        Act::ReadToEnd,
    ])
}

/// Everything up to the end of `text`.
fn until(client: &mut Client, text: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(text) {
        read.push(char::from(client.take(1).unwrap()[0]));
    }
    read
}

#[test]
fn a_streamed_answer_begins_before_it_is_complete() {
    let origin = origin();
    let gateway = gateway(&origin).start(DEFINITION);
    let mut client = Client::connect(gateway.address());
    client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    let head = until(&mut client, "\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    origin.release();
    assert_eq!(until(&mut client, "0\r\n\r\n"), "5\r\nfirst\r\n0\r\n\r\n");
}

#[test]
fn a_buffered_answer_is_complete_in_time_or_a_fault() {
    let origin = origin();
    let gateway = gateway(&origin).start(DEFINITION);
    let mut client = Client::connect(gateway.address());
    client.send("GET /buffered HTTP/1.1\r\nHost: h\r\n\r\n");
    let answer = client.answer("GET");
    assert_eq!(answer.status, 504);
    assert_eq!(answer.text(), r#"{"message": "Endpoint request timed out"}"#);
}
