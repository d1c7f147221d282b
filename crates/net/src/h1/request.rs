//! Parses the head of a request (RFC 9112, section 3).

use crate::Name;
use crate::h1::parse::{read_fields, table, token_end};
use crate::h1::{Framing, HeadScanner, Malformed, Scanned, search};
use crate::head::{RequestHead, Span, Version};
use crate::limits::{HeadLimits, METHOD_BYTES};

impl RequestHead {
    /// Reads the head that `bytes` begin with, and tells how many of them it takes; `None` if
    /// more are needed. A connection parses in place instead. The default limits hold.
    pub fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let mut head = Self::default();
        head.lines.bytes.extend_from_slice(bytes);
        let end = read_request(&mut head, &mut HeadScanner::default(), &HeadLimits::DEFAULT)?;
        Ok(end.map(|end| (head, end)))
    }
}

/// Reads the head that `head.lines.bytes` begin with, in place, and tells how many bytes it takes;
/// `None` if more are needed. It goes on with the same scanner and more bytes.
pub fn read_request(
    head: &mut RequestHead,
    scanner: &mut HeadScanner,
    limits: &HeadLimits,
) -> Result<Option<usize>, Malformed> {
    // Nearly every head is here at once. Only of one that is not, or is refused, lines are looked
    // for first, so that the answer is the same however its bytes come.
    if scanner.is_fresh()
        && let Ok(end) = parse_request(head, 0, limits)
        && end <= limits.bytes
    {
        return Ok(Some(end));
    }
    match scanner.scan(&head.lines.bytes, limits.bytes)? {
        Scanned::Partial => Ok(None),
        Scanned::Complete { start, .. } => parse_request(head, start, limits).map(Some),
    }
}

/// Parses the head that begins at `head.lines.bytes[start]`, and tells where it ends.
pub(crate) fn parse_request(
    head: &mut RequestHead,
    start: usize,
    limits: &HeadLimits,
) -> Result<usize, Malformed> {
    head.lines.fields.clear();
    let bytes = &head.lines.bytes;
    let line = RequestLine::read(bytes, start)?;
    let declared = read_fields(bytes, line.end, limits.fields, &mut head.lines.fields)?;
    head.lines.has_connection_options = declared.has_connection_options;
    head.lines.known = declared.known;
    if declared.value_bytes > limits.field_value_bytes {
        return Err(Malformed::FieldValuesTooLong);
    }
    head.version = Some(line.version);
    head.method = line.method;
    let target = &bytes[line.target.range()];
    let target = Target::parse(&bytes[line.method.range()], target, limits.target_bytes)?;
    head.path = Span::of(target.path, bytes);
    head.query = target.query.map(|query| Span::of(query, bytes));
    let host = declared.host.map(|host| &bytes[host.range()]);
    let host = check_host(host, line.version, &target)?;
    head.host = host.map_or(Span::default(), |host| Span::of(host, bytes));
    let asks_why = declared.known & Name::XPorticoExplain.bit() != 0;
    head.explain_key = if asks_why { head.lines.take_out(Name::XPorticoExplain) } else { None };
    head.framing = match (declared.length, declared.has_coding) {
        (_, true) if line.version == Version::Http10 => return Err(Malformed::CodingInHttp10),
        (_, true) => Framing::Chunked,
        (Some(0) | None, _) => Framing::None,
        (Some(length), _) => Framing::Length(length),
    };
    head.keep_alive = match line.version {
        Version::Http10 => declared.keep_alive && !declared.close,
        Version::Http11 => !declared.close,
    };
    // A server ignores the expectation of an HTTP/1.0 client (RFC 9110, section 10.1.1).
    head.expects_continue = declared.expects_continue && line.version == Version::Http11;
    if declared.expects_other { Err(Malformed::Expectation) } else { Ok(declared.end) }
}

/// `method SP target SP version CR LF`
struct RequestLine {
    method: Span,
    target: Span,
    version: Version,
    end: usize,
}

impl RequestLine {
    fn read(bytes: &[u8], start: usize) -> Result<Self, Malformed> {
        let method = token_end(bytes, start);
        if method == start || bytes.get(method) != Some(&b' ') {
            return Err(Malformed::StartLine);
        }
        let rest = &bytes[method + 1..];
        let length = memchr::memchr3(b' ', b'\r', b'\n', rest).unwrap_or(rest.len());
        if length == 0 || rest.get(length) != Some(&b' ') {
            return Err(Malformed::StartLine);
        }
        let target = Span::new(method + 1, method + 1 + length);
        let version = match &rest[length + 1..] {
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'1', b'\r', b'\n', ..] => Version::Http11,
            [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'0', b'\r', b'\n', ..] => Version::Http10,
            // Only a version that is one can be one we do not speak.
            [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b'\r', b'\n', ..]
                if major.is_ascii_digit() && minor.is_ascii_digit() =>
            {
                return Err(Malformed::Version);
            }
            _ => return Err(Malformed::StartLine),
        };
        const VERSION: usize = " HTTP/1.1\r\n".len();
        let end = method + 1 + length + VERSION;
        Ok(Self { method: Span::new(start, method), target, version, end })
    }
}

