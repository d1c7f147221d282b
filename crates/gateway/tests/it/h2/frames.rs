//! Frames that break the rules of RFC 9113, sections 4 to 6: what ends the stream, and what the
//! connection.

use portico_testkit::h2::{
    CANCEL, Client, DATA, END_HEADERS, END_STREAM, FLOW_CONTROL_ERROR, GOAWAY, HEADERS, Outcome,
    PING, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, block, of,
};
use portico_testkit::origin::{Act, Origin};

use super::{ask_mock, assert_unharmed, mocked};
use crate::support::proxy;

const STREAM_CLOSED: u32 = 5;
/// FRAME_SIZE_ERROR is 6; where a frame is malformed too, either will do.
const SIZE: &[u32] = &[PROTOCOL_ERROR, 6];

#[test]
fn broken_frames_end_the_connection() {
    let gateway = proxy(&Origin::echo());
    let check = |rule: &str, kind: u8, flags: u8, stream: u32, payload: &[u8], codes: &[u32]| {
        let mut client = Client::connect(gateway.address());
        assert_eq!(ask_mock(&mut client, 5), mocked());
        client.frame(kind, flags, stream, payload);
        let code = client.end();
        assert!(code.is_some_and(|code| codes.contains(&code)), "{rule}: {code:?}");
    };
    let head = block(&of("GET", "/mock"));
    let all = END_HEADERS | END_STREAM;
    check("4.2: longer than allowed", DATA, 0, 5, &[0; 16_385], SIZE);
    check("5.1: DATA on an idle stream", DATA, 0, 7, b"x", &[PROTOCOL_ERROR]);
    check("5.1: RST_STREAM of an idle stream", RST_STREAM, 0, 7, &[0; 4], &[PROTOCOL_ERROR]);
    check(
        "5.1: WINDOW_UPDATE of an idle stream",
        WINDOW_UPDATE,
        0,
        7,
        &[0, 0, 0, 1],
        &[PROTOCOL_ERROR],
    );
    check("5.1.1: an even stream", HEADERS, all, 8, &head, &[PROTOCOL_ERROR]);
    check("5.1.1: a smaller stream", HEADERS, all, 3, &head, &[PROTOCOL_ERROR, STREAM_CLOSED]);
    check("6.1: DATA on stream 0", DATA, 0, 0, b"x", &[PROTOCOL_ERROR]);
    check("6.1: more padding than data", DATA, 8, 5, &[9, 0], &[PROTOCOL_ERROR]);
    check("6.2: HEADERS on stream 0", HEADERS, all, 0, &head, &[PROTOCOL_ERROR]);
    check("6.4: RST_STREAM on stream 0", RST_STREAM, 0, 0, &[0; 4], &[PROTOCOL_ERROR]);
    check("6.4: RST_STREAM of 3 bytes", RST_STREAM, 0, 5, &[0; 3], SIZE);
    check("6.5: SETTINGS on a stream", SETTINGS, 0, 5, &[], &[PROTOCOL_ERROR]);
    check("6.5: SETTINGS of 5 bytes", SETTINGS, 0, 0, &[0; 5], SIZE);
    check("6.5: ACK with a payload", SETTINGS, 1, 0, &[0; 6], SIZE);
    let settings = |id: u8, value: u32| [&[0, id][..], &value.to_be_bytes()].concat();
    check("6.5.2: push of 2", SETTINGS, 0, 0, &settings(2, 2), &[PROTOCOL_ERROR]);
    let window = settings(4, 1 << 31);
    check(
        "6.5.2: a window over 2^31-1",
        SETTINGS,
        0,
        0,
        &window,
        &[PROTOCOL_ERROR, FLOW_CONTROL_ERROR],
    );
    check("6.5.2: frames of 1 byte", SETTINGS, 0, 0, &settings(5, 1), &[PROTOCOL_ERROR]);
    check(
        "6.6: a client that pushes",
        PUSH_PROMISE,
        END_HEADERS,
        5,
        &[0, 0, 0, 8],
        &[PROTOCOL_ERROR],
    );
    check("6.7: PING on a stream", PING, 0, 5, &[0; 8], &[PROTOCOL_ERROR]);
    check("6.7: PING of 7 bytes", PING, 0, 0, &[0; 7], SIZE);
    check("6.8: GOAWAY on a stream", GOAWAY, 0, 5, &[0; 8], &[PROTOCOL_ERROR]);
    check("6.9: no bytes for the connection", WINDOW_UPDATE, 0, 0, &[0; 4], &[PROTOCOL_ERROR]);
    let most = 0x7fff_ffff_u32.to_be_bytes();
    check("6.9.1: over 2^31-1", WINDOW_UPDATE, 0, 0, &most, &[FLOW_CONTROL_ERROR]);
    check("6.9: WINDOW_UPDATE of 3 bytes", WINDOW_UPDATE, 0, 0, &[0; 3], SIZE);
    check("6.10: CONTINUATION of nothing", 9, END_HEADERS, 5, &head, &[PROTOCOL_ERROR]);
    assert_unharmed(&gateway);
}

