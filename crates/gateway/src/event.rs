//! The one Event of a request: where access logs, metrics and explanations come from.

use std::time::Duration;

use portico_net::write_decimal;
use portico_snapshot::{ContextVariable, Method, MethodIndex, Nearness, RestStage};

use crate::facts::Facts;
use crate::fault::Fault;
use crate::ids::RequestIds;
use crate::recorder::{Audience, Recorder};
use crate::rest;

/// A finished request.
#[derive(Clone, Copy)]
pub struct Event<'a> {
    pub ids: &'a RequestIds,
    /// Of the snapshot that the request was answered from.
    pub revision: u64,
    /// The stage that was called, and its index in the snapshot; none if no stage matched.
    pub stage: Option<(usize, &'a RestStage)>,
    /// The method that matched, and its index in the stage.
    pub method: Option<(usize, &'a Method)>,
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
    /// What [`Event::write_context`] writes the rest from.
    pub facts: Facts<'a>,
}

impl Event<'_> {
    /// Appends the value of a context variable as an access log has it; false, and nothing is
    /// appended, if the request has none. Bytes of the client stand in it as they came.
    pub fn write_context(&self, variable: &ContextVariable, out: &mut Vec<u8>) -> bool {
        let number = |number: u64, out: &mut Vec<u8>| {
            write_decimal(number, out);
            true
        };
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match variable {
            ContextVariable::Status => number(u64::from(self.status), out),
            ContextVariable::ResponseLatency => number(milliseconds(self.latency), out),
            ContextVariable::ResponseLength => number(self.response_bytes, out),
            ContextVariable::IntegrationLatency | ContextVariable::IntegrationLatencyAgain => {
                self.integration_latency.is_some_and(|time| number(milliseconds(time), out))
            }
            ContextVariable::IntegrationStatus
            | ContextVariable::IntegrationStatusAgain
            | ContextVariable::IntegrationIntegrationStatus => {
                self.integration_status.is_some_and(|status| number(u64::from(status), out))
            }
            ContextVariable::RequestId => {
                out.extend_from_slice(self.ids.logged_bytes());
                true
            }
            ContextVariable::IntegrationError | ContextVariable::IntegrationErrorMessage => {
                let Some(fault) = self.fault.filter(|fault| fault.is_of_integration()) else {
                    return false;
                };
                out.extend_from_slice(fault.wire().message().unwrap_or_default().as_bytes());
                true
            }
            _ => rest::write_context(&self.facts, variable, out),
        }
    }

    /// The routes that come nearest to the one that was asked for, at most so many. The one that
    /// matched is not among them.
    pub fn rivals(&self, most: usize) -> Vec<(Nearness, &Method)> {
        let Some((_, stage)) = self.stage else { return Vec::new() };
        let rivals = stage.routes.near(self.facts.path, self.facts.http_method(), most);
        let method = |(nearness, MethodIndex(index))| Some((nearness, stage.methods.get(index)?));
        rivals.into_iter().filter_map(method).collect()
    }
}

/// Where events go. It is called on the worker, between two requests: it must not wait.
pub trait Emit: 'static {
    /// Takes note of a request that is explained to its client, whose answer is about to be sent:
    /// nothing of it is, so far. Whoever explains nothing need not look.
    fn begin(&self, _: &Event<'_>) {}

    /// Takes note of a finished request.
    fn emit(&self, event: &Event<'_>);

    /// Who looks at the steps of a request that came with this value of `x-portico-explain`.
    fn audience(&self, explain_key: Option<&[u8]>) -> Option<Audience>;
}
