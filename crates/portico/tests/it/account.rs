//! The account and region that an API says it is in, also where its definition asks for them.

use std::fs;

use portico_testkit::http::get;

use crate::support::{Directory, MOCK, Running, run_in};

/// A definition that answers with where it is.
fn definition() -> String {
    let place = "${AWS::Partition} ${AWS::Region} ${AWS::AccountId}";
    MOCK.replace("{\"status\": \"ok\"}", place)
}

#[test]
fn a_definition_gets_the_account_and_region_of_the_flags_and_the_file() {
    let check = |config: &str, flags: &[&str], expected: &str| {
        let directory =
            Directory::with(&[("openapi.yaml", &definition()), ("portico.toml", config)]);
        let running = Running::serve(&directory.path("openapi.yaml"), flags);
        assert_eq!(get(running.gateway, "/health").text(), expected, "{config} {flags:?}");
    };
    check("# nothing", &[], "aws us-east-1 000000000000");
    check("region = \"cn-north-1\"", &[], "aws-cn cn-north-1 000000000000");
    check(
        "region = \"cn-north-1\"\naccount-id = \"210987654321\"",
        &["--region", "us-gov-west-1"],
        "aws-us-gov us-gov-west-1 210987654321",
    );
    // A value of its own wins, as for any other name.
    check("# nothing", &["--set", "AWS::Partition=other", "--region", "a"], "other a 000000000000");
}

#[test]
fn routes_and_check_take_them_too() {
    let uri = "uri: !Sub 'http://${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}'";
    let text = MOCK.replace(
        "type: mock",
        &format!("type: http_proxy\n        httpMethod: GET\n        {uri}"),
    );
    let directory = Directory::with(&[("openapi.yaml", &text)]);
    let flags = ["openapi.yaml", "--region", "cn-north-1", "--account-id", "123456789012"];
    let (status, out, err) = run_in(&directory.path(""), &[&["routes"], &flags[..]].concat());
    assert_eq!(status.code(), Some(0), "{err}");
    assert!(out.contains("http://cn-north-1.amazonaws.com.cn/123456789012"), "{out}");
    let (status, _, err) = run_in(&directory.path(""), &[&["check"], &flags[..]].concat());
    assert_eq!(status.code(), Some(0), "{err}");
}

#[test]
fn what_runs_stays_where_it_is() {
    let directory =
        Directory::with(&[("openapi.yaml", &definition()), ("portico.toml", "region = \"a-1\"")]);
    let file = directory.path("openapi.yaml");
    let mut running = Running::serve(&file, &[]);
    fs::write(directory.path("portico.toml"), "region = \"b-2\"\nstage = \"blue\"\n").unwrap();
    running.wait_for_log("region of portico.toml was changed: in use from the next start on");
    running.wait_for_log("revision 2");
    assert_eq!(get(running.gateway, "/health").text(), "aws a-1 000000000000");
}
