//! What the operator reads when a request goes wrong.

use std::net::TcpListener;

use portico_testkit::http::get;

use crate::support::{Directory, MOCK, Running, proxy_to};

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
