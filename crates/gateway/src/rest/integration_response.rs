//! Makes the client's answer of the integration's.

use portico_net::upstream::Answer;
use portico_net::{Body, Field, Name, Response};
use portico_snapshot::{Integration, ResponseRule, ResponseSource, Responses};

use crate::fault::Fault;
use crate::rest::accept;
use crate::rest::gateway_response::write_ids;
use crate::rest::headers::{self, REMAPPED, ToClient};
use crate::rest::integration::{Inbound, Trace};
use crate::rest::scope::Scope;

pub(crate) fn render(scope: &Scope<'_>, inbound: Inbound<'_>) -> Result<Response, Fault> {
    match (inbound, &scope.matched.method.integration) {
        (Inbound::Http { answer, .. }, Integration::HttpProxy(_)) => Ok(http_proxy(scope, answer)),
        (Inbound::Http { answer, trace }, Integration::Http { responses, .. }) => {
            http(scope, responses, answer, trace)
        }
        (Inbound::Mock(status), Integration::Mock { responses, .. }) => {
            let rule = select(responses, status)?;
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
    responses: &Responses,
    answer: Answer,
    trace: Trace<'_>,
) -> Result<Response, Fault> {
    let rule = select(responses, answer.head().status())?;
    let mut response = Response::new(scope.worker, rule.status);
    write_ids(&mut response, scope.ids);
    let mut value = Vec::new();
    trace.write(&mut value);
    response.own_field("X-Amzn-Trace-Id", &value);
    write_mapped(scope, rule, Some(&answer), &mut response);
    let Some(template) = template(scope, rule) else {
        write_type(rule, "application/json", &mut response);
        return Ok(response.with_body(Body::Answer(answer)));
    };
    Ok(with_template(scope, rule, template, response))
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

fn select(responses: &Responses, status: u16) -> Result<&ResponseRule, Fault> {
    match responses.select(status) {
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
    let mut value = Vec::new();
    for (name, source) in &rule.headers {
        // Framing and connection are ours; a second Date or Server would contradict the first.
        let fate = headers::to_client(Name::of(name.as_bytes()));
        if fate == ToClient::Drop {
            continue;
        }
        value.clear();
        match source {
            ResponseSource::Literal(text) => value.extend_from_slice(text),
            ResponseSource::Context(variable) => {
                if !scope.write_context(variable, &mut value) {
                    continue;
                }
            }
            ResponseSource::Header(from) => {
                let is_it = |field: &Field<'_>| field.name().eq_ignore_ascii_case(from.as_bytes());
                let field = answer.and_then(|answer| answer.head().fields().filter(is_it).last());
                let Some(field) = field else { continue };
                value.extend_from_slice(field.value());
            }
        }
        match fate {
            ToClient::Remap => response.mapped_field(&[REMAPPED, name.as_bytes()].concat(), &value),
            _ => response.mapped_field(name.as_bytes(), &value),
        }
    }
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
