//! Parses the head of a request (RFC 9112, section 3).

use std::mem::MaybeUninit;

use crate::h1::{Framing, HeadScanner, Malformed, Scanned, parse};
use crate::head::{RequestHead, Span, Version};
use crate::limits::{FIELDS, HeadLimits, METHOD_BYTES};

impl RequestHead {
    /// Reads the head that `bytes` begin with, and tells how many of them it takes; `None` if
    /// more are needed. A connection parses in place instead. The default limits hold.
    pub fn read(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        let limits = HeadLimits::DEFAULT;
        let scanned = HeadScanner::default().scan(bytes, limits.bytes)?;
        let Scanned::Complete { start, end } = scanned else { return Ok(None) };
        let mut head = Self::default();
        head.lines.bytes.extend_from_slice(bytes);
        parse_request(&mut head, start, end, &limits)?;
        Ok(Some((head, end)))
    }
}

/// Parses `head.lines.bytes[start..end]`, a complete head as the scanner found it, in place.
pub fn parse_request(
    head: &mut RequestHead,
    start: usize,
    end: usize,
    limits: &HeadLimits,
) -> Result<(), Malformed> {
    let bytes = std::mem::take(&mut head.lines.bytes);
    head.lines.clear();
    let mut slots = parse::slots();
    let few = limits.fields.min(FIELDS);
    let mut result = parse_bytes(head, &bytes, start, end, limits, &mut slots[..few]);
    if result == Err(Malformed::TooManyFields) && limits.fields > FIELDS {
        let mut slots = Vec::new();
        slots.resize_with(limits.fields, MaybeUninit::uninit);
        head.lines.clear();
        result = parse_bytes(head, &bytes, start, end, limits, &mut slots);
    }
    head.lines.bytes = bytes;
    result
}

fn parse_bytes<'b>(
    head: &mut RequestHead,
    bytes: &'b [u8],
    start: usize,
    end: usize,
    limits: &HeadLimits,
    slots: &mut [MaybeUninit<httparse::Header<'b>>],
) -> Result<(), Malformed> {
    let mut request = httparse::Request::new(&mut []);
    let status = request
        .parse_with_uninit_headers(&bytes[start..end], slots)
        .map_err(|error| refuse(error, &bytes[start..end]))?;
    if status != httparse::Status::Complete(end - start) {
        return Err(Malformed::StartLine);
    }
    let (Some(method), Some(target), Some(version)) =
        (request.method, request.path, request.version)
    else {
        return Err(Malformed::StartLine);
    };
    let declared = parse::read_fields(request.headers, bytes, &mut head.lines.fields)?;
    head.lines.has_connection_options = declared.has_connection_options;
    if declared.value_bytes > limits.field_value_bytes {
        return Err(Malformed::FieldValuesTooLong);
    }
    let version = if version == 0 { Version::Http10 } else { Version::Http11 };
    head.version = Some(version);
    head.method = Span::of(method.as_bytes(), bytes);
    let target = Target::parse(method.as_bytes(), target.as_bytes(), limits.target_bytes)?;
    head.path = Span::of(target.path, bytes);
    head.query = target.query.map(|query| Span::of(query, bytes));
    let host = check_host(declared.host, version, &target)?;
    head.host = Span::of(host.unwrap_or(&bytes[end..end]), bytes);
    head.framing = match (declared.length, declared.has_coding) {
        (_, true) if version == Version::Http10 => return Err(Malformed::CodingInHttp10),
        (_, true) => Framing::Chunked,
        (Some(0) | None, _) => Framing::None,
        (Some(length), _) => Framing::Length(length),
    };
    head.keep_alive = match version {
        Version::Http10 => declared.keep_alive && !declared.close,
        Version::Http11 => !declared.close,
    };
    // A server ignores the expectation of an HTTP/1.0 client (RFC 9110, section 10.1.1).
    head.expects_continue = declared.expects_continue && version == Version::Http11;
    if declared.expects_other { Err(Malformed::Expectation) } else { Ok(()) }
}

/// Why the parser refuses a head. Only a version that is one can be one we do not speak.
fn refuse(error: httparse::Error, head: &[u8]) -> Malformed {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let version = line.rsplit(|byte| *byte == b' ').next().unwrap_or_default();
    let names_version = matches!(version, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
        if major.is_ascii_digit() && minor.is_ascii_digit());
    let is_line = line.iter().filter(|byte| **byte == b' ').count() == 2;
    match parse::refuse(error, Malformed::StartLine) {
        Malformed::Version if !(names_version && is_line) => Malformed::StartLine,
        reason => reason,
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
        // Without an early end the loop is one that compilers turn into vector instructions.
        if target.iter().fold(false, |bad, byte| bad | !is_target_byte(*byte)) {
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
    let (host, port) = match text.iter().rposition(|byte| *byte == b':') {
        Some(colon) if !text.ends_with(b"]") => (&text[..colon], &text[colon + 1..]),
        _ => (text, &[][..]),
    };
    let add = |sum: u32, digit: &u8| sum.saturating_mul(10).saturating_add(u32::from(digit & 15));
    let is_port =
        port.iter().all(u8::is_ascii_digit) && port.iter().fold(0, add) <= u32::from(u16::MAX);
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
static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let legal = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%!$&'()*+,;=";
    let mut at = 0;
    while at < legal.len() {
        table[legal[at] as usize] = true;
        at += 1;
    }
    table
};
