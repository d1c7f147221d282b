//! What holds for the codec whatever bytes it is given. Each function checks one kind of input and
//! panics where a law is broken; tests and fuzz targets call the same functions.

use std::net::{IpAddr, SocketAddr};

use portico_net::h1::{self, ChunkedDecoder, HeadScanner, Malformed};
use portico_net::limits::{
    ANSWER_HEAD_BYTES, CHUNK_EXTENSION_BYTES, HEAD_BYTES, PROXY_HEADER_BYTES, TRAILER_BYTES,
};
use portico_net::proxy_protocol::{Header, Scanned, scan};
use portico_net::{Field, Framing, Name, RequestHead, ResponseHead, write_field};

/// A request head: the scan does not depend on the pieces, what is accepted is unambiguous, and
/// written anew it is read as the same.
pub(crate) fn request_head(bytes: &[u8]) {
    let scanned = scans_are_one(bytes, HEAD_BYTES);
    let read = RequestHead::read(bytes);
    reads_as_scanned(read.as_ref().map(|read| read.as_ref().map(|(_, end)| *end)), scanned);
    let Ok(Some((head, end))) = read else { return };
    assert!(end <= bytes.len());
    assert!(!head.method().is_empty() && head.method().iter().all(u8::is_ascii_graphic));
    let target = [head.path(), head.query().unwrap_or_default()].concat();
    assert!(target.iter().all(u8::is_ascii_graphic));
    assert!(head.path().is_empty() || head.path() == b"*" || head.path().starts_with(b"/"));
    assert_ne!(head.framing(), Framing::Close);
    check_fields(head.fields(), head.framing());
    assert!(head.fields().all(|field| field.known() != Name::XPorticoExplain));
    assert!(head.fields().filter(|field| field.known() == Name::Host).count() <= 1);

    let mut again = Vec::new();
    again.extend_from_slice(head.method());
    again.push(b' ');
    // Absolute-form without a path means the root, or the server itself.
    again.extend_from_slice(if head.path().is_empty() { b"/" } else { head.path() });
    if let Some(query) = head.query() {
        again.push(b'?');
        again.extend_from_slice(query);
    }
    again.extend_from_slice(match head.version() {
        portico_net::Version::Http10 => b" HTTP/1.0\r\n",
        portico_net::Version::Http11 => b" HTTP/1.1\r\n",
    });
    write_fields(&mut again, head.fields());
    let (second, _) = RequestHead::read(&again).expect("it was accepted").expect("it is whole");
    assert_eq!(second.framing(), head.framing());
    assert_eq!(collect(second.fields()), collect(head.fields()));
    assert_eq!(second.query(), head.query());
}

/// The head of an answer, by the same laws; the first byte chooses whether it is one to HEAD.
pub(crate) fn response_head(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let to_head = first & 1 == 1;
    let scanned = scans_are_one(bytes, ANSWER_HEAD_BYTES);
    let read = ResponseHead::read(bytes, to_head);
    reads_as_scanned(read.as_ref().map(|read| read.as_ref().map(|(_, end)| *end)), scanned);
    let Ok(Some((head, end))) = read else { return };
    assert!(end <= bytes.len());
    assert!((100..600).contains(&head.status()));
    let is_empty = to_head || head.status() < 200 || [204, 304].contains(&head.status());
    assert!(!is_empty || head.framing() == Framing::None);
    if !is_empty {
        check_fields(head.fields(), head.framing());
    }

    let mut again = format!("HTTP/1.1 {} \r\n", head.status()).into_bytes();
    write_fields(&mut again, head.fields());
    let second = ResponseHead::read(&again, to_head).expect("it was accepted");
    let (second, _) = second.expect("it is whole");
    assert_eq!(second.framing(), head.framing());
    assert_eq!(collect(second.fields()), collect(head.fields()));
}

