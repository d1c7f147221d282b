//! What API Gateway itself did with header fields and statuses.
//!
//! Recorded from AWS API Gateway, snapshots in localstack (Apache-2.0): the tests
//! `TestApiGatewayHeaderRemapping` and `test_http_integration_*`. The origins behind those records
//! add and hide fields of their own (`X-Forwarded-*`), which are left out here.

use portico_testkit::http::Answer;
use portico_testkit::origin::{Origin, Seen};
use portico_testkit::raw::Client;

use crate::support::gateway;

const DEFINITION: &str = r#"
openapi: 3.0.1
info: {title: Remapping, version: "1"}
paths:
  /no-param:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/post
  /full:
    get:
      parameters: [{name: Host, in: header, required: false, schema: {type: string}}]
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/post
        requestParameters:
          integration.request.header.Accept: "'text/html'"
          integration.request.header.Accept-Charset: "'UTF-16'"
          integration.request.header.Accept-Encoding: "'zstd'"
          integration.request.header.Age: "'request_params_age'"
          integration.request.header.Authorization: "'request_params_authorization'"
          integration.request.header.Content-Encoding: "'compress'"
          integration.request.header.Content-MD5: "'request_params_Content-MD5'"
          integration.request.header.Content-Type: "'application/json'"
          integration.request.header.Date: "'request_params_Date'"
          integration.request.header.Expect: "'200-ok'"
          integration.request.header.Host: method.request.header.Host
          integration.request.header.Max-Forwards: "'2'"
          integration.request.header.Pragma: "'no-cache'"
          integration.request.header.Range: "'bytes=0-499'"
          integration.request.header.Referer: "'https://example.com/page'"
          integration.request.header.Server: "'https://example.com/page'"
          integration.request.header.Trailer: "'user-agent'"
          integration.request.header.Upgrade: "'HTTP/2.0'"
          integration.request.header.User-Agent: "'Override-Agent'"
          integration.request.header.Warn: "'110 anderson/1.3.37 \"Response is stale\"'"
          integration.request.header.WWW-Authenticate: "'Basic YWxhZGRpbjpvcGVuc2VzYW1l'"
          integration.request.header.Connection: "'keep-alive'"
          integration.request.header.Proxy-Authenticate: "'Basic realm=\"Access to the internal site\"'"
          integration.request.header.TE: "'gzip'"
          integration.request.header.Via: "'othersite.net'"
  /content-length:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/post
        requestParameters: {integration.request.header.Content-Length: "'0'"}
  /transfer-encoding:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/post
        requestParameters: {integration.request.header.Transfer-Encoding: "'deflate'"}
  /http:
    post:
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://${stageVariables.origin}/
        responses: {default: {statusCode: "200"}}
  /http-proxy:
    post:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/
  /status/{map}:
    post:
      parameters: [{name: map, in: path, required: true, schema: {type: string}}]
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: POST
        uri: http://${stageVariables.origin}/status/{map}
        requestParameters: {integration.request.path.map: method.request.path.map}
"#;

/// The fields that the recorded client sent.
const CLIENT: &str = "User-Agent: localStack/0.0\r\nAccept-Encoding: br\r\nAccept: application/json\r\n\
    Connection: close\r\nAccept-Charset: UTF-8\r\nAge: request_Age\r\nAuthorization: Unauthorized\r\n\
    Content-Encoding: deflate\r\nContent-MD5: request_Content-MD5\r\nContent-Type: application/json\r\n\
    Date: request_Date\r\nExpect: 100-continue\r\nMax-Forwards: 2\r\nPragma: cache\r\n\
    Proxy-Authenticate: Basic\r\nRange: bytes=500-999\r\nReferer: https://example.com/\r\n\
    Server: https://example.com/\r\nTE: deflate\r\nTrailer: Expires\r\nTransfer-Encoding: chunked\r\n\
    Upgrade: HTTP/2.0\r\nVia: p.example.net\r\nWarn: 299 localStack/0.0\r\n\
    WWW-Authenticate: Basic YWxhZGRpbjpvcGVuc2VzYW1l\r\n";

const ORIGIN: &[u8] =
    b"HTTP/1.1 200 OK\r\nServer: gunicorn/19.9.0\r\nDate: Thu, 12 Dec 2024 10:00:00 GMT\r\n\
    Connection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
    Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n\r\n{}";

