//! Clients that send too much of what costs them little: each ends within its limit, and the others
//! are unharmed.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use portico_net::Limit;
use portico_testkit::h2::{
    CANCEL, CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, GOAWAY,
    HEADERS, Outcome, PING, PREFACE, PRIORITY, REFUSED_STREAM, RST_STREAM, SETTINGS, block, frame,
    of,
};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw;
use portico_testkit::server::Running;

use super::{ask_mock, assert_unharmed, mocked};
use crate::support::{PROXY, gateway, proxy};

/// An origin that takes requests and never answers.
fn held() -> Origin {
    Origin::always(vec![Act::Request, Act::Stall])
}

/// Sends the same bytes again and again without reading, until the server takes no more.
fn flood(address: SocketAddr, bytes: &[u8]) {
    let mut client = raw::Client::connect(address);
    client.send([PREFACE, &frame(SETTINGS, 0, 0, &[])].concat());
    let many = bytes.repeat((1 << 16) / bytes.len());
    // Some 64 MiB at most: a server that answers nothing would take them all.
    for _ in 0..1024 {
        if !client.try_send(&many) {
            return;
        }
    }
    client.to_end();
}

/// The code of the GOAWAY that answers these bytes; the client reads while it sends.
fn goodbye(gateway: &Running, bytes: Vec<u8>) -> Option<u32> {
    let mut client = Client::connect(gateway.address());
    let mut writer = client.raw().writer();
    let sending = thread::spawn(move || std::io::Write::write_all(&mut writer, &bytes));
    let code = client.end();
    // The server reads on for a while after its goodbye, but need not take everything.
    let _sent = sending.join().unwrap();
    code
}

/// Other clients are served, and so many connections are counted as cut once they have ended.
fn assert_cut(gateway: &Running, count: u64) {
    for _ in 0..1000 {
        assert_unharmed(gateway);
        if gateway.http2_cut() >= count {
            break;
        }
    }
    assert_eq!(gateway.http2_cut(), count);
}

#[test]
fn rapid_resets_end_the_connection() {
    let origin = held();
    let gateway = proxy(&origin);
    let head = block(&of("GET", "/a"));
    let flood = (0..20_000).flat_map(|number| {
        let stream = 2 * number + 1;
        let mut bytes = frame(HEADERS, END_HEADERS | END_STREAM, stream, &head);
        bytes.extend(frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes()));
        bytes
    });
    assert_eq!(goodbye(&gateway, flood.collect()), Some(ENHANCE_YOUR_CALM));
    assert!(origin.requests() < 200, "{} of 20000 requests reached the origin", origin.requests());
    assert_cut(&gateway, 1);
}

#[test]
fn patient_resets_end_the_connection() {
    let origin = held();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    for number in 0..101 {
        let stream = 2 * number + 1;
        assert!(client.request(stream, "GET", "/a"), "after {number}");
        origin.request();
        client.frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
        assert!(!gateway.finished().complete);
    }
    assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM));
    assert_cut(&gateway, 1);
}

#[test]
fn resets_while_the_origin_is_connected_to_end_the_connection() {
    let (origin, _waiting) = Origin::unreachable();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut client, 1), mocked());
    let mut number = 0;
    // Each is seen before it is reset, and no origin is there to be left.
    while !client.is_leaving && number < 1000 {
        number += 1;
        let stream = 2 * number + 1;
        client.request(stream, "GET", "/a");
        client.frame(PING, 0, 0, &[0; 8]);
        while client.receive().is_ok_and(|frame| !matches!(frame.kind, PING | GOAWAY)) {}
        client.frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
    }
    // Two hundred are at work, and one hundred more were refused.
    assert!((300..=305).contains(&number), "{number}");
    assert_unharmed(&gateway);
}

#[test]
fn a_client_that_also_takes_answers_may_cancel() {
    let origin = held();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    for number in 0..150 {
        let stream = 4 * number + 1;
        client.request(stream, "GET", "/a");
        origin.request();
        client.frame(RST_STREAM, 0, stream, &CANCEL.to_be_bytes());
        assert_eq!(ask_mock(&mut client, stream + 2), mocked());
    }
}

#[test]
fn malformed_requests_end_the_connection() {
    let gateway = proxy(&Origin::echo());
    let host = block(&[&of("GET", "/a")[..], &[("host", "other")]].concat());
    let te = block(&[&of("GET", "/a")[..], &[("connection", "close")]].concat());
    for head in [host, te] {
        let flood = (0..2_000)
            .flat_map(|number| frame(HEADERS, END_HEADERS | END_STREAM, 2 * number + 1, &head));
        assert_eq!(goodbye(&gateway, flood.collect()), Some(ENHANCE_YOUR_CALM));
    }
    assert_unharmed(&gateway);
}

#[test]
fn streams_at_once_have_a_limit() {
    let origin = held();
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    // The limit holds once the client knows it.
    assert_eq!(ask_mock(&mut client, 1), mocked());
    for number in 1..=100 {
        client.request(2 * number + 1, "GET", "/a");
    }
    client.request(203, "GET", "/a");
    assert_eq!(client.outcome(203), Outcome::Reset(REFUSED_STREAM));
    for _ in 0..100 {
        origin.request();
    }
    assert_eq!(origin.requests(), 100);
    assert_unharmed(&gateway);
}

