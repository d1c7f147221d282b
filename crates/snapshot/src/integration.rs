//! Integration: how a method is answered, with every mapping resolved to a slot.

use std::time::Duration;

use portico_model::PassthroughBehavior;

use crate::{Content, ContextVariable, JsonPath, Responses};

/// How a method is answered.
#[derive(Debug)]
pub enum Integration {
    /// The client's request goes to the origin, the origin's answer to the client.
    HttpProxy(HttpCall),
    /// Only what is mapped goes either way.
    Http { call: HttpCall, body: RequestTemplates, responses: Responses },
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
    /// Value of the Host field, where it is not the origin's own: behind a VPC link.
    pub host: Option<Box<str>>,
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
    pub wait: Wait,
    /// Whether a mapping reads the body of the request.
    pub reads_body: bool,
    /// `None` where every body passes as it comes.
    pub content: Option<Content>,
}

/// How much of an answer is waited for before it goes to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Its head.
    Head,
    /// All of it, if it is short.
    Short,
    /// All of it: it is converted, or a mapping reads it.
    Whole,
}

/// A piece of a path, or of the value of a query parameter.
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
    /// Percent-encoded unless its source already is. Without a value the parameter is left out.
    Value(Source),
    /// One after the other; a part without a value is empty.
    Parts(Vec<PathPart>),
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
    /// Every value of a query parameter, in the client's order.
    Queries(Box<str>),
    /// Name of a header field, as the mapping writes it.
    Header(Box<str>),
    /// Every value of a header field, in the client's order.
    Headers(Box<str>),
    Context(ContextVariable),
    /// The body of the request; without one `{}`.
    Body,
    /// One value of the body of the request.
    BodyPath(JsonPath),
}

/// What goes to an `Http` integration as the body of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct RequestTemplates {
    /// Media type in lower case, to a constant body.
    pub templates: Vec<(Box<str>, Box<[u8]>)>,
    /// What happens to a content type without a template.
    pub passthrough: PassthroughBehavior,
}

/// The status a mock integration makes of a request.
#[derive(Debug, PartialEq, Eq)]
pub struct MockStatus {
    /// Media type in lower case, to the status that its template gives.
    pub templates: Vec<(Box<str>, u16)>,
    /// What happens to a content type without a template.
    pub passthrough: PassthroughBehavior,
}
