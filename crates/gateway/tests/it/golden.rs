//! Small definitions with requests and their answers.
//!
//! A case begins with lines `key: value` that set the stage up (`stage`, `root`, `variable`,
//! `throttle`), then has a definition from its `paths` on, then the line `requests:` and requests:
//!
//! ```text
//! POST /pets?kind=cat
//!   Content-Type: application/json
//!   | {"name": "Tom"}
//! ```
//!
//! `{api}` stands for the API's id. What is expected shows each request, what of it reached the
//! origin (without the gateway's own fields), and the answer without ids, Date and keep-alive. The
//! origin answers 200, or `NNN` to `/status/NNN`, with the request's first line as its content.

use std::fmt::Write as _;
use std::path::Path;

use portico_model::MethodSetting;
use portico_testkit::http::Answer;
use portico_testkit::origin::{Origin, Seen};
use portico_testkit::raw::Client;
use portico_testkit::server::Gateway;

use crate::support::foreign;

#[test]
fn definitions_answer_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    portico_testkit::golden::run(&cases, |_, input| play(input));
}

fn play(input: &str) -> String {
    let (setup, requests) = input.split_once("\nrequests:\n").expect("a case has requests");
    let (head, paths) = setup.split_at(setup.find("paths:").expect("a case has paths"));
    let origin = Origin::answering(answer);
    let mut gateway = Gateway::default().variable("origin", origin.address());
    head.lines().for_each(|line| configure(&mut gateway, line));
    let title = "openapi: 3.0.1\ninfo: {title: Golden, version: \"1\"}\n";
    let running = gateway.start(&format!("{title}{paths}\n"));
    let mut shown = String::new();
    for request in split(requests) {
        let bytes = write(&request, running.api_id());
        let mut client = Client::connect(running.address());
        client.send(bytes);
        let answer = client.answer(request[0].split(' ').next().unwrap_or_default());
        writeln!(shown, "{}", request[0]).unwrap();
        while let Some(seen) = origin.received() {
            let text = foreign(&seen).replace(running.api_id(), "{api}");
            show(&mut shown, "  origin: ", &text);
        }
        show(&mut shown, "  ", &plain(&answer, running.api_id()));
    }
    shown
}

/// A line before the definition; one without a known key is a remark.
fn configure(gateway: &mut Gateway, line: &str) {
    let Some((key, value)) = line.split_once(": ") else { return };
    match key {
        "stage" => gateway.stage_name = value.parse().expect("a stage's name"),
        "root" => gateway.at_root = value == "yes",
        "variable" => {
            let (name, value) = value.split_once(' ').expect("name and value");
            gateway.stage.variables.insert(name.into(), value.into());
        }
        "throttle" => {
            let (rate, burst) = value.split_once(' ').expect("rate and burst");
            let setting = MethodSetting {
                throttling_rate_limit: Some(rate.parse().expect("a rate")),
                throttling_burst_limit: Some(burst.parse().expect("a burst")),
            };
            gateway.stage.method_settings.insert("*/*".into(), setting);
        }
        _ => {}
    }
}

/// The requests, each with its lines; all but the first are indented.
fn split(text: &str) -> Vec<Vec<&str>> {
    let mut requests: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("  "), requests.last_mut()) {
            (Some(line), Some(request)) => request.push(line),
            _ => requests.push(vec![line]),
        }
    }
    requests
}

fn write(request: &[&str], api_id: &str) -> String {
    let mut text = format!("{} HTTP/1.1\r\n", request[0]);
    let (body, fields): (Vec<&str>, Vec<&str>) =
        request[1..].iter().partition(|line| line.starts_with("| "));
    for field in &fields {
        write!(text, "{field}\r\n").unwrap();
    }
    if !fields.iter().any(|field| field.starts_with("Host:")) {
        text.push_str("Host: localhost\r\n");
    }
    let body = body.iter().map(|line| &line[2..]).collect::<Vec<_>>().join("\n");
    if !body.is_empty() {
        write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    format!("{text}\r\n{body}").replace("{api}", api_id)
}

fn answer(seen: &Seen) -> Vec<u8> {
    let line = seen.head.lines().next().unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    let status = path.strip_prefix("/status/").and_then(|rest| rest.get(..3)).unwrap_or("200");
    let body = if line.starts_with("HEAD ") { "" } else { line };
    let mut text = format!("HTTP/1.1 {status} So\r\nContent-Type: text/plain\r\n");
    write!(text, "X-Origin: yes\r\nContent-Length: {}\r\n\r\n{body}", line.len()).unwrap();
    text.into_bytes()
}

/// An answer without what differs from one to the next, which it must have.
fn plain(answer: &Answer, api_id: &str) -> String {
    for name in ["x-amzn-requestid", "x-amz-apigw-id", "date"] {
        assert!(answer.field(name).is_some(), "{name} in {}", answer.head);
    }
    let is_masked = |line: &&str| {
        let own = ["x-amzn-requestid:", "x-amz-apigw-id:", "x-amzn-trace-id:", "date:"];
        let line = line.to_ascii_lowercase();
        line != "connection: keep-alive" && !own.iter().any(|name| line.starts_with(name))
    };
    let lines: Vec<_> = answer.head.lines().filter(is_masked).collect();
    format!("{}\r\n\r\n{}", lines.join("\r\n"), answer.text()).replace(api_id, "{api}")
}

/// Writes a message with indented lines, its content behind bars.
fn show(shown: &mut String, indent: &str, message: &str) {
    let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
    let mut indent = indent;
    for line in head.split("\r\n") {
        writeln!(shown, "{}", format!("{indent}{line}").trim_end()).unwrap();
        indent = if indent.starts_with("  origin") || indent == "    " { "    " } else { "  " };
    }
    for line in body.lines() {
        writeln!(shown, "{indent}| {line}").unwrap();
    }
}
