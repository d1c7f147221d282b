//! Mapping expressions: what `requestParameters` and `responseParameters` are written in.
//! Source: AWS, "Map request and response data" and AWS's error messages.

use portico_model::{Class, DocumentPath, Finding, suggestion};

use super::compiler::{Compiler, MethodScope};
use crate::{
    BodyPath, ContextPlace, ContextVariable, NoContextVariable, ResponseSource, Source, reserved,
};

/// `method.request.header.X` and the like, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location<'a> {
    Header(&'a str),
    Path(&'a str),
    Query(&'a str),
}

/// What a mapped request value compiles to.
pub(super) enum Mapped {
    Source(Source),
    /// A path parameter that the resource's path does not have: never there.
    Absent,
}

/// The part of an expression that requests and answers share.
enum Shared<'a> {
    Static(&'a str),
    StageVariable(&'a str),
    Context(&'a str),
    /// The rest is for the caller.
    Other,
}

impl<'a> Location<'a> {
    /// Reads what follows `integration.request.` or `method.request.`.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (place, name) = text.split_once('.')?;
        match (place, name) {
            (_, "") => None,
            ("header", name) => Some(Self::Header(name)),
            ("path", name) => Some(Self::Path(name)),
            ("querystring", name) => Some(Self::Query(name)),
            _ => None,
        }
    }
}

/// Compiles the source of a request mapping; `None` when a finding has been made instead.
pub(super) fn request_source(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
    path: &DocumentPath,
    expression: &str,
) -> Option<Mapped> {
    let source = match shared(expression) {
        Shared::Static(text) => Source::Literal(literal(compiler, path, text)?),
        Shared::StageVariable(name) => {
            Source::Literal(compiler.stage_variable(path, name)?.as_bytes().into())
        }
        Shared::Context(name) => Source::Context(context(compiler, path, name)?),
        Shared::Other => return method_request(compiler, scope, path, expression),
    };
    Some(Mapped::Source(source))
}

/// Compiles `method.request.…`.
fn method_request(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
    path: &DocumentPath,
    expression: &str,
) -> Option<Mapped> {
    let rest = expression.strip_prefix("method.request.").unwrap_or_default();
    if let Some(json_path) = body_path(rest) {
        let body_path = |path| Mapped::Source(Source::BodyPath(path));
        return match json_path {
            "" => Some(Mapped::Source(Source::Body)),
            text => read_path(compiler, path, expression, text).map(body_path),
        };
    }
    // Every value of a header field or a query parameter, instead of the last.
    let multiple = rest.strip_prefix("multivalue");
    let single = multiple.unwrap_or(rest);
    let location = Location::parse(single)
        .filter(|location| multiple.is_none() || !matches!(location, Location::Path(_)));
    let Some(location) = location else {
        compiler.invalid("mapping-expression", path, refused("expression", expression));
        return None;
    };
    let declared = &scope.method.request_parameters;
    let is_declared = declared.contains_key(expression)
        || (multiple.is_some() && declared.contains_key(&format!("method.request.{single}")));
    if !is_declared {
        let finding = Finding::new(
            Class::Invalid,
            "mapping-expression",
            path.clone(),
            refused("expression parameter", expression),
        );
        compiler.report(finding.help("declare it among the parameters of the operation"));
        return None;
    }
    Some(match location {
        Location::Header(name) if multiple.is_some() => {
            Mapped::Source(Source::Headers(name.into()))
        }
        Location::Header(name) => Mapped::Source(Source::Header(name.into())),
        Location::Query(name) if multiple.is_some() => Mapped::Source(Source::Queries(name.into())),
        Location::Query(name) => Mapped::Source(Source::Query(name.into())),
        Location::Path(name) => {
            let index = scope.path_parameters.iter().position(|parameter| **parameter == *name);
            index.map_or(Mapped::Absent, |index| Mapped::Source(Source::Path(index)))
        }
    })
}

/// Compiles the source of an answer's header field; `None` when a finding has been made instead.
pub(super) fn response_source(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    expression: &str,
) -> Option<ResponseSource> {
    let source = expression.strip_prefix("integration.response.").and_then(body_path);
    if let Some(text) = source.filter(|text| !text.is_empty()) {
        return read_path(compiler, path, expression, text).map(ResponseSource::BodyPath);
    }
    Some(match shared(expression) {
        Shared::Static(text) => ResponseSource::Literal(literal(compiler, path, text)?),
        Shared::StageVariable(name) => {
            ResponseSource::Literal(compiler.stage_variable(path, name)?.as_bytes().into())
        }
        Shared::Context(name) => ResponseSource::Context(context(compiler, path, name)?),
        Shared::Other => {
            let rest = expression.strip_prefix("integration.response.").unwrap_or_default();
            match rest.split_once('.') {
                Some(("header", name)) if !name.is_empty() => ResponseSource::Header(name.into()),
                Some(("multivalueheader", name)) if !name.is_empty() => {
                    ResponseSource::Headers(name.into())
                }
                None if rest == "body" => ResponseSource::Body,
                _ => {
                    compiler.invalid("mapping-expression", path, refused("expression", expression));
                    return None;
                }
            }
        }
    })
}

/// The name of a header field that a mapping writes; `None` when a finding has been made instead.
pub(super) fn header_name<'a>(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    name: &'a str,
) -> Option<&'a str> {
    if reserved::is_field_name(name) {
        return Some(name);
    }
    let message = format!("{name:?} is not the name of a header field");
    compiler.invalid("mapping-expression", path, message);
    None
}

/// AWS's words for an expression it does not take; `what` is `expression`, `expression parameter`
/// or `identifier`.
pub(super) fn refused(what: &str, text: &str) -> String {
    let detail = match what {
        "identifier" => "Invalid mapping identifier specified".to_owned(),
        _ => format!("Invalid mapping {what} specified: {text}"),
    };
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{detail}]"
    )
}

