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

use std::sync::Arc;
use std::time::Duration;

use portico_net::{Request, Response};
use portico_snapshot::{Captures, Model};

use crate::address;
use crate::event::Emit;
use crate::fault::Fault;
use crate::gateway::{Gateway, Life};
use crate::rest::coding::Coding;
use crate::rest::integration::Inbound;
use crate::rest::scope::{Held, Scope};
use crate::rest::transform::Transformed;

pub(crate) use context::write as write_context;

/// The life of a REST API request: Request -> Addressed -> Matched -> admitted -> valid ->
/// transformed -> Outbound -> Inbound -> transformed -> Response. Any line may end it with a fault.
/// What reads or makes whole bodies is boxed, so that a connection whose bodies only pass has no
/// room for it.
pub(crate) fn handle<'a, E: Emit>(
    gateway: &'a Gateway<E>,
    life: Life<'a>,
    request: &'a mut Request<'_>,
    captures: &'a mut Captures,
) -> impl Future<Output = Result<Response, Fault>> {
    // No `async fn`: see "No room" in ARCHITECTURE.md.
    let Life { runtime, ids, notes, trail } = life;
    async move {
        let mut scope = {
            let Request { head, peer, worker, .. } = *request;
            let clock = &worker.clock;
            let addressed = address::find(&runtime.snapshot, head).inspect_err(|_| {
                notes.note("address", clock, || outline::stages(&runtime.snapshot));
            })?;
            let matched = route::find(runtime, addressed, head, captures, trail)?;
            notes.note("match", clock, || outline::route(matched.method));
            throttle::admit(&matched, notes, clock)?;
            if let Some(validation) = &matched.method.validation {
                validate::parameters(validation, &matched, head)?;
            }
            if matched.method.goes_by_type {
                body::has_one_type(head)?;
            }
            Scope::new(gateway, (ids, notes, trail.wall), matched, head, peer, worker)
        };
        let model = validate::model(&scope.matched, scope.head);
        let held = match (body::needed_for(&scope.matched, request, model), model) {
            (None, None) => None,
            (patience, model) => Box::pin(held(&scope, request, patience, model)).await?,
        };
        scope.hold(held.as_deref());
        let mut sent = match transform::of_request(&scope)? {
            Some(work) => Some(Box::pin(work.run(&scope)).await?),
            None => None,
        };
        let framing = request.body.framing();
        let mut outbound = integration_request::prepare(&scope, framing, sent.as_deref_mut())?;
        let coding = compression::preferred(&scope);
        if coding.is_some() {
            compression::hold(&mut outbound);
        }
        let inbound = integration::call(&scope, &mut outbound, request, trail).await?;
        if coding.is_none() && !transform::concerns(&scope, &inbound) {
            return integration_response::render(&scope, inbound, sent, None, None);
        }
        Box::pin(transformed(&scope, inbound, sent, coding)).await
    }
}

/// The whole body of a request, without its content coding, checked, and with what mappings read in
/// it; none if there is none. `patience` is for its arrival, if it is read; a body that is not there is
/// checked, too, if there is a `model`.
async fn held(
    scope: &Scope<'_>,
    request: &mut Request<'_>,
    patience: Option<Duration>,
    model: Option<&Arc<Model>>,
) -> Result<Option<Box<Held>>, Fault> {
    let (mut body, is_coded) = match patience {
        Some(patience) => {
            let (body, is_coded) = body::collect(patience, &scope.matched, request).await?;
            (Some(body), is_coded)
        }
        None => (None, false),
    };
    if let Some(model) = model {
        body = validate::body(model, body, scope).await?;
    }
    match body {
        Some(body) => {
            let held = body_values::hold(scope.matched.method, body, is_coded, scope.worker);
            held.await.map(Some)
        }
        None => Ok(None),
    }
}

/// Answers with what came back, once it is turned into what the client gets, and coded as it likes.
async fn transformed(
    scope: &Scope<'_>,
    mut inbound: Inbound<'_>,
    mut sent: Option<Box<Transformed>>,
    coding: Option<Coding>,
) -> Result<Response, Fault> {
    let made = match transform::of_answer(scope, &mut inbound, sent.as_deref_mut())? {
        Some(work) => Some(work.run(scope).await?),
        None => None,
    };
    let source = made.as_ref().and_then(|made| made.source.as_ref());
    let read = transform::read_for_mappings(scope, &mut inbound, source).await?;
    let response = integration_response::render(scope, inbound, sent, made, read)?;
    match coding.filter(|_| compression::is_due(&scope.matched, &response)) {
        Some(coding) => compression::encode(coding, response, scope).await,
        None => Ok(response),
    }
}
