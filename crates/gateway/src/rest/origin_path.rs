//! The path of a request to an origin. Its parts are the definition's and the request's; what the
//! request puts in leads nowhere but below what the definition says.

use std::slice;

use portico_snapshot::{Overrides, PathPart, Source};

use crate::fault::Fault;
use crate::rest::overrides;
use crate::rest::scope::{Place, Scope};

/// Writes the path; a fault if the request makes a dot segment in it (RFC 3986, section 3.3), which
/// would lead the origin out of the path that the definition gives.
pub(crate) fn write(
    scope: &Scope<'_>,
    parts: &[PathPart],
    overrides: Option<&Overrides>,
    head: &mut Vec<u8>,
) -> Result<(), Fault> {
    let start = head.len();
    write_parts(scope, parts, Place::Path, overrides, head);
    // Few paths have what dot segments are spelt with. Those are written once more, part by part.
    if memchr::memchr2(b'.', b'%', &head[start..]).is_none() {
        return Ok(());
    }
    head.truncate(start);
    let mut segments = Segments::new(head);
    for part in parts {
        write_parts(scope, slice::from_ref(part), Place::Path, overrides, head);
        segments.add(head, is_of_request(part, overrides));
    }
    if segments.end(head) {
        return Err(Fault::BadParameter("the request makes a dot segment in the origin's path"));
    }
    Ok(())
}

/// Writes one part after the other. A parameter the client did not send leaves its place empty.
pub(crate) fn write_parts(
    scope: &Scope<'_>,
    parts: &[PathPart],
    place: Place,
    overrides: Option<&Overrides>,
    head: &mut Vec<u8>,
) {
    for part in parts {
        match part {
            PathPart::Literal(text) => head.extend_from_slice(text),
            PathPart::Value(source) => {
                scope.write(source, place, head);
            }
            PathPart::Variable(name, _) if overrides::write_variable(overrides, name, head) => {}
            PathPart::Variable(_, value) => {
                write_parts(scope, slice::from_ref(value), place, overrides, head);
            }
        }
    }
}

/// Whether the request has a say in a part.
fn is_of_request(part: &PathPart, overrides: Option<&Overrides>) -> bool {
    match part {
        PathPart::Literal(_) | PathPart::Value(Source::Literal(_)) => false,
        PathPart::Value(_) => true,
        PathPart::Variable(name, part) => {
            overrides.is_some_and(|overrides| overrides.path(name).is_some())
                || is_of_request(part, overrides)
        }
    }
}

/// The segments of a path while it is written at the end of a head.
struct Segments {
    /// Where the last one begins.
    start: usize,
    /// Up to where the head was looked at.
    seen: usize,
    /// Whether the request has a say in the last one.
    is_of_request: bool,
    has_dots: bool,
}

impl Segments {
    fn new(head: &[u8]) -> Self {
        Self { start: head.len(), seen: head.len(), is_of_request: false, has_dots: false }
    }

    /// Takes in what was written since; an empty part of the request has its say, too.
    fn add(&mut self, head: &[u8], is_of_request: bool) {
        self.is_of_request |= is_of_request;
        while let Some(length) = memchr::memchr(b'/', &head[self.seen..]) {
            self.close(&head[self.start..self.seen + length]);
            self.seen += length + 1;
            self.start = self.seen;
            self.is_of_request = is_of_request;
        }
        self.seen = head.len();
    }

    /// Whether the request made a dot segment.
    fn end(mut self, head: &[u8]) -> bool {
        self.close(&head[self.start..]);
        self.has_dots
    }

    fn close(&mut self, segment: &[u8]) {
        self.has_dots |= self.is_of_request && is_dots(segment);
    }
}

/// Whether an origin may take a segment for `.` or `..`: percent-encoded, before parameters
/// (`..;a=b`), and between signs that some take for `/`: `%2F`, `\` and `%5C`.
fn is_dots(segment: &[u8]) -> bool {
    if memchr::memchr2(b'.', b'%', segment).is_none() {
        return false;
    }
    let (mut dots, mut is_other, mut is_parameter) = (0, false, false);
    let mut rest = segment;
    while let Some((byte, behind)) = decoded(rest) {
        rest = behind;
        match byte {
            b'/' | b'\\' if !is_other && matches!(dots, 1 | 2) => return true,
            b'/' | b'\\' => (dots, is_other, is_parameter) = (0, false, false),
            b';' => is_parameter = true,
            _ if is_parameter => {}
            b'.' => dots += 1,
            _ => is_other = true,
        }
    }
    !is_other && matches!(dots, 1 | 2)
}

/// The first byte that a raw path stands for, and what is behind it.
fn decoded(raw: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok());
    match raw {
        [b'%', high, low, rest @ ..] => match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => Some((high << 4 | low, rest)),
            _ => Some((b'%', &raw[1..])),
        },
        [byte, rest @ ..] => Some((*byte, rest)),
        [] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_are_found_in_whatever_dress() {
        let check = |segment: &str, expected: bool| {
            assert_eq!(is_dots(segment.as_bytes()), expected, "{segment}");
        };
        for dots in [
            ".",
            "..",
            "%2e",
            "%2E.",
            ".%2e",
            "%2e%2E",
            "..;",
            "..;a=b",
            ".%3Bx",
            "..%2Fetc",
            "a%2f..%2Fetc",
            "a%2F..",
            "..\\etc",
            "a%5c..",
            "%2F.",
            ".;x%2Fy",
        ] {
            check(dots, true);
        }
        for other in [
            "",
            "...",
            ".a",
            "a.",
            "..a",
            "a..b",
            "%",
            "%2",
            "%2g",
            "%%2e",
            "%252e%252e",
            "a;..",
            "a%2Fb",
            "%2F",
            "\\",
            ";",
            "7.5",
            "%C3%BC..",
            "a..%2Fb",
            ".well-known",
        ] {
            check(other, false);
        }
    }

    #[test]
    fn only_what_the_request_makes_is_looked_at() {
        let check = |parts: &[(&str, bool)], expected: bool| {
            let mut head = b"GET ".to_vec();
            let mut segments = Segments::new(&head);
            for (part, is_of_request) in parts {
                head.extend_from_slice(part.as_bytes());
                segments.add(&head, *is_of_request);
            }
            assert_eq!(segments.end(&head), expected, "{parts:?}");
        };
        check(&[("/a/", false), ("..", true)], true);
        check(&[("/a/", false), ("../b", true)], true);
        check(&[("/a/", false), ("b/../c", true)], true);
        check(&[("/a/", false), ("b/..", true)], true);
        check(&[("/a/", false), ("..", true), ("/b", false)], true);
        check(&[("/a/.", false), (".", true), ("/b", false)], true);
        check(&[("/a/.", false), ("", true), ("./b", false)], true);
        check(&[("/", false), (".", true), (".", true)], true);
        check(&[("/", false), ("b/", true), ("..", false)], true);
        check(&[("/a/", false), ("%2", true), ("e./c", true)], true);

        check(&[], false);
        check(&[("/a/../b", false)], false);
        check(&[("/a/../", false), ("b", true)], false);
        check(
            &[("/", false), ("b", true), ("/../c/./", false), ("d", true), ("/..", false)],
            false,
        );
        check(&[("/a/.", false), ("b", true), ("/..", false)], false);
        check(&[("/a/v.", false), (".", true), ("/b", false)], false);
    }
}
