//! What request and response heads have in common: tokens, field lines, and the reasons to refuse
//! them.
//!
//! No byte is taken for more than it is.

use crate::Name;
use crate::h1::{framing, search};
use crate::head::{FieldSpan, Span, options};

/// Why bytes are not a message we accept. Each names its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the start line is malformed (RFC 9112, section 3)")]
    StartLine,
    #[error("a line ends without a carriage return (RFC 9112, section 2.2)")]
    BareLineFeed,
    #[error("a line begins with a carriage return (RFC 9112, section 2.2)")]
    BareCarriageReturn,
    #[error("a field line is malformed (RFC 9112, section 5)")]
    FieldLine,
    #[error("the HTTP version is not 1.0 or 1.1 (RFC 9112, section 2.3)")]
    Version,
    #[error("the request target is malformed (RFC 9112, section 3.2)")]
    Target,
    #[error("the request target is too long")]
    TargetTooLong,
    #[error("the head is too large")]
    HeadTooLarge,
    #[error("the head has too many fields")]
    TooManyFields,
    #[error("the values of the fields are too long together")]
    FieldValuesTooLong,
    #[error(
        "Host is missing, repeated, malformed or contradicts the target (RFC 9112, section 3.2)"
    )]
    Host,
    #[error("Content-Length is malformed or repeated (RFC 9112, section 6.3)")]
    ContentLength,
    #[error("Content-Length and Transfer-Encoding together (RFC 9112, section 6.1)")]
    LengthAndCoding,
    #[error("Transfer-Encoding is not `chunked` alone (RFC 9112, section 6.1)")]
    TransferEncoding,
    #[error("a transfer coding is not implemented (RFC 9112, section 6.1)")]
    UnknownCoding,
    #[error("Transfer-Encoding over HTTP/1.0 (RFC 9112, section 6.1)")]
    CodingInHttp10,
    #[error("the method is not one to forward")]
    Method,
    #[error("the expectation is unknown (RFC 9110, section 10.1.1)")]
    Expectation,
    #[error("a chunk size is malformed or too large (RFC 9112, section 7.1)")]
    ChunkSize,
    #[error("a chunk extension is malformed or too long (RFC 9112, section 7.1.1)")]
    ChunkExtension,
    #[error("a chunk does not end where its size says (RFC 9112, section 7.1)")]
    ChunkEnd,
    #[error("the trailer section is malformed or too long (RFC 9112, section 7.1.2)")]
    Trailer,
}

/// The bytes of a token (RFC 9110, section 5.6.2).
static TOKEN: [bool; 256] = table(b"!#$%&'*+-.^_`|~");

/// Letters, digits and `others`.
pub(super) const fn table(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

pub(super) fn is_token_byte(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

/// Where the token that begins at `at` ends.
pub(super) fn token_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    at + rest.iter().position(|byte| !is_token_byte(*byte)).unwrap_or(rest.len())
}

/// Where the line that goes on at `at` ends: before its line end, whose bytes are the first such
/// in it. `None` if it has another end, or none.
#[inline(always)]
pub(super) fn line_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let end = search::line_break(rest)?;
    rest[end..].starts_with(b"\r\n").then_some(at + end)
}

/// Whether there is a control character that no field value has (RFC 9110, section 5.5). Line ends
/// are not looked for here.
pub(super) fn holds_control(text: &[u8]) -> bool {
    let is_line_end = |byte: u8| (byte == b'\r') | (byte == b'\n');
    let is_allowed = |byte: u8| (byte >= b' ') | (byte == b'\t') | is_line_end(byte);
    search::any::<32>(text, |byte| !is_allowed(byte) | (byte == 0x7f))
}

/// What the field lines say about the message's body and connection.
#[derive(Debug, Default)]
pub(super) struct Declared {
    pub(super) length: Option<u64>,
    pub(super) has_coding: bool,
    pub(super) close: bool,
    pub(super) keep_alive: bool,
    /// Whether `Connection` names fields that end at this hop.
    pub(super) has_connection_options: bool,
    pub(super) expects_continue: bool,
    /// There is an expectation that we cannot meet.
    pub(super) expects_other: bool,
    pub(super) host: Option<Span>,
    pub(super) value_bytes: usize,
    /// The known names, each a bit.
    pub(super) known: u64,
    /// Where the head ends, behind its empty line.
    pub(super) end: usize,
}

/// Notes where the fields stand that begin at `at`, at most `most` of them, and reads those that
/// say how to go on.
pub(super) fn read_fields(
    bytes: &[u8],
    mut at: usize,
    most: usize,
    fields: &mut Vec<FieldSpan>,
) -> Result<Declared, Malformed> {
    let first = at;
    let mut declared = Declared::default();
    while !bytes[at..].starts_with(b"\r\n") {
        if fields.len() == most {
            return Err(Malformed::TooManyFields);
        }
        let (field, next) = field_line(bytes, at)?;
        declared.value_bytes += field.value.len();
        fields.push(field);
        if field.known != Name::Other {
            declared.known |= field.known.bit();
            declared.note(&field, bytes)?;
        }
        at = next;
    }
    if holds_control(&bytes[first..at]) {
        return Err(Malformed::FieldLine);
    }
    if declared.has_coding && declared.length.is_some() {
        return Err(Malformed::LengthAndCoding);
    }
    declared.end = at + 2;
    Ok(declared)
}

