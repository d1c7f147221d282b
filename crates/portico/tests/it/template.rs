//! Templates on the command line: what is rendered, what is told of a failure, and case files.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::support::{Directory, portico, root, run, run_in};

/// The output in bytes: nothing is added to it.
fn render(directory: &Directory, args: &[&str]) -> (i32, String, String) {
    let mut command = portico();
    command.current_dir(directory.path("")).args(["template", "render"]).args(args);
    let Output { status, stdout, stderr } = command.output().expect("portico runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("an exit code"), text(stdout), text(stderr))
}

#[test]
fn files_that_cannot_be_used_are_misuse_and_have_a_reason() {
    let directory = Directory::with(&[
        ("a.vtl", "x"),
        ("broken.json", "{\"body\": }"),
        ("unknown.json", "{\n  \"bodi\": \"\"\n}"),
        ("wrong.json", "{\"params\": {\"header\": {\"a\": 1}}}"),
        ("list.json", "[]"),
        ("empty.json", ""),
        ("none.json", "{\"cases\": []}"),
        (
            "both.json",
            r#"{"cases": [{"name": "n", "template": "", "expected": "", "error": "eval"}]}"#,
        ),
        ("neither.json", r#"{"cases": [{"name": "n", "template": ""}]}"#),
        ("nowhere.json", r#"{"cases": [{"name": "n", "file": "b.vtl", "expected": ""}]}"#),
        ("untold.json", r#"{"cases": [{"name": "n", "expected": ""}]}"#),
        (
            "twice.json",
            r#"{"cases": [{"name": "n", "file": "a.vtl", "template": "", "expected": ""}]}"#,
        ),
        ("number.json", r#"{"cases": [{"name": "n", "template": "", "expected": 1}]}"#),
        (
            "mode.json",
            r#"{"cases": [{"name": "n", "template": "", "mode": "java", "expected": ""}]}"#,
        ),
        ("member.json", "{\"cases\": [\n {\"name\": \"n\", \"tmplate\": \"\"}]}"),
    ]);
    fs::write(directory.path("latin1.vtl"), b"caf\xe9").unwrap();
    let check = |args: &[&str], words: &[&str]| {
        let args = [&["template"], args].concat();
        let (status, out, err) = run_in(&directory.path(""), &args);
        assert_eq!((status.code(), out.as_str()), (Some(2), ""), "{args:?}: {err}");
        for word in words {
            assert!(err.contains(word), "{args:?}: no {word:?} in {err}");
        }
    };
    check(&["render", "b.vtl"], &["there is no file b.vtl"]);
    check(&["render", "."], &["is a directory, not a template"]);
    check(&["render", "latin1.vtl"], &["not text: byte 3"]);
    check(&["render", "/dev/zero"], &["more than 1 MiB"]);
    check(&["render", "a.vtl", "--mode", "java"], &["service, stock"]);
    check(&["render"], &["<FILE>"]);
    let event = |file, words: &[&str]| check(&["render", "a.vtl", "--event", file], words);
    event("gone.json", &["there is no file gone.json"]);
    event("broken.json", &["--> broken.json:1:10", "expected value"]);
    event("unknown.json", &["unknown field `bodi`", "--> unknown.json:2:3", "^^^^^^"]);
    event("wrong.json", &["expected a string for `a`, found a number", "--> wrong.json:1:23"]);
    event("list.json", &["expected an object", "--> list.json:1:1"]);
    event("empty.json", &["empty.json is empty"]);
    let cases = |file, words: &[&str]| check(&["test", file], words);
    cases("gone.json", &["there is no file gone.json"]);
    cases("none.json", &["none.json has no cases"]);
    cases("both.json", &["this case has both `expected` and `error`", "--> both.json:1:21"]);
    cases("neither.json", &["neither `expected` nor `error`"]);
    cases("nowhere.json", &["there is no file b.vtl"]);
    cases("untold.json", &["neither `template` nor `file`"]);
    cases("twice.json", &["both `template` and `file`"]);
    cases("number.json", &["expected a string, found a number", "--> number.json:1:54"]);
    cases("mode.json", &["`java`", "`service` or `stock`"]);
    cases("member.json", &["neither `template` nor `file`", "did you mean `template`?"]);
    // One file that cannot be used, and nothing is tested.
    check(&["test", "none.json", "both.json"], &["none.json has no cases"]);
}

#[test]
fn a_rendering_is_printed_byte_for_byte() {
    let event = json!({
        "body": {"pet": {"name": "Ada", "price": 1.50}},
        "params": {"path": {"id": "7"}, "querystring": {"q": "x"}, "header": {"Accept": "*/*"}},
        "context": {"requestId": "r-1", "identity": {"sourceIp": "203.0.113.7"}},
        "stageVariables": {"host": "example.com"},
        "vars": {"tags": ["x", ["y"]], "big": 9007199254740993_u64, "nil": null},
    });
    let directory = Directory::with(&[
        ("empty.vtl", ""),
        ("plain.vtl", "a\r\n\tb "),
        (
            "all.vtl",
            "$input.params('id') $input.path('$.pet.name') $input.body $context.requestId $context.identity.sourceIp $stageVariables.host $tags $big [$nil]\n",
        ),
        (
            "none.vtl",
            "$input.body [$input.params('id')] [$context.requestId] [$stageVariables.host]",
        ),
        ("stock.vtl", "$input.body $context.requestId $nil $tags"),
        ("event.json", &event.to_string()),
        ("vars.json", r#"{"vars": {"tags": [{"a": null}]}}"#),
    ]);
    let check = |args: &[&str], expected: &str| {
        assert_eq!(render(&directory, args), (0, expected.to_owned(), String::new()), "{args:?}");
    };
    check(&["empty.vtl"], "");
    check(&["plain.vtl"], "a\r\n\tb ");
    check(
        &["all.vtl", "--event", "event.json"],
        "7 Ada {\"pet\":{\"name\":\"Ada\",\"price\":1.5}} r-1 203.0.113.7 example.com [x, [y]] 9007199254740993 []\n",
    );
    check(&["none.vtl"], "{} [] [] []");
    // Stock Velocity has the service's objects only where an event has something for them.
    let stock = |event| ["stock.vtl", "--mode", "stock", "--event", event];
    check(&stock("vars.json"), "$input.body $context.requestId $nil [{a=null}]");
    check(&stock("event.json"), "{\"pet\":{\"name\":\"Ada\",\"price\":1.5}} r-1 $nil [x, [y]]");
}

#[test]
fn a_failure_is_shown_with_its_line() {
    let directory = Directory::with(&[
        ("parse.vtl", "a\r\n#if($x)\r\n"),
        ("eval.vtl", "#set($l = [1])\nfirst: $l[0]\nlast: $l.get(5)\n"),
    ]);
    let check = |file: &str, words: &[&str]| {
        let (status, out, err) = render(&directory, &[file]);
        assert_eq!((status, out.as_str()), (1, ""), "{err}");
        for word in words {
            assert!(err.contains(word), "{file}: no {word:?} in {err}");
        }
    };
    check("parse.vtl", &["error: this is no template: ", "--> parse.vtl:"]);
    check(
        "eval.vtl",
        &["error: the rendering failed: index 5", "--> eval.vtl:3:", "3 | last: $l.get(5)"],
    );
}

#[test]
fn a_trace_tells_what_each_step_came_to() {
    let directory = Directory::with(&[
        ("a.vtl", "#set($x = 1 + 1)\n#if($x == 2)two: $name#end\n"),
        ("event.json", r#"{"vars": {"name": "Ada"}}"#),
    ]);
    let (status, out, err) = render(&directory, &["a.vtl", "--event", "event.json", "--trace"]);
    assert_eq!((status, out.as_str()), (0, "two: Ada"));
    let lines: Vec<&str> = err.lines().collect();
    for (place, value) in [("1:1 #set $x", "2"), ("2:1 #if", "true"), ("2:18 $name", "Ada")] {
        let is_it = |line: &&str| line.starts_with(place) && line.ends_with(&format!("= {value}"));
        assert!(lines.iter().any(is_it), "no {place} in {err}");
    }
}

const CASES: &str = r#"{
  "comment": "of all kinds",
  "cases": [
    {"name": "right", "template": "a", "expected": "a"},
    {"name": "in a file", "file": "templates/a.vtl", "body": "{\"a\": [1]}", "expected": "[1]\n"},
    {"name": "as JSON", "template": "{\"b\": 1.0, \"a\": 2}", "compare": "json", "expected": {"a": 2, "b": 1}},
    {"name": "no parse", "template": "$", "error": "parse"},
    {"name": "no eval", "mode": "stock", "template": "$name.contains($x)", "vars": {"name": "a"}, "error": "eval"}
"#;

#[test]
fn cases_pass_or_are_shown_with_their_difference() {
    let failing = r#",
    {"name": "blank", "template": "a  b\n", "expected": "a b\n"},
    {"name": "value", "template": "[1, 2]", "compare": "json", "expected": "[1, 3]"},
    {"name": "error", "template": "\n#if(1)", "expected": ""},
    {"name": "none", "template": "x", "error": "parse"},
    {"name": "other", "template": "$", "error": "eval"}
"#;
    let directory = Directory::with(&[
        ("right.json", &format!("{CASES}]}}")),
        ("wrong.json", &format!("{CASES}{failing}]}}")),
        ("templates/a.vtl", "$input.path('$.a')\n"),
    ]);
    let test = |args: &[&str]| {
        let (status, out, err) =
            run_in(&directory.path(""), &[&["template", "test"], args].concat());
        assert_eq!(err, "");
        (status.code(), out)
    };
    assert_eq!(test(&["right.json"]), (Some(0), "5 cases passed\n".to_owned()));
    assert_eq!(test(&["right.json", "right.json"]).1, "10 cases passed\n");
    let (status, out) = test(&["wrong.json"]);
    assert_eq!(status, Some(1));
    for part in [
        "failed: blank (wrong.json)\n  line 1, column 3:\n  - a·b␊\n  + a··b␊\n      ^\n",
        "failed: value (wrong.json)\n  at $[1]:\n  - 3\n  + 2\n",
        "failed: error (wrong.json)\nerror: this is no template: ",
        " --> wrong.json: error:2:",
        "expected the error parse, but it rendered: x\n",
        "expected the error eval, but it is parse:\n",
        "\n5 of 10 cases failed\n",
    ] {
        assert!(out.contains(part), "no {part:?} in {out}");
    }
    assert!(!out.contains("right"), "{out}");
    let (status, out) = test(&["wrong.json", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    let results = document["results"].as_array().unwrap();
    let first = json!({"name": "right", "file": "wrong.json", "passed": true, "output": "a"});
    assert_eq!((status, results.len(), &results[0]), (Some(1), 10, &first));
    let Value::Object(failed) = &results[7] else { panic!("{document}") };
    assert_eq!((&failed["name"], &failed["passed"]), (&json!("error"), &json!(false)));
    assert_eq!((&failed["error"], &failed["line"]), (&json!("parse"), &json!(2)));
    assert!(failed["message"].is_string() && failed["column"].is_number(), "{document}");
    assert!(!failed.contains_key("output"), "{document}");
}

#[test]
fn the_examples_pass() {
    let examples = fs::read_dir(root().join("examples/templates")).unwrap();
    let files = examples.map(|entry| entry.unwrap().path().display().to_string());
    let files: Vec<String> = files.filter(|file| file.ends_with(".json")).collect();
    let mut args = vec!["template", "test"];
    args.extend(files.iter().map(String::as_str));
    let (status, out, err) = run(&args);
    assert_eq!((status.code(), err.as_str()), (Some(0), ""), "{out}");
}
