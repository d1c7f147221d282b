//! Makes an HTTP/1.1 head of a stream's, so that one parser judges both.

use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;

use crate::Name;
use crate::h1::{Framing, Malformed, parse_request};
use crate::head::{RequestHead, write_line};
use crate::limits::HeadLimits;

impl RequestHead {
    /// Reads the head of a stream, within the limits that hold where nobody sets others.
    /// `has_ended` says that no body follows.
    pub fn read_http2(parts: &Parts, has_ended: bool) -> Result<Self, Malformed> {
        let mut head = Self::default();
        read(&mut head, parts, has_ended, &HeadLimits::DEFAULT).map(|()| head)
    }
}

/// Fills `head` with a request that is well formed (RFC 9113, section 8), or tells which rule it
/// breaks. `has_ended` says that no body follows.
pub(super) fn read(
    head: &mut RequestHead,
    parts: &Parts,
    has_ended: bool,
    limits: &HeadLimits,
) -> Result<(), Malformed> {
    let bytes = &mut head.lines.bytes;
    bytes.clear();
    write_request_line(parts, bytes)?;
    write_host(parts, bytes)?;
    write_fields(&parts.headers, bytes)?;
    bytes.extend_from_slice(b"\r\n");
    let end = bytes.len();
    if end > limits.bytes {
        return Err(Malformed::HeadTooLarge);
    }
    if parse_request(head, 0, limits)? != end {
        return Err(Malformed::FieldLine);
    }
    if head.fields().any(|field| is_forbidden(field.known())) {
        return Err(Malformed::FieldLine);
    }
    // Nothing about the connection stands in a request (section 8.2.2).
    head.keep_alive = false;
    if !has_ended && head.framing == Framing::None {
        // A body without a length ends with its stream.
        head.framing = Framing::Close;
    }
    Ok(())
}

/// Only the origin form and `*` are paths (section 8.3.1): what begins otherwise would be another
/// form of target in HTTP/1.1.
fn write_request_line(parts: &Parts, bytes: &mut Vec<u8>) -> Result<(), Malformed> {
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let scheme = parts.uri.scheme_str().unwrap_or("http");
    let is_known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    // A gateway is no tunnel; the parser says so, but a target for it there is none.
    if parts.method == http::Method::CONNECT {
        return Err(Malformed::Method);
    }
    if !(path.starts_with('/') || path == "*") || !is_known {
        return Err(Malformed::Target);
    }
    bytes.extend_from_slice(parts.method.as_str().as_bytes());
    bytes.push(b' ');
    bytes.extend_from_slice(path.as_bytes());
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    Ok(())
}

/// `:authority` and Host must not differ (section 8.3.1); either will do.
fn write_host(parts: &Parts, bytes: &mut Vec<u8>) -> Result<(), Malformed> {
    let mut hosts = parts.headers.get_all(header::HOST).iter().map(HeaderValue::as_bytes);
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err(Malformed::Host);
    }
    let authority = parts.uri.authority().map(|authority| authority.as_str().as_bytes());
    match (authority, host) {
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
            Err(Malformed::Host)
        }
        (Some(value), _) | (None, Some(value)) => {
            check_value(value)?;
            write_line(b"", b"host", value, bytes);
            Ok(())
        }
        (None, None) => Err(Malformed::Host),
    }
}

/// Writes the fields in their order. Crumbs of a cookie become one field again (section 8.2.3).
fn write_fields(fields: &HeaderMap, bytes: &mut Vec<u8>) -> Result<(), Malformed> {
    for name in fields.keys() {
        let values = fields.get_all(name);
        if *name == header::HOST {
            continue;
        }
        if *name == header::COOKIE {
            let crumbs: Vec<&[u8]> = values.iter().map(HeaderValue::as_bytes).collect();
            let cookie = crumbs.join(&b"; "[..]);
            check_value(&cookie)?;
            write_line(b"", b"cookie", &cookie, bytes);
            continue;
        }
        for value in values {
            check_value(value.as_bytes())?;
            if *name == header::TE && !value.as_bytes().eq_ignore_ascii_case(b"trailers") {
                return Err(Malformed::FieldLine);
            }
            write_line(b"", name.as_str().as_bytes(), value.as_bytes(), bytes);
        }
    }
    Ok(())
}

/// A value holds no line end and no NUL, and no white space around it (section 8.2.1).
fn check_value(value: &[u8]) -> Result<(), Malformed> {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let is_bad = value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'));
    if is_bad || is_space(value.first()) || is_space(value.last()) {
        return Err(Malformed::FieldLine);
    }
    Ok(())
}

/// Fields that speak of a connection of HTTP/1.1 (section 8.2.2).
fn is_forbidden(name: Name) -> bool {
    matches!(
        name,
        Name::Connection
            | Name::KeepAlive
            | Name::ProxyConnection
            | Name::TransferEncoding
            | Name::Upgrade
    )
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(uri: &str, fields: &[(&str, &[u8])]) -> Parts {
        let mut request = Request::builder().method("GET").uri(uri);
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_stream_becomes_a_head() {
        let check = |uri: &str, fields: &[(&str, &[u8])], expected: Result<&str, Malformed>| {
            let mut head = RequestHead::default();
            let read = read(&mut head, &parts(uri, fields), true, &HeadLimits::DEFAULT);
            let text = String::from_utf8_lossy(&head.lines.bytes).into_owned();
            assert_eq!(read.map(|()| text.as_str()), expected, "{uri} {fields:?}");
        };
        let plain = "GET /a?b=c HTTP/1.1\r\nhost: h\r\n\r\n";
        check("http://h/a?b=c", &[], Ok(plain));
        check("http://h/a?b=c", &[("host", b"H")], Ok(plain));
        check("/a?b=c", &[("host", b"h")], Ok(plain));
        check(
            "http://h/",
            &[("cookie", b"a=1"), ("x-b", b"2"), ("cookie", b"c=3"), ("te", b"trailers")],
            Ok("GET / HTTP/1.1\r\nhost: h\r\ncookie: a=1; c=3\r\nx-b: 2\r\nte: trailers\r\n\r\n"),
        );
        check("/", &[], Err(Malformed::Host));
        check("http://h/", &[("host", b"i")], Err(Malformed::Host));
        check("http://u@h/", &[], Err(Malformed::Host));
        check("/", &[("host", b"h"), ("host", b"h")], Err(Malformed::Host));
        check("ftp://h/", &[], Err(Malformed::Target));
        check("http://h/", &[("te", b"gzip")], Err(Malformed::FieldLine));
        check("http://h/", &[("connection", b"close")], Err(Malformed::FieldLine));
        check("http://h/", &[("keep-alive", b"1")], Err(Malformed::FieldLine));
        check("http://h/", &[("proxy-connection", b"close")], Err(Malformed::FieldLine));
        check("http://h/", &[("upgrade", b"h2c")], Err(Malformed::FieldLine));
        check("http://h/", &[("transfer-encoding", b"chunked")], Err(Malformed::FieldLine));
        check("http://h/", &[("a", b" b")], Err(Malformed::FieldLine));
        check("http://h/", &[("a", b"b\t")], Err(Malformed::FieldLine));
        check("http://h/", &[("content-length", b"+1")], Err(Malformed::ContentLength));
        check("http://h/", &[("expect", b"more")], Err(Malformed::Expectation));
    }
}
