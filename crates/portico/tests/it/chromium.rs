//! The bookstore in a browser: Chromium asks for it over HTTPS, and speaks HTTP/2.

use std::fs;
use std::process::Command;

use portico_testkit::http::get;
use portico_testkit::pki::Authority;

use crate::support::{Running, root};

const TLS: &str = "\n[tls]\nlisten = \"127.0.0.1:0\"\n\
    certificates = [{ certificate = \"a.pem\", key = \"a.key\" }]\n";

/// What a browser needs in a container and without a network. The certificate is of an authority
/// that no browser knows.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--ignore-certificate-errors",
    "--dump-dom",
];

/// The bookstore with TLS: its gateway, and the URL to open.
fn bookstore(authority: &Authority) -> (Running, String) {
    authority.issue("a", &["localhost"]);
    let example = root().join("examples/bookstore");
    let read = |name: &str| fs::read_to_string(example.join(name)).expect("a file of the example");
    let backend = format!("directory = {:?}", example.join("backend"));
    let config = read("portico.toml").replace("directory = \"backend\"", &backend);
    authority.write("openapi.yaml", &read("openapi.yaml"));
    authority.write("portico.toml", &(config + TLS));
    let running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let line = running.banner.iter().find_map(|line| line.trim().strip_prefix("with TLS"));
    let url = line.expect("the banner tells the address of TLS").trim().to_owned();
    (running, url)
}

#[test]
fn chromium_opens_the_bookstore_over_http2() {
    let authority = Authority::new();
    let (running, url) = bookstore(&authority);
    let mut command = Command::new("timeout");
    command.args(["60", "chromium"]).args(FLAGS);
    command.arg(format!("--user-data-dir={}", authority.path("profile").display()));
    let output = command.arg(format!("{url}books")).output().expect("timeout runs");
    let page = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "is chromium installed? {page}{errors}");
    assert!(page.contains("The Dispossessed"), "{page}{errors}");

    let metrics = get(running.management, "/metrics").text();
    let value = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|value| value.trim().parse().ok()).unwrap_or_else(|| panic!("no {name}"))
    };
    assert!(value("portico_http2_connections_total ") >= 1, "{metrics}");
    assert!(value("portico_http2_streams_total ") >= 1, "{metrics}");
}
