//! The management port: `/healthz`, `/readyz` and `/metrics`, on loopback.
//!
//! A browser can be made to reach loopback under any name, so only requests that name loopback
//! itself are answered.

use std::net::IpAddr;

use crate::reply::Reply;
use crate::telemetry::{CONTENT_TYPE, Status};

/// Answers one request; `host` is the Host field, with or without a port.
pub(crate) fn answer(status: &Status, method: &str, path: &str, host: &str) -> Reply {
    if !names_loopback(host) {
        return Reply::message(403, "the management port answers only under a loopback name");
    }
    let page: fn(&Status) -> Reply = match path {
        "/healthz" => |_| Reply::new(200, "application/json", r#"{"status":"ok"}"#),
        "/readyz" => readiness,
        "/metrics" => |status| Reply::new(200, CONTENT_TYPE, status.metrics()),
        _ => return Reply::message(404, "there are /healthz, /readyz and /metrics"),
    };
    match method {
        "GET" | "HEAD" => page(status),
        _ => Reply::message(405, "only GET and HEAD").allow("GET, HEAD"),
    }
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

    fn status() -> Status {
        Status::new(Duration::ZERO, 1)
    }

    #[test]
    fn each_page_has_its_path_and_only_reading_methods() {
        let status = status();
        status.publish(1, []);
        let check = |method: &str, path: &str, expected: u16| {
            let reply = answer(&status, method, path, "127.0.0.1:4566");
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
    }

    #[test]
    fn readiness_follows_the_process() {
        let status = status();
        let now = |status: &Status| answer(status, "GET", "/readyz", "localhost").status;
        assert_eq!(now(&status), 503);
        status.publish(1, []);
        assert_eq!(now(&status), 200);
        status.drain();
        assert_eq!(now(&status), 503);
        assert_eq!(answer(&status, "GET", "/healthz", "localhost").status, 200);
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
