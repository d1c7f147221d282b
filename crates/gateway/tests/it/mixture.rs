//! No bytes of one client reach another: many clients through one worker, to an origin that lies.

use std::thread;

use portico_testkit::origin::{Act, Origin, Seen};
use portico_testkit::raw::{Client, Cut};

use crate::support::proxy;

const CLIENTS: usize = 12;
const REQUESTS: usize = 120;

/// What the origin does to a request, by the path's last segment. Every answer consists of the
/// request's own mark, so that a byte in the wrong place shows.
fn misbehave(seen: &Seen) -> Vec<Act> {
    let path = seen.head.split(' ').nth(1).unwrap_or_default();
    let mut segments = path.split('/').skip(1);
    let mark = segments.next().unwrap_or_default();
    let kind = segments.next().unwrap_or_default();
    let body = mark.repeat(match kind {
        "long" | "cut-long" | "reset-long" => 12_000,
        _ => 20,
    });
    let whole = format!(
        "HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let send = |text: &str| Act::Send(text.as_bytes().to_vec());
    match kind {
        "extra" => vec![send(&format!("{whole}{whole}"))],
        "chunked" => vec![send(&chunked)],
        "chunked-extra" => vec![send(&format!("{chunked}{mark}"))],
        "cut" | "cut-long" => vec![send(&whole[..whole.len() - 7]), Act::Close],
        "reset" | "reset-long" => vec![send(&chunked[..chunked.len() - 9]), Act::Reset],
        "garbage" => vec![send(mark), Act::Close],
        "pieces" => vec![Act::SendPieces(chunked.bytes().map(|byte| vec![byte]).collect())],
        "close" => vec![send(&whole), Act::Close],
        "until-close" => {
            vec![send(&format!("HTTP/1.1 200 OK\r\nX-Mark: {mark}\r\n\r\n{body}")), Act::Close]
        }
        _ => vec![send(&whole)],
    }
}

/// An answer that nobody asked for and that comes after the one before it is not among them: where
/// it arrives before the next request is written it is noticed (`origins` tests that), and where it
/// does not, nothing in HTTP/1.1 tells it from that request's answer.
const KINDS: [&str; 15] = [
    "whole",
    "long",
    "extra",
    "chunked",
    "chunked-extra",
    "cut",
    "cut-long",
    "reset",
    "reset-long",
    "garbage",
    "pieces",
    "close",
    "until-close",
    "leave",
    "stall",
];

/// Whether text holds the mark of another client or request; its own may be cut.
fn is_foreign(text: &str, mark: &str) -> bool {
    text.split_inclusive('>')
        .filter_map(|part| part.rfind('<').map(|at| &part[at..]))
        .any(|found| found.ends_with('>') && found != mark)
}

fn run_client(address: std::net::SocketAddr, number: usize) {
    let mut client = Client::connect(address);
    for request in 0..REQUESTS {
        let mark = format!("<{number}-{request}>");
        let kind = KINDS[(number * 7 + request * 5 + request / 16) % KINDS.len()];
        let body = mark.repeat(if request % 9 == 0 { 3000 } else { request % 5 });
        let method = if request % 3 == 0 { "POST" } else { "GET" };
        let mut bytes =
            format!("{method} /{mark}/{kind} HTTP/1.1\r\nHost: h\r\nX-Mark: {mark}\r\n");
        bytes += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        match kind {
            // Goes away inside its request, or before its answer.
            "leave" => {
                client.try_send(&bytes[..bytes.len() - bytes.len() / 3]);
                client.reset();
                client = Client::connect(address);
                continue;
            }
            "stall" => {
                client.send(&bytes);
                client.reset();
                client = Client::connect(address);
                continue;
            }
            _ => client.send(&bytes),
        }
        match client.try_answer(method) {
            Ok(answer) => {
                let text = answer.text();
                let faulty = [500, 502, 504].contains(&answer.status);
                assert!(answer.status == 200 || faulty, "{}", answer.head);
                assert!(!is_foreign(&answer.head, &mark), "{mark} {kind}: {}", answer.head);
                assert!(!is_foreign(&text, &mark), "{mark} {kind} {method}");
                if answer.status == 200 {
                    assert_eq!(answer.field("x-mark"), Some(mark.as_str()), "{kind}");
                    assert!(!kind.starts_with("cut") && !kind.starts_with("reset"), "{kind}");
                    assert_eq!(text.replace(&mark, ""), "", "{mark} {kind}");
                }
                if answer.field("connection") == Some("close") {
                    client.closed();
                    client = Client::connect(address);
                }
            }
            Err(Cut { bytes, .. }) => {
                assert!(kind.ends_with("long"), "{kind}");
                assert!(!is_foreign(&String::from_utf8_lossy(&bytes), &mark), "{mark} {kind}");
                client = Client::connect(address);
            }
        }
    }
}

#[test]
fn no_bytes_of_one_client_reach_another() {
    let origin = Origin::acting(misbehave);
    let gateway = proxy(&origin);
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let address = gateway.address();
            scope.spawn(move || run_client(address, number));
        }
    });
    assert!(gateway.is_alive());
    // Nor did the origin see them mixed: a request has one mark from its head to its end.
    while let Some(seen) = origin.received() {
        let Some(mark) = seen.field("x-mark").map(str::to_owned) else { panic!("{}", seen.head) };
        assert!(!is_foreign(&seen.head, &mark), "{}", seen.head);
        assert!(!is_foreign(&String::from_utf8_lossy(&seen.body), &mark), "{mark}");
    }
}
