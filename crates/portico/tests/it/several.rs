//! Several definitions at once: each under its own addresses, with its own stage.

use std::fs;

use portico_testkit::http::get;

use crate::support::{Directory, MOCK, Running, portico, run_in};

fn titled(title: &str) -> String {
    MOCK.replace("title: Mock", &format!("title: {title}"))
        .replace("\"ok\"", &format!("\"{title}\""))
}

/// The addresses by path that the banner tells, without the host.
fn by_path(running: &Running) -> Vec<String> {
    let urls = running.banner.iter().filter_map(|line| line.trim().strip_prefix("by path"));
    urls.map(|url| {
        let (_, path) = url.trim().split_once("//").expect("a URL");
        path[path.find('/').expect("a path")..].to_owned()
    })
    .collect()
}

#[test]
fn each_answers_under_its_own_address_and_none_at_the_root() {
    let config = "[stages.prod]\n[apis.\"pets.yaml\".stages.beta]\n[apis.\"fish.yaml\"]\n";
    let directory = Directory::with(&[
        ("books.yaml", &titled("Books")),
        ("pets.yaml", &titled("Pets")),
        ("portico.toml", config),
    ]);
    let mut command = portico();
    command.arg("serve").args(["books.yaml", "pets.yaml"]).current_dir(directory.path(""));
    command.args(["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let addresses = by_path(&running);
    assert!(addresses[0].ends_with("/prod/") && addresses[1].ends_with("/beta/"), "{addresses:?}");
    for (address, title) in addresses.iter().zip(["Books", "Pets"]) {
        let answer = get(running.gateway, &format!("{address}health"));
        assert_eq!(answer.text(), format!("{{\"status\": \"{title}\"}}"), "{address}");
    }
    assert_eq!(get(running.gateway, "/health").status, 403);

    // Only what was changed is made anew.
    fs::write(directory.path("pets.yaml"), titled("Pets").replace("\"Pets\"", "\"Cats\"")).unwrap();
    let line = running.wait_for_log("revision 2");
    assert!(line.contains("pets.yaml") && !line.contains("books.yaml"), "{line}");
    let cats = (0..100_000)
        .any(|_| get(running.gateway, &format!("{}health", addresses[1])).text().contains("Cats"));
    assert!(cats);
    assert!(get(running.gateway, &format!("{}health", addresses[0])).text().contains("Books"));
    running.process.signal("TERM");
    let (_, lines) = running.process.finish();
    let warned = lines.iter().any(|line| line.text().contains("[apis] names fish.yaml"));
    assert!(warned, "{lines:?}");
}

#[test]
fn two_with_one_id_are_an_error_that_names_both() {
    let directory =
        Directory::with(&[("a/openapi.yaml", MOCK), ("b/openapi.yaml", MOCK), ("c.yaml", MOCK)]);
    let serve = |files: &[&str]| {
        let free = ["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"];
        run_in(&directory.path(""), &[&["serve"], files, &free].concat())
    };
    let (status, _, err) = serve(&["a/openapi.yaml", "c.yaml", "b/openapi.yaml"]);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("error: a/openapi.yaml and b/openapi.yaml have one id, "), "{err}");
    let (_, _, err) = serve(&["c.yaml", "c.yaml"]);
    assert!(err.contains("c.yaml and c.yaml have one id"), "{err}");
    // Every problem is told, whichever file has it.
    let (status, _, err) = serve(&["a/none.yaml", "b/none.yaml"]);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("a/none.yaml") && err.contains("b/none.yaml"), "{err}");
}

#[test]
fn a_problem_of_an_own_stage_is_shown_in_its_own_table() {
    let config =
        "[apis.\"openapi.yaml\".stages.local]\nmethodSettings.\"*/*\".throttlingRateLimit = nan\n";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", config)]);
    let (status, _, err) = run_in(&directory.path(""), &["check", "openapi.yaml"]);
    assert_eq!(status.code(), Some(1), "{err}");
    assert!(err.contains("--> portico.toml:2:"), "{err}");
}