/// The field line that begins at `at`, and where the next line does (RFC 9112, section 5).
fn field_line(bytes: &[u8], at: usize) -> Result<(FieldSpan, usize), Malformed> {
    let malformed = Malformed::FieldLine;
    let colon = at + search::colon(&bytes[at..]).ok_or(malformed)?;
    let name = &bytes[at..colon];
    let known = Name::of(name);
    // A name that is known is a token.
    if known == Name::Other && (name.is_empty() || !name.iter().all(|b| is_token_byte(*b))) {
        return Err(malformed);
    }
    let line_end = line_end(bytes, colon + 1).ok_or(malformed)?;
    let is_space = |byte: &u8| matches!(*byte, b' ' | b'\t');
    let padded = &bytes[colon + 1..line_end];
    let before = padded.iter().take_while(|byte| is_space(byte)).count();
    let after = padded[before..].iter().rev().take_while(|byte| is_space(byte)).count();
    let field = FieldSpan {
        known,
        name: Span::new(at, colon),
        value: Span::new(colon + 1 + before, line_end - after),
        is_plain: before == 1 && after == 0 && padded[0] == b' ',
    };
    Ok((field, line_end + 2))
}

impl Declared {
    fn note(&mut self, field: &FieldSpan, bytes: &[u8]) -> Result<(), Malformed> {
        let value = &bytes[field.value.range()];
        match field.known {
            Name::ContentLength => {
                let length = framing::parse_length(value);
                if length.is_none() || self.length.is_some() {
                    return Err(Malformed::ContentLength);
                }
                self.length = length;
            }
            Name::TransferEncoding => {
                if self.has_coding {
                    return Err(Malformed::TransferEncoding);
                }
                self.has_coding = true;
                check_coding(value)?;
            }
            Name::Connection => self.note_connection(value),
            Name::Expect if value.eq_ignore_ascii_case(b"100-continue") => {
                self.expects_continue = true;
            }
            Name::Expect => self.expects_other = true,
            Name::Host if self.host.is_some() => return Err(Malformed::Host),
            Name::Host => self.host = Some(field.value),
            _ => {}
        }
        Ok(())
    }

    fn note_connection(&mut self, value: &[u8]) {
        for option in options(value) {
            if option.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if option.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else {
                self.has_connection_options = true;
            }
        }
    }
}

fn check_coding(value: &[u8]) -> Result<(), Malformed> {
    if value.eq_ignore_ascii_case(b"chunked") {
        return Ok(());
    }
    let is_registered = |coding: &[u8]| {
        [&b"chunked"[..], b"gzip", b"x-gzip", b"deflate", b"compress", b"x-compress"]
            .iter()
            .any(|name| coding.eq_ignore_ascii_case(name))
    };
    let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
    let chunked_last = options(value).last().is_some_and(is_chunked);
    let chunked_once = options(value).filter(|coding| is_chunked(coding)).count() == 1;
    let has_others = options(value).count() > 1;
    if chunked_last && chunked_once && has_others && options(value).all(is_registered) {
        return Err(Malformed::UnknownCoding);
    }
    Err(Malformed::TransferEncoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_found_anywhere() {
        for byte in 0..=u8::MAX {
            let is_found = byte.is_ascii_control() && !b"\t\r\n".contains(&byte);
            for before in 0..40 {
                let text = [vec![b'a'; before], vec![byte, 0xff], vec![b'b'; 12]].concat();
                assert_eq!(holds_control(&text), is_found, "{byte} after {before}");
                assert_eq!(holds_control(&text[..=before]), is_found, "{byte} at the end");
            }
        }
    }

    #[test]
    fn lines_end_with_both_bytes() {
        let check = |text: &[u8], at: usize, expected: Option<usize>| {
            assert_eq!(line_end(text, at), expected, "{}", text.escape_ascii());
        };
        check(b"a: b\r\n", 2, Some(4));
        check(b"\r\n", 0, Some(0));
        check(b"a\nb\r\n", 0, None);
        check(b"a\rb\r\n", 0, None);
        check(b"a\r", 0, None);
        check(b"a", 0, None);
        check(b"a\r\n", 9, None);
    }

    #[test]
    fn tokens_are_those_of_rfc_9110() {
        let tokens: Vec<u8> = (0..=u8::MAX).filter(|byte| is_token_byte(*byte)).collect();
        let expected =
            b"!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
        assert_eq!(tokens, expected);
        assert_eq!(token_end(b"GET /", 0), 3);
        assert_eq!(token_end(b"GET", 1), 3);
    }
}
