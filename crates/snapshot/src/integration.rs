//! Integration: how a method is answered, with every mapping resolved to a slot.

use std::sync::Arc;
use std::time::Duration;

use portico_model::PassthroughBehavior;

use crate::{BodyPath, Content, ContextVariable, MappingTemplate, Responses};

/// How a method is answered.
#[derive(Debug)]
pub enum Integration {
    /// The client's request goes to the origin, the origin's answer to the client.
    HttpProxy(HttpCall),
    /// Only what is mapped goes either way.
    Http { call: HttpCall, body: RequestTemplates, responses: Responses },
    /// The gateway answers itself. Without `content` every body is text.
    Mock {
        templates: RequestTemplates<MockTemplate>,
        content: Option<Content>,
        responses: Responses,
    },
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
    /// Whether a mapping or a template reads the body of the request.
    pub reads_body: bool,
    /// The paths into the body of the request that are mapped.
    pub body_paths: Arc<[BodyPath]>,
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
    /// All of it: it is converted, or a mapping or a template reads it.
    Whole,
}

/// A piece of a path, or of the value of a query parameter.
#[derive(Debug, PartialEq, Eq)]
pub enum PathPart {
    /// Already percent-encoded.
    Literal(Box<[u8]>),
    /// Percent-encoded unless its source already is: captures and raw query values are.
    Value(Source),
    /// A variable of the URI by its name, where a template may override its value.
    Variable(Box<str>, Box<PathPart>),
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
    /// What a path leads to in the body of the request.
    BodyPath(BodyPath),
}

/// The templates of a request.
#[derive(Debug)]
pub struct RequestTemplates<T = MappingTemplate> {
    /// By media type in lower case.
    pub templates: Vec<(Box<str>, T)>,
    /// What happens to a content type without a template.
    pub passthrough: PassthroughBehavior,
    /// Whether one of them reads the body of the request.
    pub reads_body: bool,
}

/// What becomes of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'t, T> {
    /// This template, which is for this media type, makes another of it.
    Template(&'t str, &'t T),
    /// It passes unchanged.
    PassThrough,
    /// There is no template for it, and it may not pass.
    Refused,
}

/// What a request template of a mock makes.
#[derive(Clone, Debug)]
pub enum MockTemplate {
    /// This status, of every request.
    Status(u16),
    /// A text that gives a status. A constant gives none.
    Text(MappingTemplate),
}

impl Integration {
    /// Whether the type of a request's body says what becomes of it.
    pub(crate) fn goes_by_type(&self) -> bool {
        match self {
            Self::HttpProxy(call) => call.content.is_some(),
            Self::Http { call, body, .. } => call.content.is_some() || !body.templates.is_empty(),
            Self::Mock { templates, .. } => !templates.templates.is_empty(),
            Self::Broken(_) => false,
        }
    }
}

impl<T> RequestTemplates<T> {
    /// What becomes of a body of this media type, which has no parameters.
    /// Source: AWS, "Method request behavior for payloads without mapping templates".
    pub fn choose(&self, media_type: &[u8]) -> Choice<'_, T> {
        let is_it = |(name, _): &&(Box<str>, T)| name.as_bytes().eq_ignore_ascii_case(media_type);
        match (self.templates.iter().find(is_it), self.passthrough) {
            (Some((name, template)), _) => Choice::Template(name, template),
            (None, PassthroughBehavior::WhenNoMatch) => Choice::PassThrough,
            (None, PassthroughBehavior::WhenNoTemplates) if self.templates.is_empty() => {
                Choice::PassThrough
            }
            (None, _) => Choice::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use PassthroughBehavior::{Never, WhenNoMatch, WhenNoTemplates};

    /// The table of the sheet on passthrough behaviours, [D].
    #[test]
    fn a_template_is_chosen_by_media_type() {
        let check = |names: &[&str], passthrough, media_type: &str, expected: Choice<'_, ()>| {
            let templates = names.iter().map(|name| ((*name).into(), ())).collect();
            let templates = RequestTemplates { templates, passthrough, reads_body: false };
            assert_eq!(templates.choose(media_type.as_bytes()), expected, "{media_type}");
        };
        for passthrough in [WhenNoMatch, WhenNoTemplates, Never] {
            check(&["a/b", "c/d"], passthrough, "C/d", Choice::Template("c/d", &()));
        }
        check(&["a/b"], WhenNoMatch, "c/d", Choice::PassThrough);
        check(&["a/b"], WhenNoTemplates, "c/d", Choice::Refused);
        check(&["a/b"], Never, "c/d", Choice::Refused);
        check(&[], WhenNoMatch, "c/d", Choice::PassThrough);
        check(&[], WhenNoTemplates, "c/d", Choice::PassThrough);
        check(&[], Never, "c/d", Choice::Refused);
    }
}
