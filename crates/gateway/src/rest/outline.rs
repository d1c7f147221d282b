//! What steps note, in words: routes, mappings, requests to origins. Values of fields and of query
//! parameters are not among them: an explanation is read by others than who sent a token.

use std::sync::Arc;

use portico_snapshot::{
    HttpCall, Method, Overrides, PathPart, QueryValue, ResponseRule, ResponseSource, RestStage,
    Snapshot, Source, reserved,
};

use crate::rest::encode::query_pairs;
use crate::rest::headers::REMAPPED;
use crate::rest::overrides::Fields;
use crate::rest::route::Matched;

/// Stands for a value.
const HIDDEN: &str = "…";

/// For example `GET /books/{id}`.
pub(crate) fn route(method: &Method) -> String {
    format!("{} {}", method.http_method, method.resource_path)
}

/// Stages that are told of.
const STAGES_MAX: usize = 20;

/// For example `served are stage prod of API a1b2c3d4e5 (Books)`.
pub(super) fn stages(snapshot: &Snapshot) -> String {
    let stage = |stage: &Arc<RestStage>| {
        format!("stage {} of API {} ({})", stage.stage, stage.api_id, stage.api_name)
    };
    let stages = snapshot.stages();
    let told: Vec<_> = stages.iter().take(STAGES_MAX).map(stage).collect();
    match stages.len().saturating_sub(STAGES_MAX) {
        _ if stages.is_empty() => "no stage is served".to_owned(),
        0 => format!("served are {}", told.join(", ")),
        more => format!("served are {} and {more} more", told.join(", ")),
    }
}

/// The media type of a request, if it is one: of what else a field may hold nothing is told.
pub(super) fn media_type(sent: &[u8]) -> &str {
    let text = std::str::from_utf8(sent).ok().filter(|text| text.len() <= MEDIA_TYPE_BYTES);
    let is_name = |(kind, subtype): &(&str, &str)| {
        reserved::is_field_name(kind) && reserved::is_field_name(subtype)
    };
    match text {
        Some(text) if text.split_once('/').is_some_and(|parts| is_name(&parts)) => text,
        _ => "a content type that is none",
    }
}

/// Bytes of a media type that is told (RFC 6838, section 4.2).
const MEDIA_TYPE_BYTES: usize = 255;

/// What templates override in a request, for example `header.X-A, querystring.q, path.id`; nothing
/// if they do not. `sent` are the fields that go out.
pub(super) fn request_overrides(overrides: &Overrides, sent: &Fields) -> Option<String> {
    let headers = overrides.request_headers().iter().map(|(name, _)| header(name, sent));
    let query = overrides.query().iter().map(|(name, _)| format!("querystring.{name}"));
    let path = overrides.paths().iter().map(|(name, _)| format!("path.{name}"));
    listed(headers.chain(query).chain(path))
}

/// The same of an answer, for example `status 202, header.X-A`.
pub(super) fn response_overrides(overrides: &Overrides, sent: &Fields) -> Option<String> {
    let status = overrides.status().map(|status| format!("status {status}"));
    let headers = overrides.response_headers().iter().map(|(name, _)| header(name, sent));
    listed(status.into_iter().chain(headers))
}

fn header(name: &str, sent: &Fields) -> String {
    let is_sent = sent.has(name.as_bytes()) || sent.has(remapped(name).as_bytes());
    format!("header.{name}{}", if is_sent { "" } else { " (ignored)" })
}

fn remapped(name: &str) -> String {
    format!("{}{name}", String::from_utf8_lossy(REMAPPED))
}

