//! Bodies that are compressed on their way: requests are decoded, answers are coded for clients that
//! ask for it.

use std::io::{Read, Write};

use portico_net::Limit;
use portico_testkit::http::Answer;
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::Client;
use portico_testkit::server::Running;

use crate::support::{answered_beside, gateway};

const DEFINITION: &str = r#"
openapi: 3.0.1
info: {title: Compression, version: "1"}
paths:
  /proxy:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://${stageVariables.origin}/
  /stream:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.origin}/
        responseTransferMode: STREAM
  /http:
    post:
      x-amazon-apigateway-request-validator: body
      requestBody: {content: {application/json: {schema: {type: array}}}}
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        responses: {default: {statusCode: "200"}}
  /mock:
    x-amazon-apigateway-any-method:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: "0123456789"}}}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
"#;

/// Compresses answers from this size on, if at all.
fn start(origin: &Origin, least: Option<u32>, body_bytes: u64) -> Running {
    let mut gateway = gateway(origin);
    gateway.settings.body_bytes = body_bytes;
    let setting = "x-amazon-apigateway-minimum-compression-size";
    let setting = least.map(|size| format!("{setting}: {size}\n")).unwrap_or_default();
    gateway.start(&format!("{DEFINITION}{setting}"))
}

/// The origin answers each request with these fields and this body, and ends the connection.
fn origin(fields: &str, body: &[u8]) -> Origin {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{fields}");
    let mut answer = format!("{head}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    Origin::always(vec![Act::Request, Act::Send(answer)])
}

fn get(gateway: &Running, method: &str, path: &str, accept: &str) -> Answer {
    let mut client = Client::connect(gateway.address());
    client.send(format!("{method} {path} HTTP/1.1\r\nHost: h\r\n{accept}\r\n"));
    client.answer(method)
}

fn decoded(answer: &Answer) -> Vec<u8> {
    let mut content = Vec::new();
    let mut body = &*answer.body;
    match answer.field("content-encoding") {
        Some("gzip") => flate2::read::GzDecoder::new(body).read_to_end(&mut content).unwrap(),
        Some("deflate") => flate2::read::ZlibDecoder::new(body).read_to_end(&mut content).unwrap(),
        Some("br") => brotli::Decompressor::new(body, 4096).read_to_end(&mut content).unwrap(),
        Some(other) => panic!("{other}"),
        None => body.read_to_end(&mut content).unwrap(),
    };
    content
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn only_answers_that_may_be_are_compressed() {
    let check = |fields: &str, length: usize, least: Option<u32>, path: &str, accept: &str| {
        let body = b"0123456789".repeat(length / 10);
        let origin = origin(fields, &body);
        let gateway = start(&origin, least, 1000);
        let answer = get(&gateway, "GET", path, accept);
        assert_eq!(answer.status, 200);
        assert!(answer.body == body, "{fields:?} {length} {least:?} {path} {accept:?}");
        let coded = answer.field("content-encoding");
        assert_eq!(coded, fields.contains("Content-Encoding").then_some("zstd"));
    };
    let gzip = "Accept-Encoding: gzip\r\n";
    check("", 1000, None, "/proxy", gzip);
    check("", 1000, Some(1001), "/proxy", gzip);
    check("", 0, Some(0), "/proxy", gzip);
    check("", 1000, Some(0), "/proxy", "");
    for refused in ["*", "identity", "zstd", "gzip;q=0", "identity, gzip;q=0.9", "zstd, gzip"] {
        check("", 1000, Some(0), "/proxy", &format!("Accept-Encoding: {refused}\r\n"));
    }
    check("Content-Encoding: zstd\r\n", 1000, Some(0), "/proxy", gzip);
    check("", 100_000, Some(0), "/stream", gzip);
    check("", 10_485_770, Some(0), "/proxy", gzip);
}

#[test]
fn answers_are_compressed_as_clients_prefer() {
    let check = |length: usize, accept: &str, expected: &str| {
        let body = b"0123456789".repeat(length / 10);
        let origin = origin("ETag: \"a\"\r\n", &body);
        let gateway = start(&origin, Some(10), 1000);
        let answer = get(&gateway, "GET", "/proxy", &format!("Accept-Encoding: {accept}\r\n"));
        assert_eq!(answer.field("content-encoding"), Some(expected), "{length}");
        assert_eq!(answer.field("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.field("content-length"), Some(&*answer.body.len().to_string()));
        assert!(decoded(&answer) == body, "{length} {accept}");
    };
    check(10, "gzip", "gzip");
    check(1000, "gzip, deflate, br", "gzip");
    check(1000, "deflate", "deflate");
    check(1000, "gzip;q=0.5, br", "br");
    check(1000, "br\r\naccept-encoding: gzip", "br");
    for length in [32_760, 32_770, 65_540, 2_000_000] {
        for coding in ["gzip", "deflate", "br"] {
            check(length, coding, coding);
        }
    }
    let origin = origin("", b"");
    let gateway = start(&origin, Some(10), 1000);
    let answer = get(&gateway, "GET", "/mock", "Accept-Encoding: gzip\r\n");
    assert_eq!(decoded(&answer), b"0123456789");
    assert_eq!(answer.field("content-encoding"), Some("gzip"));
}

#[test]
fn answers_without_a_body_stay_as_they_are() {
    let origin = origin("", b"");
    let gateway = start(&origin, Some(0), 1000);
    let answer = get(&gateway, "HEAD", "/proxy", "Accept-Encoding: gzip\r\n");
    assert_eq!((answer.field("content-encoding"), answer.body.len()), (None, 0));
    let answer = get(&gateway, "GET", "/nowhere", "Accept-Encoding: gzip\r\n");
    assert_eq!((answer.status, answer.field("content-encoding")), (403, None));
}

fn post(gateway: &Running, path: &str, fields: &str, body: &[u8]) -> u16 {
    let mut client = Client::connect(gateway.address());
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: h\r\n{fields}Content-Length: {length}\r\n\r\n");
    client.send([head.as_bytes(), body].concat());
    client.answer("POST").status
}

#[test]
fn requests_that_cannot_be_decoded_are_refused() {
    let origin = origin("", b"ok");
    let gateway = start(&origin, None, 100_000);
    let check = |coding: &str, body: &[u8], expected: u16| {
        for path in ["/proxy", "/http"] {
            let status = post(&gateway, path, &format!("Content-Encoding: {coding}\r\n"), body);
            assert_eq!(status, expected, "{path} {coding}");
        }
    };
    let body = b"[1, 2]";
    check("br", body, 415);
    check("zstd", body, 415);
    check("gzip", body, 415);
    check("gzip", &zlib(body), 415);
    check("deflate", &gzip(body), 415);
    check("gzip, gzip", &gzip(&gzip(body)), 415);
    check("gzip\r\nContent-Encoding: deflate", &gzip(body), 415);
    check("gzip", &gzip(body)[..20], 415);
    // A bomb: 4 KB that stand for 4 MB.
    let bomb = gzip(&vec![b' '; 4_000_000]);
    assert!(bomb.len() < 10_000);
    check("gzip", &bomb, 413);
    check("gzip", &gzip(&vec![b' '; 100_001]), 413);
    check("gzip", &[gzip(body), gzip(&vec![b' '; 100_000])].concat(), 413);
    assert_eq!(gateway.hits(Limit::BodyBytes), 6);
    assert_eq!(origin.requests(), 0);
    assert_eq!(post(&gateway, "/http", "Content-Encoding: gzip\r\n", &gzip(b"{}")), 400);
}

#[test]
fn requests_are_decoded_before_anything_reads_them() {
    let origin = origin("", b"ok");
    let gateway = start(&origin, None, 1_000_000);
    let long = format!("[{}]", " ".repeat(400_000));
    for body in ["[1, 2]", "[]", &long] {
        for (coding, coded) in [
            ("gzip", gzip(body.as_bytes())),
            ("x-GZIP", gzip(body.as_bytes())),
            ("Deflate", zlib(body.as_bytes())),
            ("identity", body.as_bytes().to_vec()),
            ("identity, gzip", gzip(body.as_bytes())),
        ] {
            for path in ["/proxy", "/http"] {
                let status =
                    post(&gateway, path, &format!("Content-Encoding: {coding}\r\n"), &coded);
                assert_eq!(status, 200, "{path} {coding}");
                let seen = origin.request();
                assert!(seen.body == body.as_bytes(), "{path} {coding}");
                assert_eq!(seen.field("content-encoding"), None);
                assert_eq!(seen.field("content-length"), Some(&*body.len().to_string()));
            }
        }
    }
    assert_eq!(post(&gateway, "/proxy", "Content-Encoding: br\r\n", b""), 200);
}

/// API Gateway API Reference, `RestApi`, `minimumCompressionSize`: "When compression is enabled,
/// compression or decompression is not applied on the payload if the payload size is smaller than
/// this value."
#[test]
fn requests_shorter_than_what_is_compressed_stay_as_they_are() {
    let origin = origin("", b"ok");
    let body = b"[1, 2]";
    let coded = gzip(body);
    let length = u32::try_from(coded.len()).unwrap();
    let check = |least: Option<u32>, is_decoded: bool| {
        let gateway = start(&origin, least, 1000);
        let fields = "Content-Encoding: gzip\r\n";
        assert_eq!(post(&gateway, "/proxy", fields, &coded), 200);
        let seen = origin.request();
        assert_eq!(seen.body == body, is_decoded, "{least:?}");
        assert_eq!(seen.body == coded, !is_decoded, "{least:?}");
        let coding = seen.field("content-encoding");
        assert_eq!(coding, (!is_decoded).then_some("gzip"), "{least:?}");
        // What stays coded is no JSON for its model.
        let expected = if is_decoded { 200 } else { 400 };
        assert_eq!(post(&gateway, "/http", fields, &coded), expected, "{least:?}");
        if is_decoded {
            assert_eq!(origin.request().body, body);
        }
        assert_eq!(post(&gateway, "/proxy", "Content-Encoding: br\r\n", &coded), 415);
    };
    check(None, true);
    check(Some(0), true);
    check(Some(length), true);
    check(Some(length + 1), false);
    check(Some(10_485_760), false);
}

#[test]
fn nobody_waits_for_coded_bodies_that_stand_for_nothing() {
    let origin = origin("", b"ok");
    let gateway = start(&origin, None, 10_485_760);
    let body = gzip(b"").repeat(10_000_000 / gzip(b"").len());
    let head = "POST /proxy HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\n";
    let head = format!("{head}Content-Length: {}\r\n\r\n", body.len());
    let request = [head.as_bytes(), &body].concat();
    let (answered, status) = answered_beside(&gateway, &request, "/mock");
    assert!(answered > 50 && status == 200, "{answered} {status}");
}
