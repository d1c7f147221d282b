//! Sizes at and over their limits (RFC 9110, sections 15.5.14 and 15.5.15; RFC 6585, section 5).

use portico_net::limits::{
    CHUNK_EXTENSION_BYTES, FIELD_VALUE_BYTES, FIELDS, HEAD_BYTES, TARGET_BYTES, TRAILER_BYTES,
};

use super::Form;

const HOST: &str = "\r\nHost: h\r\n\r\n";
const LEAD: &str = "GET /a HTTP/1.1\r\nHost: h\r\n";
const CHUNKED: &str = "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn refused(rule: &'static str, text: String, status: &'static [u16]) -> Form {
    Form::refused(rule, leak(text).as_bytes(), status)
}

fn passed(rule: &'static str, text: String, reached: String) -> Form {
    let reached: &'static [&'static str] = Box::leak(Box::new([leak(reached)]));
    Form::passed(rule, leak(text).as_bytes(), reached)
}

pub(super) fn forms() -> Vec<Form> {
    let path = "p".repeat(TARGET_BYTES - 1);
    let fields: String = (1..FIELDS).map(|number| format!("A{number}: b\r\n")).collect();
    let value = "v".repeat(FIELD_VALUE_BYTES - 1);
    let name = "n".repeat(HEAD_BYTES);
    let extension = "e".repeat(CHUNK_EXTENSION_BYTES);
    let hello = "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello".to_owned();
    let trailers = "A: 23456\r\n".repeat(TRAILER_BYTES / 8 + 1);
    vec![
        passed(
            "AWS: the longest URL",
            format!("GET /{path} HTTP/1.1{HOST}"),
            format!("GET /{path} HTTP/1.1\r\n\r\n"),
        ),
        refused("9110 15.5.15: one byte more", format!("GET /{path}p HTTP/1.1{HOST}"), &[414]),
        refused("9110 15.5.15: far more", format!("GET /{path}{path} HTTP/1.1{HOST}"), &[414]),
        refused("3: an endless method", format!("{path}{path} / HTTP/1.1{HOST}"), &[501]),
        refused("3: a long method", format!("{} /a HTTP/1.1{HOST}", "M".repeat(33)), &[501]),
        passed("as many fields as there may be", format!("{LEAD}{fields}\r\n"), {
            format!("GET /a HTTP/1.1\r\n{fields}\r\n")
        }),
        refused("6585 5: one field more", format!("{LEAD}{fields}B: c\r\n\r\n"), &[431]),
        passed(
            "AWS: the most bytes of values",
            format!("{LEAD}A: {value}\r\n\r\n"),
            format!("GET /a HTTP/1.1\r\nA: {value}\r\n\r\n"),
        ),
        refused("6585 5: one byte more", format!("{LEAD}A: {value}v\r\n\r\n"), &[431]),
        refused("6585 5: an endless name", format!("{LEAD}{name}"), &[431]),
        refused("6585 5: an endless value", format!("{LEAD}A: {name}"), &[431]),
        passed(
            "7.1.1: a long extension",
            format!("{CHUNKED}5;{}\r\nhello\r\n0\r\n\r\n", &extension[1..]),
            hello,
        ),
        refused(
            "7.1.1: too long an extension",
            format!("{CHUNKED}5;{extension}e\r\nhello\r\n0\r\n\r\n"),
            &[400],
        ),
        refused(
            "7.1.2: too long a trailer",
            format!("{CHUNKED}5\r\nhello\r\n0\r\n{trailers}\r\n"),
            &[400],
        ),
    ]
}
