//! Makes the integration's request of the client's.

use portico_model::limits::PAYLOAD_BYTES;
use portico_model::{HttpMethod, PassthroughBehavior};
use portico_net::upstream::{self, Hold, OutboundBody};
use portico_net::{Field, Framing, Name, write_field};
use portico_snapshot::{
    HttpCall, Integration, MockStatus, PathPart, QueryPart, QueryValue, RequestTemplates, Wait,
};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::encode::{is_query_name, query_pairs};
use crate::rest::headers::{self, ToOrigin};
use crate::rest::integration::{Outbound, Trace};
use crate::rest::outline;
use crate::rest::scope::{Place, Scope};

pub(crate) fn prepare<'a>(scope: &Scope<'a>, framing: Framing) -> Result<Outbound<'a>, Fault> {
    match &scope.matched.method.integration {
        Integration::HttpProxy(call) => http_proxy(scope, call),
        Integration::Http { call, body, .. } => http(scope, call, body, framing),
        Integration::Mock { status, .. } => mock(scope, status).map(Outbound::Mock),
        Integration::Broken(reason) => Err(Fault::Configuration(reason.clone())),
    }
}

/// Everything passes but what this hop keeps to itself.
fn http_proxy<'a>(scope: &Scope<'a>, call: &'a HttpCall) -> Result<Outbound<'a>, Fault> {
    let body = client_body(scope, call)?;
    let mut head = scope.worker.buffers.take();
    let method = start(scope, call, true, &mut head);
    write_mapped(scope, call, &mut head);
    let mut forwarded = false;
    for field in scope.head.fields() {
        if is_mapped(call, field.name()) {
            continue;
        }
        match headers::to_origin(field.known()) {
            ToOrigin::Drop => {}
            ToOrigin::Append if forwarded => {}
            ToOrigin::Append => {
                forwarded = true;
                write_forwarded_for(scope, &mut head);
            }
            ToOrigin::Pass if is_signature(&field) => {}
            ToOrigin::Pass if scope.head.is_hop_by_hop(&field) => {}
            ToOrigin::Pass => field.write(b"", &mut head),
        }
    }
    if !forwarded && !is_mapped(call, b"X-Forwarded-For") {
        write_forwarded_for(scope, &mut head);
    }
    let scheme = scope.peer.scheme.as_str().as_bytes();
    for (name, value) in [(&b"X-Forwarded-Port"[..], None), (b"X-Forwarded-Proto", Some(scheme))] {
        if is_mapped(call, name) {
            continue;
        }
        head.extend_from_slice(name);
        head.extend_from_slice(b": ");
        match value {
            Some(value) => head.extend_from_slice(value),
            None => portico_net::write_decimal(u64::from(scope.peer.local_port), &mut head),
        }
        head.extend_from_slice(b"\r\n");
    }
    let trace = write_own(scope, call, &mut head);
    Ok(finish(call, method, body, head, trace))
}

/// Nothing passes but the body and what is mapped.
fn http<'a>(
    scope: &Scope<'a>,
    call: &'a HttpCall,
    templates: &RequestTemplates,
    framing: Framing,
) -> Result<Outbound<'a>, Fault> {
    let body = http_body(scope, call, templates, framing)?;
    let has_body = match &body {
        OutboundBody::Client => framing != Framing::None,
        OutboundBody::Bytes(bytes) => !bytes.is_empty(),
        OutboundBody::Empty => false,
    };
    let mut head = scope.worker.buffers.take();
    let method = start(scope, call, false, &mut head);
    write_mapped(scope, call, &mut head);
    let own = |name: &[u8]| !is_mapped(call, name);
    if own(b"Accept") {
        head.extend_from_slice(b"Accept: application/json\r\n");
    }
    if own(b"User-Agent") {
        let api = scope.matched.stage.rest.api_id.as_str().as_bytes();
        head.extend_from_slice(b"User-Agent: AmazonAPIGateway_");
        head.extend_from_slice(api);
        head.extend_from_slice(b"\r\n");
    }
    if own(b"Content-Type") && has_body {
        let sent = scope.head.known(Name::ContentType).unwrap_or(b"application/json");
        write_field(b"Content-Type", sent, &mut head);
    }
    let trace = write_own(scope, call, &mut head);
    Ok(finish(call, method, body, head, trace))
}

