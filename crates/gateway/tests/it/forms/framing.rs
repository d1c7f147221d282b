//! How the end of a request is told (RFC 9112, section 6).

use super::Form;

const LEAD: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\n";
const BODY: &[u8] = b"\r\nhello";
const CHUNKS: &[u8] = b"\r\n5\r\nhello\r\n0\r\n\r\n";
const GOT: &[&str] = &["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"];
const GOT_NOTHING: &[&str] = &["POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n"];

/// A length that is none.
const fn length(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::refused(rule, fields, &[400]).within(LEAD, BODY)
}

/// A coding that is none, before a body in chunks.
const fn coding(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::refused(rule, fields, &[400]).within(LEAD, CHUNKS)
}

const fn chunked(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::passed(rule, fields, GOT).within(LEAD, CHUNKS)
}

pub(super) const FORMS: &[Form] = &[
    Form::passed("6.2: a length", b"Content-Length: 5\r\n", GOT).within(LEAD, BODY),
    Form::passed("6.2: leading zeros are digits", b"Content-Length: 005\r\n", GOT)
        .within(LEAD, BODY),
    Form::passed("6.3: no length is no body", b"\r\n", GOT_NOTHING).within(LEAD, b""),
    Form::passed("6.3: a length of 0", b"Content-Length: 0\r\n\r\n", GOT_NOTHING).within(LEAD, b""),
    length("6.2: a plus sign", b"Content-Length: +5\r\n"),
    length("6.2: a minus sign", b"Content-Length: -5\r\n"),
    length("6.2: hexadecimal", b"Content-Length: 0x5\r\n"),
    length("6.3: a list", b"Content-Length: 5,5\r\n"),
    length("6.3: a list with a space", b"Content-Length: 5, 5\r\n"),
    length("6.3: a list that differs", b"Content-Length: 5, 6\r\n"),
    length("6.2: nothing", b"Content-Length:\r\n"),
    length("6.2: two numbers", b"Content-Length: 5 5\r\n"),
    length("6.2: a parameter", b"Content-Length: 5;\r\n"),
    length("6.2: a fraction", b"Content-Length: 5.0\r\n"),
    length("6.2: an exponent", b"Content-Length: 5e0\r\n"),
    length("6.2: a digit that is not ASCII", b"Content-Length: \xd9\xa5\r\n"),
    length("6.2: quoted", b"Content-Length: \"5\"\r\n"),
    length("6.2: 2^64 + 5", b"Content-Length: 18446744073709551621\r\n"),
    length("6.2: 20 digits", b"Content-Length: 99999999999999999999\r\n"),
    length("6.2: 5 after many zeros", b"Content-Length: 00000000000000000000000005\r\n"),
    length("6.3: twice the same", b"Content-Length: 5\r\nContent-Length: 5\r\n"),
    length("6.3: twice, differing", b"Content-Length: 5\r\nContent-Length: 6\r\n"),
    length("6.3: twice, in two cases", b"Content-Length: 5\r\nContent-length: 0\r\n"),
    length("5.1: a space before the colon", b"Content-Length : 5\r\n"),
    length("5.2: folded", b"Content-Length:\r\n 5\r\n"),
    length("9110 5.5: a vertical tab", b"Content-Length: \x0b5\r\n"),
    length("6.1: with a coding", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
    coding("6.1: with a length", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
    coding("6.1: with a length of 0", b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
    chunked("6.1: chunked", b"Transfer-Encoding: chunked\r\n"),
    chunked("6.1: codings are in any case", b"tRANSFER-eNCODING: cHUNKED\r\n"),
    chunked(
        "5: white space before a value is not part of it",
        b"Transfer-Encoding: \t chunked\r\n",
    ),
    chunked("5: nor after it", b"Transfer-Encoding: chunked \t\r\n"),
    coding("6.1: chunked twice", b"Transfer-Encoding: chunked, chunked\r\n"),
    coding("6.1: twice", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
    coding("6.1: twice, differing", b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
    coding("6.1: twice, one unknown", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
    coding("6.3: identity is no coding any more", b"Transfer-Encoding: identity\r\n"),
    coding("6.3: identity and chunked", b"Transfer-Encoding: identity, chunked\r\n"),
    coding("6.3: chunked is not last", b"Transfer-Encoding: chunked, identity\r\n"),
    coding("6.3: chunked is not last of the known", b"Transfer-Encoding: chunked, gzip\r\n"),
    coding("6.1: another name", b"Transfer-Encoding: xchunked\r\n"),
    coding("6.1: yet another name", b"Transfer-Encoding: chunkedx\r\n"),
    coding("7: a parameter", b"Transfer-Encoding: chunked;q=1\r\n"),
    coding("7: quoted", b"Transfer-Encoding: \"chunked\"\r\n"),
    coding("6.1: nothing", b"Transfer-Encoding:\r\n"),
    coding("9110 5.6.1: empty members", b"Transfer-Encoding: ,\r\n"),
    coding("9110 5.6.1: an empty member after it", b"Transfer-Encoding: chunked,\r\n"),
    coding("9110 5.6.1: an empty member before it", b"Transfer-Encoding: ,chunked\r\n"),
    coding("9110 5.5: a vertical tab", b"Transfer-Encoding: \x0bchunked\r\n"),
    coding("9110 5.5: NUL", b"Transfer-Encoding: chunked\0\r\n"),
    coding("9110 5.6.2: not ASCII", b"Transfer-Encoding: chun\xe2\x84\xaaed\r\n"),
    coding("5.2: folded", b"Transfer-Encoding:\r\n chunked\r\n"),
    coding("5.1: a space before the colon", b"Transfer-Encoding : chunked\r\n"),
    coding("5.1: a control character before the colon", b"Transfer-Encoding\x0b: chunked\r\n"),
    Form::refused(
        "6.1: a coding we do not take off",
        b"Transfer-Encoding: gzip, chunked\r\n",
        &[501],
    )
    .within(LEAD, CHUNKS),
    Form::refused(
        "6.3: a known coding that is not chunked",
        b"Transfer-Encoding: gzip\r\n",
        &[400],
    )
    .within(LEAD, CHUNKS),
    Form::refused("6.1: chunked over HTTP/1.0", b"Transfer-Encoding: chunked\r\n", &[400])
        .within(b"POST /a HTTP/1.0\r\nHost: h\r\n", CHUNKS),
    Form::refused("AWS: a payload over 10 MB", b"Content-Length: 10485761\r\n", &[413])
        .within(LEAD, BODY),
    Form::passed(
        "6: a body of GET",
        b"GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
        &["GET /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"],
    ),
    Form::passed(
        "6: chunks of GET",
        b"GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        &["GET /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"],
    ),
    Form::passed(
        "6: a body of HEAD",
        b"HEAD /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
        &["HEAD /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"],
    ),
    Form::passed(
        "9110 8.6: GET without a body declares none",
        b"DELETE /a HTTP/1.1\r\nHost: h\r\n\r\n",
        &["DELETE /a HTTP/1.1\r\n\r\n"],
    ),
];
