//! The management port of a running gateway.

use portico_testkit::http::{Connection, get, request};
use portico_testkit::origin::Origin;

use crate::support::{Directory, MOCK, Running, proxy_to};

#[test]
fn the_pages_answer_and_nothing_else_does() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let check = |method: &str, path: &str, status: u16, part: &str| {
        let answer = request(running.management, method, path, &[], "");
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(answer.text().contains(part), "{method} {path}: {answer:?}");
    };
    check("GET", "/healthz", 200, "ok");
    check("HEAD", "/healthz", 200, "");
    check("GET", "/readyz", 200, "ready");
    check("GET", "/health", 404, "/healthz");
    check("POST", "/healthz", 405, "only GET and HEAD");
    let answer = request(running.management, "POST", "/metrics", &[], "");
    assert_eq!(answer.field("Allow"), Some("GET, HEAD"));
}

#[test]
fn a_page_of_another_site_cannot_read_it() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let status =
        |host: &str| request(running.management, "GET", "/metrics", &[("Host", host)], "").status;
    assert_eq!(status("rebind.example"), 403);
    assert_eq!(status("rebind.example:4566"), 403);
    assert_eq!(status("localhost:4566"), 200);
}

#[test]
fn requests_are_counted_by_stage_and_class() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["--stage", "prod"]);
    // A request is counted after its last byte is sent, and before the next of its connection.
    let mut client = Connection::open(running.gateway);
    for (path, status) in [("/health", 200), ("/health", 200), ("/nowhere", 403), ("/books", 403)] {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(client.answer("GET").status, status);
    }
    let metrics = get(running.management, "/metrics");
    assert!(metrics.field("Content-Type").unwrap().starts_with("text/plain; version=0.0.4"));
    let text = metrics.text();
    let total = |class: &str| {
        let end = format!("stage=\"prod\",class=\"{class}\"}}");
        let line = text.lines().find_map(|line| {
            line.strip_prefix("portico_requests_total{").and_then(|line| line.split_once(&end))
        });
        line.unwrap_or_else(|| panic!("no {class} in {text}")).1.trim().to_owned()
    };
    assert_eq!((total("2xx").as_str(), total("5xx").as_str()), ("2", "0"));
    assert!(["1", "2"].contains(&total("4xx").as_str()), "{text}");
    assert!(text.contains("portico_build_info{version="), "{text}");
    assert!(text.contains("portico_snapshot_revision 1"), "{text}");
    assert!(text.contains("portico_http2_streams_total 0"), "{text}");
}

#[test]
fn methods_have_numbers_of_their_own_where_the_stage_asks() {
    let (_, health) = MOCK.split_once("paths:\n").unwrap();
    let definition = format!("{MOCK}{}", health.replace("/health", "/books/{id}"));
    let config = "[stages.prod.methodSettings.\"~1books~1{id}/GET\"]\nmetricsEnabled = true\n";
    let directory = Directory::with(&[("openapi.yaml", &definition), ("portico.toml", config)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let mut client = Connection::open(running.gateway);
    for path in ["/books/1", "/health", "/books/2", "/health"] {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(client.answer("GET").status, 200);
    }
    let metrics = get(running.management, "/metrics").text();
    let of_methods = metrics.lines().filter(|line| line.starts_with("portico_method_"));
    let labels = "stage=\"prod\",resource=\"/books/{id}\",method=\"GET\"";
    assert!(of_methods.clone().all(|line| line.contains(labels)), "{metrics}");
    let count = |name: &str, more: &str| {
        let line = of_methods.clone().find(|line| line.starts_with(name) && line.contains(more));
        line.and_then(|line| line.rsplit(' ').next())
            .unwrap_or_else(|| panic!("no {name}"))
            .to_owned()
    };
    assert_eq!(count("portico_method_requests_total{", "class=\"2xx\""), "2");
    assert_eq!(count("portico_method_requests_total{", "class=\"5xx\""), "0");
    assert_eq!(count("portico_method_request_duration_seconds_count{", ""), "2");
    assert_eq!(count("portico_method_integration_duration_seconds_count{", ""), "0");
}

#[test]
fn connections_to_origins_are_told_as_they_are_now() {
    let origin = Origin::echo();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address()))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["--workers", "1"]);
    let shows = |line: &str| get(running.management, "/metrics").text().contains(line);
    assert!(shows("\nportico_upstream_connections_open 0\n"));
    assert!(shows("\nportico_buffered_bytes 0\n"));
    assert_eq!(get(running.gateway, "/a").status, 200);
    assert!(shows("\nportico_upstream_connections_open 1\n"));
    // It is counted as idle once the worker has looked through its pools.
    assert!((0..100_000).any(|_| shows("\nportico_upstream_connections_idle 1\n")));
}

#[test]
fn connections_are_told_by_origin() {
    let origin = Origin::echo();
    let both = ["api", "spare"].map(|name| {
        let uri = format!("http://{name}.localhost:{}/{{proxy}}", origin.address().port());
        let text = proxy_to(origin.address()).replace("/{proxy+}", &format!("/{name}/{{proxy+}}"));
        text.replace(&format!("http://{}/{{proxy}}", origin.address()), &uri)
    });
    let (_, spare) = both[1].split_once("paths:\n").unwrap();
    let config = format!(
        "[upstream.addresses]\n\"api.localhost:{}\" = \"{}\"\n",
        origin.address().port(),
        origin.address()
    );
    let definition = format!("{}{spare}", both[0]);
    let directory = Directory::with(&[("openapi.yaml", &definition), ("portico.toml", &config)]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &["--workers", "1"]);
    let shows = |running: &Running, name: &str, value: u32| {
        let origin = format!("api.localhost:{}", origin.address().port());
        let line = format!("\nportico_origin_connections_{name}{{origin=\"{origin}\"}} {value}\n");
        get(running.management, "/metrics").text().contains(&line)
    };
    assert!(!shows(&running, "open", 0), "never called");
    assert_eq!(get(running.gateway, "/api/a").status, 200);
    assert!(shows(&running, "open", 1) && shows(&running, "total", 1));
    assert!((0..100_000).any(|_| shows(&running, "idle", 1)));
    let metrics = get(running.management, "/metrics").text();
    assert!(!metrics.contains("spare.localhost"), "{metrics}");
    // One that no definition names any more is told no longer.
    std::fs::write(&file, MOCK).unwrap();
    running.wait_for_log("revision 2");
    let is_told =
        |running: &Running| get(running.management, "/metrics").text().contains("api.localhost");
    assert!((0..100_000).any(|_| !is_told(&running)));
}
