//! Integration: how a method is answered, with every mapping resolved to a slot.

use std::time::Duration;

use portico_model::PassthroughBehavior;

use crate::{ContextVariable, Responses};

/// How a method is answered.
#[derive(Debug)]
pub enum Integration {
    /// The client's request goes to the origin, the origin's answer to the client.
    HttpProxy(HttpCall),
    /// Only what is mapped goes either way.
    Http { call: HttpCall, body: BodyRule, responses: Responses },
    /// The gateway answers itself.
    Mock { status: MockStatus, responses: Responses },
    /// Always answers 500 API_CONFIGURATION_ERROR; the text is for the operator.
    Broken(String),
}

/// A request to an origin.
#[derive(Debug)]
pub struct HttpCall {
    /// Index into `RestStage::origins`.
    pub origin: usize,
    /// `None` is the client's own.
    pub method: Option<Box<str>>,
    /// Concatenated they are the path, which always begins with `/`.
    pub path: Vec<PathPart>,
    /// In order: those of the URI first, then the mapped ones by name.
    pub query: Vec<QueryPart>,
    /// Mapped header fields, by name.
    pub headers: Vec<HeaderPart>,
    /// What the origin may take for its whole answer.
    pub timeout: Duration,
}

/// A piece of a path.
#[derive(Debug, PartialEq, Eq)]
pub enum PathPart {
    /// Already percent-encoded.
    Literal(Box<[u8]>),
    /// Percent-encoded unless its source already is: captures and raw query values are.
    Value(Source),
}

/// One `name=value` of a query.
#[derive(Debug, PartialEq, Eq)]
pub struct QueryPart {
    /// Percent-encoded.
    pub name: Box<str>,
    pub value: QueryValue,
}

/// The value of a query parameter.
#[derive(Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// Already percent-encoded.
    Literal(Box<[u8]>),
    /// Percent-encoded unless its source already is.
    Value(Source),
}

/// A mapped header field.
#[derive(Debug, PartialEq, Eq)]
pub struct HeaderPart {
    pub name: Box<str>,
    pub source: Source,
}

/// Where a mapped value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value itself: a static text or a stage variable.
    Literal(Box<[u8]>),
    /// Index of a capture of the method's path.
    Path(usize),
    /// Name of a query parameter.
    Query(Box<str>),
    /// Name of a header field, as the mapping writes it.
    Header(Box<str>),
    Context(ContextVariable),
}

/// What happens to the body of a request on its way to an `Http` integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRule {
    /// It goes to the origin.
    Pass,
    /// A body is refused with 415: the integration passes none and has no templates.
    Refuse415,
}

/// The status a mock integration makes of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct MockStatus {
    /// Media type in lower case, to the status that its template gives.
    pub templates: Vec<(Box<str>, u16)>,
    /// What happens to a content type without a template.
    pub passthrough: PassthroughBehavior,
}