#[test]
fn heads_without_end_end_the_connection() {
    let gateway = proxy(&Origin::echo());
    let field = block(&[("x-a", &"a".repeat(1000))]);
    for payload in [&field[..], &[]] {
        let mut flood = frame(HEADERS, END_STREAM, 1, &block(&of("GET", "/a")));
        let more = frame(CONTINUATION, 0, 1, payload);
        flood.extend(more.repeat(20_000));
        let code = goodbye(&gateway, flood);
        assert!(matches!(code, Some(1..)), "{} bytes: {code:?}", payload.len());
    }
    assert_cut(&gateway, 2);
}

#[test]
fn a_head_that_does_not_end_is_not_waited_for() {
    let origin = held();
    let mut setup = gateway(&origin);
    setup.settings.head = Duration::from_millis(200);
    let gateway = setup.start(PROXY);
    let head = block(&of("GET", "/a"));
    // In its frame, behind its frame, while another stream is at work, and with more of it.
    let (frame_head, more) = (9, frame(CONTINUATION, 0, 5, &[]));
    for (cut, is_busy, more) in
        [(1, false, &[][..]), (0, false, &[]), (0, true, &[]), (0, false, &more)]
    {
        let mut client = Client::connect(gateway.address());
        // No acknowledgement may come between the pieces.
        assert_eq!(ask_mock(&mut client, 1), mocked());
        if is_busy {
            client.request(3, "GET", "/a");
            origin.request();
        }
        let whole = frame(HEADERS, END_STREAM, 5, &head);
        client.raw().send(&whole[..frame_head + head.len() - cut]);
        client.raw().send(more);
        assert_eq!(client.end(), Some(ENHANCE_YOUR_CALM), "{cut} {is_busy} {more:?}");
    }
    assert_cut(&gateway, 4);
}

#[test]
fn bombs_of_fields_do_not_go_off() {
    let gateway = proxy(&Origin::echo());
    // A field of 4,000 bytes is kept, then named 4,000 times by one byte each.
    let mut bomb = block(&of("GET", "/a"));
    bomb.extend_from_slice(&[0x40, 1, b'x', 127]);
    bomb.extend_from_slice(&[0xa1, 0x1e]);
    bomb.extend(vec![b'a'; 4000]);
    bomb.extend(vec![0xbe; 4000]);
    let mut client = Client::connect(gateway.address());
    client.frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb);
    let outcome = client.outcome(1);
    assert!(matches!(outcome, Outcome::Answer(431, _) | Outcome::GoAway(_)), "{outcome:?}");
    assert_unharmed(&gateway);
    assert_eq!(gateway.hits(Limit::FieldListBytes), 1);
    // As many small fields as a block can name.
    let mut bomb = block(&of("GET", "/a"));
    bomb.extend_from_slice(&[0x40, 1, b'x', 1, b'a']);
    bomb.extend(vec![0xbe; 16_000]);
    let mut client = Client::connect(gateway.address());
    client.frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb);
    let outcome = client.outcome(1);
    assert!(matches!(outcome, Outcome::Answer(431, _) | Outcome::GoAway(_)), "{outcome:?}");
    // A larger table than was allowed.
    let bomb = [&[0x3f, 0xe1, 0xff, 0x03][..], &block(&of("GET", "/a"))].concat();
    let mut client = Client::connect(gateway.address());
    client.frame(HEADERS, END_HEADERS | END_STREAM, 1, &bomb);
    assert!(matches!(client.outcome(1), Outcome::GoAway(_)));
    assert_unharmed(&gateway);
}

#[test]
fn a_client_that_talks_and_does_not_listen_is_let_go() {
    let mut setup = gateway(&Origin::echo());
    setup.settings.idle = Duration::from_millis(300);
    setup.settings.stall = Duration::from_millis(300);
    setup.settings.linger = Duration::from_millis(300);
    let gateway = setup.start(PROXY);
    let address = gateway.address();
    thread::scope(|scope| {
        scope.spawn(|| flood(address, &frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0xff, 0xff])));
        scope.spawn(|| flood(address, &frame(PING, 0, 0, &[0; 8])));
        scope.spawn(|| flood(address, &frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 16])));
        scope.spawn(|| flood(address, &frame(0xbb, 0, 0, &[0; 8])));
        assert_unharmed(&gateway);
    });
    assert_unharmed(&gateway);
}

#[test]
fn the_smallest_pieces_of_a_body_harm_nobody() {
    let origin = Origin::always(vec![Act::Head, Act::Stall]);
    let gateway = proxy(&origin);
    for piece in [&b""[..], b"x"] {
        let mut flood = frame(HEADERS, END_HEADERS, 1, &block(&of("POST", "/a")));
        flood.extend(frame(DATA, 0, 1, piece).repeat(200_000));
        let mut client = Client::connect(gateway.address());
        let mut writer = client.raw().writer();
        let sending = thread::spawn(move || std::io::Write::write_all(&mut writer, &flood));
        assert_unharmed(&gateway);
        client.raw().writer().shutdown(std::net::Shutdown::Both).unwrap();
        let _sent = sending.join().unwrap();
    }
    assert_unharmed(&gateway);
}
