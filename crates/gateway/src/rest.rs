//! The pipeline of REST APIs, in API Gateway's order. It reads top to bottom; each step takes
//! what is proven so far and returns what it proves.

mod accept;
mod body;
mod body_values;
mod coding;
mod compression;
mod context;
mod encode;
pub(crate) mod gateway_response;
mod headers;
mod integration;
mod integration_request;
mod integration_response;
mod origin_path;
mod outline;
mod overrides;
mod route;
mod scope;
mod surroundings;
mod throttle;
mod transform;
mod validate;

use portico_net::{Request, Response};
use portico_snapshot::Captures;

use crate::address;
use crate::event::Emit;
use crate::fault::Fault;
use crate::gateway::{Gateway, Life};
use crate::rest::integration::Inbound;
use crate::rest::scope::Scope;
use crate::rest::transform::Transformed;

pub(crate) use context::write as write_context;

/// The life of a REST API request: Request -> Addressed -> Matched -> admitted -> valid ->
/// transformed -> Outbound -> Inbound -> transformed -> Response. Any line may end it with a fault.
/// What reads or makes whole bodies is boxed, so that a connection whose bodies only pass has no
/// room for it.
pub(crate) async fn handle<E: Emit>(
    gateway: &Gateway<E>,
    life: &mut Life<'_>,
    request: &mut Request<'_>,
    captures: &mut Captures,
) -> Result<Response, Fault> {
    let Life { runtime, ids, notes, trail } = life;
    let clock = &request.worker.clock;
    let addressed = address::find(&runtime.snapshot, request.head).inspect_err(|_| {
        notes.note("address", clock, || outline::stages(&runtime.snapshot));
    })?;
    let matched = route::find(runtime, addressed, request.head, captures, trail)?;
    notes.note("match", clock, || outline::route(matched.method));
    throttle::admit(&matched, notes, clock)?;
    validate::parameters(&matched, request.head)?;
    body::has_one_type(&matched, request.head)?;
    let (mut body, is_coded) = match body::needed_for(&matched, request) {
        Some(patience) => {
            let (body, is_coded) = Box::pin(body::collect(patience, &matched, request)).await?;
            (Some(body), is_coded)
        }
        None => (None, false),
    };
    if let Some(model) = validate::model(&matched, request.head) {
        body = Box::pin(validate::body(model, body, request, notes)).await?;
    }
    let held = match body {
        Some(body) => {
            let held = body_values::hold(matched.method, body, is_coded, request.worker);
            Some(Box::pin(held).await?)
        }
        None => None,
    };
    let Request { head, peer, worker, .. } = *request;
    let held = held.as_deref();
    let scope = Scope::new(gateway, (ids, notes), matched, head, peer, worker, held);
    let mut sent = match transform::of_request(&scope)? {
        Some(work) => Some(Box::pin(work.run(&scope)).await?),
        None => None,
    };
    let framing = request.body.framing();
    let mut outbound = integration_request::prepare(&scope, framing, sent.as_deref_mut())?;
    let coding = compression::preferred(&matched, head);
    if coding.is_some() {
        compression::hold(&mut outbound);
    }
    let inbound = integration::call(&scope, &mut outbound, request, trail).await?;
    let response = match transform::concerns(&scope, &inbound) {
        true => Box::pin(transformed(&scope, inbound, sent)).await?,
        false => integration_response::render(&scope, inbound, sent, None, None)?,
    };
    match coding.filter(|_| compression::is_due(&matched, &response)) {
        Some(coding) => Box::pin(compression::encode(coding, response, &scope)).await,
        None => Ok(response),
    }
}

/// Answers with what came back, once it is turned into what the client gets.
async fn transformed(
    scope: &Scope<'_>,
    mut inbound: Inbound<'_>,
    mut sent: Option<Box<Transformed>>,
) -> Result<Response, Fault> {
    let made = match transform::of_answer(scope, &mut inbound, sent.as_deref_mut())? {
        Some(work) => Some(work.run(scope).await?),
        None => None,
    };
    let source = made.as_ref().and_then(|made| made.source.as_ref());
    let read = transform::read_for_mappings(scope, &mut inbound, source).await?;
    integration_response::render(scope, inbound, sent, made, read)
}
