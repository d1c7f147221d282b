//! Who the client is, behind proxies that are trusted and others.

use std::time::Duration;

use portico_net::{Limit, Settings};
use portico_testkit::origin::{Origin, Seen};
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

/// Tells the origin who the client is, in a field of its own.
const SOURCE_IP: &str = r#"
openapi: 3.0.1
info: {title: Source, version: "1"}
paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://${stageVariables.origin}/a
        requestParameters: {integration.request.header.source: context.identity.sourceIp}
"#;

fn start(origin: &Origin, trusted: &[&str], set: impl FnOnce(&mut Settings)) -> Running {
    prepared(origin, trusted, set).start(SOURCE_IP)
}

/// The same, where connections begin with a PROXY header.
fn proxied(origin: &Origin, trusted: &[&str], set: impl FnOnce(&mut Settings)) -> Running {
    let gateway = prepared(origin, trusted, set);
    Gateway { proxied: (true, false), ..gateway }.start(SOURCE_IP)
}

fn prepared(origin: &Origin, trusted: &[&str], set: impl FnOnce(&mut Settings)) -> Gateway {
    let mut gateway = Gateway::default().variable("origin", origin.address());
    let networks = trusted.iter().map(|text| text.parse::<ipnet::IpNet>().unwrap());
    gateway.settings.trusted_proxies = networks.collect();
    set(&mut gateway.settings);
    gateway
}

fn request(fields: &str) -> String {
    format!("GET /a HTTP/1.1\r\nHost: h\r\n{fields}\r\n")
}

/// The client's address by the context, and X-Forwarded-For.
fn told(seen: &Seen) -> (String, String) {
    let field = |name| seen.field(name).unwrap().to_owned();
    (field("source"), field("x-forwarded-for"))
}

#[test]
fn only_trusted_proxies_are_believed() {
    let check = |trusted: &[&str], sent: &str, source: &str| {
        let origin = Origin::echo();
        let gateway = start(&origin, trusted, |_| {});
        let mut client = Client::connect(gateway.address());
        client.send(request(&format!("X-Forwarded-For: {sent}\r\n")));
        assert_eq!(client.answer("GET").status, 200);
        let expected = (source.to_owned(), format!("{sent}, 127.0.0.1"));
        assert_eq!(told(&origin.request()), expected, "{trusted:?}");
    };
    check(&[], "192.0.2.1", "127.0.0.1");
    check(&["10.0.0.0/8"], "192.0.2.1", "127.0.0.1");
    check(&["127.0.0.0/8"], "192.0.2.1", "192.0.2.1");
    check(&["127.0.0.0/8"], "192.0.2.9, 192.0.2.1", "192.0.2.1");
    check(&["127.0.0.0/8", "10.0.0.0/8"], "192.0.2.9, 192.0.2.1, 10.0.0.1", "192.0.2.1");
    check(&["127.0.0.0/8"], "2001:db8::7", "2001:db8::7");
    check(&["127.0.0.0/8"], "nobody", "127.0.0.1");
}

/// A header of version 2 with a value behind the addresses 192.0.2.1:4711 and 198.51.100.7:443.
fn binary(command: u8) -> Vec<u8> {
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    bytes.extend([command, 0x11, 0, 16, 192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x67, 1, 187]);
    bytes.extend([4, 0, 1, 0]);
    bytes
}

