//! What the operator reads when a request goes wrong.

use std::net::TcpListener;

use portico_testkit::http::get;
use portico_testkit::process::Line;

use crate::support::{Directory, MOCK, Running, portico, proxy_to};

#[test]
fn an_origin_that_is_down_is_named_to_the_operator_and_not_to_the_client() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(closed))]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let answer = get(running.gateway, "/a");
    assert!(answer.status >= 500, "{answer:?}");
    assert!(!answer.text().contains(&closed.to_string()), "{answer:?}");
    let line = running.wait_for_log(&closed.to_string());
    assert!(line.contains("GET") && line.contains("/a"), "{line}");
}

#[test]
fn verbose_prints_a_line_for_each_request() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &["-v"]);
    get(running.gateway, "/health");
    let line = running.wait_for_log("/health");
    assert!(line.contains("GET /health") && line.contains("200"), "{line}");
    get(running.gateway, "/nowhere");
    let line = running.wait_for_log("/nowhere");
    assert!(line.contains("403"), "{line}");
}

#[test]
fn elsewhere_than_on_a_terminal_the_log_is_json() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(closed))]);
    let mut command = portico();
    command.env_remove("PORTICO_LOG_FORMAT").arg("serve").arg(directory.path("openapi.yaml"));
    command.args(["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let answer = get(running.gateway, "/a");
    let line = running.wait_for_log(&closed.to_string());
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["status"], 504);
    assert_eq!(line["response_type"], "INTEGRATION_FAILURE");
    assert_eq!(line["request_id"], answer.field("x-amzn-RequestId").unwrap());
    assert!(line["message"].as_str().unwrap().starts_with("GET /a -> 504"), "{line}");
    running.process.signal("TERM");
    let (status, output) = running.process.finish();
    assert!(status.success());
    let stopped = output.iter().rev().find_map(|line| match line {
        Line::Err(text) => serde_json::from_str::<serde_json::Value>(text).ok(),
        Line::Out(_) => None,
    });
    assert_eq!(stopped.unwrap()["message"], "stopped");
}
