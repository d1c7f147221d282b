//! What a client sees at each limit of docs/limits.md, and that it is counted.

use std::time::Duration;

use portico_net::{BodyRate, Limit, SecurityPolicy, ServerTls, Settings, Tickets};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::pki::Authority;
use portico_testkit::raw::{Client, End};
use portico_testkit::server::{Gateway, Running};

use crate::support::{PROXY, gateway};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const MOCK: &str = "GET /mock HTTP/1.1\r\nHost: h\r\n\r\n";

/// A gateway with these settings.
fn limited(origin: &Origin, set: impl FnOnce(&mut Settings)) -> Running {
    let mut gateway = gateway(origin);
    set(&mut gateway.settings);
    gateway.start(PROXY)
}

/// The status of the answer to these bytes, on a connection of their own.
fn status(gateway: &Running, bytes: &str) -> u16 {
    let mut client = Client::connect(gateway.address());
    client.send(bytes);
    client.answer("GET").status
}

/// Sends a request; whether it is answered. A connection that is not let in may be reset.
fn is_served(client: &mut Client) -> bool {
    client.try_send(MOCK) && client.try_answer("GET").is_ok_and(|answer| answer.status == 202)
}

#[test]
fn a_head_may_be_larger_or_must_be_smaller() {
    let origin = Origin::echo();
    let gateway = limited(&origin, |settings| {
        settings.request_head.bytes = 64 * 1024;
        settings.request_head.fields = 300;
        settings.request_head.target_bytes = 20;
        settings.request_head.field_value_bytes = 400;
    });
    let head = |target: &str, fields: usize, name: usize, value: usize| {
        let fields: String = (0..fields).map(|number| format!("A{number}: b\r\n")).collect();
        let (name, value) = ("n".repeat(name), "v".repeat(value));
        format!("GET {target} HTTP/1.1\r\nHost: h\r\n{fields}{name}: {value}\r\n\r\n")
    };
    let check = |request: String, expected: u16, limit: Option<Limit>| {
        let before = Limit::ALL.map(|limit| gateway.hits(limit));
        assert_eq!(status(&gateway, &request), expected, "{limit:?}");
        for (known, before) in Limit::ALL.into_iter().zip(before) {
            assert_eq!(gateway.hits(known) - before, u64::from(limit == Some(known)), "{limit:?}");
        }
    };
    check(head("/mock", 298, 1, 1), 202, None);
    check(head("/mock", 299, 1, 1), 431, Some(Limit::Fields));
    check(head("/mock?2345678901234", 1, 1, 1), 202, None);
    check(head("/mock?234567890123456", 1, 1, 1), 414, Some(Limit::TargetBytes));
    check(head("/mock", 0, 1, 399), 202, None);
    check(head("/mock", 0, 1, 400), 431, Some(Limit::FieldValueBytes));
    check(head("/mock", 0, 60_000, 1), 202, None);
    check(head("/mock", 0, 66_000, 1), 431, Some(Limit::HeadBytes));
}

#[test]
fn a_payload_limit_is_told_in_aws_words() {
    let origin = Origin::echo();
    let gateway = limited(&origin, |settings| settings.body_bytes = 4);
    let check = |rest: &str, expected: u16, hits: u64| {
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST /a HTTP/1.1\r\nHost: h\r\n{rest}"));
        let answer = client.answer("POST");
        assert_eq!(answer.status, expected, "{rest}");
        if expected == 413 {
            assert_eq!(answer.text(), "HTTP content length exceeded 4 bytes.");
        }
        assert_eq!(gateway.hits(Limit::BodyBytes), hits, "{rest}");
    };
    check("Content-Length: 4\r\n\r\n1234", 200, 0);
    check("Content-Length: 5\r\n\r\n12345", 413, 1);
    check("Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n0\r\n\r\n", 200, 1);
    check("Transfer-Encoding: chunked\r\n\r\n4\r\n1234\r\n1\r\n5\r\n0\r\n\r\n", 413, 2);
}

