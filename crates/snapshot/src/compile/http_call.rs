//! HttpCall: from an integration's URI and `requestParameters` to parts that a request fills.

use std::collections::{BTreeMap, BTreeSet};

use portico_model::{Class, DocumentPath, Finding, Integration, IntegrationType, TransferMode};

use super::compiler::{Compiler, MethodScope, Substituted};
use super::mapping::{self, Location, Mapped};
use super::percent::{self, Part};
use super::uri::{Piece, UnusableUri, Uri};
use super::{content, origin_tls, reserved, vpc_link};
use crate::{
    BodyPath, HeaderPart, HttpCall, PathPart, QueryPart, QueryValue, REQUEST_OVERRIDE, Source, Wait,
};

/// `requestParameters` by target.
#[derive(Default)]
struct Mappings<'a> {
    path: BTreeMap<&'a str, Option<Source>>,
    query: Vec<QueryPart>,
    headers: Vec<HeaderPart>,
    /// Whether one of them could not be compiled.
    failed: bool,
}

impl Mappings<'_> {
    fn read_body(&self) -> bool {
        let is_body = |it: &Source| matches!(it, Source::Body | Source::BodyPath(_));
        let in_query =
            |part: &QueryPart| matches!(&part.value, QueryValue::Value(it) if is_body(it));
        self.path.values().flatten().any(is_body)
            || self.query.iter().any(in_query)
            || self.headers.iter().any(|part| is_body(&part.source))
    }
}

/// Why an integration has no call.
pub(super) enum NoCall {
    /// A fatal finding was made.
    Refused,
    /// Every request is a configuration error; the text is for the operator.
    Broken(String),
}

/// Compiles the call of an `http` or `http_proxy` integration.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    scope: &MethodScope<'_>,
) -> Result<HttpCall, NoCall> {
    let integration = &scope.method.integration;
    let mappings = compile_mappings(compiler, scope);
    let uri_path = integration.path.join("uri");
    let Some(text) = &integration.uri else {
        let message = "Invalid HTTP endpoint specified for URI: there is none".to_owned();
        compiler.invalid("uri", &integration.path, message);
        return Err(NoCall::Refused);
    };
    let text = match compiler.substitute(&uri_path, text).ok_or(NoCall::Refused)? {
        Substituted::Text(text) => text,
        Substituted::Missing(_) if mappings.failed => return Err(NoCall::Refused),
        Substituted::Missing(what) => {
            return Err(NoCall::Broken(format!("Invalid endpoint address: {what}")));
        }
    };
    let mut uri = parse_uri(compiler, &uri_path, &text).ok_or(NoCall::Refused)?;
    let has_tls = origin_tls::apply(compiler, integration, &mut uri.origin);
    let host = vpc_link::apply(compiler, integration, &mut uri.origin)?;
    let names = || {
        let query = uri.query.iter().flat_map(|(_, pieces)| pieces);
        uri.path.iter().chain(query).filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    };
    let failed =
        !may_override(integration) && report_unmapped(compiler, &uri_path, names(), &mappings);
    report_unused(compiler, &integration.path, names(), &mappings);
    if failed || mappings.failed || !has_tls {
        return Err(NoCall::Refused);
    }
    let reads_body = mappings.read_body();
    let Mappings { path: values, query: mapped, headers, .. } = mappings;
    let variables = Variables { values, may_be_overridden: may_override(integration) };
    let path = uri.path.into_iter().map(|piece| variables.part(piece, Part::Path));
    let path: Vec<_> = path.collect();
    let mut query: Vec<_> = uri
        .query
        .into_iter()
        .map(|(name, pieces)| QueryPart { name, value: variables.query_value(pieces) })
        .collect();
    query.extend(mapped);
    Ok(HttpCall {
        origin: compiler.origin(uri.origin),
        host,
        body_paths: body_paths(&path, &query, &headers).cloned().collect(),
        method: integration.http_method.as_deref().map(Into::into),
        path,
        query,
        headers,
        timeout: integration.timeout,
        wait: match integration.response_transfer_mode {
            TransferMode::Stream => Wait::Head,
            TransferMode::Buffered => Wait::Short,
        },
        reads_body,
        content: content::compile(compiler, scope),
    })
}

/// The paths into the body of a request that its integration maps.
fn body_paths<'a>(
    path: &'a [PathPart],
    query: &'a [QueryPart],
    headers: &'a [HeaderPart],
) -> impl Iterator<Item = &'a BodyPath> {
    let in_query = query.iter().flat_map(|part| match &part.value {
        QueryValue::Literal(_) => Vec::new(),
        QueryValue::Value(source) => vec![source],
        QueryValue::Parts(parts) => parts.iter().filter_map(source_of).collect(),
    });
    let in_headers = headers.iter().map(|part| &part.source);
    let sources = path.iter().filter_map(source_of).chain(in_query).chain(in_headers);
    sources.filter_map(|source| match source {
        Source::BodyPath(path) => Some(path),
        _ => None,
    })
}

/// What a piece of a URI is filled with; a literal is there already.
fn source_of(part: &PathPart) -> Option<&Source> {
    match part {
        PathPart::Literal(_) => None,
        PathPart::Value(source) => Some(source),
        PathPart::Variable(_, part) => source_of(part),
    }
}

