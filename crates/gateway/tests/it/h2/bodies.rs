//! Bodies in both directions, within the flow control of both sides, and how they break off.

use std::time::Duration;

use portico_net::Limit;
use portico_testkit::h2::{
    CANCEL, Client, DATA, END_STREAM, HEADERS, INTERNAL_ERROR, NO_ERROR, Outcome, RST_STREAM,
    WINDOW_UPDATE, of,
};
use portico_testkit::origin::{Act, Origin};

use super::{ask_mock, assert_unharmed, mocked};
use crate::support::{PROXY, gateway, proxy};

const MIB: usize = 1 << 20;
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A body in which every byte tells its place.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

/// Sends a body on a new connection, within the windows that the server opens, and perhaps its end; the status of an
/// answer that comes before all is sent.
fn send(client: &mut Client, stream: u32, body: &[u8], ends: bool) -> Option<u16> {
    let mut room = [65_535_usize; 2];
    let (mut pieces, mut sent) = (body.chunks(16_384).peekable(), 0);
    while let Some(piece) = pieces.peek() {
        if room[0].min(room[1]) < piece.len() {
            let frame = client.receive().unwrap();
            if frame.kind == HEADERS {
                return Some(frame.status());
            }
            if frame.kind == WINDOW_UPDATE {
                let bytes = u32::from_be_bytes(frame.payload[..4].try_into().unwrap()) as usize;
                room[usize::from(frame.stream != 0)] += bytes;
            }
            continue;
        }
        sent += piece.len();
        room = room.map(|bytes| bytes - piece.len());
        let flags = if ends && sent == body.len() { END_STREAM } else { 0 };
        assert!(client.frame(DATA, flags, stream, piece));
        pieces.next();
    }
    None
}

#[test]
fn bodies_go_both_ways_within_the_windows() {
    let origin = Origin::answering(|seen| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", seen.body.len());
        [head.as_bytes(), &seen.body].concat()
    });
    let gateway = proxy(&origin);
    for length in [1, 16_384, 65_536, 65_537, 100_000, MIB, 4 * MIB] {
        for declared in [false, true] {
            let body = pattern(length);
            let mut client = Client::connect(gateway.address());
            let mut fields = of("POST", "/a").to_vec();
            let text = length.to_string();
            if declared {
                fields.push(("content-length", &text));
            }
            client.headers(1, &fields, false);
            assert_eq!(send(&mut client, 1, &body, true), None);
            assert!(client.outcome(1) == Outcome::Answer(200, body), "{length} {declared}");
            let finished = gateway.finished();
            assert_eq!((finished.response_bytes, finished.complete), (length as u64, true));
            assert_eq!(ask_mock(&mut client, 3), mocked());
            assert_eq!(gateway.finished().path, "/mock");
        }
    }
}

#[test]
fn answers_of_every_framing_arrive_whole() {
    for length in [10, 65_536, MIB] {
        let body = pattern(length);
        let chunks: Vec<u8> = body
            .chunks(70_001)
            .flat_map(|chunk| {
                [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()
            })
            .collect();
        let chunked =
            [&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"[..], &chunks, b"0\r\n\r\n"]
                .concat();
        let to_close = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &body].concat();
        for answer in [chunked, to_close] {
            let origin = Origin::always(vec![Act::Request, Act::Send(answer)]);
            let gateway = proxy(&origin);
            let mut client = Client::connect(gateway.address());
            client.request(1, "GET", "/a");
            assert!(client.outcome(1) == Outcome::Answer(200, body.clone()), "{length}");
        }
    }
}

#[test]
fn an_answer_without_a_body_ends_with_its_head() {
    for (method, answer) in [
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"),
        ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let origin = Origin::always(vec![Act::Request, Act::Send(answer.into())]);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.request(1, method, "/a");
        assert_eq!(client.until(HEADERS).flags & END_STREAM, END_STREAM, "{answer}");
        let finished = gateway.finished();
        assert_eq!((finished.method.as_str(), finished.complete), (method, true));
        assert_eq!(ask_mock(&mut client, 3), mocked());
    }
}

#[test]
fn streams_of_a_connection_do_not_wait_for_each_other() {
    let origin = Origin::acting(|seen| {
        let acts = if seen.head.contains("/held") { vec![Act::Stall] } else { vec![] };
        [acts, vec![Act::Send(OK.to_vec())]].concat()
    });
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.request(1, "GET", "/held");
    for stream in (3..103).step_by(2) {
        client.request(stream, "GET", "/a");
        assert_eq!(client.outcome(stream), Outcome::Answer(200, b"ok".to_vec()));
    }
    origin.release();
    assert_eq!(client.outcome(1), Outcome::Answer(200, b"ok".to_vec()));
}

#[test]
fn an_early_answer_asks_for_no_more_of_the_request() {
    let origin = Origin::always(vec![Act::Head, Act::Send(OK.to_vec()), Act::ReadToEnd]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.headers(1, &of("POST", "/a"), false);
    // More than is held, so that the origin is asked.
    assert_eq!(send(&mut client, 1, &pattern(80_000), false), None);
    assert_eq!(client.outcome(1), Outcome::Answer(200, b"ok".to_vec()));
    // Section 8.1: the rest is not wanted, and that is no error.
    assert_eq!(client.outcome(1), Outcome::Reset(NO_ERROR));
    // So it is where no origin is asked.
    let mut client = Client::connect(gateway.address());
    client.headers(1, &[&of("POST", "/mock")[..], &[("content-length", "400000")]].concat(), false);
    assert_eq!(send(&mut client, 1, &pattern(60_000), false), None);
    assert_eq!(client.outcome(1), mocked());
    assert_eq!(client.outcome(1), Outcome::Reset(NO_ERROR));
    assert_eq!(ask_mock(&mut client, 3), mocked());
}

#[test]
fn a_payload_over_the_limit_is_413() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.headers(1, &[&of("POST", "/a")[..], &[("content-length", "10485761")]].concat(), false);
    let Outcome::Answer(413, body) = client.outcome(1) else { panic!("no 413") };
    assert_eq!(body, b"HTTP content length exceeded 10485760 bytes.");
    assert_eq!(gateway.finished().fault.map(|fault| fault.0), Some("REQUEST_TOO_LARGE"));
    assert!(origin.received().is_none());
    // A length that nobody declared is counted.
    let mut client = Client::connect(gateway.address());
    client.headers(1, &of("POST", "/a"), false);
    assert_eq!(send(&mut client, 1, &pattern(20 * MIB), true), Some(413));
    assert_eq!(gateway.finished().fault.map(|fault| fault.0), Some("REQUEST_TOO_LARGE"));
    assert!(origin.received().is_none(), "no whole request reaches the origin");
    assert_eq!(ask_mock(&mut client, 3), mocked());
}

#[test]
fn a_client_that_waits_is_asked_for_its_body() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    let fields = [&of("POST", "/a")[..], &[("expect", "100-continue")]].concat();
    client.headers(1, &fields, false);
    assert_eq!(client.until(HEADERS).flags & END_STREAM, 0);
    client.frame(DATA, END_STREAM, 1, b"hello");
    assert!(matches!(client.outcome(1), Outcome::Answer(200, _)));
    assert_eq!(origin.request().body, b"hello");
}