#[test]
fn a_body_that_comes_too_slowly_ends_the_request() {
    let origin = Origin::always(vec![Act::Request]);
    let over = Duration::from_millis(100);
    let rate = BodyRate { bytes_per_second: 1000, over };
    let gateway = limited(&origin, |settings| settings.body_rate = rate);
    // The integration would wait for 29 s.
    let check = |path: &str, rest: &str, hits: u64| {
        let mut client = Client::connect(gateway.address());
        client.send(format!("POST {path} HTTP/1.1\r\nHost: h\r\n{rest}"));
        let answer = client.answer("POST");
        assert_eq!((answer.status, answer.field("connection")), (408, Some("close")), "{rest}");
        assert_eq!(gateway.hits(Limit::BodyRate), hits, "{rest}");
    };
    check("/a", "Content-Length: 10\r\n\r\nhello", 1);
    check("/a", "Content-Length: 10\r\n\r\n", 2);
    check("/a", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 3);
    let long = format!("Transfer-Encoding: chunked\r\n\r\n20000\r\n{}", "x".repeat(100_000));
    check("/a", &long, 4);
}

#[test]
fn a_slow_origin_makes_no_client_slow() {
    // The origin takes nothing until the test says so, and the client has sent all it can.
    let origin =
        Origin::scripted(vec![vec![Act::Head, Act::Stall, Act::Content, Act::Send(OK.to_vec())]]);
    let over = Duration::from_millis(200);
    let rate = BodyRate { bytes_per_second: 1_000_000, over };
    let gateway = limited(&origin, |settings| settings.body_rate = rate);
    let body = vec![b'x'; 9 << 20];
    let mut client = Client::connect(gateway.address());
    let mut writer = client.writer();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            use std::io::Write;
            let head =
                format!("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.len());
            writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(&body))
        });
        origin.request();
        // Time passes for the gateway, too: an idle limit elsewhere takes longer than the rate's.
        let other = limited(&Origin::echo(), |settings| settings.idle = 4 * over);
        assert_eq!(Client::connect(other.address()).closed(), End::Clean);
        origin.release();
        assert_eq!(client.answer("POST").status, 200);
    });
    assert_eq!(gateway.hits(Limit::BodyRate), 0);
}

#[test]
fn a_connection_over_the_limit_is_closed() {
    let origin = Origin::echo();
    let check = |limit: Limit, set: fn(&mut Settings)| {
        let gateway = limited(&origin, set);
        let mut clients = [Client::connect(gateway.address()), Client::connect(gateway.address())];
        assert!(clients.iter_mut().all(is_served));
        let mut third = Client::connect(gateway.address());
        assert!(!is_served(&mut third), "{limit:?}");
        assert_eq!(gateway.hits(limit), 1);
        assert!(clients.iter_mut().all(is_served));
        drop(clients);
        // The worker learns of the end in its own time.
        let served = (0..1000).any(|_| is_served(&mut Client::connect(gateway.address())));
        assert!(served, "{limit:?}");
    };
    check(Limit::Connections, |settings| settings.connections = 2);
    check(Limit::ConnectionsByAddress, |settings| settings.connections_by_address = Some(2));
}

#[test]
fn those_who_never_speak_make_room_for_others() {
    let origin = Origin::echo();
    let gateway = limited(&origin, |settings| settings.connections = 64);
    let mut silent = Vec::new();
    for _ in 0..10 {
        for _ in 0..30 {
            silent.push(Client::connect(gateway.address()));
        }
        let served = (0..100).any(|_| is_served(&mut Client::connect(gateway.address())));
        assert!(served, "{} are silent", silent.len());
    }
    assert!(gateway.open_connections() <= 64);
    assert!(gateway.hits(Limit::Connections) > 200);
}

/// Many send these bytes to a TLS port and no more; between them others come, who send `prelude`
/// and a request to the plain port, and are served.
fn crowd(rounds: usize, sent: &[u8], prelude: &[u8], set: impl FnOnce(&mut Gateway)) {
    let authority = Authority::new();
    let mut setup = gateway(&Origin::echo());
    let files = [authority.issue("a", &["a.example"])];
    let tickets = Tickets::new().unwrap();
    let policy = SecurityPolicy::default();
    setup.tls = Some(ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap().0);
    setup.settings.connections = 64;
    // Longer than the test may take: room is made, not waited for.
    setup.settings.handshake = Duration::from_secs(3600);
    setup.settings.head = Duration::from_secs(3600);
    set(&mut setup);
    let gateway = setup.start(PROXY);
    let mut silent = Vec::new();
    for _ in 0..rounds {
        for _ in 0..70 {
            let mut client = Client::connect(gateway.tls_address());
            client.try_send(sent);
            silent.push(client);
        }
        let served = (0..1_000_000).any(|_| {
            let mut client = Client::connect(gateway.address());
            client.try_send(prelude) && is_served(&mut client)
        });
        assert!(served, "{} are silent", silent.len());
    }
    assert!(gateway.open_connections() <= 64);
    let hits = gateway.hits(Limit::Connections);
    assert!(hits > 0, "after {}", sent.escape_ascii());
    assert_eq!((gateway.hits(Limit::HandshakeTime), gateway.hits(Limit::HeadTime)), (0, 0));
}

