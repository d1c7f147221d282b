//! The HTTP methods a Method can have.
//! Source: API Gateway API Reference, `PutMethod`, `httpMethod`.

use std::fmt;
use std::str::FromStr;

/// An HTTP method of API Gateway, or `ANY`. Their order is that of AWS's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HttpMethod {
    Any,
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
}

impl HttpMethod {
    /// Every method; `method as usize` is its index here.
    pub const ALL: [Self; 8] = [
        Self::Any,
        Self::Delete,
        Self::Get,
        Self::Head,
        Self::Options,
        Self::Patch,
        Self::Post,
        Self::Put,
    ];

    /// The method as it stands on the wire (`ANY` never does), for example `GET`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "ANY",
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }

    /// The method of these bytes, if it is one; on the wire `ANY` is none.
    pub fn from_wire(bytes: &[u8]) -> Option<Self> {
        match bytes {
            b"GET" => Some(Self::Get),
            b"POST" => Some(Self::Post),
            b"PUT" => Some(Self::Put),
            b"DELETE" => Some(Self::Delete),
            b"HEAD" => Some(Self::Head),
            b"OPTIONS" => Some(Self::Options),
            b"PATCH" => Some(Self::Patch),
            _ => None,
        }
    }

    /// Whether a repeated request has the effect of one (RFC 9110, section 9.2.2).
    pub fn is_idempotent(self) -> bool {
        !matches!(self, Self::Post | Self::Patch | Self::Any)
    }
}

/// The text is no method that API Gateway knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an HTTP method of API Gateway")]
pub struct UnknownHttpMethod;

impl FromStr for HttpMethod {
    type Err = UnknownHttpMethod;

    /// Methods are case-sensitive (RFC 9110, section 9.1).
    fn from_str(text: &str) -> Result<Self, UnknownHttpMethod> {
        if text == "ANY" {
            return Ok(Self::Any);
        }
        Self::from_wire(text.as_bytes()).ok_or(UnknownHttpMethod)
    }
}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_its_own_index_and_text() {
        for (index, method) in HttpMethod::ALL.into_iter().enumerate() {
            assert_eq!(method as usize, index);
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        assert_eq!("get".parse::<HttpMethod>(), Err(UnknownHttpMethod));
        assert_eq!(HttpMethod::from_wire(b"GET"), Some(HttpMethod::Get));
        assert_eq!(HttpMethod::from_wire(b"ANY"), None);
    }
}
