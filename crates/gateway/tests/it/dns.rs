//! Origins that have names: name servers that answer, change their mind, lie, and say nothing.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico_net::Settings;
use portico_testkit::dns::{Forgery, NameServer, Says};
use portico_testkit::origin::Origin;
use portico_testkit::raw::Client;
use portico_testkit::server::{Gateway, Running};

use crate::support::PROXY;

/// A gateway whose origin has this name and asks this server for it.
fn named(name: &str, port: u16, server: &NameServer, set: impl FnOnce(&mut Settings)) -> Running {
    let mut gateway = Gateway::default().variable("origin", format!("{name}:{port}"));
    gateway.settings.name_servers = vec![server.address()];
    // Each call makes a connection of its own.
    gateway.settings.upstream_spare = 0;
    set(&mut gateway.settings);
    gateway.start(PROXY)
}

fn status(gateway: &Running, path: &str) -> u16 {
    let mut client = Client::connect(gateway.address());
    client.send(format!("GET {path} HTTP/1.1\r\nHost: h\r\n\r\n"));
    client.answer("GET").status
}

fn addresses(list: &str, ttl: u32) -> Says {
    let list: Vec<IpAddr> = list.split(' ').map(|text| text.parse().unwrap()).collect();
    Says::Addresses(list, ttl)
}

#[test]
fn a_name_is_looked_up_once_while_its_addresses_hold() {
    let origin = Origin::echo();
    let server = NameServer::start(|name| match name {
        "shop.example" => addresses("127.0.0.1", 60),
        _ => Says::Nothing,
    });
    let gateway = named("shop.example", origin.address().port(), &server, |_| {});
    assert_eq!(status(&gateway, "/a"), 200);
    let asked = server.questions();
    for _ in 0..10 {
        assert_eq!(status(&gateway, "/a"), 200);
    }
    assert_eq!((server.questions(), origin.accepted()), (asked, 11));
}

#[test]
fn a_name_that_moves_is_followed() {
    let origin = Origin::echo();
    let has_moved = Arc::new(AtomicBool::new(false));
    let moved = has_moved.clone();
    // Nobody listens at the first address.
    let server = NameServer::start(move |_| {
        addresses(if moved.load(Ordering::Relaxed) { "127.0.0.1" } else { "127.0.0.2" }, 0)
    });
    let gateway = named("shop.example", origin.address().port(), &server, |_| {});
    assert_eq!(status(&gateway, "/a"), 504);
    has_moved.store(true, Ordering::Relaxed);
    // The old address holds for a second.
    assert!((0..100_000).any(|_| status(&gateway, "/a") == 200));
}

#[test]
fn an_address_that_does_not_answer_is_passed_over() {
    let origin = Origin::echo();
    let server = NameServer::start(|_| addresses("127.0.0.2 ::1 127.0.0.3 127.0.0.1", 60));
    let gateway = named("shop.example", origin.address().port(), &server, |_| {});
    for _ in 0..3 {
        assert_eq!(status(&gateway, "/a"), 200);
    }
}

#[test]
fn many_who_wait_for_a_name_ask_once() {
    let server = NameServer::start(|_| Says::Silence);
    let gateway = named("shop.example", 80, &server, |settings| {
        settings.connect = Duration::from_millis(300);
    });
    let mut clients: Vec<_> = (0..50).map(|_| Client::connect(gateway.address())).collect();
    for client in &mut clients {
        client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    }
    for client in &mut clients {
        assert_eq!(client.answer("GET").status, 504);
    }
    // Two families, and the tries of each.
    assert!(server.questions() <= 8, "{} questions", server.questions());
}

#[test]
fn a_forged_answer_is_not_believed() {
    let check = |forgery| {
        let forger = Origin::echo();
        let server =
            NameServer::start(move |_| Says::Forged(IpAddr::from([127, 0, 0, 1]), forgery));
        let port = forger.address().port();
        let gateway = named("shop.example", port, &server, |settings| {
            settings.connect = Duration::from_millis(300);
        });
        let answered = status(&gateway, "/a");
        assert!([500, 504].contains(&answered), "{forgery:?}: {answered}");
        assert!(server.questions() > 0);
        assert_eq!(forger.accepted(), 0, "{forgery:?}");
    };
    check(Forgery::Number);
    check(Forgery::Question);
}

#[test]
fn a_name_without_an_address_is_a_configuration_error() {
    let check = |says: Says, statuses: &[u16]| {
        let said = says.clone();
        let server = NameServer::start(move |_| said.clone());
        let gateway = named("shop.example", 80, &server, |settings| {
            settings.connect = Duration::from_millis(300);
        });
        let answered = status(&gateway, "/a");
        assert!(statuses.contains(&answered), "{says:?}: {answered}");
        // Nobody else is harmed.
        assert_eq!(status(&gateway, "/mock"), 202, "{says:?}");
    };
    check(Says::Nothing, &[500]);
    check(Says::Addresses(Vec::new(), 60), &[500]);
    // An alias of itself is followed only so far.
    check(Says::Alias("shop.example"), &[500, 504]);
    check(Says::Alias("other.example"), &[500, 504]);
    // Nothing that can be taken for an answer, until the time to connect has passed.
    check(Says::Nonsense, &[500, 504]);
    check(Says::Silence, &[504]);
}