/// What goes to the origin: the text of the template for the request's content type, or else the
/// client's body as far as it passes. A request without a body is never refused.
fn http_body(
    scope: &Scope<'_>,
    call: &HttpCall,
    RequestTemplates { templates, passthrough }: &RequestTemplates,
    framing: Framing,
) -> Result<OutboundBody, Fault> {
    let sent = body::media_type(scope.head);
    let is_it = |(name, _): &&(Box<str>, Box<[u8]>)| name.as_bytes().eq_ignore_ascii_case(sent);
    if let Some((media_type, text)) = templates.iter().find(is_it) {
        scope.note("request template", || media_type.to_string());
        let mut body = scope.worker.buffers.take();
        body.extend_from_slice(text);
        return Ok(OutboundBody::Bytes(body));
    }
    match passthrough {
        PassthroughBehavior::WhenNoMatch => client_body(scope, call),
        PassthroughBehavior::WhenNoTemplates if templates.is_empty() => client_body(scope, call),
        _ if framing == Framing::None => Ok(OutboundBody::Empty),
        _ => Err(Fault::UnsupportedMediaType),
    }
}

/// The client's body, converted where it was collected for that.
fn client_body(scope: &Scope<'_>, call: &HttpCall) -> Result<OutboundBody, Fault> {
    match scope.body {
        None => Ok(OutboundBody::Client),
        Some(bytes) => {
            let conversion = body::of_request(call, scope.head);
            body::convert(conversion, bytes).map(OutboundBody::Bytes)
        }
    }
}

/// The status that the template for the request's content type gives.
fn mock(scope: &Scope<'_>, status: &MockStatus) -> Result<u16, Fault> {
    let sent = body::media_type(scope.head);
    let is_it = |(name, _): &&(Box<str>, u16)| name.as_bytes().eq_ignore_ascii_case(sent);
    if let Some((media_type, code)) = status.templates.iter().find(is_it) {
        scope.note("request template", || format!("{media_type}: status {code}"));
        return Ok(*code);
    }
    match status.passthrough {
        PassthroughBehavior::WhenNoMatch => {}
        PassthroughBehavior::WhenNoTemplates if status.templates.is_empty() => {}
        _ => return Err(Fault::UnsupportedMediaType),
    }
    let sent = String::from_utf8_lossy(sent);
    Err(Fault::Configuration(format!("no request template gives a status for {sent}")))
}

