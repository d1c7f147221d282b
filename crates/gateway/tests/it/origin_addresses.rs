//! Origins whose connections go where the operator says: to a socket on this machine, or to another
//! address. Each has a name that means nothing.

use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use portico_net::{OriginAddress, SecurityPolicy, ServerTls, Settings, Tickets, UpstreamTls};
use portico_testkit::http::Answer;
use portico_testkit::origin::{Act, Origin};
use portico_testkit::pki::Authority;
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};
use portico_testkit::unix::{Relay, free_path};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::support::{PROXY, gateway};

const NAME: &str = "orders.invalid";

fn settings(port: u16, to: OriginAddress) -> Settings {
    let addresses = [((NAME.into(), port), to)].into();
    Settings { upstream_addresses: Arc::new(addresses), ..Settings::default() }
}

/// A gateway whose origin is `http://ORDERS.invalid`, at this address.
fn before(to: OriginAddress) -> Running {
    let gateway = Gateway { settings: settings(80, to), ..Gateway::default() };
    gateway.variable("origin", "ORDERS.invalid").start(PROXY)
}

fn ask(client: &mut Client, request: &str, body: &[u8]) -> Answer {
    client.send(format!("{request} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.len()));
    client.send(body);
    client.answer("POST")
}

#[test]
fn a_socket_that_cannot_be_reached_is_a_network_error() {
    let check = |path: PathBuf, reason: &str| {
        let running = before(OriginAddress::Unix(path));
        let answer = ask(&mut Client::connect(running.address()), "POST /a", b"");
        let (kind, explained) = running.finished().fault.unwrap();
        assert_eq!((answer.status, kind), (504, "INTEGRATION_FAILURE"), "{reason}");
        assert!(explained.contains(reason), "{reason}: {explained}");
    };
    check("/nowhere/orders.sock".into(), "unix:/nowhere/orders.sock: No such file");
    check("/etc/passwd".into(), "refused");
    check("/etc/passwd/orders.sock".into(), "Not a directory");
    check(format!("/{}", "x".repeat(200)).into(), "unix:/xxx");
    let left_behind = free_path();
    drop(UnixListener::bind(&left_behind).unwrap());
    check(left_behind.clone(), "refused");
    std::fs::remove_file(left_behind).unwrap();
}

#[test]
fn a_full_queue_is_waited_for() {
    let path = free_path();
    let listener = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    let address = SockAddr::unix(&path).unwrap();
    listener.bind(&address).and_then(|()| listener.listen(0)).unwrap();
    let waiting: Vec<_> = std::iter::from_fn(|| {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        socket.connect(&address).ok().map(|()| socket)
    })
    .collect();
    let connect = Duration::from_millis(200);
    let settings = Settings { connect, ..settings(80, OriginAddress::Unix(path.clone())) };
    let gateway = Gateway { settings, ..Gateway::default() }.variable("origin", NAME).start(PROXY);
    let answer = ask(&mut Client::connect(gateway.address()), "POST /a", b"");
    assert_eq!(answer.status, 504, "{} wait", waiting.len());
    let (_, explained) = gateway.finished().fault.unwrap();
    assert!(explained.contains("no connection to the origin in time"), "{explained}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn requests_go_to_the_socket_under_the_name_of_the_origin() {
    let origin = Origin::echo();
    let relay = Relay::to(origin.address());
    let running = before(OriginAddress::Unix(relay.path().to_owned()));
    let mut client = Client::connect(running.address());
    let large = vec![b'x'; 3_000_000];
    for body in [&b""[..], b"small", b"again", &large] {
        let answer = ask(&mut client, "POST /orders?a=1", body);
        assert_eq!(answer.status, 200);
        assert!(answer.body.ends_with(body));
        let seen = origin.request();
        assert!(seen.head.starts_with("POST /orders?a=1 HTTP/1.1\r\n"), "{}", seen.head);
        assert_eq!(seen.field("host").map(str::to_lowercase).as_deref(), Some(NAME));
        assert_eq!(seen.body, body);
    }
    assert_eq!(relay.accepted(), 1, "the connection is kept");
}

#[test]
fn a_connection_that_the_socket_closed_is_replaced() {
    let ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec();
    let script = vec![Act::Request, Act::Send(ok), Act::Close];
    let origin = Origin::always(script);
    let relay = Relay::to(origin.address());
    let running = before(OriginAddress::Unix(relay.path().to_owned()));
    let mut client = Client::connect(running.address());
    for _ in 0..3 {
        client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.answer("GET").text(), "ok");
    }
    assert_eq!(relay.accepted(), 3);
}

#[test]
fn tls_is_spoken_with_the_name_whatever_the_address() {
    let authority = Authority::new();
    let origin = Origin::echo();
    let files = [authority.issue("origin", &[NAME])];
    let (policy, tickets) = (SecurityPolicy::default(), Tickets::new().unwrap());
    let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
    let mut behind = gateway(&origin);
    behind.tls = Some(tls);
    let behind = behind.start(PROXY);
    let relay = Relay::to(behind.tls_address());
    let check = |to: OriginAddress| {
        let roots = UpstreamTls::new(Some(&authority.path("ca.pem"))).unwrap();
        let settings = Settings { upstream_tls: Arc::new(roots.into()), ..settings(443, to) };
        let gateway = Gateway { settings, ..Gateway::default() }.variable("origin", NAME);
        let running = gateway.start(&PROXY.replace("http://$", "https://$"));
        let answer = ask(&mut Client::connect(running.address()), "POST /a", b"content");
        assert_eq!((answer.status, running.finished().fault), (200, None));
        assert_eq!(origin.request().field("x-forwarded-proto"), Some("https"));
    };
    check(OriginAddress::Unix(relay.path().to_owned()));
    check(OriginAddress::Tcp(behind.tls_address()));
}
