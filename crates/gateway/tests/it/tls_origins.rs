//! Origins that speak TLS: who is believed, and what clients read when one is not. The origin is a
//! second gateway with TLS, in front of an origin without.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use portico_net::{SecurityPolicy, ServerTls, Settings, Tickets, UpstreamTls};
use portico_testkit::http::Answer;
use portico_testkit::origin::Origin;
use portico_testkit::pki::Authority;
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

use crate::support::{PROXY, gateway};

/// A gateway with TLS under this certificate, which expires in this year.
fn behind(authority: &Authority, names: &[&str], year: i32, origin: &Origin) -> Running {
    let files = [authority.issue_until("origin", names, year)];
    let (policy, tickets) = (SecurityPolicy::default(), Tickets::new().unwrap());
    let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
    let mut gateway = gateway(origin);
    gateway.tls = Some(tls);
    gateway.start(PROXY)
}

/// A gateway that calls this address over TLS, with this `tlsConfig`.
fn before(authority: &Authority, address: impl ToString, tls_config: &str) -> Running {
    let roots = UpstreamTls::new(Some(&authority.path("ca.pem"))).unwrap();
    let connect = Duration::from_secs(2);
    let settings =
        Settings { upstream_tls: Arc::new(roots.into()), connect, ..Settings::default() };
    let definition = PROXY
        .replace("http://$", "https://$")
        .replace("httpMethod: ANY", &format!("httpMethod: ANY\n        tlsConfig: {tls_config}"));
    let gateway = Gateway { settings, ..Gateway::default() };
    gateway.variable("origin", address).start(&definition)
}

fn get(running: &Running) -> Answer {
    let mut client = Client::connect(running.address());
    client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    client.answer("GET")
}

fn ok() -> Origin {
    Origin::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec())
}

#[test]
fn a_vpc_link_leads_to_an_origin_that_proves_the_name_of_the_uri() {
    let authority = Authority::new();
    let origin = ok();
    let call = |names: &[&str]| {
        let behind = behind(&authority, names, 2999, &origin);
        let roots = UpstreamTls::new(Some(&authority.path("ca.pem"))).unwrap();
        let settings = Settings { upstream_tls: Arc::new(roots.into()), ..Settings::default() };
        let mut gateway = Gateway { settings, ..Gateway::default() };
        gateway.vpc_links.insert("l".into(), format!("https://{}", behind.tls_address()));
        let definition = PROXY.replace(
            "httpMethod: ANY",
            "httpMethod: ANY\n        connectionType: VPC_LINK\n        connectionId: l",
        );
        let running = gateway.variable("origin", "books.example").start(&definition);
        let status = get(&running).status;
        (status, running.finished().fault.map(|(_, explained)| explained))
    };
    assert_eq!(call(&["books.example"]), (200, None));
    // The second gateway passes the path on; the field it was called with has the name of the URI.
    assert_eq!(origin.request().head.lines().next(), Some("GET /a HTTP/1.1"));
    let (status, explained) = call(&["127.0.0.1"]);
    assert_eq!(status, 500);
    let wrong = "Host name 'books.example' does not match";
    assert!(explained.as_ref().is_some_and(|it| it.contains(wrong)), "{explained:?}");
}

