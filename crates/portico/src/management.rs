//! The management port: `/healthz`, `/readyz`, `/metrics` and `/explain/{requestId}`, on loopback.
//!
//! A browser can be made to reach loopback under any name, so only requests that name loopback
//! itself are answered.

use std::net::IpAddr;

use crate::reply::Reply;
use crate::small_server::Asked;
use crate::telemetry::{CONTENT_TYPE, EXPLANATIONS_MAX, Explain, Pages, Status};

/// Answers one request.
pub(crate) fn answer(status: &Status, asked: &Asked<'_>) -> Reply {
    if !names_loopback(asked.host) {
        return Reply::message(403, "the management port answers only under a loopback name");
    }
    let Some(page) = Page::at(asked.path) else {
        return Reply::message(
            404,
            "there are /healthz, /readyz, /metrics and /explain/{requestId}",
        );
    };
    match asked.method {
        "GET" | "HEAD" => page.render(status, asked.accept),
        _ => Reply::message(405, "only GET and HEAD").allow("GET, HEAD"),
    }
}

/// What can be read.
enum Page<'a> {
    Health,
    Readiness,
    Metrics,
    /// Of the request with this id.
    Explanation(&'a str),
}

impl<'a> Page<'a> {
    fn at(path: &'a str) -> Option<Self> {
        match path {
            "/healthz" => Some(Self::Health),
            "/readyz" => Some(Self::Readiness),
            "/metrics" => Some(Self::Metrics),
            _ => path.strip_prefix("/explain/").map(Self::Explanation),
        }
    }

