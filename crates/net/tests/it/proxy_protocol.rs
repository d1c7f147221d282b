//! The PROXY protocol by its own examples, and its laws over any header.

use std::net::{IpAddr, SocketAddr};

use portico_net::limits::PROXY_HEADER_BYTES;
use portico_net::proxy_protocol::{Header, Malformed, Scanned, scan};
use proptest::prelude::*;

use crate::laws;

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

fn proxied(source: &str, destination: &str) -> Header {
    let [source, destination] = [source, destination].map(|text| text.parse().expect("an address"));
    Header::Proxied { source, destination }
}

/// Version 2 with this command, family, declared length, and what follows it.
fn binary(command: u8, family: u8, length: usize, rest: &[u8]) -> Vec<u8> {
    let length = u16::try_from(length).expect("two bytes hold it").to_be_bytes();
    [SIGNATURE, &[command, family], &length, rest].concat()
}

#[test]
fn version_1_is_a_line() {
    let whole = |line: &str, header: Header| {
        let bytes = [line.as_bytes(), b"GET / HTTP/1.1\r\n"].concat();
        let expected = Scanned::Complete { length: line.len(), header };
        assert_eq!(scan(&bytes), Ok(expected), "{line:?}");
    };
    // The protocol's own examples, section 2.1.
    whole(
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
        proxied("255.255.255.255:65535", "255.255.255.255:65535"),
    );
    let six = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    whole(
        &format!("PROXY TCP6 {six} {six} 65535 65535\r\n"),
        proxied(&format!("[{six}]:65535"), &format!("[{six}]:65535")),
    );
    whole("PROXY UNKNOWN\r\n", Header::Unknown);
    whole(&format!("PROXY UNKNOWN {six} {six} 65535 65535\r\n"), Header::Unknown);
    whole(
        "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
        proxied("192.168.0.1:56324", "192.168.0.11:443"),
    );
    whole("PROXY TCP6 ::1 2001:db8::7 0 1\r\n", proxied("[::1]:0", "[2001:db8::7]:1"));
}

#[test]
fn what_is_no_line_of_version_1_is_refused() {
    let check = |line: &str, expected: Malformed| {
        assert_eq!(scan(line.as_bytes()), Err(expected), "{line:?}");
    };
    check("GET / HTTP/1.1\r\n", Malformed::Missing);
    check("proxy TCP4 1.2.3.4 1.2.3.4 1 1\r\n", Malformed::Missing);
    check(" PROXY UNKNOWN\r\n", Malformed::Missing);
    check("PROXY\r\n", Malformed::Missing);
    check("\x16\x03\x01", Malformed::Missing);
    for rest in [
        "",
        "UNKNOWNS",
        "TCP5 1.2.3.4 1.2.3.4 1 1",
        "tcp4 1.2.3.4 1.2.3.4 1 1",
        "UDP4 1.2.3.4 1.2.3.4 1 1",
        "TCP4 1.2.3.4 1.2.3.4 1",
        "TCP4 1.2.3.4 1.2.3.4 1 1 ",
        "TCP4 1.2.3.4 1.2.3.4 1 1 1",
        "TCP4  1.2.3.4 1.2.3.4 1 1",
        "TCP4 1.2.3.4\t1.2.3.4 1 1",
        "TCP4 1.2.3.04 1.2.3.4 1 1",
        "TCP4 1.2.3 1.2.3.4 1 1",
        "TCP4 ::1 ::1 1 1",
        "TCP6 1.2.3.4 1.2.3.4 1 1",
        "TCP4 1.2.3.4 1.2.3.4 01 1",
        "TCP4 1.2.3.4 1.2.3.4 +1 1",
        "TCP4 1.2.3.4 1.2.3.4 -1 1",
        "TCP4 1.2.3.4 1.2.3.4 65536 1",
        "TCP4 1.2.3.4 1.2.3.4 1 0x1",
        "TCP4 name.example 1.2.3.4 1 1",
    ] {
        check(&format!("PROXY {rest}\r\n"), Malformed::Line);
    }
    check("PROXY UNKNOWN\n", Malformed::Line);
    check(&format!("PROXY UNKNOWN {}\r\n", "x".repeat(92)), Malformed::Line);
    check(&format!("PROXY UNKNOWN {}", "x".repeat(93)), Malformed::Line);
}

