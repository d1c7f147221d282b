//! Field lines (RFC 9112, section 5; RFC 9110, section 5).

use super::Form;

const LEAD: &[u8] = b"GET /a HTTP/1.1\r\nHost: h\r\n";
const END: &[u8] = b"\r\n";

const fn refused(rule: &'static str, line: &'static [u8]) -> Form {
    Form::refused(rule, line, &[400]).within(LEAD, END)
}

const fn passed(rule: &'static str, line: &'static [u8], reached: &'static [&'static str]) -> Form {
    Form::passed(rule, line, reached).within(LEAD, END)
}

pub(super) const FORMS: &[Form] = &[
    passed("5: a field", b"A: b\r\n", &["GET /a HTTP/1.1\r\nA: b\r\n\r\n"]),
    passed("5: no space after the colon", b"A:b\r\n", &["GET /a HTTP/1.1\r\nA: b\r\n\r\n"]),
    passed(
        "5: white space around a value is not part of it",
        b"A:  \t b \t c \t\r\n",
        &["GET /a HTTP/1.1\r\nA: b \t c\r\n\r\n"],
    ),
    passed("5: an empty value", b"A:\r\n", &["GET /a HTTP/1.1\r\nA: \r\n\r\n"]),
    passed(
        "9110 5.3: fields of one name keep their order",
        b"A: 1\r\nB: 2\r\na: 3\r\n",
        &["GET /a HTTP/1.1\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n"],
    ),
    passed(
        "9110 5.5: colons and quotes are text",
        b"A: b: \"c\r\n",
        &["GET /a HTTP/1.1\r\nA: b: \"c\r\n\r\n"],
    ),
    passed(
        "9110 5.6.2: every character of a token",
        b"!#$%&'*+-.^_`|~09azAZ: b\r\n",
        &["GET /a HTTP/1.1\r\n!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n"],
    ),
    passed(
        "9110 5.5: obs-text is opaque",
        b"A: \xc3\xbc\r\n",
        &["GET /a HTTP/1.1\r\nA: \u{fc}\r\n\r\n"],
    ),
    refused("5.1: a space before the colon", b"A : b\r\n"),
    refused("5.1: a tab before the colon", b"A\t: b\r\n"),
    refused("5.1: no name", b": b\r\n"),
    refused("5.1: no colon", b"A\r\n"),
    refused("5.1: a space in the name", b"A b: c\r\n"),
    refused("5.1: a bracket in the name", b"A(b): c\r\n"),
    refused("5.1: NUL in the name", b"A\0: b\r\n"),
    refused("5.1: a control character in the name", b"A\x0b: b\r\n"),
    refused("5.1: DEL in the name", b"A\x7f: b\r\n"),
    refused("5.1: a name that is not ASCII", b"\xc3\xbc: b\r\n"),
    refused("9110 5.5: NUL in the value", b"A: b\0c\r\n"),
    refused("9110 5.5: a control character in the value", b"A: b\x01c\r\n"),
    refused("9110 5.5: a vertical tab in the value", b"A: \x0bb\r\n"),
    refused("9110 5.5: a form feed at its end", b"A: b\x0c\r\n"),
    refused("9110 5.5: DEL in the value", b"A: b\x7f\r\n"),
    refused("2.2: a bare CR in the value", b"A: b\rC: d\r\n"),
    refused("2.2: a bare CR at its end", b"A: b\r\r\n"),
    refused("2.2: a bare LF between fields", b"A: b\nC: d\r\n"),
    refused("2.2: a bare LF at the end of the head", b"A: b\r\n\n"),
    refused("2.2: CR LF CR at the end of the head", b"A: b\r\n\r"),
    refused("5.2: folded with a space", b"A: b\r\n c\r\n"),
    refused("5.2: folded with a tab", b"A: b\r\n\tc\r\n"),
    refused("5.2: a line of white space", b"A: b\r\n \r\n"),
    Form::refused("2.2: white space before the first field", b" A: b\r\n", &[400])
        .within(b"GET /a HTTP/1.1\r\n", b"Host: h\r\n\r\n"),
    Form::refused("2.2: only bare LFs", b"GET /a HTTP/1.1\nHost: h\n\n", &[400]),
    Form::refused("2.2: only bare CRs", b"GET /a HTTP/1.1\rHost: h\r\r\nA: b\r\n\r\n", &[400]),
];
