//! Part: a piece of a text that is put together for each request.

use crate::ContextVariable;

/// A piece of a gateway response or of a line of an access log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// As it stands; stage variables are already replaced.
    Text(Box<str>),
    Context(ContextVariable),
    /// Only in gateway responses.
    Request(RequestParameter),
}

/// A parameter of the request, by name: a gateway response belongs to no method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestParameter {
    Header(Box<str>),
    /// A variable of the resource's path.
    Path(Box<str>),
    Query(Box<str>),
}

impl RequestParameter {
    /// Reads what follows `method.request.`, for example `header.Accept`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (place, name) = text.split_once('.')?;
        match (place, name) {
            (_, "") => None,
            ("header", name) => Some(Self::Header(name.into())),
            ("path", name) => Some(Self::Path(name.into())),
            ("querystring", name) => Some(Self::Query(name.into())),
            _ => None,
        }
    }
}
