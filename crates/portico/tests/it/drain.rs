//! How a running gateway stops.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use portico_testkit::http::{Connection, PATIENCE, get};

use crate::support::{Directory, MOCK, Running, proxy_to};

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
    let (status, lines) = running.process.finish();
    assert_eq!(status.code(), Some(0), "{lines:?}");
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
    let (status, lines) = running.process.finish();
    assert_eq!(status.code(), Some(0), "{lines:?}");
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
    let (status, lines) = running.process.finish();
    assert_eq!(status.code(), Some(0), "{lines:?}");
    assert!(lines.iter().any(|line| line.text().contains("at once")), "{lines:?}");
    client.join().unwrap();
}