fn shared(expression: &str) -> Shared<'_> {
    let quoted = expression.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    if let Some(text) = quoted {
        Shared::Static(text)
    } else if let Some(name) = expression.strip_prefix("stageVariables.") {
        Shared::StageVariable(name)
    } else if let Some(name) = expression.strip_prefix("context.") {
        Shared::Context(name)
    } else {
        Shared::Other
    }
}

/// A static value; control characters would end the header field it stands in.
fn literal(compiler: &mut Compiler<'_>, path: &DocumentPath, text: &str) -> Option<Box<[u8]>> {
    if text.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
        let message = "a static value has a control character".to_owned();
        compiler.invalid("mapping-expression", path, message);
        return None;
    }
    Some(text.as_bytes().into())
}

fn context(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    name: &str,
) -> Option<ContextVariable> {
    let place = ContextPlace::Mapping;
    let why = match ContextVariable::parse(name, place) {
        Ok(variable) => return Some(variable),
        Err(why) => why,
    };
    let message = match why {
        NoContextVariable::Unknown => format!("there is no context variable \"context.{name}\""),
        NoContextVariable::Elsewhere => format!("\"context.{name}\" has no value in a mapping"),
    };
    let mut finding = Finding::new(Class::NotRunnable, "context-variable", path.clone(), message);
    finding.help = suggestion(name, ContextVariable::names(place));
    compiler.report(finding);
    None
}

/// What follows `body`, if that is what the text begins with: empty, or a path into it.
fn body_path(text: &str) -> Option<&str> {
    text.strip_prefix("body").filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The path of a body mapping.
fn read_path(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    expression: &str,
    text: &str,
) -> Option<BodyPath> {
    let read = BodyPath::parse(text);
    if let Err(error) = &read {
        let message = format!("a mapping from \"{expression}\" cannot run: {error}");
        let finding = Finding::new(Class::NotRunnable, "body-mapping", path.clone(), message);
        compiler.report(finding.help("the path is JSONPath in the Jayway dialect"));
    }
    read.ok()
}