/// A request target taken apart.
struct Target<'a> {
    authority: Option<&'a [u8]>,
    path: &'a [u8],
    query: Option<&'a [u8]>,
}

impl<'a> Target<'a> {
    /// The four forms of RFC 9112, section 3.2; a gateway is no tunnel, so `CONNECT` is refused.
    fn parse(method: &[u8], target: &'a [u8], limit: usize) -> Result<Self, Malformed> {
        if target.len() > limit {
            return Err(Malformed::TargetTooLong);
        }
        if method == b"CONNECT" || method.len() > METHOD_BYTES {
            return Err(Malformed::Method);
        }
        if search::any::<16>(target, |byte| !is_target_byte(byte)) {
            return Err(Malformed::Target);
        }
        if target == b"*" {
            let star = Self { authority: None, path: target, query: None };
            return if method == b"OPTIONS" { Ok(star) } else { Err(Malformed::Target) };
        }
        let (authority, rest) = if target.starts_with(b"/") {
            (None, target)
        } else {
            let scheme = target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"http://"));
            let rest = scheme.map(|_| &target[7..]).ok_or(Malformed::Target)?;
            let end = rest.iter().position(|byte| b"/?".contains(byte)).unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        };
        let question = memchr::memchr(b'?', rest);
        let path = &rest[..question.unwrap_or(rest.len())];
        Ok(Self { authority, path, query: question.map(|at| &rest[at + 1..]) })
    }
}

/// Visible ASCII without `#`, which no target has, and without what no URI may hold but RFC 9112
/// readers differ about. `"<>\^`{|}` are not in a URI either, but clients send them and API
/// Gateway takes them in queries; they cannot be misread.
fn is_target_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && byte != b'#'
}

/// The host the request is for: that of the target if it has one, else the field.
fn check_host<'a>(
    field: Option<&'a [u8]>,
    version: Version,
    target: &Target<'a>,
) -> Result<Option<&'a [u8]>, Malformed> {
    if field.is_none() && version == Version::Http11 {
        return Err(Malformed::Host);
    }
    match (target.authority, field) {
        (Some(authority), _) if authority.is_empty() || !is_authority(authority) => {
            Err(Malformed::Target)
        }
        (_, Some(host)) if !is_authority(host) => Err(Malformed::Host),
        (Some(authority), Some(host)) if !authority.eq_ignore_ascii_case(host) => {
            Err(Malformed::Host)
        }
        (Some(authority), _) => Ok(Some(authority)),
        (None, field) => Ok(field),
    }
}

/// `host [":" port]` (RFC 9110, section 7.2) without user information; may be empty.
fn is_authority(text: &[u8]) -> bool {
    let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (host, port) = match text.split_at(text.len() - digits) {
        ([host @ .., b':'], port) => (host, port),
        _ => (text, &[][..]),
    };
    let add = |sum: u32, digit: &u8| sum.saturating_mul(10).saturating_add(u32::from(digit & 15));
    let is_port = port.iter().fold(0, add) <= u32::from(u16::MAX);
    let is_host = match host {
        [b'[', address @ .., b']'] => {
            !address.is_empty()
                && address.iter().all(|b| b.is_ascii_hexdigit() || b":.".contains(b))
        }
        name => name.iter().all(|byte| NAME_BYTES[usize::from(*byte)]),
    };
    is_port && is_host
}

/// The bytes of a registered name (RFC 3986, section 3.2.2).
static NAME_BYTES: [bool; 256] = table(b"-._~%!$&'()*+,;=");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_a_host_and_perhaps_a_port() {
        let check = |text: &str, expected: bool| {
            assert_eq!(is_authority(text.as_bytes()), expected, "{text}");
        };
        for authority in [
            "",
            ":",
            ":80",
            "80",
            "a",
            "a:",
            "a:80",
            "127.0.0.1",
            "127.0.0.1:65535",
            "a1:0080",
            "xn--a.example",
            "%41",
            "[::1]",
            "[::1]:",
            "[::1]:80",
            "[fe80::1.2.3.4]:1",
        ] {
            check(authority, true);
        }
        for other in [
            "a:b",
            "a:8x0",
            "a:80x",
            "a:65536",
            "a:99999999999999999999",
            "a:80:80",
            "::1",
            "1:2:3",
            "[::1",
            "[::1:80",
            "[]",
            "[]:80",
            "[::1]80",
            "[::1]x",
            "[g]",
            "::1]",
            "a]",
            "a/b",
            "u@a",
            "a b",
            "a:-1",
            "a:+1",
            "a: 80",
            "\u{e9}",
        ] {
            check(other, false);
        }
    }
}