#[test]
fn an_origin_proves_its_name_to_a_root_we_know() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let origin = ok();
    let check =
        |issuer: &Authority, names: &[&str], year, tls_config, expected: Result<(), &str>| {
            let behind = behind(issuer, names, year, &origin);
            let running = before(&authority, behind.tls_address(), tls_config);
            let answer = get(&running);
            let fault = running.finished().fault;
            match expected {
                Ok(()) => assert_eq!((answer.status, fault), (200, None), "{names:?} {tls_config}"),
                Err(expected) => {
                    let (response_type, explained) = fault.unwrap();
                    assert!(explained.contains(expected), "{explained}");
                    assert_eq!(response_type, "API_CONFIGURATION_ERROR", "{explained}");
                    assert_eq!(answer.status, 500);
                    assert_eq!(answer.text(), r#"{"message": "Internal server error"}"#);
                }
            }
        };
    let address = ["127.0.0.1"];
    let skip = "{insecureSkipVerification: true}";
    check(&authority, &address, 2999, "{}", Ok(()));
    check(&stranger, &address, 2999, "{}", Err("UnknownIssuer"));
    check(&authority, &address, 2020, "{}", Err("certificate expired"));
    let wrong = "Host name '127.0.0.1' does not match the certificate subject provided by the peer";
    check(&authority, &["books.example"], 2999, "{}", Err(wrong));
    check(&authority, &["books.example"], 2999, "{serverNameToVerify: Books.example}", Ok(()));
    let wrong = "Host name 'other.example' does not match";
    check(&authority, &address, 2999, "{serverNameToVerify: other.example}", Err(wrong));
    check(&stranger, &address, 2999, skip, Ok(()));
    check(&stranger, &["books.example"], 2999, skip, Err("Host name '127.0.0.1' does not match"));
    check(&stranger, &address, 2020, skip, Err("certificate expired"));
}

#[test]
fn connections_with_tls_are_kept() {
    let authority = Authority::new();
    let origin = ok();
    let behind = behind(&authority, &["127.0.0.1"], 2999, &origin);
    let running = before(&authority, behind.tls_address(), "{}");
    let mut client = Client::connect(running.address());
    for _ in 0..20 {
        client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.answer("GET").text(), "ok");
    }
    assert_eq!(behind.open_connections(), 1);
}

#[test]
fn large_bodies_pass_both_ways_over_tls() {
    let authority = Authority::new();
    let origin = Origin::answering(|seen| {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", seen.raw.len());
        [head.as_bytes(), &seen.raw].concat()
    });
    let behind = behind(&authority, &["127.0.0.1"], 2999, &origin);
    let running = before(&authority, behind.tls_address(), "{}");
    let body: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    let mut client = Client::connect(running.address());
    client.send(format!("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", body.len()));
    client.send(&body);
    assert!(client.answer("POST").body == body);
}

#[test]
fn origins_without_tls_or_without_words_are_network_failures() {
    let authority = Authority::new();
    let check = |address: String, expected: &str| {
        let running = before(&authority, address, "{}");
        let answer = get(&running);
        assert_eq!(answer.status, 504, "{expected}");
        assert_eq!(answer.text(), r#"{"message": "Network error communicating with endpoint"}"#);
        let (response_type, explained) = running.finished().fault.unwrap();
        assert_eq!(response_type, "INTEGRATION_FAILURE");
        assert!(explained.contains(expected), "{explained}");
    };
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = plain.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0; 16]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    check(address, "no TLS with the origin");
    answering.join().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    check(silent.local_addr().unwrap().to_string(), "no connection to the origin in time");
}

#[test]
fn certificates_change_a_hundred_times_and_no_request_fails() {
    let authority = Authority::new();
    let origin = ok();
    let behind = behind(&authority, &["127.0.0.1"], 2999, &origin);
    let roots = UpstreamTls::new(Some(&authority.path("ca.pem"))).unwrap();
    // Every call makes a connection of its own.
    let settings =
        Settings { upstream_tls: Arc::new(roots.into()), upstream_spare: 0, ..Settings::default() };
    let gateway = Gateway { settings, ..Gateway::default() };
    let definition = PROXY.replace("http://$", "https://$");
    let running = gateway.variable("origin", behind.tls_address()).start(&definition);
    let tickets = Tickets::new().unwrap();
    for number in 0..100 {
        let files = [authority.issue("next", &["127.0.0.1"])];
        let policy = SecurityPolicy::default();
        let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
        behind.replace_tls(&tls);
        for _ in 0..3 {
            assert_eq!(get(&running).status, 200, "after change {number}");
        }
    }
    assert_eq!(behind.failed_handshakes(), 0);
}
