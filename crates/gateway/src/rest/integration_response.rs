//! Makes the client's answer of the integration's.

use portico_net::upstream::Answer;
use portico_net::{Body, Collected, Name, Response};
use portico_snapshot::{Integration, MappingTemplate, ResponseRule, ResponseSource, Responses};

use crate::fault::Fault;
use crate::rest::accept;
use crate::rest::body_values::{BODY_VALUE_BYTES, BodyValues, Read};
use crate::rest::gateway_response::write_ids;
use crate::rest::headers::{self, REMAPPED, ToClient};
use crate::rest::integration::{Inbound, Trace};
use crate::rest::outline;
use crate::rest::overrides::{self, Fields};
use crate::rest::scope::{Scope, named};
use crate::rest::transform::Transformed;

/// The client's answer. `made` is what the body that came back was turned into, if it was; else
/// `sent`, what the request was turned into, has what templates override. `read` is what mappings
/// read in that body.
pub(crate) fn render(
    scope: &Scope<'_>,
    inbound: Inbound<'_>,
    sent: Option<Box<Transformed>>,
    made: Option<Box<Transformed>>,
    read: Option<Read>,
) -> Result<Response, Fault> {
    let responses = match &scope.matched.method.integration {
        Integration::Http { responses, .. } | Integration::Mock { responses, .. } => responses,
        Integration::HttpProxy(_) | Integration::Broken(_) => match inbound {
            Inbound::Http { answer, .. } => return Ok(http_proxy(scope, answer)),
            Inbound::Mock(_) => {
                return Err(Fault::Configuration("the method changed its integration".to_owned()));
            }
        },
    };
    let rule = select(scope, responses, inbound.status())?;
    let (bytes, overrides, source) = match (made, sent) {
        (Some(made), _) => (Some(made.bytes), Some(made.overrides), made.source),
        (None, sent) => (None, sent.map(|sent| sent.overrides), None),
    };
    let overrides = overrides.as_ref();
    let set = Set { rule, fields: Fields::of_answer(overrides)? };
    if let Some(overrides) = overrides.filter(|_| scope.is_watched())
        && let Some(told) = outline::response_overrides(overrides, &set.fields)
    {
        scope.note("response override", || told);
    }
    let mut response = Response::new(scope.worker, overrides::status(overrides, rule.status)?);
    write_ids(&mut response, scope.ids);
    let answer = match inbound {
        Inbound::Http { answer, trace } => {
            if !set.has(b"X-Amzn-Trace-Id") {
                write_trace(scope, trace, &mut response);
            }
            Some(answer)
        }
        Inbound::Mock(_) => None,
    };
    let (body, values) = read.map_or((None, None), |read| (read.body, Some(read.values)));
    let held = source.as_deref().or(body.as_ref()).map(Collected::bytes);
    let held = held.or(answer.as_ref().map(Answer::held)).unwrap_or_default();
    write_mapped(scope, &set, answer.as_ref(), (held, values.as_ref()), &mut response);
    set.fields.each(|name, value| response.mapped_field(name, value));
    let passing = body.map(Box::new).map(Body::Collected).or(answer.map(Body::Answer));
    Ok(with_body(scope, &set, response, bytes, passing))
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

/// What mappings and templates set in an answer.
struct Set<'a> {
    rule: &'a ResponseRule,
    /// Those that templates override.
    fields: Fields,
}

impl Set<'_> {
    /// Whether they set the header field of this name.
    fn has(&self, name: &[u8]) -> bool {
        let mut mapped = self.rule.headers.iter();
        mapped.any(|(mapped, _)| mapped.as_bytes().eq_ignore_ascii_case(name))
            || self.fields.has(name)
    }
}

fn select<'a>(
    scope: &Scope<'_>,
    responses: &'a Responses,
    status: u16,
) -> Result<&'a ResponseRule, Fault> {
    let Some(rule) = responses.select(status) else {
        let why = format!("no integration response takes the status {status}");
        return Err(Fault::Configuration(why));
    };
    scope.note("selection pattern", || outline::selection(rule, status));
    Ok(rule)
}

fn write_trace(scope: &Scope<'_>, trace: Trace<'_>, response: &mut Response) {
    let mut value = scope.worker.buffers.take();
    trace.write(&mut value);
    response.own_field("X-Amzn-Trace-Id", &value);
    scope.worker.buffers.put(value);
}

/// Writes the mapped fields that the answer has values for; `held` is its body, with what mappings
/// read in it.
fn write_mapped(
    scope: &Scope<'_>,
    set: &Set<'_>,
    answer: Option<&Answer>,
    (held, values): (&[u8], Option<&BodyValues>),
    response: &mut Response,
) {
    if !set.rule.headers.is_empty() {
        scope.note("response mapping", || outline::response_mapping(set.rule));
    }
    let mut value = scope.worker.buffers.take();
    let mapped = set.rule.headers.iter().filter(|(name, _)| !set.fields.has(name.as_bytes()));
    for (name, source) in mapped {
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
                let text = if held.is_empty() { b"{}" } else { held };
                if text.len() <= BODY_VALUE_BYTES {
                    response.mapped_field(name, text);
                }
            }
            ResponseSource::BodyPath(path) => {
                if let Some(value) = values.and_then(|values| values.get(path)) {
                    response.mapped_field(name, value);
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

/// The answer with what its body was turned into, or the constant of the definition, or else what
/// came back. A Content-Type that is set stands already.
fn with_body(
    scope: &Scope<'_>,
    set: &Set<'_>,
    mut response: Response,
    made: Option<Collected>,
    passing: Option<Body>,
) -> Response {
    let template = accept::choose(scope.head, &set.rule.templates);
    if !set.has(b"Content-Type") {
        let media_type = template.map_or("application/json", |(media_type, _)| media_type);
        response.mapped_field(b"Content-Type", media_type.as_bytes());
    }
    response.with_body(match (made, template, passing) {
        (Some(bytes), ..) => Body::Collected(Box::new(bytes)),
        (None, Some((media_type, MappingTemplate::Constant(text))), _) => {
            scope.note("response template", || media_type.to_string());
            let mut body = scope.worker.buffers.take();
            body.extend_from_slice(text.as_bytes());
            Body::Buffer(body)
        }
        (None, _, Some(passing)) => passing,
        (None, _, None) => Body::Empty,
    })
}
