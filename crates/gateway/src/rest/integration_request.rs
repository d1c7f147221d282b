//! Makes the integration's request of the client's.

use std::sync::Arc;

use portico_model::HttpMethod;
use portico_model::limits::PAYLOAD_BYTES;
use portico_net::upstream::{self, Hold, OutboundBody};
use portico_net::{Collected, Field, Framing, Name, write_field};
use portico_snapshot::{
    Choice, HttpCall, Integration, MappingTemplate, MockTemplate, Overrides, QueryValue,
    RequestTemplates, Wait, mock_status,
};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::encode::{is_query_name, query_pairs};
use crate::rest::headers::{self, ToOrigin};
use crate::rest::integration::{Outbound, Trace};
use crate::rest::origin_path;
use crate::rest::outline;
use crate::rest::overrides::{self, Fields};
use crate::rest::scope::{Place, Scope};
use crate::rest::transform::Transformed;

/// What goes to the integration. `sent` is what the client's body was turned into.
pub(crate) fn prepare<'a>(
    scope: &Scope<'a>,
    framing: Framing,
    sent: Option<&mut Transformed>,
) -> Result<Outbound<'a>, Fault> {
    match &scope.matched.method.integration {
        Integration::HttpProxy(call) => http_proxy(scope, call, sent),
        Integration::Http { call, body, .. } => http(scope, call, body, (framing, sent)),
        Integration::Mock { templates, .. } => mock(scope, templates, sent).map(Outbound::Mock),
        Integration::Broken(reason) => Err(Fault::Configuration(reason.clone())),
    }
}