/// A body in chunks: decoded whole, byte by byte, in odd pieces, and by the grammar read naively.
pub(crate) fn chunked(bytes: &[u8]) {
    let whole = decode(bytes, usize::MAX);
    for piece in [1, 2, 3, 7, 64] {
        assert_eq!(decode(bytes, piece), whole, "in pieces of {piece}");
    }
    let finished = match &whole {
        Ok(decoded) if decoded.done => Some((decoded.data.clone(), decoded.used)),
        _ => None,
    };
    assert_eq!(finished, read_chunks(bytes), "{}", bytes.escape_ascii());
}

/// A PROXY header: no byte behind it matters, none before its end decides, and written anew it says
/// the same.
pub(crate) fn proxy_protocol(bytes: &[u8]) {
    let whole = scan(bytes);
    let lengths = (0..bytes.len()).take(200).chain(bytes.len().saturating_sub(2)..bytes.len());
    for length in lengths {
        let part = scan(&bytes[..length]);
        match whole {
            Ok(Scanned::Partial) => assert_eq!(part, whole, "{}", bytes.escape_ascii()),
            Ok(Scanned::Complete { length: end, .. }) => {
                let expected = if length < end { Ok(Scanned::Partial) } else { whole };
                assert_eq!(part, expected, "{length} of {}", bytes.escape_ascii());
            }
            Err(_) => assert!(part == whole || part == Ok(Scanned::Partial)),
        }
    }
    let Ok(Scanned::Complete { length, header }) = whole else { return };
    assert!(length <= bytes.len() && length <= PROXY_HEADER_BYTES);
    let Header::Proxied { source, destination } = header else { return };
    let (one, two) = print_proxied(source, destination).expect("both are of one family");
    for again in [one, two] {
        let length = again.len();
        assert_eq!(scan(&again), Ok(Scanned::Complete { length, header }));
    }
}

/// The headers of both versions that tell these addresses; `None` if their families differ.
pub(crate) fn print_proxied(from: SocketAddr, to: SocketAddr) -> Option<(Vec<u8>, Vec<u8>)> {
    let (name, family, addresses) = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ("4", 0x11, [from.octets(), to.octets()].concat()),
        (IpAddr::V6(from), IpAddr::V6(to)) => ("6", 0x21, [from.octets(), to.octets()].concat()),
        _ => return None,
    };
    let (ip, port) = ([from.ip(), to.ip()], [from.port(), to.port()]);
    let line = format!("PROXY TCP{name} {} {} {} {}\r\n", ip[0], ip[1], port[0], port[1]);
    let length = u16::try_from(addresses.len() + 4).expect("36 at most").to_be_bytes();
    let ports = port.map(u16::to_be_bytes).concat();
    let start = b"\r\n\r\n\0\r\nQUIT\n\x21";
    Some((line.into_bytes(), [start, &[family][..], &length, &addresses, &ports].concat()))
}

/// The head of a stream of HTTP/2: what is accepted reads the same in HTTP/1.1, says what its fields
/// said, and nothing of a connection. The input is a line each for method, scheme, authority and
/// path, then `name:value` lines; an empty authority is none.
pub(crate) fn http2_head(bytes: &[u8]) {
    let Some(parts) = stream_head(bytes) else { return };
    let ended = RequestHead::read_http2(&parts, true);
    let open = RequestHead::read_http2(&parts, false);
    assert_eq!(ended.as_ref().err(), open.as_ref().err());
    let (Ok(head), Ok(open)) = (ended, open) else { return };
    assert_eq!(head.method(), parts.method.as_str().as_bytes());
    let target = parts.uri.path_and_query().expect("no request is without").as_str();
    assert_eq!(target_of(&head), target.as_bytes());
    assert!(target.starts_with('/') || target == "*");
    assert_eq!(head.fields().filter(|field| field.known() == Name::Host).count(), 1);
    for of_connection in
        ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]
    {
        assert!(head.get(of_connection.as_bytes()).is_none(), "{of_connection}");
    }
    for field in head.fields() {
        let (name, value) = (field.name(), field.value());
        let said = |(its, given): (&http::HeaderName, &http::HeaderValue)| {
            its.as_str().as_bytes() == name && given.as_bytes() == value
        };
        let is_made = matches!(name, b"host" | b"cookie");
        assert!(is_made || parts.headers.iter().any(said), "{}", name.escape_ascii());
    }
    let framing = match head.framing() {
        Framing::None => Framing::Close,
        length => length,
    };
    assert_eq!(open.framing(), framing);
    assert!(matches!(framing, Framing::Close | Framing::Length(_)));

    let mut again = [head.method(), b" ", target.as_bytes(), b" HTTP/1.1\r\n"].concat();
    write_fields(&mut again, head.fields());
    let (second, end) = RequestHead::read(&again).expect("it was accepted").expect("it is whole");
    assert_eq!(end, again.len());
    assert_eq!((second.method(), target_of(&second)), (head.method(), target_of(&head)));
    assert_eq!(collect(second.fields()), collect(head.fields()));
    assert_eq!((second.framing(), second.host()), (head.framing(), head.host()));
    check_fields(head.fields(), head.framing());
}

