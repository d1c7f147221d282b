//! Calls the integration.

use portico_model::limits::PAYLOAD_BYTES;
use portico_net::upstream::{self, Answer};
use portico_net::{Limit, Request, Worker};
use portico_snapshot::Wait;

use crate::fault::Fault;
use crate::gateway::Trail;
use crate::rest::outline;
use crate::rest::scope::Scope;

/// What goes to the integration.
pub(crate) enum Outbound<'a> {
    Http {
        call: &'a portico_snapshot::HttpCall,
        request: upstream::Outbound,
        trace: Trace<'a>,
    },
    /// The status that a mock's template gives.
    Mock(u16),
}

/// What came back.
pub(crate) enum Inbound<'a> {
    Http { answer: Answer, trace: Trace<'a> },
    Mock(u16),
}

impl Inbound<'_> {
    /// The status that selects the integration response.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Http { answer, .. } => answer.head().status(),
            Self::Mock(status) => *status,
        }
    }

    /// Whether a body came.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self, Self::Http { answer, .. } if !answer.held().is_empty())
    }
}

/// The trace that a request belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Trace<'a> {
    /// As the client sent it.
    Sent(&'a [u8]),
    /// Begun here.
    Root([u8; 35]),
    /// Begun here, behind what the client sent without a root.
    Joined(&'a [u8], [u8; 35]),
}

/// Calls it, and waits for as much of its answer as the method needs.
pub(crate) fn call<'a>(
    scope: &Scope<'_>,
    outbound: &mut Outbound<'a>,
    request: &mut Request<'_>,
    trail: &mut Trail,
) -> impl Future<Output = Result<Inbound<'a>, Fault>> {
    // No `async fn`: see "No room" in ARCHITECTURE.md.
    let began = request.worker.clock.now();
    async move {
        let (call, outbound, trace) = match outbound {
            Outbound::Mock(status) => return Ok(Inbound::Mock(*status)),
            Outbound::Http { call, request, trace } => (*call, request, trace),
        };
        bound(request)?;
        let origin = &scope.matched.stage.origins[call.origin];
        scope.note("integration request", || {
            outline::request_line(&outbound.head, call, &scope.matched, &origin.authority)
        });
        let called = origin.pool.call(outbound, &mut request.body, began + call.timeout).await;
        let now = request.worker.clock.now();
        trail.integration_latency = Some(now.saturating_duration_since(began));
        let answer =
            called.map_err(|error| counted(Fault::of_call(error, call.timeout), request.worker))?;
        if call.wait == Wait::Whole && !answer.is_complete() {
            let why = format!("the answer to be converted or mapped is over {PAYLOAD_BYTES} bytes");
            return Err(Fault::Configuration(why));
        }
        let status = answer.head().status();
        trail.integration_status = Some(status);
        scope.note("integration response", || status.to_string());
        Ok(Inbound::Http { answer, trace: *trace })
    }
}

/// Refuses a request whose body is declared too long, and bounds what comes of another.
pub(crate) fn bound(request: &mut Request<'_>) -> Result<(), Fault> {
    let limit = request.worker.settings().body_bytes;
    if request.body.framing().length().is_some_and(|bytes| bytes > limit) {
        return Err(counted(Fault::RequestTooLarge { limit }, request.worker));
    }
    request.body.limit(limit);
    Ok(())
}

/// Counts a body that is too large; other limits are counted where they are hit.
pub(crate) fn counted(fault: Fault, worker: &Worker) -> Fault {
    if matches!(fault, Fault::RequestTooLarge { .. }) {
        worker.count(Limit::BodyBytes);
    }
    fault
}

impl<'a> Trace<'a> {
    /// The client's trace if it names a root, else a new one behind what the client says.
    pub(crate) fn of(scope: &Scope<'a>) -> Self {
        match scope.head.known(portico_net::Name::XAmznTraceId) {
            Some(sent) if sent.starts_with(b"Root=") || contains(sent, b";Root=") => {
                Self::Sent(sent)
            }
            Some(sent) if !sent.is_empty() => {
                Self::Joined(sent, scope.generator.trace_root(scope.wall))
            }
            _ => Self::Root(scope.generator.trace_root(scope.wall)),
        }
    }

    /// Appends the value of `X-Amzn-Trace-Id`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Sent(sent) => out.extend_from_slice(sent),
            Self::Root(root) => {
                out.extend_from_slice(b"Root=");
                out.extend_from_slice(root);
            }
            Self::Joined(sent, root) => {
                out.extend_from_slice(sent);
                out.extend_from_slice(b";Root=");
                out.extend_from_slice(root);
            }
        }
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}
