//! The first screen of the README, run as it stands there, and the rest of the bookstore.

use std::fs;
use std::process::Command;

use portico_testkit::http::{Connection, get, request};

use crate::support::{Running, portico, root};

/// The commands of the README's console blocks, each with the answer printed below it.
fn commands() -> Vec<(String, String)> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        match (line.starts_with("```"), line.strip_prefix("$ ")) {
            (true, _) => inside = line == "```console",
            (false, Some(command)) if inside => commands.push((command.to_owned(), String::new())),
            (false, None) if inside => {
                let (_, answer) = commands.last_mut().expect("an answer follows a command");
                answer.push_str(line);
                answer.push('\n');
            }
            _ => {}
        }
    }
    commands
}

#[test]
fn the_first_screen_of_the_readme_is_true() {
    let commands = commands();
    let (serve, _) = &commands[0];
    let args = serve.strip_prefix("cargo run --release -- ").expect("the first command serves");
    let mut command = portico();
    command.args(args.split(' '));
    let running =
        Running::start(command.args(["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]));
    let curls: Vec<_> =
        commands.iter().filter(|(command, _)| command.starts_with("curl ")).collect();
    assert_eq!(curls.len(), 3);
    for (command, expected) in curls {
        let command = command.replace("127.0.0.1:8080", &running.gateway.to_string());
        let output = Command::new("sh").args(["-c", &command]).output().expect("sh runs");
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "is curl installed? {command}: {output:?}");
        assert_eq!(answer.trim_end(), expected.trim_end(), "{command}");
    }
}

#[test]
fn every_route_of_the_bookstore_answers() {
    let running = Running::serve(&root().join("examples/bookstore/openapi.yaml"), &[]);
    let check = |method: &str, path: &str, status: u16, part: &str| {
        let answer = request(running.gateway, method, path, &[], "");
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(answer.text().contains(part), "{method} {path}: {answer:?}");
        assert!(answer.field("x-amzn-RequestId").is_some(), "{method} {path}: {answer:?}");
    };
    check("GET", "/health", 200, r#"{"status": "ok"}"#);
    check("GET", "/books", 200, "The Dispossessed");
    check("GET", "/books?page=2", 200, "Kindred");
    check("GET", "/books/3", 200, "Kindred");
    check("GET", "/books/99", 404, "the example origin has no file for GET /books/99");
    check("GET", "/authors/lem/books", 200, "Solaris");
    check("GET", "/stock", 200, r#""stock""#);
    check("GET", "/files/excerpts/solaris", 200, "excerpt");
    check("POST", "/orders", 201, "accepted");
    check("DELETE", "/books", 403, "Missing Authentication Token");
}

#[test]
fn an_order_with_a_body_leaves_the_connection_usable() {
    let running = Running::serve(&root().join("examples/bookstore/openapi.yaml"), &[]);
    let mut client = Connection::open(running.gateway);
    for length in [0, 20, 70_000, 1_000_000] {
        client
            .send(format!("POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        client.send("x".repeat(length));
        let answer = client.answer("POST");
        assert_eq!((answer.status, answer.text().contains("accepted")), (201, true), "{length}");
        if answer.field("Connection") == Some("close") {
            client = Connection::open(running.gateway);
        }
    }
}

#[test]
fn the_bookstore_answers_a_preflight() {
    let running = Running::serve(&root().join("examples/bookstore/openapi.yaml"), &[]);
    let answer = request(running.gateway, "OPTIONS", "/books", &[("Origin", "http://a")], "");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.field("Access-Control-Allow-Origin"), Some("*"));
    assert_eq!(answer.field("Access-Control-Allow-Methods"), Some("GET,OPTIONS"));
}

#[test]
fn every_address_of_the_banner_answers() {
    let running = Running::serve(&root().join("examples/bookstore/openapi.yaml"), &[]);
    let urls: Vec<&str> = running
        .banner
        .iter()
        .filter_map(|line| line.split_whitespace().find(|word| word.ends_with("/local/")))
        .collect();
    assert_eq!(urls.len(), 2, "{:#?}", running.banner);
    for url in urls {
        let (host, path) = url.trim_start_matches("http://").split_once('/').expect("a path");
        let path = format!("/{path}health");
        let answer = request(running.gateway, "GET", &path, &[("Host", host)], "");
        assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status": "ok"}"#), "{url}");
    }
    assert_eq!(get(running.gateway, "/health").status, 200);
}