fn compile_mappings<'a>(compiler: &mut Compiler<'_>, scope: &MethodScope<'a>) -> Mappings<'a> {
    let integration = &scope.method.integration;
    let base = integration.path.join("requestParameters");
    let mut mappings = Mappings::default();
    for (target, expression) in &integration.request_parameters {
        let path = base.join(target);
        let location = target.strip_prefix("integration.request.").and_then(Location::parse);
        let Some(location) = location else {
            compiler.invalid("mapping-expression", &path, mapping::refused("identifier", target));
            mappings.failed = true;
            continue;
        };
        let mapped = mapping::request_source(compiler, scope, &path, expression);
        mappings.failed |= mapped.is_none();
        let source = match mapped {
            Some(Mapped::Source(source)) => Some(source),
            Some(Mapped::Absent) => {
                let message = format!("the resource's path has no variable for {expression}");
                let class = Class::Ignored;
                compiler.report(Finding::new(class, "path-parameter", path.clone(), message));
                None
            }
            None => None,
        };
        match (location, source) {
            (Location::Path(name), source) => {
                mappings.path.insert(name, source);
            }
            (Location::Header(name), Some(source)) => {
                match mapping::header_name(compiler, &path, name) {
                    Some(name) if !reserved::reaches_origin(compiler, &path, name) => {}
                    Some(name) => mappings.headers.push(HeaderPart { name: name.into(), source }),
                    None => mappings.failed = true,
                }
            }
            (Location::Query(name), Some(source)) => {
                let name = percent::encode(name, Part::Query);
                let name = String::from_utf8_lossy(&name).into();
                let value = match source {
                    Source::Literal(text) => QueryValue::Literal(encode(&text, Part::Query)),
                    source => QueryValue::Value(source),
                };
                mappings.query.push(QueryPart { name, value });
            }
            (Location::Header(_) | Location::Query(_), None) => {}
        }
    }
    mappings
}

fn parse_uri(compiler: &mut Compiler<'_>, path: &DocumentPath, text: &str) -> Option<Uri> {
    let (class, kind, message) = match Uri::parse(text) {
        Ok(uri) => {
            if uri.fragment {
                let message = "the fragment of a URI is never sent";
                compiler.report(Finding::new(Class::Ignored, "uri", path.clone(), message));
            }
            return Some(uri);
        }
        Err(error @ UnusableUri::QueryVariable) => {
            (Class::NotRunnable, "uri-query-variable", error.to_string())
        }
        Err(error @ UnusableUri::Invalid(_)) => (Class::Invalid, "uri", error.to_string()),
    };
    compiler.report(Finding::new(class, kind, path.clone(), message));
    None
}

/// Reports the variables of a URI that nothing fills; whether there are any.
fn report_unmapped<'n>(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    names: impl Iterator<Item = &'n str>,
    mappings: &Mappings<'_>,
) -> bool {
    let missing: BTreeSet<_> = names.filter(|name| !mappings.path.contains_key(name)).collect();
    for name in &missing {
        let message = format!("nothing fills the path variable {{{name}}} of the URI");
        let finding = Finding::new(Class::Invalid, "uri-variable", path.clone(), message);
        compiler.report(
            finding.help(format!(
                "map it: integration.request.path.{name}: method.request.path.{name}"
            )),
        );
    }
    !missing.is_empty()
}

/// Reports the mapped path parameters that the URI has no place for.
fn report_unused<'n>(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    names: impl Iterator<Item = &'n str>,
    mappings: &Mappings<'_>,
) {
    let used: BTreeSet<_> = names.collect();
    for name in mappings.path.keys().filter(|name| !used.contains(*name)) {
        let target = format!("integration.request.path.{name}");
        let path = path.join("requestParameters").join(&target);
        let message = format!("the URI has no path variable {{{name}}}");
        compiler.report(Finding::new(Class::Ignored, "uri-variable", path, message));
    }
}

/// Whether a request template may give variables of the URI other values.
fn may_override(integration: &Integration) -> bool {
    let mut templates = integration.request_templates.values();
    integration.kind == IntegrationType::Http
        && templates.any(|text| text.contains(REQUEST_OVERRIDE))
}

/// The variables of a URI.
struct Variables<'a> {
    values: BTreeMap<&'a str, Option<Source>>,
    may_be_overridden: bool,
}

impl Variables<'_> {
    fn part(&self, piece: Piece, part: Part) -> PathPart {
        let name = match piece {
            Piece::Literal(text) => return PathPart::Literal(text),
            Piece::Variable(name) => name,
        };
        let value = match self.values.get(name.as_str()).cloned().flatten() {
            Some(Source::Literal(text)) => PathPart::Literal(encode(&text, part)),
            Some(source) => PathPart::Value(source),
            None => PathPart::Literal(Box::default()),
        };
        match self.may_be_overridden {
            true => PathPart::Variable(name.into(), Box::new(value)),
            false => value,
        }
    }

    fn query_value(&self, pieces: Vec<Piece>) -> QueryValue {
        let parts = pieces.into_iter().map(|piece| self.part(piece, Part::Query));
        let mut parts: Vec<_> = parts.collect();
        match (parts.pop(), parts.is_empty()) {
            (None, _) => QueryValue::Literal(Box::default()),
            (Some(PathPart::Literal(text)), true) => QueryValue::Literal(text),
            (Some(PathPart::Value(source)), true) => QueryValue::Value(source),
            (Some(last), _) => {
                parts.push(last);
                QueryValue::Parts(parts)
            }
        }
    }
}

/// Encodes a static value, which was text before it became bytes.
fn encode(text: &[u8], part: Part) -> Box<[u8]> {
    percent::encode(&String::from_utf8_lossy(text), part)
}
