//! The named limits of a connection over HTTP/2: each can be set, is enforced, and is counted once.

use std::time::Duration;

use portico_net::{BodyRate, Limit, Settings};
use portico_testkit::h2::{
    CANCEL, CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY,
    HEADERS, NO_ERROR, Outcome, PING, PRIORITY, PROTOCOL_ERROR, REFUSED_STREAM, RST_STREAM,
    SETTINGS, block, frame, of,
};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::server::Running;

use super::{ask_mock, assert_unharmed, mocked};
use crate::support::{PROXY, gateway, settle};

/// A gateway with these settings.
fn limited(origin: &Origin, set: impl FnOnce(&mut Settings)) -> Running {
    let mut gateway = gateway(origin);
    set(&mut gateway.settings);
    gateway.start(PROXY)
}

/// A client that knows the server's settings.
fn settled(gateway: &Running) -> Client {
    let mut client = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut client, 1), mocked());
    client
}

/// This limit was hit so often, and no other, once the client is gone and the worker has noticed.
fn assert_hits(gateway: &Running, client: Client, limit: Limit, expected: u64) {
    drop(client);
    let expected = Limit::ALL.map(|known| (known, if known == limit { expected } else { 0 }));
    let hits = || Limit::ALL.map(|known| (known, gateway.hits(known)));
    for _ in 0..1000 {
        settle(gateway);
        if hits() == expected {
            break;
        }
    }
    assert_eq!(hits(), expected);
}

fn held() -> Origin {
    Origin::always(vec![Act::Request, Act::Stall])
}

#[test]
fn streams() {
    let origin = held();
    let gateway = limited(&origin, |settings| settings.http2.streams = 2);
    let mut client = settled(&gateway);
    for stream in [3, 5, 7, 9] {
        client.request(stream, "GET", "/a");
    }
    for stream in [7, 9] {
        assert_eq!(client.outcome(stream), Outcome::Reset(REFUSED_STREAM));
    }
    client.frame(RST_STREAM, 0, 3, &CANCEL.to_be_bytes());
    assert_eq!(ask_mock(&mut client, 11), mocked());
    assert_unharmed(&gateway);
    assert_hits(&gateway, client, Limit::Streams, 2);
}

#[test]
fn field_list_bytes() {
    let gateway = limited(&Origin::echo(), |settings| {
        settings.http2.field_list_bytes = Some(2000);
    });
    let mut client = settled(&gateway);
    let long = "a".repeat(2000);
    for stream in [3, 5] {
        let fields = [&of("GET", "/mock")[..], &[("x-a", &long)]].concat();
        client.headers(stream, &fields, true);
        assert!(matches!(client.outcome(stream), Outcome::Answer(431, _)));
    }
    assert_eq!(ask_mock(&mut client, 7), mocked());
    // Frames that go on without end.
    client.frame(HEADERS, END_STREAM, 9, &block(&of("GET", "/mock")));
    while client.frame(CONTINUATION, 0, 9, &[]) {}
    assert_hits(&gateway, client, Limit::FieldListBytes, 3);
}

#[test]
fn a_field_list_may_be_as_long_as_a_head() {
    let gateway = limited(&Origin::echo(), |settings| {
        settings.request_head.bytes = 100_000;
        settings.request_head.field_value_bytes = 90_000;
    });
    let mut client = settled(&gateway);
    let long = "a".repeat(10_000);
    let fields: Vec<_> = (0..6).map(|number| (format!("x-{number}"), &*long)).collect();
    client.frame(HEADERS, END_STREAM, 3, &block(&of("GET", "/mock")));
    for (at, field) in fields.iter().enumerate() {
        let flags = if at == 5 { END_HEADERS } else { 0 };
        client.frame(CONTINUATION, flags, 3, &block(&[(&field.0, field.1)]));
    }
    assert_eq!(client.outcome(3), mocked());
}

#[test]
fn cancelled_streams() {
    let origin = held();
    let gateway = limited(&origin, |settings| settings.http2.cancelled_streams = 3);
    let mut client = settled(&gateway);
    for stream in [3, 5, 7, 9] {
        client.request(stream, "GET", "/a");
        origin.request();
        client.frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
        assert!(gateway.finished().status > 0);
    }
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::CancelledStreams, 1);
}

#[test]
fn unseen_resets() {
    let gateway = limited(&Origin::echo(), |settings| settings.http2.unseen_resets = 3);
    let mut client = settled(&gateway);
    let head = block(&of("GET", "/mock"));
    let mut flood = Vec::new();
    for number in 1..100 {
        let stream = 2 * number + 1;
        flood.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream, &head));
        flood.extend(frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()));
    }
    client.raw().try_send(flood);
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::UnseenResets, 1);
}

#[test]
fn error_resets() {
    let gateway = limited(&Origin::echo(), |settings| settings.http2.error_resets = 3);
    let mut client = settled(&gateway);
    let fields = [&of("GET", "/mock")[..], &[("connection", "close")]].concat();
    for stream in [3, 5, 7, 9, 11] {
        client.headers(stream, &fields, true);
    }
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::ErrorResets, 1);
}

#[test]
fn control_frames() {
    let gateway = limited(&Origin::echo(), |settings| settings.http2.control_frames = 100);
    let mut client = settled(&gateway);
    // As long as there are answers between them they may be many.
    for number in 1..=10 {
        client.raw().send(ping().repeat(50));
        assert_eq!(ask_mock(&mut client, 2 * number + 1), mocked());
    }
    client.raw().send(ping().repeat(150));
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::ControlFrames, 1);
    for flood in [frame(SETTINGS, 0, 0, &[]), frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 16])] {
        let mut client = settled(&gateway);
        client.raw().try_send(flood.repeat(150));
        assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    }
}

