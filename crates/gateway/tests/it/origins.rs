//! Origins that lie, stall, or go: what the client reads then, and that nothing of it is left for
//! the next one.

use std::time::Duration;

use portico_testkit::http::Answer;
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::{Client, Cut, End};

use crate::support::{proxy, settle};

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const NETWORK_ERROR: &str = r#"{"message": "Network error communicating with endpoint"}"#;
const INTERNAL_ERROR: &str = r#"{"message": "Internal server error"}"#;
const TIMED_OUT: &str = r#"{"message": "Endpoint request timed out"}"#;

fn send(bytes: impl AsRef<[u8]>) -> Act {
    Act::Send(bytes.as_ref().to_vec())
}

/// What a client reads of an origin that plays this after a request.
fn ask(path: &str, acts: &[Act]) -> Answer {
    let script = [&[Act::Request], acts].concat();
    let origin = Origin::scripted(vec![script]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.send(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
    let answer = client.answer("GET");
    // The gateway's own answer says nothing against the client's connection.
    client.send("GET /mock HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer("GET").status, 202);
    assert_eq!(origin.accepted(), 1, "nothing is sent twice");
    answer
}

#[test]
fn origins_that_go_are_a_network_error() {
    let check = |acts: &[Act]| {
        let answer = ask("/a", acts);
        assert_eq!((answer.status, answer.text().as_str()), (504, NETWORK_ERROR), "{acts:?}");
        assert_eq!(answer.field("x-amzn-errortype"), Some("InternalServerErrorException"));
    };
    check(&[]);
    check(&[Act::Reset]);
    for part in [
        "H",
        "HTTP/1.1 200 O",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\n",
    ] {
        check(&[send(part)]);
        check(&[send(part), Act::Reset]);
    }
    // Only a reset tells that an answer without a length is not complete.
    check(&[send("HTTP/1.1 200 OK\r\n\r\nhello"), Act::Reset]);
}

#[test]
fn answers_that_are_none_are_an_internal_error() {
    let check = |acts: &[Act]| {
        let answer = ask("/a", acts);
        assert_eq!((answer.status, answer.text().as_str()), (502, INTERNAL_ERROR), "{acts:?}");
    };
    for garbage in [
        "\x16\x03\x01",
        "\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 099 Low\r\n\r\n",
        "HTTP/1.1 600 High\r\n\r\n",
        "HTTP/1.1 2000 Long\r\n\r\n",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
        "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: c\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX",
    ] {
        check(&[send(garbage), Act::ReadToEnd]);
    }
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n";
    check(&[send(interim.repeat(17)), Act::ReadToEnd]);
    check(&[Act::Flood(interim.into())]);
    check(&[Act::Flood(b"HTTP/1.1 200 ".to_vec())]);
    check(&[send("HTTP/1.1 200 OK\r\n"), Act::Flood(b"A: b\r\n".to_vec())]);
    check(&[send("HTTP/1.1 200 OK\r\nA: "), Act::Flood(vec![b'a'; 4096])]);
}

#[test]
fn origins_that_stall_time_out() {
    for part in [
        "",
        "HTTP/1.1 200 O",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ] {
        let answer = ask("/slow", &[send(part), Act::Stall]);
        assert_eq!((answer.status, answer.text().as_str()), (504, TIMED_OUT), "{part:?}");
        assert_eq!(answer.field("content-type"), Some("application/json"));
    }
}

#[test]
fn proper_answers_arrive_however_they_are_sent() {
    let check = |answer: &str, status: u16, body: &str| {
        let pieces = answer.bytes().map(|byte| vec![byte]).collect();
        for act in [send(answer), Act::SendPieces(pieces)] {
            let answer = ask("/a", &[act]);
            assert_eq!((answer.status, answer.text().as_str()), (status, body), "{answer:?}");
            let length = answer.field("content-length");
            assert_eq!(length, Some(body.len().to_string().as_str()), "a held body has a length");
        }
    };
    check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok");
    check("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "");
    check("HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end");
    check("HTTP/1.0 404 Not Found\r\n\r\n", 404, "");
    check("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", 200, "ok");
    check(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nok\r\n0\r\nA: b\r\n\r\n",
        200,
        "ok",
    );
    let interim =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n".repeat(8);
    check(&format!("{interim}HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\noh"), 500, "oh");
}

/// The head and the first 100 KiB of a longer body: more than is held.
fn half(framing: &str) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n").into_bytes();
    if framing.starts_with("Transfer") {
        bytes.extend_from_slice(b"80000\r\n");
    }
    bytes.resize(bytes.len() + 100 * 1024, b'x');
    bytes
}

#[test]
fn a_long_answer_that_breaks_off_never_ends_cleanly() {
    let check = |version: &str, framing: &str, acts: &[Act]| {
        let script = [&[Act::Request, send(half(framing))], acts].concat();
        let origin = Origin::scripted(vec![script]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.send(format!("GET /a HTTP/{version}\r\nHost: h\r\nConnection: keep-alive\r\n\r\n"));
        let cut = client.try_answer("GET").expect_err("the answer is cut");
        assert_eq!(cut.end, End::Reset, "{version} {framing} {acts:?}");
        let finished = gateway.finished();
        assert_eq!((finished.status, finished.complete), (200, false));
    };
    for version in ["1.1", "1.0"] {
        for acts in [&[][..], &[Act::Reset], &[Act::HalfClose, Act::Stall]] {
            check(version, "Content-Length: 524288", acts);
            check(version, "Transfer-Encoding: chunked", acts);
        }
        check(version, "X-Until: the end", &[Act::Reset]);
        let rest = [send(vec![b'x'; 0x80000 - 100 * 1024]), send("not a chunk")];
        check(version, "Transfer-Encoding: chunked", &rest);
    }
}

#[test]
fn bodies_where_none_may_be_reach_nobody() {
    let check = |method: &str, head: &str, status: u16| {
        let stale = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale";
        let first = vec![Act::Request, send(format!("{head}\r\n\r\n{stale}")), Act::ReadToEnd];
        let second = vec![Act::Request, send(OK)];
        let origin = Origin::scripted(vec![first, second]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.send(format!("{method} /a HTTP/1.1\r\nHost: h\r\n\r\n"));
        let answer = client.answer(method);
        assert_eq!((answer.status, answer.text().as_str()), (status, ""), "{method} {head}");
        let mut other = Client::connect(gateway.address());
        other.send(GET);
        assert_eq!(other.answer("GET").text(), "ok");
        client.send(b"GET /mock HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.answer("GET").text(), "mocked");
        assert_eq!(origin.accepted(), 2);
    };
    check("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 44", 200);
    check("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", 200);
    check("GET", "HTTP/1.1 204 No Content\r\nContent-Length: 44", 204);
    check("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 44", 304);
    check("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0", 200);
}

#[test]
fn bytes_behind_an_answer_reach_nobody() {
    let stale = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale";
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let long = [&b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n"[..], &[b'x'; 40_000]].concat();
    for answer in [OK, chunked, &long] {
        let together = [answer, stale].concat();
        let scripts = [
            vec![Act::Request, send(&together), Act::Tell, Act::ReadToEnd],
            vec![Act::Request, send(answer), send(stale), Act::Tell, Act::ReadToEnd],
            vec![Act::Request, send(answer), Act::Stall, send(stale), Act::Tell, Act::ReadToEnd],
            vec![Act::Request, send(answer), Act::Stall, send("x"), Act::Tell, Act::ReadToEnd],
            vec![Act::Request, send(answer), Act::Stall, Act::HalfClose, Act::Tell, Act::ReadToEnd],
        ];
        for script in scripts {
            let origin = Origin::scripted(vec![script.clone(), vec![Act::Request, send(OK)]]);
            let gateway = proxy(&origin);
            let mut first = Client::connect(gateway.address());
            first.send(GET);
            assert_eq!(first.answer("GET").status, 200);
            origin.request();
            origin.release();
            assert_eq!(origin.request().head, "", "the origin has sent all");
            settle(&gateway);
            let mut second = Client::connect(gateway.address());
            // It may not be sent twice, so it must not meet the old connection at all.
            second.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
            let answer = second.answer("GET");
            assert_eq!((answer.status, answer.text().as_str()), (200, "ok"), "{script:?}");
        }
    }
}

#[test]
fn a_request_is_sent_again_only_where_that_is_safe() {
    let check = |method: &str, fields: &str, acts: &[Act], expected: (u16, usize)| {
        let first = [&[Act::Request, send(OK), Act::Head], acts].concat();
        let origin = Origin::scripted(vec![first, vec![Act::Request, send(OK)]]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.send(GET);
        assert_eq!(client.answer("GET").status, 200);
        client.send(format!("{method} /a HTTP/1.1\r\nHost: h\r\n{fields}"));
        let answer = client.answer(method);
        assert_eq!((answer.status, origin.accepted()), expected, "{method} {fields:?} {acts:?}");
    };
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
        check(method, "\r\n", &[], (200, 2));
        check(method, "\r\n", &[Act::Reset], (200, 2));
        check(method, "Content-Length: 5\r\n\r\nhello", &[Act::Reset], (200, 2));
        check(method, "\r\n", &[send("HTTP/1.1 2")], (504, 1));
        check(method, "\r\n", &[send("HTTP/1.1 100 Continue\r\n\r\n")], (504, 1));
    }
    for method in ["POST", "PATCH"] {
        check(method, "\r\n", &[], (504, 1));
        check(method, "Content-Length: 5\r\n\r\nhello", &[Act::Reset], (504, 1));
    }
}

#[test]
fn a_request_that_is_sent_again_leaves_other_unused_connections_alone() {
    let last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let origin = Origin::acting(move |seen| match seen.head.split(' ').nth(1) {
        Some("/held") => vec![Act::Stall, send(OK)],
        Some("/lost") if seen.connection < 2 => vec![Act::Close],
        Some("/last") => vec![send(last)],
        _ => vec![send(OK)],
    });
    let gateway = proxy(&origin);
    let mut clients = [(); 2].map(|()| Client::connect(gateway.address()));
    for client in &mut clients {
        client.send("GET /held HTTP/1.1\r\nHost: h\r\n\r\n");
        origin.request();
    }
    origin.release();
    for client in &mut clients {
        assert_eq!(client.answer("GET").status, 200);
    }
    let [client, _] = &mut clients;
    // The new connection goes with `/last`, so that `/a` takes what is left of the old ones.
    for path in ["/lost", "/last", "/a"] {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
        assert_eq!((client.answer("GET").status, origin.accepted()), (200, 3), "{path}");
    }
}

#[test]
fn a_connection_that_the_origin_closed_while_it_was_unused_is_replaced() {
    let first = vec![Act::Request, send(OK), Act::Stall, Act::HalfClose, Act::Tell, Act::ReadToEnd];
    let origin = Origin::scripted(vec![first, vec![Act::Request, send(OK)]]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.send(GET);
    assert_eq!(client.answer("GET").status, 200);
    origin.request();
    origin.release();
    origin.request();
    settle(&gateway);
    client.send("POST /a HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer("POST").status, 200);
    assert_eq!(origin.accepted(), 2);
}

#[test]
fn connections_are_used_again_unless_the_origin_says_no() {
    let check = |answer: &str, accepted: usize| {
        let twice = vec![Act::Request, send(answer), Act::Request, send(answer)];
        let origin = Origin::always(twice);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        for _ in 0..2 {
            client.send(GET);
            assert_eq!(client.answer("GET").text(), "ok", "{answer}");
        }
        assert_eq!(origin.accepted(), accepted, "{answer}");
    };
    check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1);
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 1);
    check("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 1);
    check("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 2);
    check("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 2);
}

#[test]
fn a_reader_that_is_slow_slows_the_origin() {
    let length = 1 << 30;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let patience = Duration::from_millis(300);
    let script = vec![Act::Request, send(head), Act::SendUntilBlocked(patience)];
    let origin = Origin::scripted(vec![script]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.shrink_receive_buffer(4096);
    client.send(GET);
    origin.request();
    let sent: usize = origin.request().head.parse().unwrap();
    // What the kernel holds for both connections; the gateway adds some 100 KiB.
    assert!(sent < 32 << 20, "the gateway took {sent} bytes that nobody read");
    client.reset();
    assert!(!gateway.finished().complete);
}

#[test]
fn a_cut_answer_shows_what_came() {
    // The harness itself: a clean end inside a body is told apart from a whole body.
    let origin = Origin::scripted(vec![vec![Act::Request, send(&OK[..OK.len() - 1])]]);
    let mut client = Client::connect(origin.address());
    client.send(GET);
    let expected = Cut { bytes: b"o".to_vec(), end: End::Clean };
    assert_eq!(client.try_answer("GET").err(), Some(expected));
}

#[test]
fn a_connection_is_used_again_after_an_answer_of_any_length() {
    for bytes in [1, 16_384, 16_385, 65_536, 65_537, 300_000] {
        let body = "x".repeat(bytes);
        for head in [
            format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n{body}"),
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{bytes:x}\r\n{body}\r\n0\r\n\r\n"
            ),
        ] {
            let script = vec![Act::Request, send(head), Act::Request, send(OK)];
            let origin = Origin::scripted(vec![script]);
            let gateway = proxy(&origin);
            let mut client = Client::connect(gateway.address());
            client.send(GET);
            assert_eq!(client.answer("GET").text(), body);
            client.send(GET);
            assert_eq!(client.answer("GET").text(), "ok", "after {bytes} bytes");
            assert_eq!(origin.accepted(), 1, "after {bytes} bytes");
        }
    }
}
