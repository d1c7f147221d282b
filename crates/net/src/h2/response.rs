//! Makes the fields of a HEADERS frame of an answer's HTTP/1.1 head.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};

/// Fields whose values never come twice: they stay out of the table that compresses fields, which
/// would be searched from end to end for each of them (RFC 7541, section 6.2.3).
static UNIQUE: [HeaderName; 3] = [
    HeaderName::from_static("x-amzn-requestid"),
    HeaderName::from_static("x-amz-apigw-id"),
    HeaderName::from_static("x-amzn-trace-id"),
];

/// Fields of a usual answer; the map has room for so many before it grows.
const FIELDS: usize = 12;

/// Reads a head of ours, from its status line to its empty line. What speaks of a connection of
/// HTTP/1.1 stays out (RFC 9113, section 8.2.2), and so does what is no field.
pub(super) fn read(head: &[u8]) -> Option<Response<()>> {
    let mut rest = head;
    let status = line(&mut rest)?.strip_prefix(b"HTTP/1.1 ")?.first_chunk::<3>()?;
    let mut fields = HeaderMap::with_capacity(FIELDS);
    while let Some(line) = line(&mut rest).filter(|line| !line.is_empty()) {
        let colon = memchr::memchr(b':', line)?;
        let Ok(mut value) = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()) else {
            continue;
        };
        if let Some(name) = unique(&line[..colon]) {
            value.set_sensitive(true);
            fields.append(name, value);
        } else if let Ok(name) = HeaderName::from_bytes(&line[..colon])
            && !is_forbidden(&name)
        {
            fields.append(name, value);
        }
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_bytes(status).ok()?;
    *response.headers_mut() = fields;
    Some(response)
}

/// Takes the next line off, without its end.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr::memchr(b'\n', rest)?;
    let line = &rest[..end];
    *rest = &rest[end + 1..];
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

fn unique(name: &[u8]) -> Option<&'static HeaderName> {
    UNIQUE.iter().find(|unique| name.eq_ignore_ascii_case(unique.as_ref()))
}

fn is_forbidden(name: &HeaderName) -> bool {
    *name == header::CONNECTION
        || *name == header::TRANSFER_ENCODING
        || *name == header::UPGRADE
        || *name == "keep-alive"
        || *name == "proxy-connection"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_becomes_fields() {
        let head = b"HTTP/1.1 404 Not Found\r\nX-A: b\r\nSet-Cookie: c\r\nSet-Cookie: d\r\n\
            Bad Name: e\r\nKeep-Alive: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        let response = read(head).unwrap();
        let fields = response.headers().iter();
        let fields: Vec<_> =
            fields.map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let expected: [(&str, &[u8]); 3] =
            [("x-a", b"b"), ("set-cookie", b"c"), ("set-cookie", b"d")];
        assert_eq!((response.status().as_u16(), &fields[..]), (404, &expected[..]));
        assert_eq!(read(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap().status(), 100);
        assert!(read(b"HTTP/1.1 20\r\n\r\n").is_none());
    }

    #[test]
    fn ids_stay_out_of_the_table() {
        let head = b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: 1\r\nContent-Type: a/b\r\n\r\n";
        let response = read(head).unwrap();
        assert!(response.headers()["x-amzn-requestid"].is_sensitive());
        assert!(!response.headers()["content-type"].is_sensitive());
    }
}
