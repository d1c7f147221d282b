//! ResourcePath: the template of a resource's path.
//! Source: API Gateway API Reference, `CreateResource`, `pathPart`; AWS's error messages.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::limits;

/// A template path, for example `/`, `/pets/{id}` or `/files/{proxy+}`: segments of
/// `[A-Za-z0-9._:,$-]`, or one variable each, the last perhaps greedy; no variable twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourcePath(String);

/// One segment of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSegment<'a> {
    /// `pets`.
    Literal(&'a str),
    /// The `id` of `{id}`.
    Variable(&'a str),
    /// The `proxy` of `{proxy+}`.
    Greedy(&'a str),
}

/// Why a text is no template path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidResourcePath {
    #[error("a path longer than a URL can be: {} bytes", limits::URL_BYTES)]
    Long,
    #[error("a path must begin with '/'")]
    NoSlash,
    #[error("a path has no empty segments, and no '/' at its end")]
    EmptySegment,
    #[error(
        "path part \"{0}\" is not allowed: a path part has only a-z A-Z 0-9 _ - . , : $, or is \
         one variable in curly braces"
    )]
    Segment(String),
    #[error("Cannot create a child of a resource with a greedy path variable: {{{0}+}}")]
    GreedyInside(String),
    #[error("path variable {{{0}}} stands twice in one path")]
    Repeated(String),
}

impl ResourcePath {
    /// The template as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments; the root has none.
    pub fn segments(&self) -> impl Iterator<Item = PathSegment<'_>> {
        self.0.split('/').filter(|text| !text.is_empty()).map(|text| {
            match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                None => PathSegment::Literal(text),
                Some(name) => match name.strip_suffix('+') {
                    None => PathSegment::Variable(name),
                    Some(name) => PathSegment::Greedy(name),
                },
            }
        })
    }

    /// Names of the variables in order, a greedy one without its `+`.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments().filter_map(|segment| match segment {
            PathSegment::Literal(_) => None,
            PathSegment::Variable(name) | PathSegment::Greedy(name) => Some(name),
        })
    }

    /// Checks each segment of what follows the first slash.
    fn check(rest: &str) -> Result<(), InvalidResourcePath> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || b"_-.,:$".contains(&b);
        let mut names = BTreeSet::new();
        let mut greedy = None;
        for text in rest.split('/') {
            if let Some(name) = greedy {
                return Err(InvalidResourcePath::GreedyInside(name));
            }
            if text.is_empty() {
                return Err(InvalidResourcePath::EmptySegment);
            }
            let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
            let name = inner.map(|inner| inner.strip_suffix('+').unwrap_or(inner));
            let plain = name.unwrap_or(text);
            if plain.is_empty() || !plain.bytes().all(legal) {
                return Err(InvalidResourcePath::Segment(text.to_owned()));
            }
            if let Some(name) = name
                && !names.insert(name)
            {
                return Err(InvalidResourcePath::Repeated(name.to_owned()));
            }
            greedy = inner.and_then(|inner| inner.strip_suffix('+')).map(str::to_owned);
        }
        Ok(())
    }
}

impl FromStr for ResourcePath {
    type Err = InvalidResourcePath;

    fn from_str(text: &str) -> Result<Self, InvalidResourcePath> {
        match text.strip_prefix('/') {
            _ if text.len() > limits::URL_BYTES => Err(InvalidResourcePath::Long),
            None => Err(InvalidResourcePath::NoSlash),
            Some("") => Ok(Self(text.to_owned())),
            Some(rest) => Self::check(rest).map(|()| Self(text.to_owned())),
        }
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_checked_once() {
        let check = |text: &str, expected: Result<(), InvalidResourcePath>| {
            assert_eq!(text.parse::<ResourcePath>().map(drop), expected, "{text:?}");
        };
        check("/", Ok(()));
        check("/pets/{id}/x.y-z_1,2:$3", Ok(()));
        check("/files/{proxy+}", Ok(()));
        check("", Err(InvalidResourcePath::NoSlash));
        check("pets", Err(InvalidResourcePath::NoSlash));
        check("/pets/", Err(InvalidResourcePath::EmptySegment));
        check("//pets", Err(InvalidResourcePath::EmptySegment));
        check("/{proxy+}/x", Err(InvalidResourcePath::GreedyInside("proxy".into())));
        check(&format!("/{}", "a".repeat(limits::URL_BYTES)), Err(InvalidResourcePath::Long));
        check("/{id}/{id}", Err(InvalidResourcePath::Repeated("id".into())));
        check("/{id}/{id+}", Err(InvalidResourcePath::Repeated("id".into())));
        for segment in ["{}", "{+}", "{a", "a}", "a{b}", "{a}{b}", "{a b}", "a b", "é", "%20", "*"]
        {
            let path = format!("/x/{segment}");
            check(&path, Err(InvalidResourcePath::Segment(segment.into())));
        }
    }

    #[test]
    fn segments_are_literals_and_variables() {
        let path: ResourcePath = "/a/{b}/{c+}".parse().unwrap();
        let segments: Vec<_> = path.segments().collect();
        let expected =
            [PathSegment::Literal("a"), PathSegment::Variable("b"), PathSegment::Greedy("c")];
        assert_eq!(segments, expected);
        assert_eq!(path.variables().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!("/".parse::<ResourcePath>().unwrap().segments().count(), 0);
    }
}
