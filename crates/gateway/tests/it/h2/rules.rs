//! The rules of RFC 9113, section 8: what is a request over HTTP/2, and what of it reaches the origin.

use portico_testkit::h2::{Client, DATA, END_STREAM, Outcome, PROTOCOL_ERROR, of};
use portico_testkit::origin::Origin;
use portico_testkit::server::Running;

use super::{ask_mock, assert_unharmed, mocked};
use crate::support::{foreign, proxy};

type Fields<'a> = [(&'a str, &'a str)];

const M: (&str, &str) = (":method", "GET");
const S: (&str, &str) = (":scheme", "http");
const A: (&str, &str) = (":authority", "h");
const P: (&str, &str) = (":path", "/a");

#[test]
fn a_request_takes_the_way_of_every_other() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let check = |fields: &Fields<'_>, expected: &str| {
        let mut client = Client::connect(gateway.address());
        client.headers(1, fields, true);
        let outcome = client.outcome(1);
        assert!(matches!(outcome, Outcome::Answer(200, _)), "{outcome:?} to {fields:?}");
        assert_eq!(foreign(&origin.request()), expected, "{fields:?}");
        assert_eq!(ask_mock(&mut client, 3), mocked());
    };
    let plain = "GET /a HTTP/1.1\r\n\r\n";
    check(&[M, S, A, P], plain);
    check(&[P, A, S, M], plain);
    check(&[M, (":scheme", "https"), A, P], plain);
    // 8.3.1: Host will do, and so will both if they agree.
    check(&[M, S, P, ("host", "h")], plain);
    check(&[M, S, A, P, ("host", "h")], plain);
    check(&[M, S, A, P, ("host", "H")], plain);
    check(&[M, S, A, (":path", "/a?b=c&d")], "GET /a?b=c&d HTTP/1.1\r\n\r\n");
    // 8.2.2: `te: trailers` is allowed, and is about this hop.
    check(&[M, S, A, P, ("te", "trailers")], plain);
    // 8.2.3: crumbs of a cookie are one field in HTTP/1.1.
    let cookie = "GET /a HTTP/1.1\r\ncookie: a=1; b=2; c\r\n\r\n";
    check(&[M, S, A, P, ("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c")], cookie);
    // Other fields are as many as they came.
    let twice = "GET /a HTTP/1.1\r\nx-a: 1\r\nx-a: 2\r\n\r\n";
    check(&[M, S, A, P, ("x-a", "1"), ("x-a", "2")], twice);
    check(&[M, S, A, P, ("x-a", "")], "GET /a HTTP/1.1\r\nx-a: \r\n\r\n");
}

/// A gateway in front of an origin that no malformed request may reach.
struct Bench {
    origin: Origin,
    gateway: Running,
}

impl Bench {
    fn new() -> Self {
        let origin = Origin::echo();
        let gateway = proxy(&origin);
        Self { origin, gateway }
    }

    fn refuses(&self, rule: &str, fields: &Fields<'_>) {
        let mut client = Client::connect(self.gateway.address());
        client.headers(1, fields, true);
        match client.outcome(1) {
            Outcome::Reset(code) => {
                assert_eq!(code, PROTOCOL_ERROR, "{rule}");
                assert_eq!(ask_mock(&mut client, 3), mocked(), "{rule}");
            }
            // Where the block cannot even be read the error is the connection's.
            Outcome::GoAway(_) => {}
            outcome => panic!("{rule}: {outcome:?}"),
        }
        assert!(self.origin.received().is_none(), "{rule}");
    }
}

fn with(field: (&'static str, &'static str)) -> [(&'static str, &'static str); 5] {
    [M, S, A, P, field]
}

#[test]
fn a_malformed_field_is_a_stream_error() {
    let bench = Bench::new();
    let check = |rule: &str, fields: &Fields<'_>| bench.refuses(rule, fields);
    check("8.2.1: an upper-case name", &with(("X-A", "1")));
    check("8.2.1: a name with a space", &with(("x a", "1")));
    check("8.2.1: a name with a colon", &with(("x:a", "1")));
    check("8.2.1: a name with a line end", &with(("x\r\na", "1")));
    check("8.2.1: an empty name", &with(("", "1")));
    check("8.2.1: a value with CR LF", &with(("x-a", "1\r\nx-b: 2")));
    check("8.2.1: a value with LF", &with(("x-a", "1\n2")));
    check("8.2.1: a value with CR", &with(("x-a", "1\r2")));
    check("8.2.1: a value with NUL", &with(("x-a", "1\x002")));
    check("8.2.1: a value that begins with a space", &with(("x-a", " 1")));
    check("8.2.1: a value that ends with a tab", &with(("x-a", "1\t")));
    check("8.2.2: connection", &with(("connection", "close")));
    check("8.2.2: keep-alive", &with(("keep-alive", "timeout=5")));
    check("8.2.2: proxy-connection", &with(("proxy-connection", "keep-alive")));
    check("8.2.2: transfer-encoding", &with(("transfer-encoding", "chunked")));
    check("8.2.2: upgrade", &with(("upgrade", "h2c")));
    check("8.2.2: te other than trailers", &with(("te", "gzip")));
    check("8.1.1: a length that is none", &with(("content-length", "+1")));
    check("8.1.1: two lengths", &[M, S, A, P, ("content-length", "0"), ("content-length", "0")]);
    check("8.1.1: a length without content", &with(("content-length", "5")));
    assert_unharmed(&bench.gateway);
}