/// Everything passes but what this hop keeps to itself.
fn http_proxy<'a>(
    scope: &Scope<'a>,
    call: &'a HttpCall,
    sent: Option<&mut Transformed>,
) -> Result<Outbound<'a>, Fault> {
    let body = match sent {
        Some(sent) => OutboundBody::Bytes(Box::new(std::mem::take(&mut sent.bytes))),
        None => client_body(scope),
    };
    let mut head = scope.worker.buffers.take();
    let set = Set { call, overrides: None, fields: Fields::default() };
    let method = start(scope, &set, true, &mut head)?;
    write_mapped(scope, &set, &mut head);
    let mut forwarded = false;
    for field in scope.head.fields() {
        if set.has(field.name()) {
            continue;
        }
        match headers::to_origin(field.known()) {
            ToOrigin::Drop if scope.is_coded() && field.known() == Name::ContentEncoding => {
                field.write(b"", &mut head);
            }
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
    if !forwarded && !set.has(b"X-Forwarded-For") {
        write_forwarded_for(scope, &mut head);
    }
    let scheme = scope.peer.scheme.as_str().as_bytes();
    for (name, value) in [(&b"X-Forwarded-Port"[..], None), (b"X-Forwarded-Proto", Some(scheme))] {
        if set.has(name) {
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
    let trace = write_own(scope, &set, &mut head);
    Ok(finish(call, method, body, head, trace))
}

/// Nothing passes but the body and what is mapped.
fn http<'a>(
    scope: &Scope<'a>,
    call: &'a HttpCall,
    templates: &RequestTemplates,
    (framing, mut sent): (Framing, Option<&mut Transformed>),
) -> Result<Outbound<'a>, Fault> {
    let body = http_body(scope, templates, framing, sent.as_deref_mut())?;
    let overrides = sent.map(|sent| &sent.overrides);
    let set = Set { call, overrides, fields: Fields::of_request(overrides)? };
    if let Some(overrides) = overrides.filter(|_| scope.is_watched())
        && let Some(told) = outline::request_overrides(overrides, &set.fields)
    {
        scope.note("request override", || told);
    }
    let has_body = match &body {
        OutboundBody::Client => framing != Framing::None,
        made => !made.bytes().is_empty(),
    };
    let mut head = scope.worker.buffers.take();
    let method = start(scope, &set, false, &mut head)?;
    write_mapped(scope, &set, &mut head);
    set.fields.write(&mut head);
    if !set.has(b"Accept") {
        head.extend_from_slice(b"Accept: application/json\r\n");
    }
    if !set.has(b"User-Agent") {
        let api = scope.matched.stage.rest.api_id.as_str().as_bytes();
        head.extend_from_slice(b"User-Agent: AmazonAPIGateway_");
        head.extend_from_slice(api);
        head.extend_from_slice(b"\r\n");
    }
    if has_body && !set.has(b"Content-Type") {
        write_field(b"Content-Type", body::content_type(scope.head), &mut head);
    }
    let trace = write_own(scope, &set, &mut head);
    Ok(finish(call, method, body, head, trace))
}

/// What goes to the origin: what the client's body was turned into, or the constant for the
/// request's content type, or else the client's body as far as it passes. A request without a body
/// is never refused.
fn http_body(
    scope: &Scope<'_>,
    templates: &RequestTemplates,
    framing: Framing,
    sent: Option<&mut Transformed>,
) -> Result<OutboundBody, Fault> {
    if let Some(sent) = sent {
        return Ok(OutboundBody::Bytes(Box::new(std::mem::take(&mut sent.bytes))));
    }
    match templates.choose(body::media_type(scope.head)) {
        Choice::Template(media_type, MappingTemplate::Constant(text)) => {
            scope.note("request template", || media_type.to_owned());
            let mut body = scope.worker.buffers.take();
            body.extend_from_slice(text.as_bytes());
            let body = Collected::new(body, scope.worker).map_err(Fault::Overloaded)?;
            Ok(OutboundBody::Bytes(Box::new(body)))
        }
        Choice::PassThrough => Ok(client_body(scope)),
        Choice::Refused if framing == Framing::None => Ok(OutboundBody::Empty),
        Choice::Refused => Err(refused(scope, templates)),
        Choice::Template(..) => Err(Fault::Configuration("a template was not rendered".to_owned())),
    }
}

/// No template takes the request, and it may not pass without one.
fn refused<T>(scope: &Scope<'_>, templates: &RequestTemplates<T>) -> Fault {
    scope.note("request template", || {
        let media_type = outline::media_type(body::media_type(scope.head));
        let names: Vec<_> = templates.templates.iter().map(|(name, _)| &**name).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        format!("none for {media_type}; there are: {names}")
    });
    Fault::UnsupportedMediaType
}

/// The client's body as it came.
fn client_body(scope: &Scope<'_>) -> OutboundBody {
    match scope.body() {
        None => OutboundBody::Client,
        Some(body) => OutboundBody::Shared(Arc::clone(body)),
    }
}

/// The status that the template for the request's content type gives.
fn mock(
    scope: &Scope<'_>,
    templates: &RequestTemplates<MockTemplate>,
    sent: Option<&mut Transformed>,
) -> Result<u16, Fault> {
    let why = match (templates.choose(body::media_type(scope.head)), sent) {
        (Choice::Refused, _) => return Err(refused(scope, templates)),
        (Choice::Template(media_type, MockTemplate::Status(status)), _) => {
            scope.note("request template", || format!("{media_type}: status {status}"));
            return Ok(*status);
        }
        (Choice::Template(media_type, _), Some(sent)) => {
            match mock_status(&String::from_utf8_lossy(sent.bytes.bytes())) {
                Some(status) => return Ok(status),
                None => format!("the request template for {media_type} gives no statusCode"),
            }
        }
        (Choice::Template(media_type, _), None) => {
            format!("the request template for {media_type} gives no statusCode")
        }
        (Choice::PassThrough, _) => {
            let media_type = outline::media_type(body::media_type(scope.head));
            format!("no request template gives a status for {media_type}")
        }
    };
    Err(Fault::Configuration(why))
}

/// What mappings and templates set in a request.
struct Set<'a, 's> {
    call: &'a HttpCall,
    overrides: Option<&'s Overrides>,
    /// Those of the overrides.
    fields: Fields,
}

impl Set<'_, '_> {
    /// Whether they set the header field of this name.
    #[inline(always)]
    fn has(&self, name: &[u8]) -> bool {
        (!self.call.headers.is_empty() && self.maps(name)) || self.fields.has(name)
    }

    fn maps(&self, name: &[u8]) -> bool {
        let mut mapped = self.call.headers.iter();
        mapped.any(|part| part.name.as_bytes().eq_ignore_ascii_case(name))
    }
}

/// Writes the request line and the Host field; returns the method.
fn start<'a>(
    scope: &Scope<'a>,
    set: &Set<'a, '_>,
    passes_query: bool,
    head: &mut Vec<u8>,
) -> Result<&'a [u8], Fault> {
    let call = set.call;
    if scope.is_watched() && outline::is_mapped(call) {
        scope.note("request mapping", || outline::request_mapping(call, scope.matched.method));
    }
    let method = call.method.as_deref().map_or(scope.matched.verb, str::as_bytes);
    head.extend_from_slice(method);
    head.push(b' ');
    origin_path::write(scope, &call.path, set.overrides, head)?;
    write_query(scope, set, passes_query, head);
    head.extend_from_slice(b" HTTP/1.1\r\n");
    if !set.has(b"Host") {
        let authority = &scope.matched.stage.origins[call.origin].authority;
        let authority = call.host.as_ref().unwrap_or(authority);
        head.extend_from_slice(b"Host: ");
        head.extend_from_slice(authority.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    Ok(method)
}

/// Writes the query: the client's where it passes, then what the URI and the mappings add. A
/// mapped parameter replaces the client's of that name, and one of a template a mapped one.
fn write_query(scope: &Scope<'_>, set: &Set<'_, '_>, passes: bool, head: &mut Vec<u8>) {
    let (parts, overrides) = (&set.call.query, set.overrides);
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
    let mut separate = |head: &mut Vec<u8>| {
        head.push(separator);
        separator = b'&';
    };
    for part in parts.iter().filter(|part| !overrides::replaces(overrides, part)) {
        let mut begin = |head: &mut Vec<u8>| {
            separate(head);
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
                origin_path::write_parts(scope, parts, Place::Query, overrides, head);
            }
            QueryValue::Value(source) => scope.each(source, Place::Query, &mut |value| {
                begin(head);
                head.extend_from_slice(value);
            }),
        }
    }
    overrides::write_query(overrides, head, separate);
}

