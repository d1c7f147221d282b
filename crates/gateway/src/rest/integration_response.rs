//! Makes the client's answer of the integration's.

use portico_net::upstream::Answer;
use portico_net::{Body, Name, Response};
use portico_snapshot::{Content, Conversion, Integration, ResponseRule, ResponseSource, Responses};

use crate::fault::Fault;
use crate::rest::accept;
use crate::rest::body;
use crate::rest::gateway_response::write_ids;
use crate::rest::headers::{self, REMAPPED, ToClient};
use crate::rest::integration::{Inbound, Trace};
use crate::rest::outline;
use crate::rest::scope::{BODY_VALUE_BYTES, Scope, named};

pub(crate) fn render(scope: &Scope<'_>, inbound: Inbound<'_>) -> Result<Response, Fault> {
    match (inbound, &scope.matched.method.integration) {
        (Inbound::Http { answer, .. }, Integration::HttpProxy(_)) => Ok(http_proxy(scope, answer)),
        (Inbound::Http { answer, trace }, Integration::Http { call, responses, .. }) => {
            http(scope, (call.content.as_ref(), responses), answer, trace)
        }
        (Inbound::Mock(status), Integration::Mock { responses, .. }) => {
            let rule = select(scope, responses, status)?;
            Ok(mock(scope, rule))
        }
        _ => Err(Fault::Configuration("the method changed its integration".to_owned())),
    }
}

/// Everything passes but what this hop keeps to itself.
fn http_proxy(scope: &Scope<'_>, answer: Answer) -> Response {
    let head = answer.head();
    let mut response = Response::new(scope.worker, head.status());
    write_ids(&mut response, scope.ids);
    let mut has_type = false;
    for field in head.fields() {
        has_type |= field.known() == Name::ContentType;
        match headers::to_client(field.known()) {
            ToClient::Drop => {}
            ToClient::Remap => response.pass(REMAPPED, &field),
            ToClient::Pass if head.is_hop_by_hop(&field) => {}
            ToClient::Pass => response.pass(b"", &field),
        }
    }
    if !has_type {
        response.own_field("Content-Type", b"application/json");
    }
    response.with_body(Body::Answer(answer))
}

/// Nothing passes but the body and what is mapped.
fn http(
    scope: &Scope<'_>,
    (content, responses): (Option<&Content>, &Responses),
    answer: Answer,
    trace: Trace<'_>,
) -> Result<Response, Fault> {
    let rule = select(scope, responses, answer.head().status())?;
    let mut response = Response::new(scope.worker, rule.status);
    write_ids(&mut response, scope.ids);
    if !is_mapped(rule, b"X-Amzn-Trace-Id") {
        let mut value = scope.worker.buffers.take();
        trace.write(&mut value);
        response.own_field("X-Amzn-Trace-Id", &value);
        scope.worker.buffers.put(value);
    }
    write_mapped(scope, rule, Some(&answer), &mut response);
    let Some(template) = template(scope, rule) else {
        write_type(rule, "application/json", &mut response);
        return Ok(response.with_body(converted(scope, content, rule, answer)?));
    };
    Ok(with_template(scope, rule, template, response))
}

/// The origin's body as the client gets it.
fn converted(
    scope: &Scope<'_>,
    content: Option<&Content>,
    rule: &ResponseRule,
    answer: Answer,
) -> Result<Body, Fault> {
    let Some(content) = content.filter(|_| !answer.held().is_empty()) else {
        return Ok(Body::Answer(answer));
    };
    let media_type = answer.head().known(Name::ContentType).unwrap_or(b"application/json");
    let media_type = String::from_utf8_lossy(media_type);
    let accept = String::from_utf8_lossy(scope.head.known(Name::Accept).unwrap_or_default());
    match content.of_answer(&media_type, &accept, rule.content_handling) {
        Conversion::Pass => Ok(Body::Answer(answer)),
        conversion => body::convert(conversion, answer.held()).map(Body::Buffer),
    }
}

