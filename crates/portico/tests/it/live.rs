//! Definitions and portico.toml that change while the gateway runs: a valid change is served without
//! a lost request, and any other changes nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use portico_net::{SecurityPolicy, ServerTls, Tickets};
use portico_testkit::http::get;
use portico_testkit::pki::Authority;
use portico_testkit::server::Gateway;

use crate::load::Load;
use crate::support::{Directory, MOCK, Running, proxy_to};

const KEPT: &str = "what was read before stays in service";

/// A definition whose route answers with this word.
pub(crate) fn answering(word: &str) -> String {
    MOCK.replace("\"ok\"", &format!("\"{word}\""))
}

pub(crate) fn answer(word: &str) -> String {
    format!("{{\"status\": \"{word}\"}}")
}

/// Replaces a file by a rename, as editors do it.
fn rename_over(file: &Path, content: &str) {
    let next = file.with_extension("next");
    fs::write(&next, content).expect("writable");
    fs::rename(next, file).expect("writable");
}

/// Waits until new connections are answered so, whichever worker takes them.
pub(crate) fn until(running: &Running, expected: &str) {
    let comes = (0..100_000).any(|_| get(running.gateway, "/health").text() == expected);
    assert!(comes, "{expected}");
}

/// The value of a line of /metrics.
fn metric(running: &Running, name: &str) -> String {
    let text = get(running.management, "/metrics").text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).to_owned()
}

#[test]
fn changes_under_load_lose_no_request() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &["--workers", "2"]);
    let load = Load::on(running.gateway);
    let reloads = 20;
    for number in 0..reloads {
        load.wait_for(10);
        let content = answering(&number.to_string());
        match number % 2 {
            0 => rename_over(&file, &content),
            _ => fs::write(&file, content).expect("writable"),
        }
        running.wait_for_log("openapi.yaml is served as it is now");
    }
    until(&running, &answer(&(reloads - 1).to_string()));
    load.end();
    assert_eq!(metric(&running, "portico_snapshot_revision"), (reloads + 1).to_string());
    assert_eq!(metric(&running, "portico_reloads_total{result=\"served\"}"), reloads.to_string());
}

#[test]
fn what_cannot_be_served_changes_nothing_and_is_told() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &[]);
    let mut check = |words: &str| {
        running.wait_for_log(words);
        running.wait_for_log(KEPT);
        assert_eq!(get(running.gateway, "/health").text(), answer("ok"), "{words}");
    };
    fs::write(&file, MOCK.replace("type: mock", "type: mokc")).expect("writable");
    check("openapi.yaml:8:15");
    // Half of a file.
    fs::write(&file, &MOCK[..MOCK.len() / 2]).expect("writable");
    check("error");
    fs::write(&file, "").expect("writable");
    check("openapi.yaml is empty");
    fs::remove_file(&file).expect("writable");
    check("there is no file");
    fs::create_dir(&file).expect("writable");
    check("is a directory");
    fs::remove_dir(&file).expect("writable");
    check("there is no file");
    fs::write(&file, b"title: caf\xe9\n").expect("writable");
    check("is not text");
    assert_eq!(metric(&running, "portico_snapshot_revision"), "1");
    assert_eq!(metric(&running, "portico_reloads_total{result=\"refused\"}"), "7");
    fs::write(&file, answering("again")).expect("writable");
    running.wait_for_log("revision 2");
    until(&running, &answer("again"));
}

#[test]
fn machines_are_told_the_line_that_a_finding_is_about() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &["--log-format", "json"]);
    fs::write(&file, MOCK.replace("type: mock", "type: mokc")).expect("writable");
    let line = running.wait_for_log("openapi.yaml:8:15");
    let line: serde_json::Value = serde_json::from_str(&line).expect("an object");
    assert_eq!((&line["level"], &line["kind"]), (&"ERROR".into(), &"integration-type".into()));
    assert_eq!(line["excerpt"], "        type: mokc", "{line}");
}

#[test]
fn a_mounted_definition_is_replaced_as_kubernetes_does_it() {
    let directory = Directory::with(&[("config/..1/openapi.yaml", MOCK)]);
    let mount = |revision: &str| {
        symlink(revision, directory.path("config/..data_tmp")).expect("writable");
        fs::rename(directory.path("config/..data_tmp"), directory.path("config/..data"))
            .expect("writable");
    };
    mount("..1");
    let file = directory.path("config/openapi.yaml");
    symlink("..data/openapi.yaml", &file).expect("writable");
    let mut running = Running::serve(&file, &[]);
    for (revision, before) in [("..2", "..1"), ("..3", "..2")] {
        fs::create_dir(directory.path("config").join(revision)).expect("writable");
        let target = directory.path("config").join(revision).join("openapi.yaml");
        fs::write(target, answering(revision)).expect("writable");
        mount(revision);
        fs::remove_dir_all(directory.path("config").join(before)).expect("writable");
        running.wait_for_log("is served as it is now");
        until(&running, &answer(revision));
    }
}