/// Writes the request line and the Host field; returns the method.
fn start<'a>(
    scope: &Scope<'a>,
    call: &'a HttpCall,
    passes_query: bool,
    head: &mut Vec<u8>,
) -> &'a [u8] {
    if scope.is_watched() && outline::is_mapped(call) {
        scope.note("request mapping", || outline::request_mapping(call, scope.matched.method));
    }
    let method = call.method.as_deref().map_or(scope.matched.verb, str::as_bytes);
    head.extend_from_slice(method);
    head.push(b' ');
    write_parts(scope, &call.path, Place::Path, head);
    write_query(scope, &call.query, passes_query, head);
    head.extend_from_slice(b" HTTP/1.1\r\n");
    if !is_mapped(call, b"Host") {
        let authority = &scope.matched.stage.origins[call.origin].authority;
        let authority = call.host.as_ref().unwrap_or(authority);
        head.extend_from_slice(b"Host: ");
        head.extend_from_slice(authority.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    method
}

/// Writes the query: the client's where it passes, then what the URI and the mappings add. A
/// mapped parameter replaces the client's of that name.
fn write_query(scope: &Scope<'_>, parts: &[QueryPart], passes: bool, head: &mut Vec<u8>) {
    let mut separator = b'?';
    let client = scope.head.query().filter(|query| passes && !query.is_empty());
    match client {
        Some(query) if parts.is_empty() => {
            head.push(separator);
            head.extend_from_slice(query);
            return;
        }
        Some(query) => {
            for (name, value) in query_pairs(query) {
                if parts.iter().any(|part| is_query_name(name, &part.name)) {
                    continue;
                }
                head.push(separator);
                separator = b'&';
                head.extend_from_slice(name);
                head.push(b'=');
                head.extend_from_slice(value);
            }
        }
        None => {}
    }
    for part in parts {
        let mut begin = |head: &mut Vec<u8>| {
            head.push(separator);
            separator = b'&';
            head.extend_from_slice(part.name.as_bytes());
            head.push(b'=');
        };
        match &part.value {
            QueryValue::Literal(text) => {
                begin(head);
                head.extend_from_slice(text);
            }
            QueryValue::Parts(parts) => {
                begin(head);
                write_parts(scope, parts, Place::Query, head);
            }
            QueryValue::Value(source) => scope.each(source, Place::Query, &mut |value| {
                begin(head);
                head.extend_from_slice(value);
            }),
        }
    }
}

/// Writes one part after the other. A parameter the client did not send leaves its place empty.
fn write_parts(scope: &Scope<'_>, parts: &[PathPart], place: Place, head: &mut Vec<u8>) {
    for part in parts {
        match part {
            PathPart::Literal(text) => head.extend_from_slice(text),
            PathPart::Value(source) => {
                scope.write(source, place, head);
            }
        }
    }
}

/// Writes the mapped fields that the request has values for.
fn write_mapped(scope: &Scope<'_>, call: &HttpCall, head: &mut Vec<u8>) {
    for part in &call.headers {
        scope.each(&part.source, Place::Field, &mut |value| {
            write_field(part.name.as_bytes(), value, head);
        });
    }
}

fn is_mapped(call: &HttpCall, name: &[u8]) -> bool {
    call.headers.iter().any(|part| part.name.as_bytes().eq_ignore_ascii_case(name))
}

/// A signature is for us, not for the origin.
fn is_signature(field: &Field<'_>) -> bool {
    field.known() == Name::Authorization && field.value().starts_with(b"AWS4-HMAC-SHA256")
}

/// Writes what the client said of those before it, and the client's own address.
fn write_forwarded_for(scope: &Scope<'_>, head: &mut Vec<u8>) {
    head.extend_from_slice(b"X-Forwarded-For: ");
    for field in scope.head.fields().filter(|field| field.known() == Name::XForwardedFor) {
        head.extend_from_slice(field.value());
        head.extend_from_slice(b", ");
    }
    head.extend_from_slice(scope.peer.ip.as_bytes());
    head.extend_from_slice(b"\r\n");
}

/// Writes the fields that every origin gets.
fn write_own<'a>(scope: &Scope<'a>, call: &HttpCall, head: &mut Vec<u8>) -> Trace<'a> {
    head.extend_from_slice(b"x-amzn-apigateway-api-id: ");
    head.extend_from_slice(scope.matched.stage.rest.api_id.as_str().as_bytes());
    head.extend_from_slice(b"\r\n");
    let trace = Trace::of(scope);
    if !is_mapped(call, b"X-Amzn-Trace-Id") {
        head.extend_from_slice(b"X-Amzn-Trace-Id: ");
        trace.write(head);
        head.extend_from_slice(b"\r\n");
    }
    trace
}

fn finish<'a>(
    call: &'a HttpCall,
    method: &[u8],
    body: OutboundBody,
    head: Vec<u8>,
    trace: Trace<'a>,
) -> Outbound<'a> {
    let method = HttpMethod::from_wire(method);
    let request = upstream::Outbound {
        head,
        body,
        hold: match call.wait {
            Wait::Head => Hold::Head,
            Wait::Short => Hold::Short,
            Wait::Whole => Hold::Whole(PAYLOAD_BYTES as usize),
        },
        to_head: method == Some(HttpMethod::Head),
        idempotent: method.is_some_and(HttpMethod::is_idempotent),
        declare_empty: matches!(
            method,
            Some(HttpMethod::Post | HttpMethod::Put | HttpMethod::Patch)
        ),
    };
    Outbound::Http { call, request, trace }
}
