//! Explanation: why a request was answered as it was, for a program as JSON and for a terminal as
//! text. Values of fields and of query parameters are in none of it.

use std::fmt::Write;
use std::time::Duration;

use portico_gateway::{Event, Fault};
use portico_snapshot::{ContextVariable, Nearness};
use serde::Serialize;

use super::explain::Pages;
use crate::report::plural;
use crate::terminal::printable;

/// Rivals that are told.
const RIVALS_MAX: usize = 5;

/// Why a request was answered as it was.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explanation {
    request_id: String,
    /// For example `22/Nov/2026:21:17:18 +0000`.
    time: String,
    client_ip: String,
    /// As sent; empty if it was no request.
    method: String,
    /// What the request says its method is instead.
    method_override: Option<String>,
    /// Without the query.
    path: String,
    api: Option<Api>,
    /// The route that matched, for example `GET /books/{id}`.
    route: Option<String>,
    rivals: Vec<Rival>,
    steps: Vec<Step>,
    /// What came of the call of the origin.
    integration: Option<Integration>,
    /// Why the gateway answered itself.
    fault: Option<Told>,
    answer: Answer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Api {
    id: String,
    name: String,
    stage: String,
    /// Of the configuration that the request was answered from.
    revision: u64,
}

/// A route that the request nearly took.
#[derive(Debug, Serialize)]
struct Rival {
    route: String,
    why: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    name: &'static str,
    outcome: String,
    /// When it was over, since the head had arrived.
    at_ms: f64,
    /// Since the step before.
    took_ms: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Integration {
    /// The origin's own, if it answered.
    status: Option<u16>,
    latency_ms: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    response_type: &'static str,
    /// For the operator.
    reason: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: u16,
    latency_ms: f64,
    /// None as long as it is being sent.
    body_bytes: Option<u64>,
    complete: Option<bool>,
}

impl Explanation {
    /// Explains a request whose answer is about to be sent.
    pub(super) fn begun(event: &Event<'_>) -> Self {
        let mut explanation = Self::of(event);
        (explanation.answer.body_bytes, explanation.answer.complete) = (None, None);
        explanation
    }