    fn render(&self, status: &Status, accept: &str) -> Reply {
        match self {
            Self::Health => Reply::new(200, "application/json", r#"{"status":"ok"}"#),
            Self::Readiness => readiness(status),
            Self::Metrics => Reply::new(200, CONTENT_TYPE, status.metrics()),
            Self::Explanation(request_id) => explanation(&status.explain, request_id, accept),
        }
    }
}

fn explanation(explain: &Explain, request_id: &str, accept: &str) -> Reply {
    match explain.find(request_id) {
        Some(Pages { text, .. }) if prefers_text(accept) => {
            Reply::new(200, "text/plain; charset=utf-8", text)
        }
        Some(Pages { json, .. }) => Reply::new(200, "application/json", json),
        None if explain.is_off() => {
            Reply::message(404, "no request is explained: start portico with --explain key")
        }
        None => Reply::message(
            404,
            &format!(
                "there is no explanation of this request. A request has one when it came with the \
                 header x-portico-explain and the key that the banner shows, and once its answer \
                 was sent; the newest {EXPLANATIONS_MAX} are kept"
            ),
        ),
    }
}

/// Whether an Accept field would rather have text than JSON (RFC 9110, section 12.5.1); who takes
/// both alike gets JSON.
fn prefers_text(accept: &str) -> bool {
    let quality = |wanted: &[&str]| {
        let ranges = accept.split(',').filter_map(|member| {
            let mut parts = member.split(';').map(str::trim);
            let range = parts.next().unwrap_or_default();
            let at = wanted.iter().position(|name| name.eq_ignore_ascii_case(range))?;
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            let quality = quality.map_or(1.0, |text| text.parse::<f32>().unwrap_or(0.0));
            Some((at, quality))
        });
        // The range that says most about the type counts.
        ranges.min_by_key(|(at, _)| *at).map_or(0.0, |(_, quality)| quality)
    };
    quality(&["text/plain", "text/*", "*/*"])
        > quality(&["application/json", "application/*", "*/*"])
}

fn readiness(status: &Status) -> Reply {
    let word = match (status.is_ready(), status.is_draining()) {
        (true, _) => return Reply::new(200, "application/json", r#"{"status":"ready"}"#),
        (false, true) => r#"{"status":"draining"}"#,
        (false, false) => r#"{"status":"starting"}"#,
    };
    Reply::new(503, "application/json", word)
}

/// Whether a Host field is a loopback address, `localhost` or a name below it (RFC 6761,
/// section 6.3).
fn names_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    if let Ok(address) = name.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::telemetry::ExplainMode;

    fn status() -> Status {
        Status::new(Duration::ZERO, 1)
    }

    fn ask(status: &Status, method: &str, path: &str, host: &str, accept: &str) -> Reply {
        answer(status, &Asked { method, path, host, accept })
    }

    #[test]
    fn each_page_has_its_path_and_only_reading_methods() {
        let status = status();
        status.publish(1, []);
        let check = |method: &str, path: &str, expected: u16| {
            let reply = ask(&status, method, path, "127.0.0.1:4566", "");
            assert_eq!(reply.status, expected, "{method} {path}");
        };
        check("GET", "/healthz", 200);
        check("HEAD", "/healthz", 200);
        check("GET", "/readyz", 200);
        check("GET", "/metrics", 200);
        check("POST", "/metrics", 405);
        check("GET", "/", 404);
        check("GET", "/metrics/", 404);
        check("DELETE", "/other", 404);
        check("GET", "/explain", 404);
        check("GET", "/explain/", 404);
        check("GET", "/explain/7", 404);
        check("DELETE", "/explain/7", 405);
    }

    #[test]
    fn an_explanation_is_json_or_text_or_says_how_to_get_one() {
        let explain = Explain::begin(ExplainMode::Key).unwrap();
        explain.keep("7", Pages { json: "json".to_owned(), text: "text".to_owned() });
        let status = status().with_explain(explain);
        let check = |host: &str, id: &str, accept: &str, code: u16, part: &str| {
            let reply = ask(&status, "GET", &format!("/explain/{id}"), host, accept);
            let text = String::from_utf8_lossy(&reply.body);
            assert_eq!(reply.status, code, "{id} {accept}: {text}");
            assert!(text.contains(part), "{id} {accept}: {text}");
        };
        check("rebind.example", "7", "", 403, "loopback");
        check("localhost", "8", "", 404, "the header x-portico-explain");
        check("localhost", "7/", "", 404, "the header x-portico-explain");
        check("localhost", "7", "", 200, "json");
        check("localhost", "7", "*/*", 200, "json");
        check("localhost", "7", "text/html, */*;q=0.8", 200, "json");
        check("localhost", "7", "text/plain;q=0", 200, "json");
        check("localhost", "7", "text/plain;q=high", 200, "json");
        check("localhost", "7", "application/json, text/plain", 200, "json");
        check("localhost", "7", "text/plain", 200, "text");
        check("localhost", "7", "TEXT/*", 200, "text");
        check("localhost", "7", "*/*;q=0.5, text/plain;q=0.9", 200, "text");
        let off = Status::new(Duration::ZERO, 1);
        let reply = ask(&off, "GET", "/explain/7", "localhost", "");
        assert!(String::from_utf8_lossy(&reply.body).contains("--explain key"));
    }

    #[test]
    fn readiness_follows_the_process() {
        let status = status();
        let now = |status: &Status| ask(status, "GET", "/readyz", "localhost", "").status;
        assert_eq!(now(&status), 503);
        status.publish(1, []);
        assert_eq!(now(&status), 200);
        status.drain();
        assert_eq!(now(&status), 503);
        assert_eq!(ask(&status, "GET", "/healthz", "localhost", "").status, 200);
    }

    #[test]
    fn only_loopback_names_are_answered() {
        let check = |host: &str, legal: bool| assert_eq!(names_loopback(host), legal, "{host:?}");
        check("127.0.0.1", true);
        check("127.0.0.1:4566", true);
        check("127.1.2.3:1", true);
        check("[::1]:4566", true);
        check("[::1]", true);
        check("localhost:4566", true);
        check("LOCALHOST", true);
        check("portico.localhost", true);
        check("rebind.example:4566", false);
        check("127.0.0.1.rebind.example", false);
        check("notlocalhost", false);
        check("10.0.0.1:4566", false);
        check("0.0.0.0:4566", false);
        check("[::]:4566", false);
        check("", false);
    }
}