#[test]
fn abuse_of_a_streams_window_ends_the_stream() {
    let origin = Origin::always(vec![Act::Head, Act::Stall]);
    let gateway = proxy(&origin);
    for (bytes, code) in [(0, PROTOCOL_ERROR), (0x7fff_ffff, FLOW_CONTROL_ERROR)] {
        let mut client = Client::connect(gateway.address());
        client.request(1, "GET", "/a");
        origin.request();
        client.window(1, bytes);
        match client.outcome(1) {
            Outcome::Reset(found) => {
                assert_eq!(found, code);
                assert_eq!(ask_mock(&mut client, 3), mocked());
            }
            outcome => assert_eq!(outcome, Outcome::GoAway(code)),
        }
        assert!(!gateway.finished().complete);
    }
    assert_unharmed(&gateway);
}

#[test]
fn a_body_beyond_its_window_is_refused() {
    let origin = Origin::always(vec![Act::Head, Act::Stall]);
    let gateway = proxy(&origin);
    let mut client = Client::connect(gateway.address());
    // The origin takes none, so that windows do not move beyond what the sockets hold.
    let fields = [&of("POST", "/a")[..], &[("content-length", "10000000")]].concat();
    client.headers(1, &fields, false);
    let mut writer = client.raw().writer();
    let piece = portico_testkit::h2::frame(DATA, 0, 1, &[0; 16_384]);
    let sending = std::thread::spawn(move || {
        (0..600).all(|_| std::io::Write::write_all(&mut writer, &piece).is_ok())
    });
    let outcome = client.outcome(1);
    let is_refused =
        matches!(outcome, Outcome::Reset(FLOW_CONTROL_ERROR) | Outcome::GoAway(FLOW_CONTROL_ERROR));
    assert!(is_refused, "{outcome:?}");
    client.raw().writer().shutdown(std::net::Shutdown::Both).unwrap();
    let _sent = sending.join().unwrap();
    assert_unharmed(&gateway);
}

#[test]
fn frames_of_unknown_kinds_are_nothing() {
    let gateway = proxy(&Origin::echo());
    let mut client = Client::connect(gateway.address());
    client.frame(0xbb, 0xff, 0, b"extension");
    client.frame(0xbb, 0xff, 1, b"extension");
    client.frame(SETTINGS, 0, 0, &[0xff, 0xff, 0, 0, 0, 1]);
    assert_eq!(ask_mock(&mut client, 1), mocked());
    // A stream that was answered may still be reset.
    client.frame(RST_STREAM, 0, 1, &CANCEL.to_be_bytes());
    assert_eq!(ask_mock(&mut client, 3), mocked());
}

/// Pseudo-random numbers (xorshift), the same in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    /// Frames of every kind, most of them nearly right.
    fn frames(&mut self) -> Vec<u8> {
        let heads = [block(&of("GET", "/mock")), block(&of("POST", "/a")), block(&[("x", "y")])];
        let mut bytes = Vec::new();
        for _ in 0..1 + self.below(12) {
            let kind = self.below(11) as u8;
            let mut payload = match kind {
                HEADERS | 9 => heads[self.below(3)].clone(),
                SETTINGS => [&[0, self.below(7) as u8][..], &[0; 4]].concat(),
                _ => vec![self.below(3) as u8; [0, 4, 5, 8, 100][self.below(5)]],
            };
            if self.below(8) == 0 && !payload.is_empty() {
                let at = self.below(payload.len());
                payload[at] ^= 1 << self.below(8);
            }
            let flags = [0, 1, 4, 5, 8, 0x20, 0xff][self.below(7)];
            let stream = self.below(8) as u32;
            bytes.extend(portico_testkit::h2::frame(kind, flags, stream, &payload));
        }
        if self.below(4) == 0 {
            bytes.truncate(self.below(bytes.len()));
        }
        bytes
    }
}

#[test]
fn noise_harms_nobody() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let mut client = Client::connect(gateway.address());
        client.raw().try_send(noise.frames());
    }
    assert_unharmed(&gateway);
    while let Some(seen) = origin.received() {
        assert!(seen.head.starts_with("POST /a HTTP/1.1\r\n"), "{}", seen.head);
    }
}