/// Nothing came back but a status.
fn mock(scope: &Scope<'_>, rule: &ResponseRule) -> Response {
    let mut response = Response::new(scope.worker, rule.status);
    write_ids(&mut response, scope.ids);
    write_mapped(scope, rule, None, &mut response);
    match template(scope, rule) {
        Some(template) => with_template(scope, rule, template, response),
        None => {
            write_type(rule, "application/json", &mut response);
            response
        }
    }
}

fn select<'a>(
    scope: &Scope<'_>,
    responses: &'a Responses,
    status: u16,
) -> Result<&'a ResponseRule, Fault> {
    let rule = responses.select(status);
    if let Some(rule) = rule {
        scope.note("selection pattern", || outline::selection(rule, status));
    }
    match rule {
        // AWS lets a document name one, but no answer ends with it (RFC 9110, section 15.2).
        Some(rule) if rule.status < 200 => {
            Err(Fault::Configuration(format!("an answer cannot have the status {}", rule.status)))
        }
        Some(rule) => Ok(rule),
        None => {
            Err(Fault::Configuration(format!("no integration response takes the status {status}")))
        }
    }
}

fn is_mapped(rule: &ResponseRule, name: &[u8]) -> bool {
    rule.headers.iter().any(|(mapped, _)| mapped.as_bytes().eq_ignore_ascii_case(name))
}

fn write_mapped(
    scope: &Scope<'_>,
    rule: &ResponseRule,
    answer: Option<&Answer>,
    response: &mut Response,
) {
    if !rule.headers.is_empty() {
        scope.note("response mapping", || outline::response_mapping(rule));
    }
    let mut value = scope.worker.buffers.take();
    for (name, source) in &rule.headers {
        let name = name.as_bytes();
        let fields = answer.into_iter().flat_map(|answer| answer.head().fields());
        match source {
            ResponseSource::Literal(text) => response.mapped_field(name, text),
            ResponseSource::Context(variable) => {
                value.clear();
                if scope.write_context(variable, &mut value) {
                    response.mapped_field(name, &value);
                }
            }
            ResponseSource::Body => {
                let held = answer.map(Answer::held).filter(|held| !held.is_empty());
                let text = held.unwrap_or(b"{}");
                if text.len() <= BODY_VALUE_BYTES {
                    response.mapped_field(name, text);
                }
            }
            ResponseSource::BodyPath(path) => {
                value.clear();
                let held = answer.map(Answer::held).unwrap_or_default();
                if path.write(held, &mut value) && value.len() <= BODY_VALUE_BYTES {
                    response.mapped_field(name, &value);
                }
            }
            ResponseSource::Header(from) => {
                if let Some(field) = named(fields, from).last() {
                    response.mapped_field(name, field.value());
                }
            }
            ResponseSource::Headers(from) => {
                named(fields, from).for_each(|field| response.mapped_field(name, field.value()));
            }
        }
    }
    scope.worker.buffers.put(value);
}

/// A media type and the constant body for it.
type Template = (Box<str>, Box<[u8]>);

/// The template for the client's first `Accept`, else the one for JSON, else the first.
fn template<'a>(scope: &Scope<'_>, rule: &'a ResponseRule) -> Option<&'a Template> {
    accept::choose(scope.head, &rule.templates)
}

fn with_template(
    scope: &Scope<'_>,
    rule: &ResponseRule,
    (media_type, text): &Template,
    mut response: Response,
) -> Response {
    scope.note("response template", || media_type.to_string());
    write_type(rule, media_type, &mut response);
    let mut body = scope.worker.buffers.take();
    body.extend_from_slice(text);
    response.with_body(Body::Buffer(body))
}

/// Writes the Content-Type unless it is mapped.
fn write_type(rule: &ResponseRule, media_type: &str, response: &mut Response) {
    if !is_mapped(rule, b"Content-Type") {
        response.mapped_field(b"Content-Type", media_type.as_bytes());
    }
}