/// Sends a request to the API and shows what the origin received of it.
fn ask(answer: &'static [u8], method: &str, path: &str, rest: &str) -> (Option<Seen>, Answer) {
    let origin = Origin::answering(move |seen| {
        let status = seen.head.split(' ').nth(1).and_then(|path| path.strip_prefix("/status/"));
        let text = String::from_utf8_lossy(answer).into_owned();
        status.map_or(text.clone(), |status| text.replace("200 OK", status)).into_bytes()
    });
    let gateway = gateway(&origin).start(DEFINITION);
    let mut client = Client::connect(gateway.address());
    client.send(format!("{method} {path} HTTP/1.1\r\nHost: api.example\r\n{rest}"));
    let answer = loop {
        let answer = client.answer(method);
        if answer.status >= 200 {
            break answer;
        }
    };
    (origin.received(), answer)
}

/// The names of the origin's fields in lower case, sorted, without those of forwarding.
fn names(seen: &Seen) -> Vec<String> {
    let names = seen.fields().map(|(name, _)| name.to_ascii_lowercase());
    let mut names: Vec<_> = names.filter(|name| !name.starts_with("x-forwarded-")).collect();
    names.sort();
    names
}

fn check_fields(seen: &Seen, expected: &[(&str, &str)]) {
    let mut wanted: Vec<_> = expected.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    wanted.sort();
    assert_eq!(names(seen), wanted);
    for (name, value) in expected.iter().filter(|(_, value)| *value != "<any>") {
        assert_eq!(seen.field(name), Some(*value), "{name}");
    }
}

#[test]
fn a_proxy_passes_the_clients_fields_but_its_own() {
    let (seen, answer) = ask(ORIGIN, "GET", "/no-param", &format!("{CLIENT}\r\n0\r\n\r\n"));
    let seen = seen.expect("it is proxied");
    assert!(seen.head.starts_with("POST /post HTTP/1.1\r\n"), "{}", seen.head);
    check_fields(
        &seen,
        &[
            ("Accept", "application/json"),
            ("Accept-Charset", "UTF-8"),
            ("Accept-Encoding", "br"),
            ("Age", "request_Age"),
            ("Authorization", "Unauthorized"),
            ("Content-Length", "0"),
            ("Content-Type", "application/json"),
            ("Date", "<any>"),
            ("Host", "<any>"),
            ("Pragma", "cache"),
            ("Range", "bytes=500-999"),
            ("Referer", "https://example.com/"),
            ("User-Agent", "localStack/0.0"),
            ("Warn", "299 localStack/0.0"),
            ("X-Amzn-Apigateway-Api-Id", "<any>"),
            ("X-Amzn-Trace-Id", "<any>"),
        ],
    );
    assert_ne!(seen.field("host"), Some("api.example"), "the origin has its own name");
    check_answer(&answer);
}

#[test]
fn mapped_fields_replace_them_and_some_are_dropped_all_the_same() {
    let (seen, answer) = ask(ORIGIN, "GET", "/full", &format!("{CLIENT}\r\n0\r\n\r\n"));
    check_fields(
        &seen.expect("it is proxied"),
        &[
            ("Accept", "text/html"),
            ("Accept-Charset", "UTF-16"),
            ("Accept-Encoding", "zstd"),
            ("Age", "request_params_age"),
            ("Authorization", "request_params_authorization"),
            ("Content-Encoding", "compress"),
            ("Content-Length", "0"),
            ("Content-MD5", "request_params_Content-MD5"),
            ("Content-Type", "application/json"),
            ("Date", "<any>"),
            ("Host", "api.example"),
            ("Max-Forwards", "2"),
            ("Pragma", "no-cache"),
            ("Range", "bytes=0-499"),
            ("Referer", "https://example.com/page"),
            ("Server", "https://example.com/page"),
            ("Trailer", "user-agent"),
            ("Upgrade", "HTTP/2.0"),
            ("User-Agent", "Override-Agent"),
            ("Warn", "110 anderson/1.3.37 \"Response is stale\""),
            ("WWW-Authenticate", "Basic YWxhZGRpbjpvcGVuc2VzYW1l"),
            ("X-Amzn-Apigateway-Api-Id", "<any>"),
            ("X-Amzn-Trace-Id", "<any>"),
        ],
    );
    check_answer(&answer);
}

