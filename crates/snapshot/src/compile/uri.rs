//! The URI of an HTTP integration, stage variables already in it: origin, path and query.
//! Source: RFC 3986; API Gateway API Reference, `PutIntegration`, `uri`.

use std::net::Ipv6Addr;

use super::percent::{self, Part};
use crate::{Origin, OriginTls};

/// A URI in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri {
    pub(super) origin: Origin,
    /// Begins with a literal that begins with `/`.
    pub(super) path: Vec<Piece>,
    pub(super) query: Vec<QueryPieces>,
    /// Whether there was a fragment, which no request has.
    pub(super) fragment: bool,
}

/// The name of a query parameter, percent-encoded, and the pieces of its value.
pub(super) type QueryPieces = (Box<str>, Vec<Piece>);

/// Literal text, percent-encoded, or the name of a path variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(Box<[u8]>),
    Variable(String),
}

/// Why a URI cannot be called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusableUri {
    #[error("Invalid HTTP endpoint specified for URI: {0}")]
    Invalid(&'static str),
    #[error("a path variable cannot be the name of a query parameter")]
    QueryVariable,
}

impl Uri {
    /// Takes a URI apart.
    pub(super) fn parse(text: &str) -> Result<Self, UnusableUri> {
        let (scheme, rest) =
            text.split_once("://").ok_or(UnusableUri::Invalid("it does not begin with http://"))?;
        let with_tls = scheme.eq_ignore_ascii_case("https");
        if !with_tls && !scheme.eq_ignore_ascii_case("http") {
            return Err(UnusableUri::Invalid("its scheme is neither http nor https"));
        }
        let (rest, fragment) = match rest.split_once('#') {
            Some((rest, _)) => (rest, true),
            None => (rest, false),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let origin = parse_authority(authority, with_tls)?;
        let path = parse_pieces(path, Part::Path)?;
        Ok(Self { origin, path, query: parse_query(query)?, fragment })
    }
}

fn parse_authority(text: &str, with_tls: bool) -> Result<Origin, UnusableUri> {
    if text.contains(['{', '}']) {
        return Err(UnusableUri::Invalid("a request may not choose the host"));
    }
    if text.contains('@') {
        return Err(UnusableUri::Invalid("credentials before the host"));
    }
    let default = if with_tls { 443 } else { 80 };
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) =
                rest.split_once(']').ok_or(UnusableUri::Invalid("\"[\" without \"]\""))?;
            let address: Ipv6Addr =
                host.parse().map_err(|_| UnusableUri::Invalid("its host is no IPv6 address"))?;
            (address.to_string(), port)
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            if !is_name(host) {
                return Err(UnusableUri::Invalid("its host is neither a name nor an address"));
            }
            (host.to_ascii_lowercase(), port)
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => default,
        Some("") => default,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port != 0).ok_or(UnusableUri::Invalid("its port"))?
        }
        _ => return Err(UnusableUri::Invalid("its port is no number")),
    };
    let host: Box<str> = host.into();
    let tls = with_tls.then(|| OriginTls { server_name: host.clone(), any_issuer: false });
    Ok(Origin { host, port, tls })
}

/// Whether a certificate can be for this name: a DNS name or an address.
pub(super) fn is_server_name(name: &str) -> bool {
    is_name(name) || name.parse::<Ipv6Addr>().is_ok()
}

