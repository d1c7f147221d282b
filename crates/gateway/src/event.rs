//! The one Event of a request: where access logs, metrics and explanations come from.

use std::time::Duration;

use portico_snapshot::{Method, RestStage};

use crate::fault::Fault;
use crate::ids::RequestIds;
use crate::recorder::Recorder;

/// A finished request.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub ids: &'a RequestIds,
    /// The stage that was called, and its index in the snapshot; none if no stage matched.
    pub stage: Option<(usize, &'a RestStage)>,
    /// The method that matched.
    pub method: Option<&'a Method>,
    /// The client's method and path as sent; empty if it sent no request.
    pub request_method: &'a [u8],
    pub request_path: &'a [u8],
    pub client_ip: &'a str,
    /// What the client was answered.
    pub status: u16,
    /// Why the gateway answered itself.
    pub fault: Option<&'a Fault>,
    /// What the origin answered.
    pub integration_status: Option<u16>,
    /// From the call of the integration to its answer.
    pub integration_latency: Option<Duration>,
    /// From the last byte of the request's head to the last of the answer.
    pub latency: Duration,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
    /// Whether the client was sent the whole answer.
    pub complete: bool,
    pub recorder: Option<&'a Recorder>,
}

/// Where events go. It is called on the worker, between two requests: it must not wait.
pub trait Emit: 'static {
    /// Takes note of a finished request.
    fn emit(&self, event: &Event<'_>);

    /// Whether requests are to be recorded step by step.
    fn wants_recorder(&self) -> bool;
}
