//! The request line (RFC 9112, sections 2.2 and 3).

use super::Form;

const REST: &[u8] = b"\r\nHost: h\r\n\r\n";
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const GOT: &[&str] = &["GET /a HTTP/1.1\r\n\r\n"];

const fn refused(rule: &'static str, line: &'static [u8], status: &'static [u16]) -> Form {
    Form::refused(rule, line, status).within(b"", REST)
}

pub(super) const FORMS: &[Form] = &[
    Form::passed("3: request-line", b"GET /a HTTP/1.1", GOT).within(b"", REST),
    Form::passed("2.2: one empty line before it", b"\r\nGET /a HTTP/1.1", GOT).within(b"", REST),
    Form::passed("2.2: two empty lines", b"\r\n\r\nGET /a HTTP/1.1", GOT).within(b"", REST),
    refused("2.2: three empty lines", b"\r\n\r\n\r\nGET /a HTTP/1.1", &[400]),
    refused("2.2: a bare LF before it", b"\nGET /a HTTP/1.1", &[400]),
    refused("2.2: a bare CR before it", b"\rGET /a HTTP/1.1", &[400]),
    refused("3: white space before it", b" GET /a HTTP/1.1", &[400]),
    refused("3: a tab before it", b"\tGET /a HTTP/1.1", &[400]),
    refused("3: two spaces after the method", b"GET  /a HTTP/1.1", &[400]),
    refused("3: two spaces after the target", b"GET /a  HTTP/1.1", &[400]),
    refused("3: a tab after the method", b"GET\t/a HTTP/1.1", &[400]),
    refused("3: a tab after the target", b"GET /a\tHTTP/1.1", &[400]),
    refused("3: a space at its end", b"GET /a HTTP/1.1 ", &[400]),
    refused("3: a word at its end", b"GET /a HTTP/1.1 x", &[400]),
    refused("3: a bare CR in it", b"GET /a\rb HTTP/1.1", &[400]),
    refused("3: a CR twice at its end", b"GET /a HTTP/1.1\r", &[400]),
    refused("2.2: a bare LF at its end", b"GET /a HTTP/1.1\nA: b", &[400]),
    refused("2.3: HTTP/0.9 has no version", b"GET /a", &[400]),
    Form::refused("2.3: HTTP/0.9 has no fields", b"GET /a\r\n\r\n", &[400]),
    refused("3: no target", b"GET HTTP/1.1", &[400]),
    refused("3: an empty target", b"GET  HTTP/1.1", &[400]),
    refused("3: a method alone", b"GET", &[400]),
    refused("3.1: a method with `@`", b"G@T /a HTTP/1.1", &[400]),
    refused("3.1: a method with NUL", b"G\0T /a HTTP/1.1", &[400]),
    refused("3.1: a method with a colon", b"GET: /a HTTP/1.1", &[400]),
    refused("3.1: a method that is not ASCII", b"G\xc3\x8bT /a HTTP/1.1", &[400]),
    Form::answered("3.1: methods are case-sensitive", b"get /a HTTP/1.1", &[403]).within(b"", REST),
    Form::answered("3.1: a method nobody has", b"BREW /a HTTP/1.1", &[403]).within(b"", REST),
    Form::answered("9110 9.3.8: TRACE is not forwarded", b"TRACE /a HTTP/1.1", &[403])
        .within(b"", REST),
    refused("2.3: the name is case-sensitive", b"GET /a http/1.1", &[400]),
    refused("2.3: another name", b"GET /a HTTPS/1.1", &[400]),
    refused("2.3: a space in it", b"GET /a HTTP /1.1", &[400]),
    refused("2.3: a minor version we do not speak", b"GET /a HTTP/1.2", &[505]),
    refused("2.3: major version 2 is not sent so", b"GET /a HTTP/2.0", &[505]),
    refused("2.3: version 0.9 is not sent so", b"GET /a HTTP/0.9", &[505]),
    refused("2.3: one digit each", b"GET /a HTTP/1.10", &[400]),
    refused("2.3: one digit each, no less", b"GET /a HTTP/1", &[400]),
    refused("2.3: two digits with zeros", b"GET /a HTTP/01.1", &[400]),
    refused("2.3: signs are no digits", b"GET /a HTTP/+1.1", &[400]),
    Form::refused("9113 3.4: the preface behind an empty line", b"\r\n", &[505])
        .within(b"", PREFACE),
    Form::passed("9113 3.4: the preface after a request", REST, GOT)
        .within(b"GET /a HTTP/1.1", PREFACE)
        .answering(&[200, 505])
        .closing(),
    Form::refused("TLS on a plain port", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", &[400]),
];
