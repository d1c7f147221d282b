//! The laws of the codec, over bytes that look like messages.

use portico_net::{RequestHead, write_field};
use proptest::prelude::*;

use crate::laws;

/// Pieces that messages are made of, and what breaks them.
fn pieces(table: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        20 => prop::sample::select(table).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A whole message with up to three bytes or line ends too many, or some of it missing.
fn broken(table: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    const ODD: &[&[u8]] = &[b"\r", b"\n", b"\r\n", b"\0", b" ", b"\t", b":", b",", b"0", b"\xff"];
    let place = (any::<prop::sample::Index>(), prop::sample::select(ODD), 0..2_usize);
    let places = prop::collection::vec(place, 0..4);
    (prop::sample::select(table), places).prop_map(|(message, places)| {
        let mut bytes = message.to_vec();
        for (place, odd, missing) in places {
            let at = place.index(bytes.len());
            let end = (at + missing).min(bytes.len());
            bytes.splice(at..end, odd.iter().copied());
        }
        bytes
    })
}

const WHOLE_REQUESTS: &[&[u8]] = &[
    b"GET /a?b HTTP/1.1\r\nHost: h\r\nA: b\r\nConnection: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    b"POST http://h/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"\r\nGET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
];

const WHOLE_RESPONSES: &[&[u8]] = &[
    b"\0HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
    b"\0HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nSet-Cookie: a\r\n\r\n",
    b"\x01HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\n",
];

const WHOLE_CHUNKS: &[&[u8]] = &[
    b"5\r\nhello\r\n0\r\n\r\n",
    b"5;a=\"b\\\"c\"\r\nhello\r\n00\r\nDigest: x\r\nA:\r\n\r\n",
    b"1\r\nx\r\n0;z\r\n\r\nGET / HTTP/1.1\r\n",
];

const REQUESTS: &[&[u8]] = &[
    b"GET ",
    b"POST / HTTP/1.1\r\nHost: h\r\n",
    b"GET http://h/a?b HTTP/1.0\r\n",
    b"/a?b",
    b" HTTP/1.1\r\n",
    b"Host: h\r\n",
    b"X-Portico-Explain: key\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close, x-a\r\n",
    b"Expect: 100-continue\r\n",
    b"X-A: b \t\r\n",
    b"A:",
    b" \t",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\n",
    b"\0",
];

const RESPONSES: &[&[u8]] = &[
    b"\0HTTP/1.1 200 OK\r\n",
    b"\x01HTTP/1.1 200 OK\r\n",
    b"\0HTTP/1.0 304 Not Modified\r\n",
    b"\0HTTP/1.1 103 Early Hints\r\n",
    b"HTTP/1.1 200\r\n",
    b"Content-Length: 12\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: keep-alive\r\n",
    b"Set-Cookie: a=b; c\r\n",
    b"A: \xff\r\n",
    b": ",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\n",
];

const CHUNKS: &[&[u8]] = &[
    b"5\r\nhello\r\n",
    b"1\r\nx\r\n",
    b"0\r\n",
    b"a",
    b"00",
    b";a=\"b\\\"",
    b";c",
    b"\"",
    b"\\",
    b"\r\n",
    b"\r\n",
    b"\r",
    b"\n",
    b"Digest: x\r\n",
    b":",
    b" ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn requests_read_the_same_however_they_are_split(
        bytes in prop_oneof![pieces(REQUESTS), broken(WHOLE_REQUESTS)],
    ) {
        laws::request_head(&bytes);
    }

    #[test]
    fn answers_read_the_same_however_they_are_split(
        bytes in prop_oneof![pieces(RESPONSES), broken(WHOLE_RESPONSES)],
    ) {
        laws::response_head(&bytes);
    }

    #[test]
    fn chunks_read_the_same_however_they_are_split(
        bytes in prop_oneof![pieces(CHUNKS), broken(WHOLE_CHUNKS)],
    ) {
        laws::chunked(&bytes);
    }

    #[test]
    fn no_bytes_make_the_codec_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        laws::request_head(&bytes);
        laws::response_head(&bytes);
        laws::chunked(&bytes);
    }

    #[test]
    fn what_is_written_is_accepted(
        fields in prop::collection::vec(("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", "[ -~\t\u{80}-\u{ff}]{0,30}"), 0..20),
        path in "/[!\"$-~]{0,40}",
    ) {
        let is_framing = |name: &str| {
            ["host", "content-length", "transfer-encoding", "expect"]
                .contains(&name.to_ascii_lowercase().as_str())
        };
        let path = path.replace('?', "/");
        let mut head = format!("GET {path} HTTP/1.1\r\nHost: h\r\n").into_bytes();
        let fields = fields.into_iter().filter(|(name, _)| !is_framing(name));
        let fields: Vec<_> = fields.map(|(name, value)| (name.into_bytes(), value.into_bytes())).collect();
        for (name, value) in &fields {
            write_field(name, value, &mut head);
        }
        head.extend_from_slice(b"\r\n");
        let (read, end) = RequestHead::read(&head).unwrap().unwrap();
        prop_assert_eq!(end, head.len());
        prop_assert_eq!(read.path(), path.as_bytes());
        let read: Vec<_> = read.fields().skip(1).map(|f| (f.name().to_owned(), f.value().to_owned())).collect();
        let trimmed = |value: &[u8]| {
            let text = |byte: &u8| !b" \t".contains(byte);
            let start = value.iter().position(text).unwrap_or(value.len());
            let end = value.iter().rposition(text).map_or(start, |at| at + 1);
            value[start..end].to_owned()
        };
        let written: Vec<_> = fields.iter().map(|(name, value)| (name.clone(), trimmed(value))).collect();
        prop_assert_eq!(read, written);
    }
}
