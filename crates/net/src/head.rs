//! The head of a message: its bytes as they came, and where everything stands in them.
//!
//! A head owns one buffer. Nothing is copied out of it and nothing in it is changed, so names
//! keep the case the sender gave them. Heads are recycled by their worker.

use std::ops::Range;

use crate::Name;
use crate::h1::Framing;

/// The HTTP version of a message (RFC 9110, section 2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Http10,
    Http11,
}

/// A stretch of a head's buffer, in bytes from its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// Where `part`, a slice of `whole`, stands in it.
    pub(crate) fn of(part: &[u8], whole: &[u8]) -> Self {
        let start = part.as_ptr() as usize - whole.as_ptr() as usize;
        debug_assert!(start + part.len() <= whole.len());
        Self::new(start, start + part.len())
    }

    pub(crate) fn len(self) -> usize {
        self.range().len()
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// One field line of a head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldSpan {
    pub(crate) known: Name,
    pub(crate) name: Span,
    pub(crate) value: Span,
    /// Whether the line is `name: value` and a line end, so that it can be copied as it is.
    pub(crate) is_plain: bool,
}

/// The field lines of a head and the buffer they stand in.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) bytes: Vec<u8>,
    pub(crate) fields: Vec<FieldSpan>,
    /// The `Connection` field names more than `close` and `keep-alive`.
    pub(crate) has_connection_options: bool,
    /// The known names among the fields, each a bit.
    pub(crate) known: u64,
}

/// One field: its name as the sender wrote it, and its value without white space around it.
/// Only a parsed head makes one, so neither holds a control character that could end a line.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    bytes: &'a [u8],
    span: &'a FieldSpan,
}

impl<'a> Field<'a> {
    /// The name, if it is one that somebody acts on.
    pub fn known(&self) -> Name {
        self.span.known
    }

    /// In the case the sender wrote it.
    pub fn name(&self) -> &'a [u8] {
        &self.bytes[self.span.name.range()]
    }

    /// Without white space around it.
    pub fn value(&self) -> &'a [u8] {
        &self.bytes[self.span.value.range()]
    }

    /// Appends the field line, with `prefix` before its name.
    pub fn write(&self, prefix: &[u8], head: &mut Vec<u8>) {
        let FieldSpan { name, value, is_plain, .. } = *self.span;
        if !is_plain {
            return write_line(prefix, self.name(), self.value(), head);
        }
        if !prefix.is_empty() {
            head.extend_from_slice(prefix);
        }
        head.extend_from_slice(&self.bytes[name.start as usize..value.end as usize + 2]);
    }
}

/// Appends a field line of parts that hold no line end.
pub(crate) fn write_line(prefix: &[u8], name: &[u8], value: &[u8], head: &mut Vec<u8>) {
    head.reserve(prefix.len() + name.len() + value.len() + 4);
    head.extend_from_slice(prefix);
    head.extend_from_slice(name);
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

impl Lines {
    pub(crate) fn text(&self, span: Span) -> &[u8] {
        &self.bytes[span.range()]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Field<'_>> {
        self.fields.iter().map(|span| Field { bytes: &self.bytes, span })
    }

    pub(crate) fn known(&self, name: Name) -> Option<&[u8]> {
        if self.known & name.bit() == 0 {
            return None;
        }
        self.fields.iter().find(|field| field.known == name).map(|field| self.text(field.value))
    }

    /// The first field of this name, in any case.
    fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.iter().find(|field| field.name().eq_ignore_ascii_case(name)).map(|field| field.value())
    }

    /// Whether the field ends at this hop: by its kind, or because `Connection` names it
    /// (RFC 9110, section 7.6.1).
    #[inline]
    fn is_hop_by_hop(&self, field: &Field<'_>) -> bool {
        field.known().is_hop_by_hop()
            || (self.has_connection_options && self.is_connection_option(field))
    }

    #[cold]
    fn is_connection_option(&self, field: &Field<'_>) -> bool {
        let mut named = self
            .iter()
            .filter(|line| line.known() == Name::Connection)
            .flat_map(|line| options(line.value()));
        named.any(|option| option.eq_ignore_ascii_case(field.name()))
    }

    /// Takes every field of this name out; the value, if there was one such field.
    pub(crate) fn take_out(&mut self, name: Name) -> Option<Span> {
        let mut values = self.fields.iter().filter(|field| field.known == name);
        let value = values.next().map(|field| field.value).filter(|_| values.next().is_none());
        self.fields.retain(|field| field.known != name);
        self.known &= !name.bit();
        value
    }

    pub(crate) fn clear(&mut self) {
        self.fields.clear();
        self.has_connection_options = false;
        self.known = 0;
    }
}

