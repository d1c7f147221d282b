//! The pipeline of REST APIs, in API Gateway's order. It reads top to bottom; each step takes
//! what is proven so far and returns what it proves.

mod accept;
mod body;
mod context;
mod encode;
pub(crate) mod gateway_response;
mod headers;
mod integration;
mod integration_request;
mod integration_response;
mod outline;
mod route;
mod scope;
mod throttle;

use portico_net::{Request, Response};
use portico_snapshot::Captures;

use crate::address;
use crate::event::Emit;
use crate::fault::Fault;
use crate::gateway::{Gateway, Life};
use crate::rest::scope::Scope;

pub(crate) use context::write as write_context;

/// The life of a REST API request: Request -> Addressed -> Matched -> admitted -> Outbound ->
/// Inbound -> Response. Any line may end it with a fault.
pub(crate) async fn handle<E: Emit>(
    gateway: &Gateway<E>,
    life: &mut Life<'_>,
    request: &mut Request<'_>,
    captures: &mut Captures,
) -> Result<Response, Fault> {
    let Life { runtime, ids, notes, trail } = life;
    let clock = &request.worker.clock;
    let addressed = address::find(&runtime.snapshot, request.head)?;
    let matched = route::find(runtime, addressed, request.head, captures, trail)?;
    notes.note("match", clock, || outline::route(matched.method));
    throttle::admit(&matched, notes, clock)?;
    let body = match body::needed_for(&matched, request) {
        // Boxed, so that a connection whose bodies only pass has no room for it.
        Some(call) => Some(Box::pin(body::collect(call, request)).await?),
        None => None,
    };
    let Request { head, peer, worker, .. } = *request;
    let scope = Scope::new(gateway, (ids, notes), matched, head, peer, worker, body.as_ref());
    let mut outbound = integration_request::prepare(&scope, request.body.framing())?;
    let inbound = integration::call(&scope, &mut outbound, request, trail).await?;
    integration_response::render(&scope, inbound)
}