/// Writes the mapped fields that the request has values for.
fn write_mapped(scope: &Scope<'_>, set: &Set<'_, '_>, head: &mut Vec<u8>) {
    for part in &set.call.headers {
        if set.fields.has(part.name.as_bytes()) {
            continue;
        }
        scope.each(&part.source, Place::Field, &mut |value| {
            write_field(part.name.as_bytes(), value, head);
        });
    }
}

/// A signature is for us, not for the origin.
fn is_signature(field: &Field<'_>) -> bool {
    field.known() == Name::Authorization && field.value().starts_with(b"AWS4-HMAC-SHA256")
}

/// Writes what the client said of those before it, and the client's own address.
fn write_forwarded_for(scope: &Scope<'_>, head: &mut Vec<u8>) {
    head.extend_from_slice(b"X-Forwarded-For: ");
    if scope.head.known(Name::XForwardedFor).is_some() {
        for field in scope.head.fields().filter(|field| field.known() == Name::XForwardedFor) {
            head.extend_from_slice(field.value());
            head.extend_from_slice(b", ");
        }
    }
    head.extend_from_slice(scope.peer.ip.as_bytes());
    head.extend_from_slice(b"\r\n");
}

/// Writes the fields that every origin gets.
fn write_own<'a>(scope: &Scope<'a>, set: &Set<'_, '_>, head: &mut Vec<u8>) -> Trace<'a> {
    head.extend_from_slice(b"x-amzn-apigateway-api-id: ");
    head.extend_from_slice(scope.matched.stage.rest.api_id.as_str().as_bytes());
    head.extend_from_slice(b"\r\n");
    let trace = Trace::of(scope);
    if !set.has(b"X-Amzn-Trace-Id") {
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
