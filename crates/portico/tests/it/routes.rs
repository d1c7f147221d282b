//! `portico routes` and `portico check --format json`: what programs and people read of definitions.

use serde_json::Value;

use crate::settings::guarded;
use crate::support::{Directory, MOCK, run_in};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

#[test]
fn every_method_is_a_row_with_its_integration_and_its_guards() {
    let proxied = "  /books/{id}:\n    get:\n      responses: {}\n      \
                   x-amazon-apigateway-integration:\n        type: http_proxy\n        \
                   httpMethod: GET\n        uri: http://${stageVariables.shop}/books\n";
    let definition = guarded().replace("  /health:\n", &format!("{proxied}  /health:\n"));
    let config = "[stages.prod]\nvariables = { shop = \"127.0.0.1:9000\" }\n";
    let directory = Directory::with(&[("openapi.yaml", &definition), ("portico.toml", config)]);
    let (status, out, err) = run_in(&directory.path(""), &["routes", "openapi.yaml"]);
    assert_eq!((status.code(), err.as_str()), (Some(0), ""));
    let expected = "\
METHOD  PATH         INTEGRATION                                GUARDS
GET     /books/{id}  http_proxy GET http://127.0.0.1:9000/books  -
GET     /guarded     refused: authorizer                         authorizer token
GET     /health      mock 200                                    -
";
    let squeezed = |text: &str| {
        let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(squeezed(&out), squeezed(expected), "{out}");

    let (_, out, _) = run_in(&directory.path(""), &["routes", "openapi.yaml", "--format", "json"]);
    let file = &json(&out)["files"][0];
    assert_eq!((&file["stage"], &file["title"]), (&"prod".into(), &"Mock".into()));
    let guarded = &file["routes"][1];
    assert_eq!(guarded["path"], "/guarded");
    assert_eq!(guarded["refused"], "authorizer");
    assert_eq!(guarded["guards"][0], "authorizer token");
    assert_eq!(file["routes"][2]["refused"], Value::Null);
}

#[test]
fn a_definition_that_aws_would_refuse_has_no_routes() {
    let broken = MOCK.replace("type: mock", "type: mokc");
    let directory = Directory::with(&[("broken.yaml", &broken), ("openapi.yaml", MOCK)]);
    let (status, out, err) =
        run_in(&directory.path(""), &["routes", "broken.yaml", "openapi.yaml", "none.yaml"]);
    assert_eq!(status.code(), Some(1));
    assert!(
        err.contains("broken.yaml:8:15") && err.contains("there is no file none.yaml"),
        "{err}"
    );
    assert!(out.contains("openapi.yaml: Mock, id ") && out.contains("/health"), "{out}");
}

#[test]
fn a_check_of_several_files_has_one_summary() {
    let broken = MOCK.replace("type: mock", "type: mokc");
    let odd = MOCK.replace("    get:", "    gte: {}\n    get:");
    let directory = Directory::with(&[
        ("broken.yaml", &broken),
        ("odd.yaml", &odd),
        ("openapi.yaml", MOCK),
        ("other.yaml", MOCK),
    ]);
    let check = |files: &[&str], code: i32, expected: &str| {
        let (status, out, err) = run_in(&directory.path(""), &[&["check"], files].concat());
        assert_eq!(status.code(), Some(code), "{out}{err}");
        let text = if out.is_empty() { err } else { out };
        assert_eq!(text.lines().last(), Some(expected), "{text}");
        assert_eq!(text.matches(" file").count(), 1, "{text}");
    };
    check(&["openapi.yaml", "other.yaml"], 0, "no problems in 2 files");
    check(&["openapi.yaml", "odd.yaml"], 0, "1 warning in 1 of 2 files");
    let all = ["broken.yaml", "odd.yaml", "openapi.yaml"];
    check(&all, 1, "1 error, 1 warning in 2 of 3 files");
}

#[test]
fn a_check_for_programs_is_one_document() {
    let broken = MOCK.replace("type: mock", "type: mokc");
    let directory = Directory::with(&[
        ("broken.yaml", &broken),
        ("guarded.yaml", &guarded()),
        ("openapi.yaml", MOCK),
        ("other/openapi.yaml", MOCK),
        ("other/portico.toml", "workes = 2\n"),
    ]);
    let files = ["broken.yaml", "guarded.yaml", "openapi.yaml", "other/openapi.yaml", "none.yaml"];
    let flags = ["--format", "json", "--allow", "authorizer", "--stage", "prod"];
    let (status, out, err) =
        run_in(&directory.path(""), &[&["check"], &files[..], &flags].concat());
    assert_eq!((status.code(), err.as_str()), (Some(1), ""));
    let all = json(&out);
    assert_eq!((&all["errors"], &all["warnings"]), (&3.into(), &1.into()), "{out}");
    let of = |index: usize| &all["files"][index];
    let broken = &of(0)["findings"][0];
    assert_eq!((&broken["class"], &broken["severity"]), (&"invalid".into(), &"error".into()));
    let place = ["file", "line", "column"].map(|key| broken[key].to_string()).join(" ");
    assert_eq!(place, "\"broken.yaml\" 8 15");
    let guarded = &of(1)["findings"][0];
    assert_eq!(
        (&guarded["class"], &guarded["kind"]),
        (&"not-runnable".into(), &"authorizer".into())
    );
    assert_eq!(guarded["severity"], "warning");
    assert_eq!((&of(2)["stage"], &of(2)["findings"]), (&"prod".into(), &Value::Array(vec![])));
    let config = &of(3)["findings"][0];
    assert_eq!((&config["file"], &config["line"]), (&"other/portico.toml".into(), &1.into()));
    let missing = &of(4)["findings"][0];
    assert_eq!(missing["message"], "there is no file none.yaml");
    assert_eq!(missing["line"], Value::Null);
}
