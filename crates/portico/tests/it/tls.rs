//! `[tls]` and `--tls-listen`: what the banner tells, what wrong files look like, SIGHUP.

use std::fs;
use std::time::{Duration, Instant};

use portico_testkit::pki::Authority;
use portico_testkit::raw::Client;

use crate::support::{MOCK, Running, run_in};

const CONFIG: &str = "[tls]\nlisten = \"127.0.0.1:0\"\n\
    certificates = [{ certificate = \"a.pem\", key = \"a.key\" }]\n";

/// A directory with a definition, a configuration and a certificate for localhost.
pub(crate) fn directory(config: &str) -> Authority {
    let authority = Authority::new();
    authority.issue("a", &["localhost"]);
    authority.write("openapi.yaml", MOCK);
    authority.write("portico.toml", config);
    authority
}

/// Where the banner says clients can speak TLS.
pub(crate) fn address(running: &Running) -> String {
    let line = running.banner.iter().find_map(|line| line.trim().strip_prefix("with TLS"));
    let url = line.unwrap_or_else(|| panic!("no TLS in {:#?}", running.banner)).trim();
    url.trim_start_matches("https://127.0.0.1:").trim_end_matches('/').to_owned()
}

/// The status that curl gets under the name localhost, or its exit code.
pub(crate) fn curl(authority: &Authority, port: &str) -> Result<String, Option<i32>> {
    let url = format!("https://localhost:{port}/health");
    let resolve = format!("localhost:{port}:127.0.0.1");
    let args = ["-sS", "--max-time", "20", "--cacert", "ca.pem", "--resolve", &resolve, &url];
    let output = authority.run("curl", &args);
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(output.status.code()),
    }
}

#[test]
fn clients_reach_the_api_over_tls_and_a_hangup_changes_the_certificate() {
    let authority = directory(CONFIG);
    let mut running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let port = address(&running);
    let answer = Ok(r#"{"status": "ok"}"#.to_owned());
    assert_eq!(curl(&authority, &port), answer);

    authority.issue("a", &["other.example"]);
    running.process.signal("HUP");
    running.wait_for_log("new connections get the certificates as they are now");
    // Workers take the new ones from their mailbox, behind nothing else.
    let refused = (0..1000).any(|_| curl(&authority, &port) == Err(Some(60)));
    assert!(refused, "the certificate for another name is in use");

    authority.issue("a", &["localhost"]);
    fs::write(authority.path("a.key"), "not a key").expect("writable");
    running.process.signal("HUP");
    running.wait_for_log("no PEM file");
    running.wait_for_log("read before stay in use");
    assert_eq!(curl(&authority, &port), Err(Some(60)));

    authority.issue_until("a", &["localhost"], 2020);
    running.process.signal("HUP");
    running.wait_for_log("has expired: clients will refuse it");
    running.wait_for_log("new connections get");
    running.process.signal("TERM");
    running.wait_for_log("stopped");
}

#[test]
fn a_successor_speaks_tls_on_the_same_socket_with_its_own_certificates() {
    let authority = directory(CONFIG);
    let (definition, data) = (authority.path("openapi.yaml"), authority.path("data"));
    let data = ["--data-dir", data.to_str().expect("a UTF-8 path")];
    let mut old = Running::serve(&definition, &data);
    let port = address(&old);
    let answer = Ok(r#"{"status": "ok"}"#.to_owned());
    assert_eq!(curl(&authority, &port), answer);

    authority.issue("a", &["other.example"]);
    let new = Running::serve(&definition, &[&data[..], &["--takeover"]].concat());
    assert_eq!(address(&new), port);
    old.wait_for_log("stopped");
    assert_eq!(curl(&authority, &port), Err(Some(60)));
    authority.issue("a", &["localhost"]);
    new.process.signal("HUP");
    let renewed = (0..1000).any(|_| curl(&authority, &port) == answer);
    assert!(renewed, "the certificate for localhost is in use");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is of how long something takes")]
fn a_drain_does_not_wait_for_clients_that_say_nothing() {
    let authority = directory(CONFIG);
    let running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let port = address(&running);
    let silent = Client::connect(format!("127.0.0.1:{port}").parse().expect("an address"));
    // A whole request behind it shows that the silent one has been accepted by one worker or more.
    assert!(curl(&authority, &port).is_ok());
    let begun = Instant::now();
    running.process.signal("TERM");
    let (status, _) = running.process.finish();
    assert!(status.success() && begun.elapsed() < Duration::from_secs(9));
    drop(silent);
}

#[test]
fn a_hangup_without_tls_changes_nothing() {
    let authority = directory("# nothing\n");
    let mut running = Running::serve(&authority.path("openapi.yaml"), &[]);
    running.process.signal("HUP");
    running.wait_for_log("SIGHUP: the definitions are as they were");
    running.process.signal("TERM");
    running.wait_for_log("stopped");
}

#[test]
fn wrong_files_are_shown_where_they_are_named() {
    let authority = directory(CONFIG);
    let b = authority.issue("b", &["localhost"]);
    fs::copy(b.key, authority.path("a.key")).expect("writable");
    let args = ["serve", "openapi.yaml", "--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
    let (status, _, err) = run_in(authority.directory(), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("--> portico.toml:3:1") && err.contains("does not fit"), "{err}");
    assert!(err.contains("help: the server's own certificate comes first"), "{err}");
}

#[test]
fn tls_without_a_certificate_says_how_to_name_one() {
    let authority = directory("# nothing\n");
    let args = ["serve", "openapi.yaml", "--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
    let args = [&args[..], &["--tls-listen", "127.0.0.1:0"]].concat();
    let (status, _, err) = run_in(authority.directory(), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("none is named") && err.contains("certificates = [{"), "{err}");
}