#[test]
fn those_who_never_speak_tls_make_room_for_others() {
    crowd(6, b"", b"", |_| {});
    // The beginning of a handshake.
    crowd(2, b"\x16\x03\x01\x02\x00\x01", b"", |_| {});
}

#[test]
fn those_who_never_send_their_proxy_header_make_room_for_others() {
    let proxied = |setup: &mut Gateway| {
        setup.proxied = (true, true);
        let loopback: ipnet::IpNet = "127.0.0.0/8".parse().unwrap();
        setup.settings.trusted_proxies = [loopback].into_iter().collect();
    };
    let header = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n";
    crowd(6, b"", header, proxied);
    crowd(2, b"PROXY TCP4 ", header, proxied);
    // The header is here, and the handshake behind it is not.
    crowd(2, header, header, proxied);
}

#[test]
fn a_connection_carries_so_many_requests() {
    let origin = Origin::echo();
    let gateway = limited(&origin, |settings| settings.requests_by_connection = Some(2));
    let mut client = Client::connect(gateway.address());
    for connection in ["keep-alive", "close"] {
        client.send(MOCK);
        assert_eq!(client.answer("GET").field("connection"), Some(connection));
    }
    assert_eq!(client.closed(), End::Clean);
    assert_eq!(gateway.hits(Limit::Requests), 1);
}

#[test]
fn an_origin_gets_so_many_connections() {
    let origin = Origin::acting(|seen| {
        let answer = Act::Send(OK.to_vec());
        if seen.head.starts_with("GET /stall") { vec![Act::Stall, answer] } else { vec![answer] }
    });
    let gateway = limited(&origin, |settings| settings.upstream_connections_by_origin = Some(1));
    let mut client = Client::connect(gateway.address());
    client.send("GET /stall HTTP/1.1\r\nHost: h\r\n\r\n");
    origin.request();
    let mut other = Client::connect(gateway.address());
    other.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    let answer = other.answer("GET");
    assert_eq!((answer.status, answer.field("connection")), (503, Some("keep-alive")));
    assert_eq!(answer.text(), r#"{"message": "Service Unavailable"}"#);
    assert_eq!(answer.field("x-amzn-errortype"), Some("ServiceUnavailableException"));
    assert_eq!(gateway.hits(Limit::UpstreamConnections), 1);
    origin.release();
    assert_eq!(client.answer("GET").status, 200);
    // The connection is idle now, and another client may use it.
    other.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(other.answer("GET").status, 200);
    assert_eq!(origin.accepted(), 1);
}

#[test]
fn held_bodies_have_a_budget() {
    let origin = Origin::answering(|seen| {
        let length = if seen.head.contains(" /long ") { 60_000 } else { 7_000 };
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(length)).into()
    });
    let gateway = limited(&origin, |settings| settings.buffered_bytes = 20_000);
    let check = |request: &str, expected: u16, hits: u64| {
        assert_eq!(status(&gateway, request), expected, "{}", &request[..20]);
        assert_eq!(gateway.hits(Limit::BufferedBytes), hits);
    };
    let upload = |length: usize| {
        let head = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        format!("{head}{length:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(length))
    };
    check("GET /short HTTP/1.1\r\nHost: h\r\n\r\n", 200, 0);
    check("GET /long HTTP/1.1\r\nHost: h\r\n\r\n", 503, 1);
    check(&upload(7_000), 200, 1);
    check(&upload(60_000), 503, 2);
    check("GET /short HTTP/1.1\r\nHost: h\r\n\r\n", 200, 2);
}

#[test]
fn waiting_is_counted() {
    let origin = Origin::echo();
    let short = Duration::from_millis(50);
    let gateway = limited(&origin, |settings| (settings.head, settings.idle) = (short, short));
    assert_eq!(Client::connect(gateway.address()).closed(), End::Clean);
    assert_eq!(gateway.hits(Limit::IdleTime), 1);
    assert_eq!(status(&gateway, "GET"), 408);
    assert_eq!(gateway.hits(Limit::HeadTime), 1);
}
