//! Clients that stop, stall, talk while they listen, or send too much.

use std::io::Write;
use std::thread;
use std::time::Duration;

use portico_testkit::http::Answer;
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::{Client, End};

use crate::support::{PROXY, gateway, proxy};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const MIB: usize = 1 << 20;

/// A body in which every byte tells its place.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn chunks(body: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for chunk in body.chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

/// A POST with this body, by length or in chunks.
fn post(body: &[u8], chunked: bool) -> Vec<u8> {
    let mut bytes = b"POST /a HTTP/1.1\r\nHost: h\r\n".to_vec();
    if chunked {
        bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
        bytes.extend(chunks(body, 10_000));
    } else {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        bytes.extend_from_slice(body);
    }
    bytes
}

/// Sends from another thread while the answer is read. The server may stop reading.
fn exchange(client: &mut Client, bytes: &[u8]) -> Answer {
    let mut writer = client.writer();
    thread::scope(|scope| {
        scope.spawn(move || writer.write_all(bytes));
        client.answer("POST")
    })
}

#[test]
fn bodies_of_any_size_arrive_whole() {
    for chunked in [false, true] {
        for length in [0, 1, 16_383, 16_384, 16_385, 65_536, 65_537, 100_000, MIB, 10 * MIB] {
            let body = pattern(length);
            let origin = Origin::scripted(vec![vec![Act::Request, Act::Send(OK.to_vec())]]);
            let gateway = proxy(&origin);
            let mut client = Client::connect(gateway.address());
            assert_eq!(exchange(&mut client, &post(&body, chunked)).text(), "ok");
            let seen = origin.request();
            assert!(seen.body == body, "{length} bytes, chunked {chunked}");
            // What is held until its end has a length, as from API Gateway.
            match seen.field("content-length") {
                Some(_) => assert!(!chunked || length < MIB, "{length} bytes were held"),
                None => assert!(chunked && length > 65_536, "{length}"),
            }
        }
    }
}

#[test]
fn a_payload_over_the_limit_is_413() {
    let body = pattern(20 * MIB);
    for chunked in [false, true] {
        for bytes in [&body[..], &body[..10 * MIB + 1]] {
            let origin = Origin::echo();
            let gateway = proxy(&origin);
            let mut client = Client::connect(gateway.address());
            let answer = exchange(&mut client, &post(bytes, chunked));
            assert_eq!(answer.status, 413, "chunked {chunked}");
            assert_eq!(answer.text(), "HTTP content length exceeded 10485760 bytes.");
            assert_eq!(answer.field("content-type"), Some("text/plain"));
            assert_eq!(answer.field("connection"), Some("close"));
            assert_eq!(gateway.finished().fault.map(|fault| fault.0), Some("REQUEST_TOO_LARGE"));
            assert!(origin.received().is_none(), "no whole request reaches the origin");
        }
    }
}

#[test]
fn answers_of_any_size_arrive_whole() {
    for length in [16_384, 65_536, 65_537, MIB, 10 * MIB] {
        let body = pattern(length);
        let by_length = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        let in_chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        let to_close = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        let answers = [
            [by_length, body.clone()].concat(),
            [in_chunks, chunks(&body, 70_001)].concat(),
            [to_close, body.clone()].concat(),
        ];
        for answer in answers {
            for version in ["1.1", "1.0"] {
                let script = vec![Act::Request, Act::Send(answer.clone())];
                let origin = Origin::scripted(vec![script]);
                let gateway = proxy(&origin);
                let mut client = Client::connect(gateway.address());
                client.send(format!("GET /a HTTP/{version}\r\nHost: h\r\n\r\n"));
                let answer = client.answer("GET");
                assert!(answer.body == body, "{length} bytes over {version}: {}", answer.head);
                let finished = gateway.finished();
                assert_eq!((finished.response_bytes, finished.complete), (length as u64, true));
            }
        }
    }
}

