//! PROXY headers on some listeners and not on others; in front of TLS, and of HTTP/2 in it.

use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use portico_net::{Limit, SecurityPolicy, ServerTls, Settings, Tickets};
use portico_testkit::origin::Origin;
use portico_testkit::pki::Authority;
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

use crate::support::{PROXY, gateway};

/// A gateway with TLS, whose plain listener and whose TLS listener want a PROXY header or not.
fn start(
    authority: &Authority,
    origin: &Origin,
    proxied: (bool, bool),
    set: impl FnOnce(&mut Settings),
) -> Running {
    let files = [authority.issue("a", &["a.example"])];
    let (policy, tickets) = (SecurityPolicy::default(), Tickets::new().unwrap());
    let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
    let mut gateway = Gateway { tls: Some(tls), proxied, ..gateway(origin) };
    let network: ipnet::IpNet = "127.0.0.1/32".parse().unwrap();
    gateway.settings.trusted_proxies = [network].into_iter().collect();
    set(&mut gateway.settings);
    gateway.start(PROXY)
}

/// A proxy that puts a header before one connection and hands it on.
fn proxy(header: &[u8], server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let header = header.to_vec();
    thread::spawn(move || -> io::Result<()> {
        let (client, _) = listener.accept()?;
        let mut server = TcpStream::connect(server)?;
        server.write_all(&header)?;
        let (mut from_server, mut to_client) = (server.try_clone()?, client.try_clone()?);
        let back = thread::spawn(move || {
            let copied = io::copy(&mut from_server, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
            copied
        });
        let mut client = client;
        let _ = io::copy(&mut client, &mut server);
        let _ = server.shutdown(Shutdown::Write);
        let _ = back.join();
        Ok(())
    });
    address
}

/// `curl` of `/a` at this address, believing the authority: the status and version, or its code.
fn curl(authority: &Authority, address: SocketAddr, args: &[&str]) -> Result<String, i32> {
    let port = address.port();
    let resolve = format!("a.example:{port}:127.0.0.1");
    let url = format!("https://a.example:{port}/a");
    let common = ["-sS", "--max-time", "20", "--cacert", "ca.pem", "--resolve", &resolve];
    let show = ["-o", "/dev/null", "-w", "%{http_code} %{http_version}"];
    let output = authority.run("curl", &[&common[..], &show, args, &[&url]].concat());
    match output.status.code() {
        Some(0) => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        code => Err(code.unwrap()),
    }
}

fn text(last: u8) -> Vec<u8> {
    format!("PROXY TCP4 192.0.2.{last} 198.51.100.7 4711 443\r\n").into_bytes()
}

fn binary(last: u8) -> Vec<u8> {
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x10".to_vec();
    bytes.extend([192, 0, 2, last, 198, 51, 100, 7, 0x12, 0x67, 1, 187]);
    // A value that says the proxy spoke TLS itself, as haproxy and AWS send them.
    bytes.extend([0xea, 0, 1, 0]);
    bytes
}

fn plain(running: &Running, header: &[u8]) -> Option<u16> {
    let mut client = Client::connect(running.address());
    client.try_send([header, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n"].concat());
    client.try_answer("GET").ok().map(|answer| answer.status)
}

#[test]
fn each_listener_has_its_own_beginning() {
    let (authority, origin) = (Authority::new(), Origin::echo());
    let check = |proxied: (bool, bool)| {
        let running = start(&authority, &origin, proxied, |_| {});
        // With a header where none is expected there is no request, and no handshake.
        let with = plain(&running, &text(1));
        assert_eq!(with, Some(if proxied.0 { 200 } else { 400 }), "{proxied:?}");
        assert_eq!(plain(&running, b""), (!proxied.0).then_some(200), "{proxied:?}");
        let with = curl(&authority, proxy(&text(1), running.tls_address()), &[]);
        assert_eq!(with.is_ok(), proxied.1, "{proxied:?} {with:?}");
        let without = curl(&authority, running.tls_address(), &[]);
        assert_eq!(without.is_ok(), !proxied.1, "{proxied:?} {without:?}");
    };
    for proxied in [(false, false), (true, false), (false, true), (true, true)] {
        check(proxied);
    }
}

#[test]
fn a_header_stands_before_tls_and_http_2_in_it() {
    let (authority, origin) = (Authority::new(), Origin::echo());
    let running = start(&authority, &origin, (false, true), |_| {});
    for (http, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
        for header in [text(1), binary(1)] {
            let proxy = proxy(&header, running.tls_address());
            let answer = curl(&authority, proxy, &[http, "-H", "X-Forwarded-For: 203.0.113.9"]);
            assert_eq!(answer, Ok(format!("200 {version}")));
            let seen = origin.request();
            // Who the header names is not trusted, so what it says about others is not believed.
            assert_eq!(seen.field("x-forwarded-for"), Some("203.0.113.9, 192.0.2.1"));
            assert_eq!(seen.field("x-forwarded-proto"), Some("https"));
            assert_eq!(seen.field("x-forwarded-port"), Some("443"));
        }
    }
}

#[test]
fn who_is_not_trusted_gets_no_handshake() {
    let (authority, origin) = (Authority::new(), Origin::echo());
    let running = start(&authority, &origin, (false, true), |settings| {
        settings.trusted_proxies =
            ["10.0.0.0/8".parse::<ipnet::IpNet>().unwrap()].into_iter().collect();
    });
    for header in [text(1), binary(1)] {
        let answer = curl(&authority, proxy(&header, running.tls_address()), &[]);
        assert!(answer.is_err(), "{answer:?}");
    }
    assert!(origin.received().is_none());
}

#[test]
fn connections_with_tls_are_counted_by_the_client_of_the_header() {
    let (authority, origin) = (Authority::new(), Origin::echo());
    let running = start(&authority, &origin, (false, true), |settings| {
        settings.connections_by_address = Some(1);
    });
    let mut silent = Client::connect(running.tls_address());
    silent.send(text(1));
    while running.open_connections() == 0 {
        thread::yield_now();
    }
    for (header, is_served) in [(binary(1), false), (binary(2), true), (text(3), true)] {
        let answer = curl(&authority, proxy(&header, running.tls_address()), &["--http2"]);
        assert_eq!(answer.is_ok(), is_served, "{answer:?}");
    }
    assert_eq!(running.hits(Limit::ConnectionsByAddress), 1);
    drop(silent);
}
