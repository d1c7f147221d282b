//! Definitions in several files.

use std::os::unix::fs::symlink;
use std::process::Command;

use portico_testkit::http::get;

use crate::support::{Directory, Running, run_in};

const DEFINITION: &str = "swagger: 2.0
info: {title: T}
paths:
  /health: {$ref: 'paths/health.yaml'}
";

const HEALTH: &str = r#"get:
  x-amazon-apigateway-integration:
    type: mock
    requestTemplates: {application/json: '{"statusCode": 200}'}
    responses: {default: {statusCode: 200, responseTemplates: {application/json: '{"ok":1}'}}}
  responses: {200: {description: ok}}
"#;

#[test]
fn a_definition_in_several_files_is_served() {
    let directory = Directory::with(&[("api.yaml", DEFINITION), ("paths/health.yaml", HEALTH)]);
    let running = Running::serve(&directory.path("api.yaml"), &[]);
    let answer = get(running.gateway, "/health");
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"ok":1}"#));
}

#[test]
fn findings_stand_in_the_file_that_they_are_about() {
    let wrong = HEALTH.replace("type: mock", "type: mokc");
    let directory = Directory::with(&[("a/api.yaml", DEFINITION), ("a/paths/health.yaml", &wrong)]);
    for (from, shown) in [("a", "paths/health.yaml"), ("", "a/paths/health.yaml")] {
        let file = shown.replace("paths/health.yaml", "api.yaml");
        let (status, _, err) = run_in(&directory.path(from), &["check", &file]);
        assert_eq!(status.code(), Some(1));
        assert!(err.contains(&format!("--> {shown}:3:11")), "{err}");
        assert!(err.contains("3 |     type: mokc"), "{err}");
    }
}

#[test]
fn what_is_no_file_of_the_definition_is_not_read() {
    let check = |reference: &str, expected: &str| {
        let text = DEFINITION.replace("paths/health.yaml", reference);
        let directory = Directory::with(&[("api.yaml", &text), ("paths/health.yaml", HEALTH)]);
        symlink("/etc/passwd", directory.path("link.yaml")).unwrap();
        symlink("loop.yaml", directory.path("loop.yaml")).unwrap();
        symlink("paths/health.yaml", directory.path("inside.yaml")).unwrap();
        let made = Command::new("mkfifo").arg(directory.path("pipe.yaml")).status().unwrap();
        assert!(made.success());
        let (_, out, err) = run_in(&directory.path(""), &["check", "api.yaml"]);
        assert!(format!("{out}{err}").contains(expected), "{reference}: {out}{err}");
        assert!(!err.contains("root:"), "{err}");
    };
    check("inside.yaml", "no problems");
    check("missing.yaml", "\"missing.yaml\" cannot be read: there is no such file");
    check("paths", "\"paths\" cannot be read: it is no regular file");
    check("pipe.yaml", "\"pipe.yaml\" cannot be read: it is no regular file");
    check(
        "link.yaml",
        "\"link.yaml\" cannot be read: it is a link out of the definition's directory",
    );
    check("loop.yaml", "\"loop.yaml\" cannot be read: ");
    check("/dev/zero", "\"/dev/zero\" is outside the directory of the definition");
    check("../api.yaml", "\"../api.yaml\" is outside the directory of the definition");
}
