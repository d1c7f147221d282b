//! Definitions that nobody should write, seen from outside: each is refused with its place, at a
//! start as at a change, and what was served before stays.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;

use portico_testkit::http::get;

use crate::live::{answer, answering, until};
use crate::support::{Directory, MOCK, Running, run_in};

/// A definition with these paths.
fn paths(paths: &str) -> String {
    format!("openapi: 3.0.1\ninfo: {{title: T}}\npaths:\n{paths}")
}

/// [`MOCK`] with something else in its integration.
fn with(from: &str, to: &str) -> String {
    let text = MOCK.replace(from, to);
    assert_ne!(text, MOCK, "{from}");
    text
}

/// What is wrong, the text, and words of what is told.
fn cases() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let doubling = |mut text: String, index: usize| {
        let before = index - 1;
        let _ = writeln!(text, "a{index}: &a{index} [*a{before}, *a{before}]");
        text
    };
    let bomb = (1..60).fold("a0: &a0 [x, x]\n".to_owned(), doubling);
    let deep: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let greedy = "  /a/{b+}: {}\n  /a/{c+}: {}\n";
    let http = "  /a:\n    get:\n      x-amazon-apigateway-integration:\n        type: http\n        \
                httpMethod: GET\n        uri: http://127.0.0.1:1/\n        responses:\n          ";
    let pattern = format!("{http}'(': {{statusCode: 200}}\n      responses: {{200: {{}}}}\n");
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("a bomb of aliases", bomb, &["definition.yaml:17:", "1000000 values"]),
        ("a loop of anchors", "a: &a [*a]\n".to_owned(), &["definition.yaml:1:", "alias"]),
        ("a key that stands twice", with("get:", "get: {}\n    get:"), &["definition.yaml:6:5"]),
        ("deep nesting", deep, &["definition.yaml:129:129", "128"]),
        ("deep nesting of JSON", "[".repeat(1000), &["definition.yaml:1:129", "128"]),
        ("a wrong type", with("type: mock", "type: [mock]"), &["definition.yaml:8:9"]),
        ("an extension", with("info:", "x-amazon-apigateway-none: 1\ninfo:"), &["none"]),
        ("routes that collide", paths("  /a/{b}: {}\n  /a/{c}: {}\n"), &["definition.yaml:5:3"]),
        ("greedy routes that collide", paths(greedy), &["definition.yaml:5:3"]),
        ("a pattern", paths(&pattern), &["definition.yaml:11:11", "pattern"]),
        ("no definition", "a list\n".to_owned(), &["definition.yaml:1:1"]),
        ("nothing", "\n".to_owned(), &["definition.yaml is empty"]),
        ("a huge file", "# huge\n".repeat(1024 * 1024), &["more than 6 MiB"]),
    ];
    let cases = cases.into_iter().map(|(what, text, words)| (what, text.into_bytes(), words));
    let encoding: &[&str] = &["definition.yaml is not text", "UTF-8"];
    cases.chain([("another encoding", b"title: caf\xe9\n".to_vec(), encoding)]).collect()
}

#[test]
fn each_is_refused_with_its_place() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    for (what, text, words) in cases() {
        fs::write(directory.path("definition.yaml"), text).unwrap();
        let (status, out, err) = run_in(&directory.path(""), &["check", "definition.yaml"]);
        assert_eq!((status.code(), out.as_str()), (Some(1), ""), "{what}: {err}");
        for word in words {
            assert!(err.contains(word), "{what}: no {word:?} in {err}");
        }
        assert!(!err.contains("panicked"), "{what}: {err}");
        assert!(err.len() < 100_000, "{what}: {} bytes", err.len());
    }
}

#[test]
fn none_changes_what_is_served() {
    let directory = Directory::with(&[("definition.yaml", MOCK)]);
    let file = directory.path("definition.yaml");
    let mut running = Running::serve(&file, &[]);
    for (what, text, words) in cases() {
        fs::write(&file, text).unwrap();
        running.wait_for_log(words[0]);
        running.wait_for_log("what was read before stays in service");
        assert_eq!(get(running.gateway, "/health").text(), answer("ok"), "{what}");
    }
    fs::write(&file, answering("again")).unwrap();
    running.wait_for_log("revision 2");
    until(&running, &answer("again"));
    let lines = running.stop();
    assert!(!lines.iter().any(|line| line.text().contains("panicked")), "{lines:?}");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_served_as_it_is_at_last() {
    let directory = Directory::with(&[("definition.yaml", MOCK), ("other.yaml", MOCK)]);
    let file = directory.path("definition.yaml");
    let mut running = Running::serve(&file, &[]);
    let other = answering("other");
    for round in 0..200 {
        match round % 5 {
            0 => fs::write(&file, &other[..other.len() / 2]).unwrap(),
            1 => fs::write(&file, answering(&round.to_string())).unwrap(),
            2 => fs::remove_file(&file).unwrap(),
            3 => symlink("other.yaml", &file).unwrap(),
            _ => {
                fs::remove_file(&file).unwrap();
                fs::write(&file, "").unwrap();
            }
        }
        assert_eq!(get(running.gateway, "/health").status, 200, "{round}");
    }
    fs::write(&file, answering("at last")).unwrap();
    until(&running, &answer("at last"));
    running.wait_for_log("is served as it is now");
    let lines = running.stop();
    assert!(!lines.iter().any(|line| line.text().contains("panicked")), "{lines:?}");
}
