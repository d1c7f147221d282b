//! Connections, expectations and pipelines (RFC 9112, section 9; RFC 9110, sections 7.6 and 10.1).

use super::Form;

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: h\r\n";
const GET_10: &[u8] = b"GET /a HTTP/1.0\r\nHost: h\r\n";
const POST: &[u8] = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n";
const END: &[u8] = b"\r\n";
const BODY: &[u8] = b"\r\nhello";
const GOT: &[&str] = &["GET /a HTTP/1.1\r\n\r\n"];
const GOT_POST: &[&str] = &["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"];
const GOT_BOTH: &[&str] =
    &["POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "GET /b HTTP/1.1\r\n\r\n"];

const fn get(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::passed(rule, fields, GOT).within(GET, END)
}

const fn post(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::passed(rule, fields, GOT_POST).within(POST, BODY)
}

/// An expectation that is refused.
const fn unmet(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::refused(rule, fields, &[417]).within(POST, BODY)
}

pub(super) const FORMS: &[Form] = &[
    Form::passed("9.3: HTTP/1.0 ends by itself", b"", GOT).within(GET_10, END).closing(),
    Form::passed("9.3: HTTP/1.0 may ask to go on", b"Connection: Keep-Alive\r\n", GOT)
        .within(GET_10, END),
    Form::passed("9.3: close is stronger", b"Connection: keep-alive, close\r\n", GOT)
        .within(GET_10, END)
        .closing(),
    get("9.6: close", b"Connection: close\r\n").closing(),
    get("9.6: close in any case", b"Connection: x, CLOSE\r\n").closing(),
    get("9.6: close in a second field", b"Connection: x\r\nConnection: close\r\n").closing(),
    get("9.3: keep-alive is the default", b"Connection: keep-alive\r\n"),
    get("9110 7.6.1: an option names a field", b"Connection: x-a\r\nX-A: b\r\n"),
    get("9110 7.6.1: in any case and place", b"X-A: b\r\nconnection: , q ,X-a\r\n"),
    get(
        "9110 7.6.1: fields of this hop",
        b"Keep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: trailers\r\nTrailer: A\r\n",
    ),
    get("9110 7.8: an upgrade is not taken up", b"Connection: upgrade\r\nUpgrade: websocket\r\n"),
    get(
        "9113 3.1: nor to HTTP/2",
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    ),
    post("9110 7.6.1: framing is not an option", b"Connection: content-length\r\n"),
    post("9110 7.6.1: nor is Host", b"Connection: host, x-forwarded-for\r\n"),
    post("9110 10.1.1: 100-continue", b"Expect: 100-continue\r\n"),
    post("9110 10.1.1: in any case", b"Expect: 100-Continue\r\n"),
    get("9110 10.1.1: without a body", b"Expect: 100-continue\r\n"),
    Form::passed("9110 10.1.1: not of HTTP/1.0", b"Expect: 100-continue\r\n", GOT)
        .within(GET_10, END)
        .closing(),
    unmet("9110 10.1.1: another", b"Expect: 200-ok\r\n"),
    unmet("9110 10.1.1: another beside it", b"Expect: 100-continue, x\r\n"),
    unmet("9110 10.1.1: another before it", b"Expect: x\r\nExpect: 100-continue\r\n"),
    unmet("9110 10.1.1: an empty one", b"Expect:\r\n"),
    Form::passed("9.3.2: a pipeline", b"\r\nhelloGET /b HTTP/1.1\r\nHost: h\r\n\r\n", GOT_BOTH)
        .within(POST, b""),
    Form::passed(
        "9.3.2: an empty line between requests",
        b"\r\nhello\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
        GOT_BOTH,
    )
    .within(POST, b""),
    Form::passed(
        "9.3.2: a mock between proxied requests",
        b"\r\nhelloGET /mock HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
        GOT_BOTH,
    )
    .within(POST, b"")
    .answering(&[200, 202, 200]),
    Form::passed("9.3.2: garbage after a request", b"\r\nhello\x01\x02\r\n\r\n", GOT_POST)
        .within(POST, b"")
        .answering(&[200, 400])
        .closing(),
    Form::passed("6.3: more than the length says", b"\r\nhello world\r\n\r\n", GOT_POST)
        .within(POST, b"")
        .answering(&[200, 400])
        .closing(),
    Form::passed("9.6: nothing after close", b"Connection: close\r\n\r\n", GOT)
        .within(GET, b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n")
        .closing(),
    Form::refused("9112 11.2: nothing after a refusal", b"Content-Length: 5,5\r\n\r\nhello", &[400])
        .within(GET, b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
    Form::refused("11.2: a length hides a request from a coding", b"Content-Length: 44\r\n", &[400])
        .within(
            GET,
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n",
        ),
    Form::passed(
        "11.2: a request in a body is a body",
        b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 31\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n",
        &["POST /a HTTP/1.1\r\nContent-Length: 31\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n"],
    ),
    Form::passed(
        "11.2: a request in a chunk is a chunk",
        b"1f\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n\r\n0\r\n\r\n",
        &["POST /a HTTP/1.1\r\nContent-Length: 31\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n"],
    )
    .within(b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    Form::answered("6.3: a body nobody reads", b"\r\nhello", &[202])
        .within(b"POST /mock HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n", b""),
    Form::answered("6.3: a request in a body nobody reads", b"GET /evil HTTP/1.1\r\nHost: h\r\n\r\n", &[202])
        .within(b"POST /mock HTTP/1.1\r\nHost: h\r\nContent-Length: 31\r\n\r\n", b""),
    Form::answered("6.3: chunks nobody reads", b"5\r\nhello\r\n0\r\n\r\n", &[202])
        .within(b"POST /mock HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    Form::refused("7.1: broken chunks nobody reads", b"5\r\nhelloX", &[202])
        .within(b"POST /mock HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
    Form::refused("9110 10.1.1: a body nobody asks for", b"", &[202])
        .within(b"POST /mock HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", b""),
];