fn listed(names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// For example `GET /books/7?q=… of 127.0.0.1:9000`, of the head that goes to the origin. Of its
/// path, only what the client's path has is told.
pub(super) fn request_line(
    head: &[u8],
    call: &HttpCall,
    matched: &Matched<'_>,
    authority: &str,
) -> String {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    let (verb, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path: String = call.path.iter().map(|part| path_part(part, matched)).collect();
    let query = target.splitn(2, |byte| *byte == b'?').nth(1).unwrap_or_default();
    let query =
        query_pairs(query).map(|(name, _)| format!("{}={HIDDEN}", String::from_utf8_lossy(name)));
    let query: Vec<_> = query.collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {path}{mark}{} of {authority}", String::from_utf8_lossy(verb), query.join("&"))
}

fn path_part(part: &PathPart, matched: &Matched<'_>) -> String {
    let captured = |index| matched.path.get(matched.captures.get(index)?);
    match part {
        PathPart::Literal(text) => String::from_utf8_lossy(text).into_owned(),
        PathPart::Value(Source::Path(index)) => {
            String::from_utf8_lossy(captured(*index).unwrap_or_default()).into_owned()
        }
        PathPart::Value(from) => format!("{{{}}}", source(from, matched.method)),
        // A template may have given it any value.
        PathPart::Variable(name, _) => format!("{{{name}}}"),
    }
}

/// Whether parameters of the request to the origin are mapped.
pub(super) fn is_mapped(call: &HttpCall) -> bool {
    !call.headers.is_empty()
        || !call.query.is_empty()
        || call.path.iter().any(|part| !matches!(part, PathPart::Literal(_)))
}

/// For example `path from path.id; querystring.q from querystring.title; header.X-A from header.A`.
pub(super) fn request_mapping(call: &HttpCall, method: &Method) -> String {
    let path = call.path.iter().filter_map(|part| match part {
        PathPart::Value(from) => Some(format!("path from {}", source(from, method))),
        PathPart::Variable(name, _) => Some(format!("path.{name} or its override")),
        PathPart::Literal(_) => None,
    });
    let query = call.query.iter().map(|part| {
        let from = match &part.value {
            QueryValue::Literal(_) => CONSTANT.to_owned(),
            QueryValue::Value(from) => source(from, method),
            QueryValue::Parts(parts) => {
                let from = parts.iter().filter_map(|part| match part {
                    PathPart::Value(from) => Some(source(from, method)),
                    PathPart::Variable(name, _) => Some(format!("path.{name}")),
                    PathPart::Literal(_) => None,
                });
                from.collect::<Vec<_>>().join(" and ")
            }
        };
        format!("querystring.{} from {from}", part.name)
    });
    let headers = call
        .headers
        .iter()
        .map(|part| format!("header.{} from {}", part.name, source(&part.source, method)));
    path.chain(query).chain(headers).collect::<Vec<_>>().join("; ")
}

/// For example `header.ETag from header.X-Version; header.X-A from a constant`.
pub(super) fn response_mapping(rule: &ResponseRule) -> String {
    let mapped = rule.headers.iter().map(|(name, source)| {
        let from = match source {
            ResponseSource::Literal(_) => CONSTANT.to_owned(),
            ResponseSource::Header(from) => format!("header.{from}"),
            ResponseSource::Headers(from) => format!("multivalueheader.{from}"),
            ResponseSource::Context(variable) => format!("context.{}", variable.as_str()),
            ResponseSource::Body => "body".to_owned(),
            ResponseSource::BodyPath(_) => IN_BODY.to_owned(),
        };
        format!("header.{name} from {from}")
    });
    mapped.collect::<Vec<_>>().join("; ")
}

/// For example `5\d{2} takes 503: status 502`.
pub(super) fn selection(rule: &ResponseRule, status: u16) -> String {
    let pattern = rule.pattern.as_deref().unwrap_or("the default");
    format!("{pattern} takes {status}: status {}", rule.status)
}

/// What a value that was written into the definition is called: it may be a key.
const CONSTANT: &str = "a constant";
const IN_BODY: &str = "a value of the body";

/// The name of a source as mappings have it, without `method.request.`
fn source(source: &Source, method: &Method) -> String {
    match source {
        Source::Literal(_) => CONSTANT.to_owned(),
        Source::Path(index) => {
            format!("path.{}", method.path_parameters.get(*index).map_or("", |name| name))
        }
        Source::Query(name) => format!("querystring.{name}"),
        Source::Queries(name) => format!("multivaluequerystring.{name}"),
        Source::Header(name) => format!("header.{name}"),
        Source::Headers(name) => format!("multivalueheader.{name}"),
        Source::Context(variable) => format!("context.{}", variable.as_str()),
        Source::Body => "body".to_owned(),
        Source::BodyPath(_) => IN_BODY.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_media_type_is_told_of_a_field() {
        let check = |sent: &[u8], expected: bool| {
            let told = media_type(sent);
            assert_eq!(told.as_bytes() == sent, expected, "{told}");
        };
        for other in ["", "secret", "a/b/c", "a b/c", "/", "Basic c2VjcmV0Og==/", "a/b, c/d"] {
            check(other.as_bytes(), false);
        }
        check(b"a/\xff", false);
        check(format!("a/{}", "b".repeat(254)).as_bytes(), false);
        check(b"application/vnd.api+json", true);
    }
}