/// The members of a comma-separated list, without white space and empty members.
pub(crate) fn options(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|option| !option.is_empty())
}

/// The head of a request that passed every check of RFC 9112.
#[derive(Debug, Default)]
pub struct RequestHead {
    pub(crate) lines: Lines,
    pub(crate) method: Span,
    pub(crate) path: Span,
    pub(crate) query: Option<Span>,
    pub(crate) host: Span,
    pub(crate) explain_key: Option<Span>,
    pub(crate) version: Option<Version>,
    pub(crate) framing: Framing,
    pub(crate) keep_alive: bool,
    pub(crate) expects_continue: bool,
}

impl RequestHead {
    /// For example `GET`.
    pub fn method(&self) -> &[u8] {
        self.lines.text(self.method)
    }

    /// The path as sent, for example `/pets/7`; `*` for a request about the server itself.
    pub fn path(&self) -> &[u8] {
        self.lines.text(self.path)
    }

    /// The query as sent, without its `?`.
    pub fn query(&self) -> Option<&[u8]> {
        self.query.map(|span| self.lines.text(span))
    }

    /// Host and port the client asked for; empty only over HTTP/1.0.
    pub fn host(&self) -> &[u8] {
        self.lines.text(self.host)
    }

    /// The client's version.
    pub fn version(&self) -> Version {
        self.version.unwrap_or(Version::Http11)
    }

    /// The client's word on the length of the body.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// The value of `x-portico-explain`, if there was one such field. It is a word to the gateway
    /// alone and none of [`RequestHead::fields`], so that no origin, mapping or template has it.
    pub fn explain_key(&self) -> Option<&[u8]> {
        self.explain_key.map(|span| self.lines.text(span))
    }

    /// Every other field in the order it came.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.lines.iter()
    }

    /// The first field of this name, in any case.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.lines.get(name)
    }

    /// The first field of a known name.
    pub fn known(&self, name: Name) -> Option<&[u8]> {
        self.lines.known(name)
    }

    /// Whether the field must not be passed on.
    pub fn is_hop_by_hop(&self, field: &Field<'_>) -> bool {
        self.lines.is_hop_by_hop(field)
    }
}

/// The head of an origin's final answer.
#[derive(Debug, Default)]
pub struct ResponseHead {
    pub(crate) lines: Lines,
    pub(crate) status: u16,
    /// What Content-Length says, also where there is no body: of an answer to HEAD, or a 304.
    pub(crate) declared_length: Option<u64>,
    pub(crate) framing: Framing,
    pub(crate) keep_alive: bool,
}

impl ResponseHead {
    /// For example 200; never below 200.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How the end of the body is told.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Every field in the order it came.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.lines.iter()
    }

    /// The first field of this name, in any case.
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.lines.get(name)
    }

    /// The first field of a known name.
    pub fn known(&self, name: Name) -> Option<&[u8]> {
        self.lines.known(name)
    }

    /// Whether the field must not be passed on.
    pub fn is_hop_by_hop(&self, field: &Field<'_>) -> bool {
        self.lines.is_hop_by_hop(field)
    }
}