fn ping() -> Vec<u8> {
    frame(PING, 0, 0, &[0; 8])
}

#[test]
fn malformed_requests_are_counted() {
    let gateway = limited(&Origin::echo(), |_| {});
    let mut client = settled(&gateway);
    let host = [&of("GET", "/mock")[..], &[("host", "other")]].concat();
    let connection = [&of("GET", "/mock")[..], &[("connection", "close")]].concat();
    for (stream, fields) in [(3, host), (5, connection)] {
        client.headers(stream, &fields, true);
        assert!(matches!(client.outcome(stream), Outcome::Reset(PROTOCOL_ERROR)));
    }
    assert_eq!(ask_mock(&mut client, 7), mocked());
    settle(&gateway);
    assert_eq!(gateway.http2_malformed(), 2);
}

#[test]
fn small_data_bytes() {
    let origin = Origin::always(vec![Act::Head, Act::Stall]);
    let gateway = limited(&origin, |settings| settings.http2.small_data_bytes = 2000);
    let mut client = settled(&gateway);
    client.headers(3, &of("POST", "/a"), false);
    let piece = frame(DATA, 0, 3, b"x");
    client.raw().try_send(piece.repeat(30_000));
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::SmallDataBytes, 1);
}

#[test]
fn windows_are_told() {
    let gateway = limited(&Origin::echo(), |settings| {
        settings.http2.stream_window_bytes = 2000;
        settings.http2.connection_window_bytes = 200_000;
    });
    let mut client = Client::connect(gateway.address());
    let told = client.until(4).payload;
    let windows: Vec<_> = told.chunks(6).filter(|setting| setting[1] == 4).collect();
    assert_eq!(windows, [[0, 4, 0, 0, 0x07, 0xd0]]);
    let more = u32::from_be_bytes(client.until(8).payload.try_into().unwrap());
    assert_eq!(more, 200_000 - 65_535);
}

#[test]
fn requests_by_connection() {
    let origin = Origin::always(vec![
        Act::Request,
        Act::Stall,
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec()),
    ]);
    let gateway = limited(&origin, |settings| {
        settings.requests_by_connection = Some(3);
        settings.http2.streams = 5;
        settings.linger = Duration::from_millis(300);
    });
    let mut client = settled(&gateway);
    client.request(3, "GET", "/a");
    client.request(5, "GET", "/b");
    // The third request is the last; this one was sent before the client could know.
    client.request(7, "GET", "/mock");
    assert_eq!(client.until(GOAWAY).payload[4..8], NO_ERROR.to_be_bytes());
    origin.request();
    origin.request();
    origin.release();
    let mut left = vec![3, 5, 7];
    // The answers come in any order, and none is missing.
    while !left.is_empty() {
        let next = client.receive().unwrap();
        assert_ne!(next.kind, RST_STREAM, "{next:?}");
        if next.kind <= HEADERS && next.flags & END_STREAM != 0 {
            left.retain(|stream| *stream != next.stream);
        }
    }
    assert!(matches!(client.end(), None | Some(NO_ERROR)));
    assert_hits(&gateway, client, Limit::Requests, 1);
}

#[test]
fn a_client_that_overhears_the_goodbye_is_refused() {
    let gateway = limited(&Origin::echo(), |settings| {
        settings.requests_by_connection = Some(1);
        settings.http2.streams = 5;
    });
    // It acknowledges no ping, and so leaves it open where it has heard of the end.
    let mut client = Client::connect(gateway.address());
    let (mut refused, mut is_told) = (0, false);
    for number in 0..10 {
        client.request(2 * number + 1, "GET", "/mock");
    }
    let raw = client.raw();
    while refused < 4 || !is_told {
        let head = raw.take(9).unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let payload = raw.take(length).unwrap();
        is_told |= head[3] == GOAWAY;
        if head[3] == RST_STREAM {
            assert_eq!(payload, REFUSED_STREAM.to_be_bytes());
            refused += 1;
        }
    }
    assert_eq!(gateway.hits(Limit::Requests), 1);
}

#[test]
fn waiting_is_counted() {
    let short = Duration::from_millis(100);
    let gateway = limited(&Origin::echo(), |settings| {
        (settings.idle, settings.linger) = (short, short);
    });
    let mut client = settled(&gateway);
    assert_eq!(client.end(), Some(NO_ERROR));
    assert_hits(&gateway, client, Limit::IdleTime, 1);
}

#[test]
fn a_slow_head_is_counted() {
    let short = Duration::from_millis(100);
    let gateway = limited(&Origin::echo(), |settings| settings.head = short);
    let mut client = settled(&gateway);
    client.frame(HEADERS, END_STREAM, 3, &block(&of("GET", "/mock")));
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_hits(&gateway, client, Limit::HeadTime, 1);
    // A preface that comes slowly.
    let mut client = portico_testkit::raw::Client::connect(gateway.address());
    client.send(&portico_testkit::h2::PREFACE[..20]);
    client.to_end();
    settle(&gateway);
    assert_eq!(gateway.hits(Limit::HeadTime), 2);
}

#[test]
fn a_slow_body_is_counted() {
    let origin = Origin::always(vec![Act::Request]);
    let rate = BodyRate { bytes_per_second: 1000, over: Duration::from_millis(100) };
    let gateway = limited(&origin, |settings| settings.body_rate = rate);
    let mut client = settled(&gateway);
    client.headers(3, &of("POST", "/a"), false);
    client.frame(DATA, 0, 3, b"hello");
    assert!(matches!(client.outcome(3), Outcome::Answer(408, _)));
    assert_eq!(ask_mock(&mut client, 5), mocked());
    assert_hits(&gateway, client, Limit::BodyRate, 1);
}