#[test]
fn version_2_is_binary() {
    let whole = |bytes: Vec<u8>, header: Header| {
        let expected = Scanned::Complete { length: bytes.len(), header };
        assert_eq!(scan(&[&bytes[..], b"more"].concat()), Ok(expected), "{}", bytes.escape_ascii());
    };
    let four = [192, 0, 2, 1, 198, 51, 100, 7, 0x12, 0x67, 0, 80];
    let header = proxied("192.0.2.1:4711", "198.51.100.7:80");
    whole(binary(0x21, 0x11, 12, &four), header);
    // With values: an empty one, and one of 3 bytes.
    let values = [0x04, 0, 0, 0x05, 0, 3, b'a', b'b', b'c'];
    whole(binary(0x21, 0x11, 21, &[&four[..], &values].concat()), header);

    let mut six = [0; 36];
    (six[15], six[31], six[33], six[35]) = (1, 2, 3, 4);
    whole(binary(0x21, 0x21, 36, &six), proxied("[::1]:3", "[::2]:4"));

    whole(binary(0x20, 0x00, 0, b""), Header::Unknown);
    whole(binary(0x20, 0x11, 12, &four), Header::Unknown);
    whole(binary(0x20, 0x11, 5, b"stuff"), Header::Unknown);
    whole(binary(0x21, 0x00, 0, b""), Header::Unknown);
    whole(binary(0x21, 0x12, 12, &four), Header::Unknown);
    whole(binary(0x21, 0x31, 216, &[0; 216]), Header::Unknown);
    let most = PROXY_HEADER_BYTES - 16;
    whole(binary(0x20, 0x00, most, &vec![0; most]), Header::Unknown);
}

#[test]
fn what_is_no_header_of_version_2_is_refused() {
    let four = [1; 12];
    let check = |bytes: Vec<u8>, expected: Malformed| {
        assert_eq!(scan(&bytes), Err(expected), "{}", bytes.escape_ascii());
    };
    for command in [0x00, 0x01, 0x11, 0x22, 0x2f, 0x31] {
        check(binary(command, 0x11, 12, &four), Malformed::Command);
    }
    for family in [0x03, 0x13, 0x1f, 0x41, 0xf0] {
        check(binary(0x21, family, 12, &four), Malformed::Family);
    }
    check(binary(0x21, 0x11, 11, &four[1..]), Malformed::Addresses);
    check(binary(0x21, 0x11, 0, b""), Malformed::Addresses);
    check(binary(0x21, 0x21, 35, &[0; 35]), Malformed::Addresses);
    for values in [&b"\x04"[..], b"\x04\0", b"\x04\0\x01", b"\x04\0\0\x05", b"\x04\xff\xffabc"] {
        let rest = [&four[..], values].concat();
        check(binary(0x21, 0x11, rest.len(), &rest), Malformed::Value);
    }
    // Refused before they arrive.
    check(binary(0x21, 0x11, PROXY_HEADER_BYTES - 15, b""), Malformed::TooLong);
    check(binary(0x20, 0x00, 65_535, b""), Malformed::TooLong);
    check(b"\r\n\r\n\0\r\nQUIT\r".to_vec(), Malformed::Missing);
    check(b"\r\n\r\nGET".to_vec(), Malformed::Missing);
}

proptest! {
    #[test]
    fn any_addresses_can_be_told(source: (IpAddr, u16), destination: (IpAddr, u16)) {
        let [source, destination] = [source, destination].map(SocketAddr::from);
        if let Some((one, two)) = laws::print_proxied(source, destination) {
            for bytes in [one, two] {
                let expected = Header::Proxied { source, destination };
                let length = bytes.len();
                prop_assert_eq!(scan(&bytes), Ok(Scanned::Complete { length, header: expected }));
                laws::proxy_protocol(&bytes);
            }
        }
    }

    #[test]
    fn any_bytes_keep_the_laws(
        start in 0..4usize,
        command in prop_oneof![Just(0x20u8), Just(0x21), any::<u8>()],
        family in prop_oneof![Just(0x11u8), Just(0x21), any::<u8>()],
        length in 0..70u8,
        rest in proptest::collection::vec(any::<u8>(), 0..80),
        words in "(TCP4|TCP6|UNKNOWN| |\\.|:|[0-9]{1,5}|\r\n|\r|\n){0,20}",
    ) {
        let bytes = match start {
            0 => rest,
            1 => [b"PROXY ", words.as_bytes()].concat(),
            2 => [SIGNATURE, &[command, family, 0, length], &rest].concat(),
            _ => [&SIGNATURE[..rest.len().min(12)], &rest].concat(),
        };
        laws::proxy_protocol(&bytes);
    }
}
