//! What request and response heads have in common: field lines, and the reasons to refuse them.

use std::mem::MaybeUninit;

use httparse::{Error, Header};

use crate::Name;
use crate::head::{FieldSpan, options};
use crate::limits::FIELDS;

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

/// Room for the header slots of one parse, on the stack.
pub(super) type Slots<'b> = [MaybeUninit<Header<'b>>; FIELDS];

pub(super) fn slots<'b>() -> Slots<'b> {
    [const { MaybeUninit::uninit() }; FIELDS]
}

pub(super) fn refuse(error: Error, start_line: Malformed) -> Malformed {
    match error {
        Error::HeaderName | Error::HeaderValue | Error::NewLine => Malformed::FieldLine,
        Error::TooManyHeaders => Malformed::TooManyFields,
        Error::Version => Malformed::Version,
        Error::Status | Error::Token => start_line,
    }
}

/// What the field lines say about the message's body and connection.
#[derive(Debug, Default)]
pub(super) struct Declared<'b> {
    pub(super) length: Option<u64>,
    pub(super) has_coding: bool,
    pub(super) close: bool,
    pub(super) keep_alive: bool,
    /// Whether `Connection` names fields that end at this hop.
    pub(super) has_connection_options: bool,
    pub(super) expects_continue: bool,
    /// There is an expectation that we cannot meet.
    pub(super) expects_other: bool,
    pub(super) host: Option<&'b [u8]>,
    pub(super) value_bytes: usize,
}

/// Notes where the fields stand and reads those that say how to go on.
pub(super) fn read_fields<'b>(
    headers: &[Header<'b>],
    bytes: &[u8],
    fields: &mut Vec<FieldSpan>,
) -> Result<Declared<'b>, Malformed> {
    let mut declared = Declared::default();
    for header in headers {
        let known = Name::of(header.name.as_bytes());
        let value = header.value.trim_ascii_end();
        declared.value_bytes += value.len();
        fields.push(FieldSpan::new(known, header.name.as_bytes(), value, bytes));
        match known {
            Name::ContentLength => {
                let length = super::framing::parse_length(value);
                if length.is_none() || declared.length.is_some() {
                    return Err(Malformed::ContentLength);
                }
                declared.length = length;
            }
            Name::TransferEncoding => {
                if declared.has_coding {
                    return Err(Malformed::TransferEncoding);
                }
                declared.has_coding = true;
                check_coding(value)?;
            }
            Name::Connection => read_connection(value, &mut declared),
            Name::Expect if value.eq_ignore_ascii_case(b"100-continue") => {
                declared.expects_continue = true;
            }
            Name::Expect => declared.expects_other = true,
            Name::Host if declared.host.is_some() => return Err(Malformed::Host),
            Name::Host => declared.host = Some(value),
            _ => {}
        }
    }
    if declared.has_coding && declared.length.is_some() {
        return Err(Malformed::LengthAndCoding);
    }
    Ok(declared)
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

fn read_connection(value: &[u8], declared: &mut Declared<'_>) {
    for option in options(value) {
        if option.eq_ignore_ascii_case(b"close") {
            declared.close = true;
        } else if option.eq_ignore_ascii_case(b"keep-alive") {
            declared.keep_alive = true;
        } else {
            declared.has_connection_options = true;
        }
    }
}