/// The recorded answer: the origin's fields that the gateway writes itself are renamed.
fn check_answer(answer: &Answer) {
    let mut names: Vec<_> =
        answer.head.lines().skip(1).filter_map(|line| line.split_once(':')).collect();
    names.sort();
    let names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Access-Control-Allow-Credentials",
            "Access-Control-Allow-Origin",
            "Connection",
            "Content-Length",
            "Content-Type",
            "Date",
            "x-amz-apigw-id",
            "x-amzn-Remapped-Connection",
            "x-amzn-Remapped-Content-Length",
            "x-amzn-Remapped-Date",
            "x-amzn-Remapped-Server",
            "x-amzn-RequestId",
        ]
    );
    assert_eq!(answer.field("x-amzn-remapped-connection"), Some("keep-alive"));
    assert_eq!(answer.field("x-amzn-remapped-content-length"), Some("2"));
    assert_eq!(answer.field("x-amzn-remapped-server"), Some("gunicorn/19.9.0"));
    assert_eq!(answer.field("connection"), Some("close"));
}

#[test]
fn mapped_framing_is_an_internal_error() {
    for path in ["/content-length", "/transfer-encoding"] {
        let (seen, answer) = ask(ORIGIN, "GET", path, "\r\n");
        assert_eq!(seen, None);
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (500, r#"{"message": "Internal server error"}"#)
        );
        assert_eq!(answer.field("x-amzn-errortype"), Some("InternalServerErrorException"));
        assert_eq!(answer.field("content-length"), Some("36"));
        assert_eq!(answer.field("content-type"), Some("application/json"));
    }
}

const POST: &str = "user-Agent: test/integration\r\naccept: application/xml\r\n\
    Content-Type: application/json\r\nContent-Length: 26\r\n\r\n{\"message\": \"hello world\"}";

#[test]
fn an_http_integration_speaks_for_itself() {
    let (seen, answer) = ask(ORIGIN, "POST", "/http", POST);
    check_fields(
        &seen.expect("it is called"),
        &[
            ("Accept", "application/json"),
            ("Content-Length", "26"),
            ("Content-Type", "application/json"),
            ("Host", "<any>"),
            ("User-Agent", "<any>"),
            ("X-Amzn-Apigateway-Api-Id", "<any>"),
            ("X-Amzn-Trace-Id", "<any>"),
        ],
    );
    let names = answer.head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let mut names: Vec<_> = names.map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "connection",
            "content-length",
            "content-type",
            "date",
            "x-amz-apigw-id",
            "x-amzn-requestid",
            "x-amzn-trace-id",
        ]
    );
}

#[test]
fn a_proxy_speaks_for_the_client() {
    let (seen, _) = ask(ORIGIN, "POST", "/http-proxy", POST);
    let seen = seen.expect("it is called");
    for (name, value) in [
        ("accept", "application/xml"),
        ("user-agent", "test/integration"),
        ("content-length", "26"),
    ] {
        assert_eq!(seen.field(name), Some(value));
    }
    assert_eq!(seen.body, b"{\"message\": \"hello world\"}");
}

#[test]
fn a_trace_without_a_root_is_given_one() {
    let trace = |sent: &str| {
        let (seen, _) = ask(ORIGIN, "GET", "/no-param", &format!("{sent}\r\n"));
        seen.expect("it is called").field("x-amzn-trace-id").expect("always").to_owned()
    };
    let root = |text: &str| {
        let parts: Vec<_> = text.strip_prefix("Root=").unwrap().split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [1, 8, 24], "{text}");
    };
    root(&trace(""));
    root(&trace("X-Amzn-Trace-Id:\r\n"));
    let own = "Self=1-67891233-abcdef012345678912345678";
    let joined = trace(&format!("X-Amzn-Trace-Id: {own}\r\n"));
    root(joined.strip_prefix(own).and_then(|rest| rest.strip_prefix(';')).unwrap());
    let whole = format!("{own};Root=1-67891233-abcdef012345678912345679");
    assert_eq!(trace(&format!("X-Amzn-Trace-Id: {whole}\r\n")), whole);
}

#[test]
fn statuses_pass_a_proxy() {
    for status in ["200 OK", "400 Bad Request"] {
        let code = &status[..3];
        let (seen, answer) =
            ask(ORIGIN, "POST", &format!("/status/{code}"), "Content-Length: 0\r\n\r\n");
        assert!(seen.is_some());
        assert_eq!(answer.status.to_string(), code);
    }
}
