//! Flags, variables of the environment, portico.toml: which wins, and what is told of mistakes.

use portico_testkit::http::get;

use crate::support::{Directory, MOCK, Running, portico};

/// A definition whose `GET /guarded` asks for an authorizer, and whose `GET /health` for nothing.
pub(crate) fn guarded() -> String {
    let operation = "  /guarded:\n    get:\n      security: [{token: []}]\n      responses: {}\n      \
                     x-amazon-apigateway-integration:\n        type: http_proxy\n        \
                     httpMethod: GET\n        uri: http://127.0.0.1:1/secret\n";
    let scheme = "components:\n  securitySchemes:\n    token: {type: apiKey, name: Authorization, \
                  in: header, x-amazon-apigateway-authtype: custom, \
                  x-amazon-apigateway-authorizer: {type: token, authorizerUri: \
                  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
                  arn:aws:lambda:us-east-1:000000000000:function:f/invocations'}}\n";
    MOCK.replace("paths:\n", &format!("{scheme}paths:\n{operation}"))
}

/// The banner of `portico serve openapi.yaml` with these variables and flags.
fn serve(directory: &Directory, variables: &[(&str, &str)], flags: &[&str]) -> Running {
    let mut command = portico();
    command.current_dir(directory.path("")).args(["serve", "openapi.yaml"]);
    command.env("PORTICO_LISTEN", "127.0.0.1:0").env("PORTICO_MANAGEMENT", "127.0.0.1:0");
    command.envs(variables.iter().copied()).args(flags);
    Running::start(&mut command)
}

/// Status, standard output and standard error of a command with these variables.
fn run(directory: &Directory, variables: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
    let mut command = portico();
    let command = command.current_dir(directory.path("")).envs(variables.iter().copied());
    let output = command.args(args).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("it ends"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_flag_wins_over_its_variable_and_that_over_the_file() {
    let config = "stage = \"file\"\nworkers = 3\n";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", config)]);
    let check = |variables: &[(&str, &str)], flags: &[&str], expected: &str, workers: &str| {
        let running = serve(&directory, variables, flags);
        let banner = running.banner.join("\n");
        assert!(banner.contains(&format!("stage {expected}:")), "{expected} in {banner}");
        assert!(banner.contains(&format!("workers     {workers}\n")), "{workers} in {banner}");
    };
    let variable = [("PORTICO_STAGE", "variable"), ("PORTICO_WORKERS", "2")];
    check(&[], &[], "file", "3");
    check(&variable, &[], "variable", "2");
    check(&variable, &["--stage", "flag"], "flag", "2");
    // A variable without a value is none.
    check(&[("PORTICO_STAGE", "")], &["--workers", "1"], "file", "1");
}

#[test]
fn a_wrong_variable_is_wrong_usage_and_an_unknown_one_is_told() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let check = |name: &str, value: &str, code: i32, words: &[&str]| {
        let (status, _, err) = run(&directory, &[(name, value)], &["check", "openapi.yaml"]);
        assert_eq!(status, code, "{err}");
        for word in words {
            assert!(err.contains(word), "no {word:?} in {err}");
        }
    };
    check("PORTICO_STAGE", "a/b", 2, &["--stage", "a stage name has 1 to 128"]);
    check("PORTICO_ALLOW", "authorizer,uri", 2, &["'uri'", "AWS would refuse"]);
    check("PORTICO_FORMAT", "xml", 2, &["human, json"]);
    check("PORTICO_STAEG", "prod", 0, &["PORTICO_STAEG", "did you mean PORTICO_STAGE?"]);
    check("PORTICO_TELEPORT", "1", 0, &["PORTICO_TELEPORT in the environment is no setting"]);
    check("PORTICO_TELEPORT", "", 0, &["no setting"]);
}

#[test]
fn what_cannot_run_is_refused_and_allowed_by_its_kind() {
    let directory = Directory::with(&[("openapi.yaml", &guarded())]);
    for command in ["serve", "check"] {
        let (status, _, err) = run(&directory, &[], &[command, "openapi.yaml"]);
        assert_eq!(status, 1, "{err}");
        assert!(err.contains("help: --allow authorizer serves the rest"), "{err}");
        // Another kind allows nothing.
        let (status, _, err) =
            run(&directory, &[], &[command, "openapi.yaml", "--allow", "api-key"]);
        assert_eq!(status, 1, "{err}");
    }
    let allowed = "1 method answers 500: GET /guarded (authorizer)";
    let (status, _, err) =
        run(&directory, &[("PORTICO_ALLOW", "api-key,authorizer")], &["check", "openapi.yaml"]);
    assert!(status == 0 && err.contains(allowed), "{err}");

    let check = |config: &str, flags: &[&str]| {
        let directory = Directory::with(&[("openapi.yaml", &guarded()), ("portico.toml", config)]);
        let running = serve(&directory, &[], flags);
        assert!(running.banner.join("\n").contains(&format!("refused     {allowed}")));
        let answer = get(running.gateway, "/guarded");
        assert_eq!(answer.status, 500);
        assert_eq!(answer.text(), r#"{"message": "Internal server error"}"#);
        assert_eq!(get(running.gateway, "/health").status, 200);
        running.process.signal("TERM");
        let (_, lines) = running.process.finish();
        for words in ["warning[authorizer]", allowed] {
            assert!(lines.iter().any(|line| line.text().contains(words)), "{words}: {lines:?}");
        }
    };
    check("# nothing\n", &["--allow", "authorizer"]);
    check("allow = [\"authorizer\"]\n", &[]);
    // A list takes the place of the file's.
    let directory = Directory::with(&[
        ("openapi.yaml", &guarded()),
        ("portico.toml", "allow = [\"authorizer\"]"),
    ]);
    let (status, _, _) = run(&directory, &[], &["check", "openapi.yaml", "--allow", "api-key"]);
    assert_eq!(status, 1);
}

#[test]
fn colours_are_chosen_by_flag_variable_and_file() {
    let broken = MOCK.replace("type: mock", "type: mokc");
    let directory = Directory::with(&[("openapi.yaml", &broken)]);
    let check = |variables: &[(&str, &str)], flags: &[&str], colours: bool| {
        let args = [&["check", "openapi.yaml"], flags].concat();
        let (_, _, err) = run(&directory, variables, &args);
        assert_eq!(err.contains('\u{1b}'), colours, "{variables:?} {flags:?}: {err}");
    };
    check(&[], &[], false);
    check(&[], &["--color", "always"], true);
    check(&[("PORTICO_COLOR", "always")], &[], true);
    check(&[("PORTICO_COLOR", "always")], &["--color", "never"], false);
    let config = directory.path("portico.toml");
    std::fs::write(config, "color = \"always\"\n").expect("writable");
    check(&[], &[], true);
    check(&[("PORTICO_COLOR", "never")], &[], false);
}
