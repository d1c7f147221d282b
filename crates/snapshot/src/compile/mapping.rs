//! Mapping expressions: what `requestParameters` and `responseParameters` are written in.
//! Source: AWS, "Map request and response data" and AWS's error messages.

use portico_model::{Class, DocumentPath, Finding, suggestion};

use super::compiler::{Compiler, MethodScope};
use crate::{ContextPlace, ContextVariable, NoContextVariable, ResponseSource, Source};

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
    if rest.starts_with("multivalueheader.") || rest.starts_with("multivaluequerystring.") {
        not_runnable(compiler, path, "multi-value-mapping", expression);
        return None;
    }
    if rest == "body" || rest.starts_with("body.") || rest.starts_with("body[") {
        not_runnable(compiler, path, "body-mapping", expression);
        return None;
    }
    let Some(location) = Location::parse(rest) else {
        compiler.invalid("mapping-expression", path, refused("expression", expression));
        return None;
    };
    if !scope.method.request_parameters.contains_key(expression) {
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
        Location::Header(name) => Mapped::Source(Source::Header(name.into())),
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
                Some(("multivalueheader", _)) => {
                    not_runnable(compiler, path, "multi-value-mapping", expression);
                    return None;
                }
                _ if rest.starts_with("body") => {
                    not_runnable(compiler, path, "body-mapping", expression);
                    return None;
                }
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
    // `token` of RFC 9110, section 5.6.2.
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if !name.is_empty() && name.bytes().all(legal) {
        return Some(name);
    }
    let message = format!("{name:?} is not the name of a header field");
    compiler.invalid("mapping-expression", path, message);
    None
}

/// Whether a header field delimits the message, so that no mapping may set it.
pub(super) fn is_framing(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("transfer-encoding")
}

/// Whether a header field of an answer is dropped although it is mapped.
/// Source: AWS, "Amazon API Gateway important notes" (REST APIs).
pub(super) fn is_kept_back(name: &str) -> bool {
    let names = [
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "upgrade",
        "via",
    ];
    names.iter().any(|kept| kept.eq_ignore_ascii_case(name))
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

fn not_runnable(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    kind: &'static str,
    expression: &str,
) {
    let message = format!("a mapping from \"{expression}\" cannot run yet");
    let finding = Finding::new(Class::NotRunnable, kind, path.clone(), message);
    compiler.report(finding.help("it comes with transformations"));
}