    /// Explains a finished request.
    pub(super) fn of(event: &Event<'_>) -> Self {
        let text = |variable: &ContextVariable| {
            let mut out = Vec::new();
            event.write_context(variable, &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
        let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let method = lossy(event.request_method);
        let verb = text(&ContextVariable::HttpMethod);
        let rivals = event.rivals(RIVALS_MAX).into_iter();
        let steps = event.recorder.map(|recorder| recorder.steps().iter().map(Step::of).collect());
        let last = event.recorder.and_then(|it| it.steps().last().map(|step| step.at));
        let reached = last.unwrap_or_default();
        let integration = event.integration_latency.map(|latency| Integration {
            status: event.integration_status,
            latency_ms: milliseconds(latency),
        });
        Self {
            request_id: event.ids.request().to_owned(),
            time: text(&ContextVariable::RequestTime),
            client_ip: event.client_ip.to_owned(),
            method_override: Some(verb).filter(|verb| *verb != method),
            method,
            path: lossy(event.request_path),
            api: event.stage.map(|(_, stage)| Api {
                id: stage.api_id.to_string(),
                name: stage.api_name.clone(),
                stage: stage.stage.to_string(),
                revision: event.revision,
            }),
            route: event.method.map(|(_, method)| route(method)),
            rivals: rivals
                .map(|(near, method)| Rival { route: route(method), why: why(near) })
                .collect(),
            steps: steps.unwrap_or_default(),
            integration,
            fault: event.fault.map(Told::of),
            answer: Answer {
                status: event.status,
                // The worker's clock stands while it works; steps read another.
                latency_ms: milliseconds(event.latency.max(reached)),
                body_bytes: Some(event.response_bytes),
                complete: Some(event.complete),
            },
        }
    }

    /// Both forms.
    pub(super) fn pages(&self) -> Pages {
        // Every member is a string, a number or a list of them.
        let json = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        Pages { json, text: self.text() }
    }

    fn text(&self) -> String {
        let mut out = match self.method.is_empty() {
            true => "no request".to_owned(),
            false => format!("{} {}", printable(&self.method), printable(&self.path)),
        };
        let Answer { status, latency_ms, body_bytes, complete } = self.answer;
        let bytes = |bytes| plural(usize::try_from(bytes).unwrap_or(usize::MAX), "byte");
        let (what, then) = match (body_bytes, complete) {
            (None, _) => ("made".to_owned(), " and being sent"),
            (Some(count), Some(false)) => (bytes(count), ", not sent whole"),
            (Some(count), _) => (bytes(count), ""),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(out, " -> {status}, {what} in {latency_ms:.3} ms{then}\n");
        let mut row = |label: &str, text: &str| {
            let _ = writeln!(out, "  {label:<12}{}", printable(text));
        };
        row("request", &format!("{}, {} from {}", self.request_id, self.time, self.client_ip));
        if let Some(verb) = &self.method_override {
            row("as", &format!("{verb}, by X-HTTP-Method-Override"));
        }
        if let Some(Api { id, name, stage, revision }) = &self.api {
            row("API", &format!("{name}, id {id}, stage {stage}, revision {revision}"));
        }
        row("route", self.route.as_deref().unwrap_or("none"));
        for (index, Rival { route, why }) in self.rivals.iter().enumerate() {
            row(if index == 0 { "rivals" } else { "" }, &format!("{route} {why}"));
        }
        match &self.integration {
            Some(Integration { status: Some(status), latency_ms }) => {
                row("origin", &format!("answered {status} in {latency_ms:.3} ms"));
            }
            Some(Integration { status: None, latency_ms }) => {
                row("origin", &format!("gave no answer in {latency_ms:.3} ms"));
            }
            None => {}
        }
        if let Some(Told { response_type, reason }) = &self.fault {
            row("fault", &format!("{response_type}: {reason}"));
        }
        out.push_str("\n     over at        took\n");
        for Step { name, outcome, at_ms, took_ms } in &self.steps {
            let outcome = printable(outcome);
            let _ = writeln!(out, "{at_ms:>9.3} ms{took_ms:>9.3} ms  {name:<20}{outcome}");
        }
        out
    }
}

impl Step {
    fn of(step: &portico_gateway::Step) -> Self {
        Self {
            name: step.name,
            outcome: step.outcome.clone(),
            at_ms: milliseconds(step.at),
            took_ms: milliseconds(step.took),
        }
    }
}

impl Told {
    fn of(fault: &Fault) -> Self {
        Self { response_type: fault.response_type(), reason: fault.explain() }
    }
}

fn route(method: &portico_snapshot::Method) -> String {
    format!("{} {}", method.http_method, method.resource_path)
}

fn why(nearness: Nearness) -> String {
    match nearness {
        Nearness::Passed => "takes it, too, and comes later".to_owned(),
        Nearness::OtherMethod => "takes the path, with another method".to_owned(),
        Nearness::Shares(0) => "begins otherwise".to_owned(),
        Nearness::Shares(1) => "begins with the same segment".to_owned(),
        Nearness::Shares(count) => format!("begins with the same {count} segments"),
    }
}

/// To the microsecond.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explanation() -> Explanation {
        let step = |name, outcome: &str, at_ms, took_ms| Step {
            name,
            outcome: outcome.to_owned(),
            at_ms,
            took_ms,
        };
        Explanation {
            request_id: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef".to_owned(),
            time: "22/Nov/2026:21:17:18 +0000".to_owned(),
            client_ip: "127.0.0.1".to_owned(),
            method: "POST".to_owned(),
            method_override: Some("GET".to_owned()),
            path: "/books/7".to_owned(),
            api: Some(Api {
                id: "epdjebpoxk".to_owned(),
                name: "Books\u{1b}[2J".to_owned(),
                stage: "prod".to_owned(),
                revision: 3,
            }),
            route: Some("GET /books/{id}".to_owned()),
            rivals: vec![
                Rival { route: "POST /books/{id}".to_owned(), why: why(Nearness::OtherMethod) },
                Rival { route: "GET /books".to_owned(), why: why(Nearness::Shares(1)) },
            ],
            steps: vec![
                step("match", "GET /books/{id}", 0.011, 0.011),
                step("integration request", "GET /books/7?q=… of 127.0.0.1:9000", 0.02, 0.009),
            ],
            integration: Some(Integration { status: None, latency_ms: 1.25 }),
            fault: Some(Told {
                response_type: "INTEGRATION_FAILURE",
                reason: "the origin cannot be reached: Connection refused".to_owned(),
            }),
            answer: Answer {
                status: 504,
                latency_ms: 1.3,
                body_bytes: Some(56),
                complete: Some(true),
            },
        }
    }

    #[test]
    fn an_explanation_is_text_for_a_terminal() {
        let expected = "\
POST /books/7 -> 504, 56 bytes in 1.300 ms

  request     c6af9ac6-7b61-11e6-9a41-93e8deadbeef, 22/Nov/2026:21:17:18 +0000 from 127.0.0.1
  as          GET, by X-HTTP-Method-Override
  API         Books\\u{1b}[2J, id epdjebpoxk, stage prod, revision 3
  route       GET /books/{id}
  rivals      POST /books/{id} takes the path, with another method
              GET /books begins with the same segment
  origin      gave no answer in 1.250 ms
  fault       INTEGRATION_FAILURE: the origin cannot be reached: Connection refused

     over at        took
    0.011 ms    0.011 ms  match               GET /books/{id}
    0.020 ms    0.009 ms  integration request GET /books/7?q=… of 127.0.0.1:9000
";
        assert_eq!(explanation().pages().text, expected);
        let first = |body_bytes, complete| {
            let mut explanation = explanation();
            explanation.answer = Answer { body_bytes, complete, ..explanation.answer };
            explanation.pages().text.lines().next().unwrap_or_default().to_owned()
        };
        let cut = "POST /books/7 -> 504, 1 byte in 1.300 ms, not sent whole";
        assert_eq!(first(Some(1), Some(false)), cut);
        assert_eq!(first(None, None), "POST /books/7 -> 504, made in 1.300 ms and being sent");
    }

    #[test]
    fn an_explanation_is_json_for_a_program() {
        let expected = serde_json::json!({
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "time": "22/Nov/2026:21:17:18 +0000",
            "clientIp": "127.0.0.1",
            "method": "POST",
            "methodOverride": "GET",
            "path": "/books/7",
            "api": {"id": "epdjebpoxk", "name": "Books\u{1b}[2J", "stage": "prod", "revision": 3},
            "route": "GET /books/{id}",
            "rivals": [
                {"route": "POST /books/{id}", "why": "takes the path, with another method"},
                {"route": "GET /books", "why": "begins with the same segment"},
            ],
            "steps": [
                {"name": "match", "outcome": "GET /books/{id}", "atMs": 0.011, "tookMs": 0.011},
                {
                    "name": "integration request",
                    "outcome": "GET /books/7?q=… of 127.0.0.1:9000",
                    "atMs": 0.02,
                    "tookMs": 0.009,
                },
            ],
            "integration": {"status": null, "latencyMs": 1.25},
            "fault": {
                "responseType": "INTEGRATION_FAILURE",
                "reason": "the origin cannot be reached: Connection refused",
            },
            "answer": {"status": 504, "latencyMs": 1.3, "bodyBytes": 56, "complete": true},
        });
        let json: serde_json::Value = serde_json::from_str(&explanation().pages().json).unwrap();
        assert_eq!(json, expected);
    }
}
