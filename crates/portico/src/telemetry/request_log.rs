//! Requests as lines on standard error: every one with `--verbose`, else only those that went
//! wrong on our side, so that a client's 504 has its reason in the operator's terminal.

use std::fmt::Write;
use std::time::{Duration, Instant};

use portico_gateway::{Event, Fault};
use portico_snapshot::Integration;

use crate::terminal::printable;

/// Least time between two lines about faults of one worker: an origin that is down must not turn
/// every request into a write.
const FAULT_PAUSE: Duration = Duration::from_secs(1);

/// The line of one request, with its steps below it.
pub(super) fn verbose(event: &Event<'_>) -> String {
    let mut line = asked(event);
    let _ = write!(line, " -> {} in {}", event.status, Millis(event.latency));
    if let (Some(status), Some(latency)) = (event.integration_status, event.integration_latency) {
        let _ = write!(line, " (integration {status} in {})", Millis(latency));
    }
    if !event.complete {
        line.push_str(", not sent whole");
    }
    let _ = writeln!(line, "  {}", event.ids.request());
    let steps = event.recorder.map(|recorder| recorder.steps());
    for step in steps.iter().flat_map(|steps| steps.iter()) {
        let outcome = printable(&step.outcome);
        let _ = writeln!(line, "  {:>9}  {:<20} {outcome}", Millis(step.at).to_string(), step.name);
    }
    line
}

/// What went wrong, if it did so on our side: not what a client sent that is no request.
pub(super) fn fault(event: &Event<'_>) -> Option<String> {
    let ours = |fault: &&Fault| event.status >= 500 && !matches!(fault, Fault::Refused(_));
    let fault = event.fault.filter(ours)?;
    let mut line = asked(event);
    let _ = write!(line, " -> {}", event.status);
    if let Some(origin) = origin(event) {
        let _ = write!(line, ", origin {origin}");
    }
    let _ = write!(line, ": {}", printable(&fault.explain()));
    Some(line)
}

fn asked(event: &Event<'_>) -> String {
    if event.request_method.is_empty() {
        return format!("{} sent no request", event.client_ip);
    }
    let method = String::from_utf8_lossy(event.request_method);
    let path = String::from_utf8_lossy(event.request_path);
    format!("{} {}", printable(&method), printable(&path))
}

/// Host and port of the origin that the method calls.
fn origin(event: &Event<'_>) -> Option<String> {
    let (_, stage) = event.stage?;
    let call = match &event.method?.1.integration {
        Integration::HttpProxy(call) | Integration::Http { call, .. } => call,
        Integration::Mock { .. } | Integration::Broken(_) => return None,
    };
    stage.origins.get(call.origin).map(|origin| origin.authority())
}

/// Lets one line through in each pause, and counts the others.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    withheld: u64,
}

impl Pace {
    /// How many lines were withheld since the last one that went through, if this one may.
    pub(super) fn admit(&mut self, now: Instant) -> Option<u64> {
        let early = |last| now.saturating_duration_since(last) < FAULT_PAUSE;
        if self.last.is_some_and(early) {
            self.withheld += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.withheld))
    }
}

/// A duration in milliseconds, for example `1.204 ms`.
struct Millis(Duration);

impl std::fmt::Display for Millis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ms", self.0.as_secs_f64() * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_second_and_the_rest_is_counted() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut at = |ms| pace.admit(start + Duration::from_millis(ms));
        assert_eq!(at(0), Some(0));
        assert_eq!(at(10), None);
        assert_eq!(at(999), None);
        assert_eq!(at(1000), Some(2));
        assert_eq!(at(2000), Some(0));
    }
}