#[test]
fn a_malformed_pseudo_header_field_is_a_stream_error() {
    let bench = Bench::new();
    let check = |rule: &str, fields: &Fields<'_>| bench.refuses(rule, fields);
    check("8.3: pseudo-header fields come first", &[M, S, A, ("x-a", "1"), P]);
    check("8.3: none is unknown", &[M, S, A, P, (":proto", "x")]);
    check("8.3: none is of an answer", &[M, S, A, P, (":status", "200")]);
    check("8.3.1: no method", &[S, A, P]);
    check("8.3.1: no scheme", &[M, A, P]);
    check("8.3.1: no path", &[M, S, A]);
    check("8.3.1: two methods", &[M, M, S, A, P]);
    check("8.3.1: two schemes", &[M, S, S, A, P]);
    check("8.3.1: two authorities", &[M, S, A, A, P]);
    check("8.3.1: two paths", &[M, S, A, P, P]);
    check("8.3.1: no authority and no Host", &[M, S, P]);
    check("8.3.1: authority and Host differ", &with(("host", "other")));
    check("8.3.1: two Host fields", &[M, S, P, ("host", "h"), ("host", "h")]);
    check("8.3.1: user information", &[M, S, (":authority", "u:p@h"), P]);
    check("8.3.1: an authority with a path", &[M, S, (":authority", "h/x"), P]);
    check("8.3.1: an authority with a space", &[M, S, (":authority", "h x"), P]);
    check("8.3.1: an authority with a line end", &[M, S, (":authority", "h\r\nx: y"), P]);
    check("8.3.1: another scheme", &[M, (":scheme", "ftp"), A, P]);
    for path in [
        "",
        "a",
        "?a",
        "*",
        "http://h/a",
        "//h a",
        "/a b",
        "/a HTTP/1.1\r\nx: y\r\n\r\nGET /b",
        "/a\tb",
        "/a\0",
        "/\u{e9}",
    ] {
        check(&format!("8.3.1: the path {path:?}"), &[M, S, A, (":path", path)]);
    }
    for method in ["", "GET /b", "G\r\nT", "G\u{e9}T"] {
        check(&format!("8.3.1: the method {method:?}"), &[(":method", method), S, A, P]);
    }
    check("8.5: CONNECT with a path", &[(":method", "CONNECT"), A, P]);
    assert_unharmed(&bench.gateway);
}

#[test]
fn a_request_that_is_too_much_is_answered() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let check = |fields: &Fields<'_>, status: u16| {
        let mut client = Client::connect(gateway.address());
        client.headers(1, fields, true);
        let outcome = client.outcome(1);
        assert!(matches!(outcome, Outcome::Answer(found, _) if found == status), "{outcome:?}");
        assert_eq!(ask_mock(&mut client, 3), mocked());
        assert!(origin.received().is_none());
    };
    let long = "a".repeat(10_241);
    check(&[M, S, A, (":path", &format!("/{long}"))], 414);
    check(&[M, S, A, P, ("x-a", &long)], 431);
    let many: Vec<(String, &str)> = (0..128).map(|number| (format!("x-{number}"), "")).collect();
    let many = many.iter().map(|(name, value)| (name.as_str(), *value));
    check(&of("GET", "/a").into_iter().chain(many).collect::<Vec<_>>(), 431);
    check(&[(":method", "BREWBREWBREWBREWBREWBREWBREWBREWB"), S, A, P], 501);
    check(&[(":method", "CONNECT"), A], 501);
    check(&[M, S, A, P, ("expect", "more")], 417);
    // The answer to HEAD has no body, so it is none.
    let mut client = Client::connect(gateway.address());
    client.headers(1, &[(":method", "HEAD"), S, A, P, ("x-a", &long)], true);
    assert_eq!(client.outcome(1), Outcome::Reset(PROTOCOL_ERROR));
}

#[test]
fn content_is_as_long_as_declared() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let post =
        |length: &'static str| [&of("POST", "/a")[..], &[("content-length", length)]].concat();
    for content in ["hell", "hello!", ""] {
        let mut client = Client::connect(gateway.address());
        client.headers(1, &post("5"), false);
        client.frame(DATA, END_STREAM, 1, content.as_bytes());
        assert_eq!(client.outcome(1), Outcome::Reset(PROTOCOL_ERROR), "{content:?}");
        assert_eq!(ask_mock(&mut client, 3), mocked());
        let seen = origin.received();
        assert!(seen.is_none(), "{content:?} {seen:?}");
    }
    let mut client = Client::connect(gateway.address());
    client.headers(1, &post("0"), false);
    client.frame(DATA, END_STREAM, 1, b"");
    assert!(matches!(client.outcome(1), Outcome::Answer(200, _)));
}

#[test]
fn trailers_are_read_and_end_here() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.headers(1, &of("POST", "/a"), false);
    client.frame(DATA, 0, 1, b"hello");
    client.headers(1, &[("x-sum", "5"), ("transfer-encoding-x", "chunked")], true);
    assert!(matches!(client.outcome(1), Outcome::Answer(200, _)));
    let seen = origin.request();
    assert_eq!((seen.body.as_slice(), seen.field("x-sum")), (&b"hello"[..], None));
    // 8.1: trailers that do not end the stream are malformed.
    let mut client = Client::connect(gateway.address());
    client.headers(1, &of("POST", "/a"), false);
    client.frame(DATA, 0, 1, b"hello");
    client.headers(1, &[("x-sum", "5")], false);
    let outcome = client.outcome(1);
    let is_error = matches!(outcome, Outcome::Reset(PROTOCOL_ERROR) | Outcome::GoAway(_));
    assert!(is_error, "{outcome:?}");
    assert!(origin.received().is_none());
    assert_unharmed(&gateway);
}
