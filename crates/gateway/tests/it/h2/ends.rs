//! How a connection over HTTP/2 ends: when it is idle, when it is slow, and when the gateway stops.

use std::thread;
use std::time::Duration;

use portico_testkit::h2::{Client, GOAWAY, NO_ERROR, Outcome, PREFACE, SETTINGS, frame};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw;

use super::{ask_mock, mocked};
use crate::support::{PROXY, gateway};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn an_idle_client_is_told_and_let_go() {
    let origin = Origin::echo();
    let mut setup = gateway(&origin);
    setup.settings.idle = Duration::from_millis(200);
    setup.settings.linger = Duration::from_millis(200);
    let gateway = setup.start(PROXY);
    let mut silent = Client::connect(gateway.address());
    let mut client = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut client, 1), mocked());
    assert_eq!(client.end(), Some(NO_ERROR));
    assert_eq!(silent.end(), Some(NO_ERROR));
    // One that talks of everything but requests is idle, too, and may answer nothing.
    let mut client = raw::Client::connect(gateway.address());
    client.send([PREFACE, &frame(SETTINGS, 0, 0, &[])].concat());
    client.to_end();
}

#[test]
fn a_preface_that_does_not_come_is_waited_for_like_a_head() {
    let origin = Origin::echo();
    let mut setup = gateway(&origin);
    setup.settings.head = Duration::from_millis(100);
    setup.settings.linger = Duration::from_millis(100);
    let gateway = setup.start(PROXY);
    // The first part is a request of HTTP/1.1 still.
    let mut client = raw::Client::connect(gateway.address());
    client.send(&PREFACE[..10]);
    assert_eq!(client.answer("GET").status, 408);
    for part in [&PREFACE[..18], &PREFACE[..23]] {
        let mut client = raw::Client::connect(gateway.address());
        client.send(part);
        let cut = client.to_end();
        assert_ne!(cut.bytes.first(), Some(&b'H'), "no answer of HTTP/1.1");
    }
    let mut client = raw::Client::connect(gateway.address());
    client.send(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
    client.to_end();
}

#[test]
fn a_preface_may_come_byte_by_byte() {
    let origin = Origin::echo();
    let gateway = gateway(&origin).start(PROXY);
    let mut client = raw::Client::connect(gateway.address());
    client.send_by_byte(PREFACE);
    client.send_by_byte(frame(SETTINGS, 0, 0, &[]));
    assert_eq!(client.take(9).unwrap()[3], SETTINGS);
}

#[test]
fn a_stream_that_crosses_the_goodbye_is_answered() {
    let origin = Origin::echo();
    let mut setup = gateway(&origin);
    setup.settings.linger = Duration::from_millis(200);
    let gateway = setup.start(PROXY);
    let mut client = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut client, 1), mocked());
    let stopping = thread::spawn(move || gateway.drain(Duration::from_secs(20)));
    // The first names no stream that was answered: any may still be on its way.
    let goodbye = client.until(GOAWAY);
    assert_eq!(goodbye.payload[..4], 0x7fff_ffff_u32.to_be_bytes());
    assert_eq!(ask_mock(&mut client, 3), mocked());
    assert!(matches!(client.end(), None | Some(NO_ERROR)));
    assert_eq!(stopping.join().unwrap(), 0, "no connection was cut");
}

#[test]
fn a_stop_lets_streams_finish_and_takes_no_more() {
    let origin = Origin::always(vec![Act::Request, Act::Stall, Act::Send(OK.to_vec())]);
    let mut setup = gateway(&origin);
    setup.settings.linger = Duration::from_millis(200);
    let gateway = setup.start(PROXY);
    let mut idle = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut idle, 1), mocked());
    let mut client = Client::connect(gateway.address());
    client.request(1, "GET", "/a");
    origin.request();
    let stopping = thread::spawn(move || gateway.drain(Duration::from_secs(20)));
    let goodbye = client.until(GOAWAY);
    assert_eq!(goodbye.payload[4..8], NO_ERROR.to_be_bytes());
    assert_eq!(idle.end(), Some(NO_ERROR));
    origin.release();
    assert_eq!(client.outcome(1), Outcome::Answer(200, b"ok".to_vec()));
    assert!(matches!(client.end(), None | Some(NO_ERROR)));
    assert_eq!(stopping.join().unwrap(), 0, "no connection was cut");
}