#[test]
fn a_proxy_header_tells_the_client() {
    let origin = Origin::echo();
    let gateway = proxied(&origin, &["127.0.0.1/32"], |_| {});
    let check = |header: &[u8], by_byte: bool, source: &str| {
        let bytes = [header, request("").as_bytes()].concat();
        let mut client = Client::connect(gateway.address());
        if by_byte {
            client.send_by_byte(&bytes);
        } else {
            client.send(&bytes);
        }
        assert_eq!(client.answer("GET").status, 200, "{}", header.escape_ascii());
        assert_eq!(told(&origin.request()), (source.to_owned(), source.to_owned()));
        // It stands only before the first request.
        client.send(request(""));
        assert_eq!(client.answer("GET").status, 200);
        let seen = origin.request();
        assert_eq!(told(&seen).0, source);
    };
    for by_byte in [false, true] {
        check(b"PROXY TCP4 192.0.2.1 198.51.100.7 4711 443\r\n", by_byte, "192.0.2.1");
        check(b"PROXY TCP6 2001:db8::7 ::1 4711 443\r\n", by_byte, "2001:db8::7");
        check(b"PROXY UNKNOWN\r\n", by_byte, "127.0.0.1");
        check(&binary(0x21), by_byte, "192.0.2.1");
        check(&binary(0x20), by_byte, "127.0.0.1");
    }
}

#[test]
fn the_port_is_the_one_the_client_came_to() {
    let origin = Origin::echo();
    let gateway = proxied(&origin, &["127.0.0.1/32"], |_| {});
    let mut client = Client::connect(gateway.address());
    client.send([&binary(0x21)[..], b"GET /a HTTP/1.0\r\n\r\n"].concat());
    assert_eq!(client.answer("GET").status, 200);
    assert_eq!(origin.request().field("x-forwarded-port"), Some("443"));
}

#[test]
fn a_connection_without_a_proper_header_is_closed() {
    let origin = Origin::echo();
    let closes = |gateway: &Running, bytes: &[u8]| {
        let mut client = Client::connect(gateway.address());
        client.try_send(bytes);
        let cut = client.to_end();
        assert!(cut.bytes.is_empty(), "{}", bytes.escape_ascii());
    };
    let trusted = proxied(&origin, &["127.0.0.1/32"], |_| {});
    closes(&trusted, request("").as_bytes());
    closes(&trusted, b"PROXY TCP4 192.0.2.1\r\n");
    closes(&trusted, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff");
    // Who is not trusted is not believed, whatever he sends.
    let other = proxied(&origin, &["10.0.0.0/8"], |_| {});
    closes(&other, b"PROXY TCP4 192.0.2.1 198.51.100.7 4711 443\r\n");
    assert!(origin.received().is_none());
}

#[test]
fn a_header_has_its_time() {
    let origin = Origin::echo();
    let gateway = proxied(&origin, &["127.0.0.1/32"], |settings| {
        settings.head = Duration::from_millis(50);
    });
    for part in [&b""[..], b"PROXY TCP4 192", b"\r\n\r\n\0\r\nQUIT\n\x21"] {
        let mut client = Client::connect(gateway.address());
        client.send(part);
        assert!(client.to_end().bytes.is_empty());
    }
    assert_eq!(gateway.hits(Limit::HeadTime), 3);
}

#[test]
fn connections_are_counted_by_the_client_and_not_by_its_proxy() {
    let origin = Origin::echo();
    let served = |gateway: &Running, header: &str| {
        let mut client = Client::connect(gateway.address());
        client.send(format!("{header}{}", request("")));
        client.try_answer("GET").is_ok().then_some(client)
    };
    let gateway = proxied(&origin, &["127.0.0.1/32"], |settings| {
        settings.connections_by_address = Some(1);
    });
    let header = |last: u8| format!("PROXY TCP4 192.0.2.{last} 198.51.100.7 4711 443\r\n");
    let first = served(&gateway, &header(1));
    let second = served(&gateway, &header(2));
    assert!(first.is_some() && second.is_some() && served(&gateway, &header(1)).is_none());
    assert_eq!(gateway.hits(Limit::ConnectionsByAddress), 1);

    let gateway = start(&origin, &["127.0.0.1/32"], |settings| {
        settings.connections_by_address = Some(1);
    });
    let clients = [served(&gateway, ""), served(&gateway, "")];
    assert!(clients.iter().all(Option::is_some));
}
