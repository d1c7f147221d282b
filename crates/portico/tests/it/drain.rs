//! How a running gateway stops.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use portico_testkit::http::{Connection, PATIENCE, get};

use crate::support::{Directory, HEALTH, MOCK, Running, proxy_to};

/// An origin that takes one request and answers when it is told to.
struct HeldOrigin {
    address: SocketAddr,
    taken: Receiver<TcpStream>,
}

impl HeldOrigin {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let (sender, taken) = channel();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a whole head");
                head.push(byte[0]);
            }
            sender.send(stream)
        });
        Self { address, taken }
    }

    /// Waits until the request has come.
    fn take(&self) -> TcpStream {
        self.taken.recv_timeout(PATIENCE).expect("the gateway asks its origin")
    }
}

const ASK: &str = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_request_on_its_way_survives_sigterm() {
    let origin = HeldOrigin::new();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address))]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let mut client = Connection::open(running.gateway);
    client.send(ASK);
    let mut held = origin.take();
    running.process.signal("TERM");
    running.wait_for_log("SIGTERM");
    assert_eq!(get(running.management, "/readyz").status, 503);
    held.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate").unwrap();
    let answer = client.answer("GET");
    assert_eq!((answer.status, answer.text().as_str()), (200, "late"));
    client.closed();
    running.end();
}

#[test]
fn idle_connections_are_closed_and_new_ones_are_not_taken() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let mut idle = Connection::open(running.gateway);
    idle.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(idle.answer("GET").status, 200);
    running.process.signal("INT");
    running.wait_for_log("Ctrl-C");
    idle.closed();
    let gateway = running.gateway;
    running.end();
    assert!(TcpStream::connect(gateway).is_err());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let origin = HeldOrigin::new();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address))]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let gateway = running.gateway;
    let client = thread::spawn(move || {
        let mut client = Connection::open(gateway);
        client.send(ASK);
        client.closed();
    });
    let _held = origin.take();
    running.process.signal("INT");
    running.wait_for_log("Ctrl-C");
    running.process.signal("INT");
    let lines = running.end();
    assert!(lines.iter().any(|line| line.text().contains("at once")), "{lines:?}");
    client.join().unwrap();
}

/// Stops the process as a slow machine would, so that what a test does meanwhile and the signal
/// come to it at once.
fn at_once(running: &mut Running, meanwhile: impl FnOnce()) {
    running.process.signal("STOP");
    meanwhile();
    running.process.signal("TERM");
    running.process.signal("CONT");
}

#[test]
fn connections_that_nobody_has_accepted_are_served() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let gateway = running.gateway;
    let mut clients = Vec::new();
    // More than the tasks a runtime polls before it looks for events.
    at_once(&mut running, || {
        clients.extend((0..200).map(|_| Connection::open(gateway)));
        clients.iter_mut().for_each(|client| client.send(HEALTH));
    });
    for client in &mut clients {
        assert_eq!(client.answer("GET").status, 200);
        client.closed();
    }
    drop(clients);
    running.end();
}

#[test]
fn connections_of_a_proxy_that_nobody_has_accepted_are_served() {
    let config =
        "[client-address]\ntrusted-proxies = [\"127.0.0.1\"]\nproxy-protocol = [\"listen\"]\n";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", config)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &["--drain-seconds", "8"]);
    let gateway = running.gateway;
    let silent = Connection::open(gateway);
    let mut clients = Vec::new();
    at_once(&mut running, || {
        clients.extend((0..20).map(|_| Connection::open(gateway)));
        for client in &mut clients {
            client.send(format!("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n{HEALTH}"));
        }
    });
    for client in &mut clients {
        assert_eq!(client.answer("GET").status, 200);
        client.closed();
    }
    drop(clients);
    let lines = running.end();
    assert!(!lines.iter().any(|line| line.text().contains(" cut")), "{lines:?}");
    drop(silent);
}

#[test]
fn a_request_that_comes_with_sigterm_on_an_idle_connection_is_answered() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &["--workers", "2"]);
    let mut clients: Vec<_> = (0..20).map(|_| Connection::open(running.gateway)).collect();
    for client in &mut clients {
        client.send(HEALTH);
        assert_eq!(client.answer("GET").status, 200);
    }
    at_once(&mut running, || {
        clients.iter_mut().for_each(|client| client.send(HEALTH.repeat(2)));
    });
    for client in &mut clients {
        let first = client.answer("GET");
        assert_eq!(first.status, 200);
        // A worker may have been quicker than the signal; what is not answered was announced.
        if first.field("connection") != Some("close") {
            assert_eq!(client.answer("GET").status, 200);
        }
        client.closed();
    }
    drop(clients);
    running.end();
}

#[test]
fn an_idle_connection_may_bring_one_more_request_after_sigterm() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let mut client = Connection::open(running.gateway);
    client.send(HEALTH);
    assert_eq!(client.answer("GET").status, 200);
    running.process.signal("TERM");
    running.wait_for_log("SIGTERM");
    client.send(HEALTH);
    assert_eq!(client.answer("GET").status, 200);
    client.closed();
}

#[test]
fn the_deadline_cuts_what_is_left() {
    let origin = HeldOrigin::new();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address))]);
    let args = ["--drain-seconds", "1"];
    let mut running = Running::serve(&directory.path("openapi.yaml"), &args);
    let mut client = Connection::open(running.gateway);
    client.send(ASK);
    let _held = origin.take();
    running.process.signal("TERM");
    let told = running.wait_for_log("SIGTERM");
    assert!(told.contains("for 1 second at most"), "{told}");
    client.closed();
    let lines = running.end();
    assert!(lines.iter().any(|line| line.text().contains("1 connection was cut")), "{lines:?}");
}
