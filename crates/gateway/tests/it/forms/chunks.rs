//! The chunked coding (RFC 9112, section 7.1).

use super::Form;

const LEAD: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
const GOT: &[&str] = &["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"];

const fn refused(rule: &'static str, body: &'static [u8]) -> Form {
    Form::refused(rule, body, &[400]).within(LEAD, b"")
}

const fn passed(rule: &'static str, body: &'static [u8]) -> Form {
    Form::passed(rule, body, GOT).within(LEAD, b"")
}

pub(super) const FORMS: &[Form] = &[
    passed("7.1: two chunks", b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
    passed("7.1: zeros before a size", b"0005\r\nhello\r\n0000\r\n\r\n"),
    Form::passed(
        "7.1: sizes are hexadecimal in any case",
        b"A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n",
        &["POST /a HTTP/1.1\r\nContent-Length: 21\r\n\r\n01234567890123456789a"],
    )
    .within(LEAD, b""),
    Form::passed("7.1: no data", b"0\r\n\r\n", &["POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n"])
        .within(LEAD, b""),
    Form::passed(
        "7.1: data that looks like the end",
        b"7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
        &["POST /a HTTP/1.1\r\nContent-Length: 7\r\n\r\n\r\n0\r\n\r\n"],
    )
    .within(LEAD, b""),
    passed("7.1.1: an extension is dropped", b"5;a=b\r\nhello\r\n0;c\r\n\r\n"),
    passed("7.1.1: a quoted value", b"5;a=\"q;\\\"\"\r\nhello\r\n0\r\n\r\n"),
    passed("7.1.2: a trailer is dropped", b"5\r\nhello\r\n0\r\nDigest: x\r\n\r\n"),
    passed("9110 6.5.1: a length in the trailer", b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
    passed(
        "9110 6.5.1: a coding in the trailer",
        b"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    passed("9110 6.5.1: Host in the trailer", b"5\r\nhello\r\n0\r\nHost: evil\r\n\r\n"),
    passed(
        "9110 6.5.1: credentials in the trailer",
        b"5\r\nhello\r\n0\r\nAuthorization: x\r\n\r\n",
    ),
    refused("7.1: a plus sign", b"+5\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a minus sign", b"-5\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a prefix", b"0x5\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: an underscore", b"0_5\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a space before the size", b" 5\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a space after the size", b"5 \r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a tab after the size", b"5\t\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: no size", b"\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: no size but an extension", b";a\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: no digit", b"g\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: NUL in the size", b"5\0\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: 2^64 + 5", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: 2^64 - 1", b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: 16 digits", b"0000000000000005\r\nhello\r\n0\r\n\r\n"),
    refused("2.2: a bare LF after the size", b"5\nhello\r\n0\r\n\r\n"),
    refused("2.2: a bare CR after the size", b"5\rhello\r\n0\r\n\r\n"),
    refused("2.2: two CRs after the size", b"5\r\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: data shorter than its size", b"6\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: data longer than its size", b"4\r\nhello\r\n0\r\n\r\n"),
    refused("7.1: a bare LF after the data", b"5\r\nhello\n0\r\n\r\n"),
    refused("7.1: nothing after the data", b"5\r\nhello0\r\n\r\n"),
    refused("7.1: a bare LF after the last size", b"5\r\nhello\r\n0\n\n"),
    refused("7.1: a bare LF at the end", b"5\r\nhello\r\n0\r\n\n"),
    refused("7.1: a bare CR at the end", b"5\r\nhello\r\n0\r\n\rX"),
    refused("7.1.1: a bare LF in an extension", b"5;a\nhello\r\n0\r\n\r\n"),
    refused("7.1.1: a bare CR in an extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    refused("7.1.1: NUL in an extension", b"5;a\0\r\nhello\r\n0\r\n\r\n"),
    refused("7.1.1: a line end in a quoted value", b"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"),
    refused("5.1: a space before a trailer's colon", b"5\r\nhello\r\n0\r\nA : b\r\n\r\n"),
    refused("5.1: a trailer without a name", b"5\r\nhello\r\n0\r\n: b\r\n\r\n"),
    refused("5.1: a trailer without a colon", b"5\r\nhello\r\n0\r\nA\r\n\r\n"),
    refused("5.2: a folded trailer", b"5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n"),
    refused("9110 5.5: NUL in a trailer", b"5\r\nhello\r\n0\r\nA: b\0\r\n\r\n"),
    refused("2.2: a bare LF in the trailer", b"5\r\nhello\r\n0\r\nA: b\n\r\n"),
    refused("6.3: a request where a chunk should be", b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
];
