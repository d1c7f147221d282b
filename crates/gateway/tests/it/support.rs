//! The API that the tests of this crate serve, and a gateway in front of an origin.

use portico_testkit::origin::{Origin, Seen};
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

/// `/mock` is answered by the gateway with 202; everything else goes to the origin as it came.
/// The integration waits 29 s, that of `/slow` 200 ms.
pub(crate) const PROXY: &str = r#"
openapi: 3.0.1
info: {title: Proxy, version: "1"}
paths:
  /mock:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 202}'}
        responses: {default: {statusCode: "202", responseTemplates: {application/json: mocked}}}
      responses: {"202": {description: A mock}}
  /slow:
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://${stageVariables.origin}/slow
        timeoutInMillis: 200
  /{proxy+}:
    x-amazon-apigateway-any-method:
      parameters: [{name: proxy, in: path, required: true, schema: {type: string}}]
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://${stageVariables.origin}/{proxy}
        requestParameters: {integration.request.path.proxy: method.request.path.proxy}
"#;

/// A gateway that proxies to this origin.
pub(crate) fn proxy(origin: &Origin) -> Running {
    gateway(origin).start(PROXY)
}

/// The same, to be adjusted before it starts.
pub(crate) fn gateway(origin: &Origin) -> Gateway {
    Gateway::default().variable("origin", origin.address())
}

/// What the gateway writes into every proxied request.
const OWN: [&str; 6] = [
    "host",
    "x-amzn-apigateway-api-id",
    "x-amzn-trace-id",
    "x-forwarded-for",
    "x-forwarded-port",
    "x-forwarded-proto",
];

/// A request as the origin received it, without the gateway's own fields. It has each of them once;
/// those of forwarding are for proxied requests.
pub(crate) fn foreign(seen: &Seen) -> String {
    for own in OWN {
        let count = seen.fields().filter(|(name, _)| name.eq_ignore_ascii_case(own)).count();
        let is_optional = own.starts_with("x-forwarded");
        assert!(count == 1 || (count == 0 && is_optional), "{own} in {}", seen.head);
    }
    let is_own = |line: &str| {
        line.split_once(':')
            .is_some_and(|(name, _)| OWN.iter().any(|o| name.eq_ignore_ascii_case(o)))
    };
    let mut lines = seen.head.split_inclusive("\r\n");
    let mut text = lines.next().unwrap_or_default().to_owned();
    text.extend(lines.filter(|line| !is_own(line)));
    text + &String::from_utf8_lossy(&seen.raw)
}

/// Waits until the worker has looked at everything that had arrived before.
pub(crate) fn settle(gateway: &Running) {
    let mut client = Client::connect(gateway.address());
    for _ in 0..2 {
        client.send("GET /mock HTTP/1.1\r\nHost: settle\r\n\r\n");
        assert_eq!(client.answer("GET").status, 202);
    }
}

/// How many requests are answered, one after the other, while a long one is worked on: from its last
/// byte to its answer, whose status comes with it.
pub(crate) fn answered_beside(gateway: &Running, long: &[u8], quick: &str) -> (usize, u16) {
    let (most, last) = long.split_at(long.len() - 1);
    let mut client = Client::connect(gateway.address());
    client.send(most);
    let mut other = Client::connect(gateway.address());
    let mut ask = || {
        other.send(format!("POST {quick} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(other.answer("POST").status, 200);
    };
    // By then the worker has read what there is.
    (0..10).for_each(|_| ask());
    client.send(last);
    let long = std::thread::spawn(move || client.answer("POST").status);
    let mut count = 0;
    while !long.is_finished() {
        ask();
        count += 1;
    }
    (count, long.join().unwrap())
}
