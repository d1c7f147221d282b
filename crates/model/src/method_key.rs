//! MethodKey: which methods a setting of a stage is for.
//! Source: API Gateway API Reference, `Stage`, `methodSettings`, and "Patch operations".

use std::str::FromStr;

use crate::{HttpMethod, ResourcePath};

/// The key of a method setting: `*/*` for all methods, or a resource's path and a method. The path
/// may be escaped as in AWS's patch paths (`~1books~1{id}/GET`) or plain (`books/{id}/GET`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MethodKey {
    All,
    One {
        resource: ResourcePath,
        /// As configured: `ANY` is the method ANY, not every method.
        method: HttpMethod,
    },
}

/// Why a text is no key of a method setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMethodKey {
    #[error("a key of methodSettings is */*, or a resource's path, a slash and a method")]
    Form,
    #[error("only */* is for several methods: name the resource and the method")]
    Wildcard,
    #[error("the method is none of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT")]
    Method,
    #[error("what stands before the method is no path of a resource")]
    Path,
}

impl FromStr for MethodKey {
    type Err = InvalidMethodKey;

    fn from_str(text: &str) -> Result<Self, InvalidMethodKey> {
        let (path, method) = text.rsplit_once('/').ok_or(InvalidMethodKey::Form)?;
        match (path, method) {
            ("*", "*") => return Ok(Self::All),
            ("*", _) | (_, "*") => return Err(InvalidMethodKey::Wildcard),
            _ => {}
        }
        let method = method.parse().map_err(|_| InvalidMethodKey::Method)?;
        let path = path.replace("~1", "/").replace("~0", "~");
        let path = path.strip_prefix('/').unwrap_or(&path);
        let path = path.strip_suffix('/').unwrap_or(path);
        let resource = format!("/{path}").parse().map_err(|_| InvalidMethodKey::Path)?;
        Ok(Self::One { resource, method })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_clients_of_aws_write_them() {
        let check = |text: &str, expected: Result<&str, InvalidMethodKey>| {
            let found = text.parse().map(|key| match key {
                MethodKey::All => "all".to_owned(),
                MethodKey::One { resource, method } => format!("{} {resource}", method.as_str()),
            });
            assert_eq!(found, expected.map(str::to_owned), "{text:?}");
        };
        check("*/*", Ok("all"));
        check("~1pets/GET", Ok("GET /pets"));
        check("~1a~1b/POST", Ok("POST /a/b"));
        check("~1pets~1{id}/GET", Ok("GET /pets/{id}"));
        check("~1files~1{proxy+}/ANY", Ok("ANY /files/{proxy+}"));
        check("/GET", Ok("GET /"));
        check("~1/GET", Ok("GET /"));
        check("//GET", Ok("GET /"));
        check("test/GET", Ok("GET /test"));
        check("a/b/GET", Ok("GET /a/b"));
        check("/a/b/GET", Ok("GET /a/b"));
        check("a/b//GET", Ok("GET /a/b"));
        check("", Err(InvalidMethodKey::Form));
        check("GET", Err(InvalidMethodKey::Form));
        check("*/GET", Err(InvalidMethodKey::Wildcard));
        check("~1pets/*", Err(InvalidMethodKey::Wildcard));
        check("pets/get", Err(InvalidMethodKey::Method));
        check("pets/TRACE", Err(InvalidMethodKey::Method));
        check("pets/", Err(InvalidMethodKey::Method));
        check("~0pets/GET", Err(InvalidMethodKey::Path));
        check("a//b/GET", Err(InvalidMethodKey::Path));
        check("*/*/GET", Err(InvalidMethodKey::Path));
        check("a b/GET", Err(InvalidMethodKey::Path));
    }
}