/// A DNS name (RFC 1123, section 2.1; underscores are met in private zones) or IPv4 address.
fn is_name(host: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(legal);
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

/// Literals and the variables between them; of an empty text there are none.
fn parse_pieces(text: &str, part: Part) -> Result<Vec<Piece>, UnusableUri> {
    let mut pieces = Vec::new();
    let mut rest = text;
    loop {
        let (literal, after) = rest.split_once('{').unwrap_or((rest, ""));
        if !literal.is_empty() {
            pieces.push(literal_piece(literal, part)?);
        }
        if literal.len() == rest.len() {
            return Ok(pieces);
        }
        let (name, after) =
            after.split_once('}').ok_or(UnusableUri::Invalid("\"{\" without \"}\""))?;
        pieces.push(Piece::Variable(name.to_owned()));
        rest = after;
    }
}

fn parse_query(query: &str) -> Result<Vec<QueryPieces>, UnusableUri> {
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if name.contains(['{', '}']) {
            return Err(UnusableUri::QueryVariable);
        }
        let pieces = parse_pieces(value, Part::Query)?;
        let name = percent::complete(name, Part::Query)
            .map_err(|_| UnusableUri::Invalid("\"%\" without two hexadecimal digits"))?;
        pairs.push((String::from_utf8_lossy(&name).into(), pieces));
    }
    Ok(pairs)
}

fn literal_piece(text: &str, part: Part) -> Result<Piece, UnusableUri> {
    percent::complete(text, part)
        .map(Piece::Literal)
        .map_err(|_| UnusableUri::Invalid("\"%\" without two hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The URI written back with variables in braces.
    fn print(uri: &Uri) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Literal(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            Piece::Variable(name) => format!("{{{name}}}"),
        };
        let path: Vec<_> = uri.path.iter().map(piece).collect();
        let value = |pieces: &[Piece]| pieces.iter().map(piece).collect::<String>();
        let query: Vec<_> =
            uri.query.iter().map(|(name, pieces)| format!("{name}={}", value(pieces))).collect();
        let Origin { host, port, .. } = &uri.origin;
        format!("{host} {port} {} {}", path.join(""), query.join("&"))
    }

    #[test]
    fn uris_come_apart() {
        let check = |text: &str, expected: &str| {
            let uri = Uri::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(print(&uri).trim_end(), expected, "{text}");
        };
        check("http://h", "h 80 /");
        check("https://h", "h 443 /");
        check("HTTPS://h:80/a", "h 80 /a");
        check("HTTP://H:/", "h 80 /");
        check("http://127.0.0.1:9000/a/{b}/c", "127.0.0.1 9000 /a/{b}/c");
        check("http://[::1]:9000/a", "::1 9000 /a");
        check("http://[0:0::1]", "::1 80 /");
        check("http://h/{a}{b}", "h 80 /{a}{b}");
        check("http://h/a b/é", "h 80 /a%20b/%C3%A9");
        check("http://h?a=1&b={c}&&d", "h 80 / a=1&b={c}&d=");
        check("http://h/x?u=http://z/?q", "h 80 /x u=http://z/?q");
        check("http://h/?a=x{b}y{c}&d={e}z", "h 80 / a=x{b}y{c}&d={e}z");
        check("http://h/x#top", "h 80 /x");
        check("http://my_host.internal./", "my_host.internal. 80 /");
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        let check = |text: &str, expected: UnusableUri| {
            assert_eq!(Uri::parse(text), Err(expected), "{text}");
        };
        check("HTTPS://{h}/", UnusableUri::Invalid("a request may not choose the host"));
        check("http://h/?{a}=x", UnusableUri::QueryVariable);
        for text in [
            "",
            "h",
            "/x",
            "ftp://h",
            "http://",
            "http:///x",
            "http://{h}/",
            "http://a@h/",
            "http://h:99999/",
            "http://h:0/",
            "http://h:+1/",
            "http://h:1:2/",
            "http://[::1/",
            "http://[x]/",
            "http://[::1]x/",
            "http://h h/",
            "http://h\r\nx/",
            "http://é/",
            "http://h/{a",
            "http://h/?a={b",
            "http://h/%",
            "http://h/%2",
            "http://h/?a=%zz",
            "http://a..b/",
            "http://h\\x/",
        ] {
            let refused = matches!(Uri::parse(text), Err(UnusableUri::Invalid(_)));
            assert!(refused, "{text:?}: {:?}", Uri::parse(text));
        }
    }
}
