//! Which worker serves a connection: while they are few, each worker has as many as any other.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use portico_net::{Limit, SecurityPolicy, ServerTls, Settings, Tickets};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::pki::Authority;
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

use crate::support::{PROXY, gateway};

const ASK: &str = "GET /mock HTTP/1.1\r\nHost: h\r\n\r\n";

fn start(workers: usize, set: impl FnOnce(&mut Gateway)) -> Running {
    let mut gateway = Gateway { workers, ..Gateway::default() }.variable("origin", "127.0.0.1:1");
    set(&mut gateway);
    gateway.start(PROXY)
}

/// A connection that has been answered and stays open.
fn open(running: &Running) -> Client {
    let mut client = Client::connect(running.address());
    client.send(ASK);
    assert_eq!(client.answer("GET").status, 202);
    client
}

/// Waits until so many connections are open at the workers.
fn until_open(running: &Running, expected: u64) {
    while running.open_connections() != expected {
        thread::yield_now();
    }
}

#[test]
fn each_worker_has_as_many_connections_as_any_other() {
    for workers in [1, 2, 3, 4, 7] {
        let running = start(workers, |_| {});
        let mut clients = Vec::new();
        for each in 1..=5 {
            clients.extend((0..workers).map(|_| open(&running)));
            assert_eq!(running.open_by_worker(), vec![each; workers], "{workers} workers");
        }
        for client in &mut clients {
            client.send(ASK);
            assert_eq!(client.answer("GET").status, 202);
        }
    }
}

#[test]
fn a_worker_whose_clients_have_gone_gets_the_next_ones() {
    let running = start(2, |_| {});
    let mut clients: Vec<_> = (0..8).map(|_| open(&running)).collect();
    clients.drain(..4);
    until_open(&running, 4);
    clients.extend((0..4).map(|_| open(&running)));
    assert_eq!(running.open_by_worker(), [4, 4]);
}

#[test]
fn connections_at_once_leave_no_worker_idle() {
    let running = start(3, |_| {});
    let mut clients: Vec<_> = (0..60).map(|_| Client::connect(running.address())).collect();
    clients.iter_mut().for_each(|client| client.send(ASK));
    clients.iter_mut().for_each(|client| assert_eq!(client.answer("GET").status, 202));
    // Two that accept at the same moment may choose the same.
    let open = running.open_by_worker();
    assert!(open.iter().all(|open| (15..=25).contains(open)), "{open:?}");
}

#[test]
fn limits_hold_wherever_a_connection_is_served() {
    let running = start(3, |gateway| {
        gateway.settings =
            Settings { connections: 100, connections_by_address: Some(6), ..Settings::default() };
    });
    let mut clients: Vec<_> = (0..6).map(|_| open(&running)).collect();
    for _ in 0..3 {
        assert!(Client::connect(running.address()).to_end().bytes.is_empty());
        assert_eq!(running.open_by_worker(), [2, 2, 2]);
        clients.pop();
        until_open(&running, 5);
        clients.push(open(&running));
    }
    assert_eq!(running.hits(Limit::ConnectionsByAddress), 3);
}

#[test]
fn headers_of_proxies_and_handshakes_are_made_where_it_is_served() {
    let authority = Authority::new();
    let files = [authority.issue("a", &["a.example"])];
    let (policy, tickets) = (SecurityPolicy::default(), Tickets::new().unwrap());
    let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
    let origin = Origin::echo();
    let mut gateway = Gateway { workers: 4, proxied: (true, false), ..gateway(&origin) };
    gateway.tls = Some(tls);
    let network: ipnet::IpNet = "127.0.0.1/32".parse().unwrap();
    gateway.settings.trusted_proxies = [network].into_iter().collect();
    let running = gateway.start(PROXY);
    let clients: Vec<_> = (1..=8u8)
        .map(|last| {
            let mut client = Client::connect(running.address());
            client.send(format!("PROXY TCP4 192.0.2.{last} 198.51.100.7 4711 443\r\n"));
            client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
            assert_eq!(client.answer("GET").status, 200);
            let source = format!("192.0.2.{last}");
            assert_eq!(origin.request().field("x-forwarded-for"), Some(source.as_str()));
            client
        })
        .collect();
    assert_eq!(running.open_by_worker(), [2; 4]);

    // Clients that have not begun their handshake count as well.
    let silent: Vec<_> = (0..8).map(|_| Client::connect(running.tls_address())).collect();
    until_open(&running, 16);
    assert_eq!(running.open_by_worker(), [4; 4]);
    for _ in 0..8 {
        let port = running.tls_address().port();
        let (resolve, url) =
            (format!("a.example:{port}:127.0.0.1"), format!("https://a.example:{port}/mock"));
        let args = ["-sS", "--http2", "--cacert", "ca.pem", "--resolve", &resolve, &url];
        let output = authority.run("curl", &args);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "mocked");
    }
    drop((clients, silent));
}

#[test]
fn a_drain_finishes_what_was_handed_over() {
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate".to_vec();
    let origin = Origin::always(vec![Act::Request, Act::Stall, Act::Send(answer)]);
    let running = Gateway { workers: 4, ..gateway(&origin) }.start(PROXY);
    let address = running.address();
    let mut busy: Vec<_> = (0..8).map(|_| Client::connect(address)).collect();
    busy.iter_mut().for_each(|client| client.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n"));
    (0..8).for_each(|_| drop(origin.request()));
    let mut idle: Vec<_> = (0..8).map(|_| open(&running)).collect();

    // Meanwhile others come and go, so that connections are handed over as the workers stop.
    let stopped = Arc::new(AtomicBool::new(false));
    let comers: Vec<_> = (0..3).map(|_| thread::spawn(come_and_go(address, &stopped))).collect();
    let draining = thread::spawn(move || running.drain(Duration::from_secs(20)));
    for client in &mut idle {
        client.closed();
    }
    origin.release();
    for client in &mut busy {
        assert_eq!(client.answer("GET").text(), "late");
    }
    assert_eq!(draining.join().unwrap(), 0, "connections were cut");
    stopped.store(true, Ordering::Release);
    let outcomes: HashSet<_> = comers.into_iter().flat_map(|it| it.join().unwrap()).collect();
    assert!(!outcomes.contains("part of an answer"), "{outcomes:?}");
}

/// Asks on new connections until nobody listens, and tells what came of them.
fn come_and_go(
    address: std::net::SocketAddr,
    stopped: &Arc<AtomicBool>,
) -> impl FnOnce() -> HashSet<&'static str> + use<> {
    use std::io::{Read, Write};
    let stopped = stopped.clone();
    move || {
        let mut outcomes = HashSet::new();
        while !stopped.load(Ordering::Acquire) {
            let Ok(mut stream) = std::net::TcpStream::connect(address) else { break };
            let request = ASK.replace("Host: h", "Host: h\r\nConnection: close");
            let _ = stream.write_all(request.as_bytes());
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            outcomes.insert(match (answer.is_empty(), answer.ends_with(b"mocked")) {
                (true, _) => "nothing",
                (false, true) => "an answer",
                (false, false) => "part of an answer",
            });
        }
        outcomes
    }
}