/// Path and query.
fn target_of(head: &RequestHead) -> Vec<u8> {
    let query = head.query().map(|query| [b"?", query].concat());
    [head.path(), &query.unwrap_or_default()].concat()
}

/// What the codec of HTTP/2 makes of these fields; `None` if it refuses them.
fn stream_head(bytes: &[u8]) -> Option<http::request::Parts> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let method = http::Method::from_bytes(lines.next()?).ok()?;
    let (scheme, authority, path) = (lines.next()?, lines.next()?, lines.next()?);
    let mut uri = http::uri::Parts::default();
    let scheme = http::uri::Scheme::try_from(scheme).ok()?;
    if !authority.is_empty() {
        uri.authority = Some(http::uri::Authority::try_from(authority).ok()?);
        uri.scheme = Some(scheme);
    }
    uri.path_and_query = Some(http::uri::PathAndQuery::try_from(path).ok()?);
    let mut request = http::Request::builder().method(method).uri(http::Uri::from_parts(uri).ok()?);
    for line in lines {
        let (name, value) = line.split_at(line.iter().position(|byte| *byte == b':')?);
        request = request.header(http::HeaderName::from_lowercase(name).ok()?, &value[1..]);
    }
    Some(request.body(()).ok()?.into_parts().0)
}

/// However its bytes come, a head ends at the same place or is refused for the same reason.
fn scans_are_one(bytes: &[u8], limit: usize) -> Result<h1::Scanned, Malformed> {
    let whole = HeadScanner::default().scan(bytes, limit);
    for piece in [1, 3, 64] {
        let mut scanner = HeadScanner::default();
        let mut last = scanner.scan(b"", limit);
        let mut end = 0;
        while end < bytes.len() && last == Ok(h1::Scanned::Partial) {
            end = (end + piece).min(bytes.len());
            last = scanner.scan(&bytes[..end], limit);
        }
        assert_eq!(last, whole, "in pieces of {piece}: {}", bytes.escape_ascii());
    }
    whole
}

/// A head that is read at once ends where the scan says that one in pieces does, and is refused
/// for what the scan refuses.
fn reads_as_scanned(
    read: Result<Option<usize>, &Malformed>,
    scanned: Result<h1::Scanned, Malformed>,
) {
    match (read, scanned) {
        (Ok(None), scanned) => assert_eq!(scanned, Ok(h1::Scanned::Partial)),
        (Ok(Some(read)), Ok(h1::Scanned::Complete { end, .. })) => assert_eq!(read, end),
        (Err(_), Ok(h1::Scanned::Complete { .. })) => {}
        (Err(read), Err(scanned)) => assert_eq!(*read, scanned),
        (read, scanned) => panic!("read as {read:?}, scanned as {scanned:?}"),
    }
}

