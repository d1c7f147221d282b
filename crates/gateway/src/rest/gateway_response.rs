//! What the client reads when the gateway answers instead of the integration.

use std::borrow::Cow;

use portico_net::{Body, Field, Response, Worker};
use portico_snapshot::{Captures, ContextVariable, GatewayResponse, Part, RequestParameter};

use crate::facts::Facts;
use crate::fault::{Fault, Wire};
use crate::ids::RequestIds;
use crate::rest::encode::{is_query_name, query_pairs, write_query_decoded};
use crate::rest::{accept, context};

const ERROR_TYPE: &str = "x-amzn-ErrorType";
const CONTENT_TYPE: &str = "Content-Type";

/// Renders a fault as its API says, or else as AWS does; nothing here can fail. `captures` are
/// those of the method, if one matched.
pub(crate) fn render(
    fault: &Fault,
    facts: &Facts<'_>,
    captures: &Captures,
    worker: &Worker,
) -> Response {
    let wire = fault.wire();
    let stage = facts.stage.filter(|_| fault.may_be_customised());
    let custom = stage.and_then(|stage| stage.gateway_responses.of(wire.response_type));
    let Some(custom) = custom else { return uncustomised(fault, facts.ids, worker) };
    let request = Request { facts, captures };
    let mut response = Response::new(worker, custom.status.unwrap_or(wire.status));
    write_ids(&mut response, facts.ids);
    if !is_mapped(custom, ERROR_TYPE) {
        response.own_field(ERROR_TYPE, wire.error_type.as_bytes());
    }
    write_headers(custom, &request, &mut response);
    if fault.ends_connection() {
        response.close_after();
    }
    let Some((media_type, template)) = accept::choose(facts.head, &custom.templates) else {
        return with_body(response, wire);
    };
    if !is_mapped(custom, CONTENT_TYPE) {
        response.mapped_field(CONTENT_TYPE.as_bytes(), media_type.as_bytes());
    }
    let mut body = worker.buffers.take();
    let is_json = media_type.contains("json");
    for part in template {
        match part {
            Part::Context(ContextVariable::ErrorValidationErrorString) if is_json => {
                request.write_quoted(part, &mut body);
            }
            _ => {
                request.write(part, &mut body);
            }
        }
    }
    response.with_body(Body::Buffer(body))
}

/// Renders a fault as AWS does where nobody customised it.
pub(crate) fn uncustomised(fault: &Fault, ids: &RequestIds, worker: &Worker) -> Response {
    let wire = fault.wire();
    let mut response = Response::new(worker, wire.status);
    write_ids(&mut response, ids);
    response.own_field(ERROR_TYPE, wire.error_type.as_bytes());
    response.own_field(CONTENT_TYPE, wire.content_type.as_bytes());
    if fault.ends_connection() {
        response.close_after();
    }
    with_body(response, wire)
}

/// The two fields of every answer of a REST API.
pub(crate) fn write_ids(response: &mut Response, ids: &RequestIds) {
    response.own_field("x-amzn-RequestId", ids.request_bytes());
    response.own_field("x-amz-apigw-id", ids.extended_bytes());
}

fn with_body(response: Response, wire: Wire) -> Response {
    response.with_body(match wire.body {
        Cow::Borrowed(text) => Body::Static(text.as_bytes()),
        Cow::Owned(text) => Body::Buffer(text.into_bytes()),
    })
}

fn is_mapped(custom: &GatewayResponse, name: &str) -> bool {
    custom.headers.iter().any(|(mapped, _)| mapped.eq_ignore_ascii_case(name))
}

/// Writes the fields for which the request has a value; a field may not reach clients at all, which
/// is decided where the response is compiled.
fn write_headers(custom: &GatewayResponse, request: &Request<'_>, response: &mut Response) {
    let mut value = Vec::new();
    for (name, part) in &custom.headers {
        value.clear();
        if !request.write(part, &mut value) {
            continue;
        }
        response.mapped_field(name.as_bytes(), &value);
    }
}

/// What parts have their values from.
struct Request<'a> {
    facts: &'a Facts<'a>,
    captures: &'a Captures,
}

impl Request<'_> {
    /// Appends the value of a part; false if the request has none.
    fn write(&self, part: &Part, out: &mut Vec<u8>) -> bool {
        match part {
            Part::Text(text) => out.extend_from_slice(text.as_bytes()),
            Part::Context(variable) => return context::write(self.facts, variable, out),
            Part::Request(parameter) => return self.write_parameter(parameter, out),
        }
        true
    }

    /// The same between quotes: quotations of AWS have those of the value escaped.
    fn write_quoted(&self, part: &Part, out: &mut Vec<u8>) {
        let start = out.len();
        self.write(part, out);
        for byte in out.split_off(start) {
            if b"\"\\".contains(&byte) {
                out.push(b'\\');
            }
            out.push(byte);
        }
    }

    fn write_parameter(&self, parameter: &RequestParameter, out: &mut Vec<u8>) -> bool {
        let head = self.facts.head;
        match parameter {
            RequestParameter::Header(name) => {
                let is_it = |field: &Field<'_>| field.name().eq_ignore_ascii_case(name.as_bytes());
                let Some(field) = head.fields().filter(is_it).last() else { return false };
                out.extend_from_slice(field.value());
            }
            RequestParameter::Query(name) => {
                let pairs = query_pairs(head.query().unwrap_or_default());
                let found = pairs.filter(|(raw, _)| is_query_name(raw, name)).last();
                let Some((_, raw)) = found else { return false };
                write_query_decoded(raw, out);
            }
            RequestParameter::Path(name) => {
                let Some(raw) = self.capture(name) else { return false };
                out.extend_from_slice(raw);
            }
        }
        true
    }

    /// What the request's path gave a variable, as it was sent.
    fn capture(&self, name: &str) -> Option<&[u8]> {
        let names = &self.facts.method?.path_parameters;
        let index = names.iter().position(|known| **known == *name)?;
        self.facts.path.get(self.captures.get(index)?)
    }
}