#[test]
fn an_answer_may_begin_while_the_request_is_still_sent() {
    let body = pattern(4 * MIB);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    let answer = [head.as_bytes(), &body].concat();
    // The origin reads nothing of the body before it has sent nearly all of its own, so whoever does
    // not read and write at once waits for ever.
    let (most, rest) = answer.split_at(answer.len() - 10);
    for chunked in [false, true] {
        let request = post(&body, chunked);
        let script =
            vec![Act::Head, Act::Send(most.to_vec()), Act::Content, Act::Send(rest.to_vec())];
        let origin = Origin::scripted(vec![script]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        assert!(exchange(&mut client, &request).body == body);
        client.send("GET /mock HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.answer("GET").status, 202, "chunked {chunked}");
    }
}

#[test]
fn an_early_answer_ends_the_request() {
    let early = |declared: usize, follows: &[u8]| {
        let script = vec![Act::Head, Act::Send(OK.to_vec()), Act::ReadToEnd];
        let origin = Origin::scripted(vec![script]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {declared}\r\n\r\nx"));
        let answer = client.answer("POST");
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok"));
        client.try_send(follows);
        (client, gateway)
    };
    // A short rest is thrown away, and the connection goes on.
    let (mut client, _gateway) = early(100, &[b'x'; 99]);
    client.send("GET /mock HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer("GET").status, 202);
    // A long one ends it.
    let (mut client, _gateway) = early(MIB, &vec![b'x'; MIB / 2]);
    assert_eq!(client.closed(), End::Clean);
}

#[test]
fn a_client_that_leaves_in_its_body_ends_the_request() {
    let check = |framing: &str, part: &str, resets: bool| {
        let origin = Origin::always(vec![Act::Request]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST /a HTTP/1.1\r\nHost: h\r\n{framing}\r\n\r\n{part}"));
        if resets {
            client.reset();
        } else {
            client.half_close();
            assert_eq!(client.answer("POST").status, 400);
            client.closed();
        }
        let finished = gateway.finished();
        assert_eq!(finished.fault.map(|fault| fault.0), Some("DEFAULT_4XX"), "{framing} {part}");
        assert!(origin.received().is_none(), "the origin must not take it for whole");
    };
    for resets in [false, true] {
        check("Content-Length: 10", "hello", resets);
        check("Transfer-Encoding: chunked", "5\r\nhello\r\n", resets);
        check("Transfer-Encoding: chunked", &"3e8\r\n".replace("3e8", "20000"), resets);
        let long = format!("20000\r\n{}", "x".repeat(100_000));
        check("Transfer-Encoding: chunked", &long, resets);
    }
}

#[test]
fn a_client_that_stalls_is_told() {
    let origin = Origin::always(vec![Act::Request]);
    let mut setup = gateway(&origin);
    setup.settings.head = Duration::from_millis(100);
    let gateway = setup.start(PROXY);
    let check = |part: &str| {
        let mut client = Client::connect(gateway.address());
        client.send(part);
        let answer = client.answer("POST");
        assert_eq!((answer.status, answer.field("connection")), (408, Some("close")), "{part:?}");
        assert_eq!(answer.text(), r#"{"message":"Request Timeout"}"#);
        assert_eq!(client.closed(), End::Clean);
    };
    check("G");
    check("GET /a HTTP/1.1\r\nHost: h\r\n");
    check("\r\n");
    check("POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello");
    check("POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    assert!(origin.received().is_none());
}

#[test]
fn an_idle_client_is_let_go_without_a_word() {
    let origin = Origin::echo();
    let mut setup = gateway(&origin);
    setup.settings.idle = Duration::from_millis(300);
    let gateway = setup.start(PROXY);
    let mut client = Client::connect(gateway.address());
    assert_eq!(client.closed(), End::Clean);
    let mut client = Client::connect(gateway.address());
    client.send("GET /mock HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer("GET").status, 202);
    assert_eq!(client.closed(), End::Clean);
}

#[test]
fn a_client_that_waits_is_asked_for_its_body() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let expecting = "HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n";
    for (framing, body) in
        [("Content-Length: 5", "hello"), ("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n")]
    {
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST /a {expecting}{framing}\r\n\r\n"));
        assert_eq!(client.answer("POST").status, 100);
        client.send(body);
        assert_eq!(client.answer("POST").status, 200);
        let seen = origin.request();
        assert_eq!((seen.field("expect"), seen.body.as_slice()), (None, &b"hello"[..]));
    }
    // Refused before it sends anything: not asked, and the connection ends, as nobody knows
    // whether the body comes.
    for (path, framing, status) in [
        ("/a", "Content-Length: 10485761", 413),
        ("/mock", "Content-Length: 5", 202),
        ("/mock", "Transfer-Encoding: chunked", 202),
    ] {
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST {path} {expecting}{framing}\r\n\r\n"));
        let answer = client.answer("POST");
        assert_eq!((answer.status, answer.field("connection")), (status, Some("close")));
        assert_eq!(client.closed(), End::Clean);
    }
}

#[test]
fn answers_of_a_pipeline_keep_their_order() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    let mut bytes = String::new();
    for number in 0..200 {
        let body = "b".repeat(number);
        bytes += &format!(
            "POST /{number} HTTP/1.1\r\nHost: h\r\nContent-Length: {number}\r\n\r\n{body}"
        );
        bytes += "GET /mock HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    let mut writer = client.writer();
    thread::scope(|scope| {
        scope.spawn(move || writer.write_all(bytes.as_bytes()).unwrap());
        for number in 0..200 {
            let text = client.answer("POST").text();
            assert!(text.starts_with(&format!("POST /{number} HTTP/1.1\r\n")), "{text}");
            assert!(text.ends_with(&format!("\r\n\r\n{}", "b".repeat(number))), "{text}");
            assert_eq!(client.answer("GET").text(), "mocked");
        }
    });
    for number in 0..400 {
        let finished = gateway.finished();
        let path = if number % 2 == 0 { format!("/{}", number / 2) } else { "/mock".to_owned() };
        assert_eq!((finished.path, finished.complete), (path, true), "one event a request");
    }
}

#[test]
fn two_workers_answer_alike() {
    let origin = Origin::echo();
    let mut setup = gateway(&origin);
    setup.workers = 2;
    let gateway = setup.start(PROXY);
    thread::scope(|scope| {
        for number in 0..16 {
            let address = gateway.address();
            scope.spawn(move || {
                let mut client = Client::connect(address);
                for round in 0..20 {
                    let body = format!("{number}-{round}");
                    let length = body.len();
                    client.send(format!(
                        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}"
                    ));
                    assert!(client.answer("POST").text().ends_with(&format!("\r\n\r\n{body}")));
                }
            });
        }
    });
    assert!(gateway.is_alive());
    assert_eq!((origin.requests(), gateway.open_connections() <= 16), (320, true));
}
