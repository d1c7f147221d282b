//! The request target and Host (RFC 9112, section 3.2).

use super::Form;

const HOST: &[u8] = b"\r\nHost: h\r\n\r\n";
const LINE: &[u8] = b"GET /a HTTP/1.1\r\n";
const LINE_10: &[u8] = b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n";
const END: &[u8] = b"\r\n";
const GOT: &[&str] = &["GET /a HTTP/1.1\r\n\r\n"];

const fn refused(rule: &'static str, line: &'static [u8]) -> Form {
    Form::refused(rule, line, &[400]).within(b"", HOST)
}

const fn refused_host(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::refused(rule, fields, &[400]).within(LINE, END)
}

const fn passed_host(rule: &'static str, fields: &'static [u8]) -> Form {
    Form::passed(rule, fields, GOT).within(LINE, END)
}

pub(super) const FORMS: &[Form] = &[
    Form::passed("3.2.1: a query", b"GET /a?b=c&d HTTP/1.1", &["GET /a?b=c&d HTTP/1.1\r\n\r\n"])
        .within(b"", HOST),
    Form::passed("3.2.1: an empty query", b"GET /a? HTTP/1.1", GOT).within(b"", HOST),
    refused("3.2: a control character", b"GET /a\x01b HTTP/1.1"),
    refused("3.2: NUL", b"GET /a\0b HTTP/1.1"),
    refused("3.2: DEL", b"GET /a\x7fb HTTP/1.1"),
    refused("3.2: not ASCII", b"GET /\xc3\xbc HTTP/1.1"),
    refused("3.2: not even UTF-8", b"GET /\xff HTTP/1.1"),
    refused("3.2: a fragment", b"GET /a#b HTTP/1.1"),
    refused("3.2: no form of a target", b"GET a HTTP/1.1"),
    refused("3.2.3: authority-form is for CONNECT", b"GET h:80 HTTP/1.1"),
    refused("3.2.4: asterisk-form is for OPTIONS", b"GET * HTTP/1.1"),
    refused("3.2.4: an asterisk with more", b"OPTIONS *a HTTP/1.1"),
    Form::answered("3.2.4: the server itself is no resource", b"OPTIONS * HTTP/1.1", &[403])
        .within(b"", HOST),
    Form::refused("9110 9.3.6: no tunnels", b"CONNECT h:443 HTTP/1.1", &[501]).within(b"", HOST),
    Form::refused("9110 9.3.6: no tunnels to a path", b"CONNECT /a HTTP/1.1", &[501])
        .within(b"", HOST),
    Form::passed("3.2.2: absolute-form", b"GET http://h/a HTTP/1.1", GOT).within(b"", HOST),
    Form::passed("3.2.2: in any case", b"GET HTTP://H/a HTTP/1.1", GOT).within(b"", HOST),
    Form::passed("3.2.2: over HTTP/1.0 without Host", b"GET http://h/a HTTP/1.0\r\n\r\n", GOT)
        .closing(),
    Form::answered("3.2.2: without a path", b"GET http://h HTTP/1.1", &[403]).within(b"", HOST),
    refused("3.2.2: contradicts Host", b"GET http://other/a HTTP/1.1"),
    refused("3.2.2: contradicts Host's port", b"GET http://h:81/a HTTP/1.1"),
    refused("9110 4.2.4: user information", b"GET http://u:p@h/a HTTP/1.1"),
    refused("9110 4.2.1: no host", b"GET http:///a HTTP/1.1"),
    refused("9110 4.2.1: a port alone", b"GET http://:80/a HTTP/1.1"),
    refused("3.2.2: a scheme not served here", b"GET https://h/a HTTP/1.1"),
    refused("3.2.2: a scheme that is not HTTP", b"GET ftp://h/a HTTP/1.1"),
    refused("3.2.2: a backslash in the host", b"GET http://h\\x/a HTTP/1.1"),
    Form::refused(
        "3.2.2: HTTP/1.1 needs Host all the same",
        b"GET http://h/a HTTP/1.1\r\n\r\n",
        &[400],
    ),
    refused_host("3.2: no Host", b""),
    refused_host("3.2: two Hosts", b"Host: h\r\nHost: h\r\n"),
    refused_host("3.2: two Hosts that differ", b"Host: h\r\nHost: i\r\n"),
    refused_host("3.2: two Hosts in two cases", b"Host: h\r\nA: b\r\nhOST: i\r\n"),
    refused_host("3.2: a list", b"Host: h i\r\n"),
    refused_host("3.2: a path", b"Host: h/a\r\n"),
    refused_host("3.2: a scheme", b"Host: http://h\r\n"),
    refused_host("3.2: user information", b"Host: u@h\r\n"),
    refused_host("3.2: a port that is no number", b"Host: h:http\r\n"),
    refused_host("3.2: a port that is too large", b"Host: h:65536\r\n"),
    refused_host("3.2: two ports", b"Host: h:80:80\r\n"),
    refused_host("3.2: an open bracket", b"Host: [::1\r\n"),
    refused_host("3.2: no address in brackets", b"Host: [h]\r\n"),
    refused_host("3.2: a query", b"Host: h?a\r\n"),
    refused_host("3.2: NUL", b"Host: h\0\r\n"),
    refused_host("3.2: not ASCII", b"Host: \xc3\xbc\r\n"),
    refused_host("5.1: a space before the colon", b"Host : h\r\n"),
    refused_host("5.2: folded", b"Host: h\r\n i\r\n"),
    passed_host("3.2: a port", b"Host: h:8080\r\n"),
    passed_host("3.2: an empty port", b"Host: h:\r\n"),
    passed_host("3.2: an IPv6 address", b"Host: [::1]:80\r\n"),
    passed_host("3.2: an empty Host", b"Host:\r\n"),
    Form::passed("3.2: HTTP/1.0 needs no Host", b"", GOT).within(LINE_10, END),
    Form::refused("3.2: nor may it have two", b"Host: h\r\nHost: h\r\n", &[400])
        .within(LINE_10, END),
];