#[test]
fn the_configuration_is_read_again_as_far_as_it_can_be() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let id = running.banner.iter().find_map(|line| line.split(", id ").nth(1)).expect("an id");
    let id = id.split(',').next().expect("an id").to_owned();
    let status = |running: &Running, stage: &str| {
        get(running.gateway, &format!("/_aws/execute-api/{id}/{stage}/health")).status
    };
    assert_eq!((status(&running, "local"), status(&running, "blue")), (200, 403));
    // It was not there before.
    let config = directory.path("portico.toml");
    fs::write(&config, "stage = \"blue\"\nworkers = 7\n").expect("writable");
    running.wait_for_log("workers of portico.toml was changed: in use from the next start on");
    running.wait_for_log("revision 2");
    let comes = (0..100_000).any(|_| status(&running, "blue") == 200);
    assert!(comes && status(&running, "local") == 403);
    fs::write(&config, "stage = \"green\"\nworkers = \"many\"\n").expect("writable");
    running.wait_for_log("portico.toml:2:11");
    running.wait_for_log(KEPT);
    assert_eq!(status(&running, "blue"), 200);
    fs::remove_file(&config).expect("writable");
    running.wait_for_log("revision 3");
}

#[test]
fn a_hangup_reads_again_what_nobody_told_of() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &[]);
    running.process.signal("HUP");
    running.wait_for_log("SIGHUP: the definitions are as they were");
    running.process.signal("TERM");
    running.wait_for_log("stopped");
}

#[test]
fn a_pipe_is_read_once_and_blocks_nothing_afterwards() {
    let directory = Directory::with(&[("portico.toml", "# nothing\n")]);
    let pipe = directory.path("openapi.yaml");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("coreutils");
    assert!(made.success());
    let writing = {
        let pipe = pipe.clone();
        thread::spawn(move || fs::write(pipe, MOCK).expect("somebody reads"))
    };
    let mut running = Running::serve(&pipe, &[]);
    writing.join().expect("it was read");
    running.process.signal("HUP");
    running.wait_for_log("SIGHUP: the definitions are as they were");
    fs::write(directory.path("portico.toml"), "stage = \"blue\"\n").expect("writable");
    running.wait_for_log("revision 2");
    assert_eq!(get(running.gateway, "/health").status, 200);
}

#[test]
fn a_file_that_a_definition_refers_to_is_watched_too() {
    let (head, path_item) = MOCK.split_once("  /health:\n").expect("a path");
    let definition = format!("{head}  /health:\n    $ref: 'parts/health.yaml#/health'\n");
    let part =
        |word: &str| format!("health:\n{}", path_item.replace("\"ok\"", &format!("\"{word}\"")));
    let directory =
        Directory::with(&[("openapi.yaml", &definition), ("parts/health.yaml", &part("ok"))]);
    let file = directory.path("parts/health.yaml");
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    assert_eq!(get(running.gateway, "/health").text(), answer("ok"));
    fs::write(&file, part("new")).expect("writable");
    running.wait_for_log("revision 2");
    until(&running, &answer("new"));
    fs::remove_file(&file).expect("writable");
    running.wait_for_log("there is no such file");
    running.wait_for_log(KEPT);
    assert_eq!(get(running.gateway, "/health").text(), answer("new"));
    rename_over(&file, &part("back"));
    running.wait_for_log("revision 3");
    until(&running, &answer("back"));
}

#[test]
fn a_change_may_bring_the_first_origin_over_https() {
    let authority = Authority::new();
    let files = [authority.issue("origin", &["127.0.0.1"])];
    let (policy, tickets) = (SecurityPolicy::default(), Tickets::new().unwrap());
    let (tls, _) = ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap();
    let origin = Gateway { tls: Some(tls), ..Gateway::default() };
    let origin = origin.start(&answering("over TLS"));

    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let file = directory.path("openapi.yaml");
    let ca = directory.path("ca.pem");
    // No origin speaks TLS, so nobody has looked for the roots yet.
    let mut running = Running::serve(&file, &["--upstream-ca", &ca.display().to_string()]);
    let calling = proxy_to(origin.tls_address()).replace("http://", "https://");
    rename_over(&file, &calling);
    running.wait_for_log(KEPT);
    assert_eq!(get(running.gateway, "/health").text(), answer("ok"));

    fs::copy(authority.path("ca.pem"), &ca).unwrap();
    running.process.signal("HUP");
    running.wait_for_log("openapi.yaml is served as it is now");
    until(&running, &answer("over TLS"));
}