/// No two recipients can read these fields differently.
fn check_fields<'a>(fields: impl Iterator<Item = Field<'a>>, framing: Framing) {
    let mut lengths = Vec::new();
    let mut codings = Vec::new();
    for field in fields {
        let (name, value) = (field.name(), field.value());
        assert!(!name.is_empty() && name.iter().all(u8::is_ascii_graphic));
        assert!(!name.contains(&b':'));
        assert!(value.iter().all(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f)));
        assert_eq!(value.trim_ascii(), value);
        if name.eq_ignore_ascii_case(b"content-length") {
            lengths.push(value.to_owned());
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            codings.push(value.to_ascii_lowercase());
        }
    }
    match framing {
        Framing::Chunked => assert_eq!((lengths.len(), codings), (0, vec![b"chunked".to_vec()])),
        Framing::Length(bytes) => {
            let [length] = &lengths[..] else { panic!("{lengths:?}") };
            let length: u64 = std::str::from_utf8(length).expect("digits").parse().expect("a u64");
            assert_eq!((length, codings.len()), (bytes, 0));
        }
        Framing::None | Framing::Close => {
            assert!(codings.is_empty());
            assert!(lengths.iter().all(|text| text.iter().all(|digit| *digit == b'0')));
        }
    }
}

fn write_fields<'a>(head: &mut Vec<u8>, fields: impl Iterator<Item = Field<'a>>) {
    for field in fields {
        write_field(field.name(), field.value(), head);
    }
    head.extend_from_slice(b"\r\n");
}

fn collect<'a>(fields: impl Iterator<Item = Field<'a>>) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.map(|field| (field.name().to_owned(), field.value().to_owned())).collect()
}

/// What the decoder made of some bytes.
#[derive(Debug, PartialEq, Eq)]
struct DecodedBody {
    data: Vec<u8>,
    used: usize,
    done: bool,
}

fn decode(bytes: &[u8], piece: usize) -> Result<DecodedBody, Malformed> {
    let mut decoder = ChunkedDecoder::default();
    let mut body = DecodedBody { data: Vec::new(), used: 0, done: false };
    for piece in bytes.chunks(piece) {
        let mut rest = piece;
        while !rest.is_empty() && !decoder.is_done() {
            let (skip, take) = decoder.decode(rest)?;
            body.data.extend_from_slice(&rest[skip..skip + take]);
            body.used += skip + take;
            rest = &rest[skip + take..];
        }
    }
    body.done = decoder.is_done();
    Ok(body)
}

/// Reads a whole body by the grammar of RFC 9112, section 7.1, and how long it is; `None` if it is
/// not one, or not all of one.
fn read_chunks(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut data = Vec::new();
    let mut rest = bytes;
    loop {
        let (line, after) = read_line(rest)?;
        rest = after;
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = std::str::from_utf8(&line[..digits]).ok()?;
        let size = usize::from_str_radix(size, 16).ok().filter(|_| digits <= 15)?;
        match &line[digits..] {
            [] => {}
            [b';', extension @ ..] if is_extension(extension) => {}
            _ => return None,
        }
        if size == 0 {
            break;
        }
        data.extend_from_slice(rest.get(..size)?);
        rest = rest[size..].strip_prefix(b"\r\n")?;
    }
    let mut spent = 0;
    loop {
        let (line, after) = read_line(rest)?;
        rest = after;
        spent += line.len();
        if line.is_empty() {
            return Some((data, bytes.len() - rest.len()));
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let is_token =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
        if colon == 0 || !line[..colon].iter().all(is_token) || spent > TRAILER_BYTES {
            return None;
        }
    }
}

/// A line of text and what follows it.
fn read_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_text = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
    let length = bytes.iter().take_while(|byte| is_text(byte)).count();
    Some((&bytes[..length], bytes[length..].strip_prefix(b"\r\n")?))
}

/// Whether its quotes are closed and it is not too long.
fn is_extension(text: &[u8]) -> bool {
    let mut quoted = false;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted && bytes.next().is_none() => return false,
            _ => {}
        }
    }
    !quoted && text.len() <= CHUNK_EXTENSION_BYTES
}