#[test]
fn a_client_that_resets_ends_its_request() {
    // In the body, before the answer, and in the answer.
    let answer =
        [b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".to_vec(), vec![b'x'; 500_000]];
    for (ends, acts) in [
        (false, vec![Act::Request]),
        (true, vec![Act::Request, Act::Tell, Act::ReadToEnd, Act::Tell]),
        (
            true,
            vec![Act::Request, Act::Send(answer.concat()), Act::Tell, Act::ReadToEnd, Act::Tell],
        ),
    ] {
        let origin = Origin::always(acts);
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.headers(1, &of("POST", "/a"), ends);
        if ends {
            // The request, and that its answer is on the way.
            origin.request();
            origin.request();
        } else {
            client.frame(DATA, 0, 1, b"hello");
        }
        client.frame(RST_STREAM, 0, 1, &CANCEL.to_be_bytes());
        let finished = gateway.finished();
        assert!(!finished.complete, "{finished:?}");
        assert_eq!(ask_mock(&mut client, 3), mocked());
        // The origin is left at once, not when its answer is late.
        if ends {
            assert_eq!(origin.request().head, "");
        } else {
            assert!(origin.received().is_none(), "the origin must not take it for whole");
        }
    }
}

#[test]
fn an_origin_that_breaks_off_is_no_end_of_stream() {
    for head in ["Content-Length: 1000000", "Transfer-Encoding: chunked", "X: y"] {
        let part = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        let body = if head.starts_with('T') { b"f0000\r\n".to_vec() } else { Vec::new() };
        let body = [body, vec![b'x'; 200_000]].concat();
        let acts = [Act::Send([part.into_bytes(), body].concat()), Act::Stall, Act::Reset];
        let origin = Origin::always([&[Act::Request], &acts[..]].concat());
        let gateway = proxy(&origin);
        let mut client = Client::connect(gateway.address());
        client.request(1, "GET", "/a");
        client.until(DATA);
        origin.release();
        assert_eq!(client.outcome(1), Outcome::Reset(INTERNAL_ERROR), "{head}");
        assert!(!gateway.finished().complete);
        assert_eq!(ask_mock(&mut client, 3), mocked());
    }
}

#[test]
fn a_client_that_stalls_is_told() {
    let origin = Origin::always(vec![Act::Request]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    client.headers(1, &of("POST", "/slow"), false);
    client.frame(DATA, 0, 1, b"hello");
    assert!(matches!(client.outcome(1), Outcome::Answer(408, _)));
    assert!(origin.received().is_none());
    assert_unharmed(&gateway);
}

#[test]
fn a_client_that_opens_no_window_is_let_go() {
    let answer = [&b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"[..], &[b'x'; 1_000_000]];
    let origin = Origin::always(vec![Act::Request, Act::Send(answer.concat())]);
    let mut setup = gateway(&origin);
    setup.settings.stall = Duration::from_millis(200);
    let gateway = setup.start(PROXY);
    let mut client = Client::connect(gateway.address());
    client.request(1, "GET", "/a");
    let frame = client.until(RST_STREAM);
    assert_eq!(frame.payload, INTERNAL_ERROR.to_be_bytes());
    assert!(!gateway.finished().complete);
    assert_eq!(gateway.hits(Limit::StallTime), 1);
    // The connection's window is used up; with room the next stream is answered.
    client.window(0, 65_535);
    assert_eq!(ask_mock(&mut client, 3), mocked());
}
