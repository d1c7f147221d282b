//! Small definitions with requests and their answers.
//!
//! A case begins with lines `key: value`; other lines there are remarks. They set the stage up
//! (`stage`, `root`, `variable`, `throttle`, `setting`, `vpc-link`), say more of the origin's answer (`origin-field`,
//! `origin-type`, `origin-body`), allow kinds of findings (`allow`), give the definition's version
//! (`openapi` or `swagger`), what it is read with (`set`, `base-path`), or show a field that is masked (`show`). Then come a definition from its
//! `paths` on, the line `requests:` and requests:
//!
//! ```text
//! POST /pets?kind=cat
//!   Content-Type: application/json
//!   | {"name": "Tom"}
//! ```
//!
//! Content behind `|x` is hexadecimal, for bytes that are no text; a body is one such line or lines
//! of text. `{api}` stands for the API's id. What is expected shows each request, what of it
//! reached the origin (without the gateway's own fields), and the answer without ids, Date and
//! keep-alive. The origin answers 200, or `NNN` to `/status/NNN`, with the request's first line as
//! its content.

use std::fmt::Write as _;
use std::path::Path;

use portico_model::MethodSetting;
use portico_testkit::http::Answer;
use portico_testkit::origin::{Origin, Seen};
use portico_testkit::raw::Client;
use portico_testkit::server::BasePath;
use portico_testkit::server::Gateway;

use crate::support::foreign;

#[test]
fn definitions_answer_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    portico_testkit::golden::run_topics(&cases, |_, input| play(input));
}

/// What the definition begins with, what the origin answers with, and what is shown.
#[derive(Clone, Debug, Default)]
struct Setup {
    /// Its first line, if not that of OpenAPI 3.0.
    version: Option<String>,
    fields: Vec<String>,
    media_type: Option<String>,
    body: Option<Vec<u8>>,
    /// Names of masked fields, in lower case.
    shown: Vec<String>,
}

fn play(input: &str) -> String {
    let (setup, requests) = input.split_once("\nrequests:\n").expect("a case has requests");
    let (head, paths) = setup.split_at(setup.find("paths:").expect("a case has paths"));
    let mut gateway = Gateway::default();
    let mut setup = Setup::default();
    head.lines().for_each(|line| configure(&mut gateway, &mut setup, line));
    let played = setup.clone();
    let origin = Origin::answering(move |seen| answer(&played, seen));
    let mut gateway = gateway.variable("origin", origin.address());
    for url in gateway.vpc_links.values_mut() {
        *url = url.replace("{origin}", &origin.address().to_string());
    }
    let version = setup.version.as_deref().unwrap_or("openapi: 3.0.1");
    let title = "info: {title: Golden, version: \"1\"}";
    let running = gateway.start(&format!("{version}\n{title}\n{paths}\n"));
    let mut shown = String::new();
    for request in split(requests) {
        let bytes = write(&request, running.api_id());
        let mut client = Client::connect(running.address());
        client.send(&bytes);
        let answer = client.answer(request[0].split(' ').next().unwrap_or_default());
        writeln!(shown, "{}", request[0]).unwrap();
        while let Some(seen) = origin.received() {
            let text = foreign(&seen).replace(running.api_id(), "{api}");
            let (head, _) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
            show(&mut shown, "  origin: ", head, &seen.body, running.api_id());
        }
        let head = plain(&setup, &answer, running.api_id());
        show(&mut shown, "  ", &head, &answer.body, running.api_id());
    }
    shown
}

/// A line before the definition; one without a known key is a remark.
fn configure(gateway: &mut Gateway, setup: &mut Setup, line: &str) {
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
                ..MethodSetting::default()
            };
            gateway.stage.method_settings.insert("*/*".into(), setting);
        }
        "setting" => {
            let (method, setting) = value.split_once(' ').expect("a method and its settings");
            let setting = serde_json::from_str(setting).expect("a MethodSetting");
            gateway.stage.method_settings.insert(method.into(), setting);
        }
        "vpc-link" => {
            let (id, url) = value.split_once(' ').expect("id and URL");
            gateway.vpc_links.insert(id.into(), url.into());
        }
        "set" => {
            let (name, value) = value.split_once(' ').expect("name and value");
            gateway.set.insert(name.into(), value.into());
        }
        "base-path" => {
            gateway.base_path = match value {
                "ignore" => BasePath::Ignore,
                "prepend" => BasePath::Prepend,
                "split" => BasePath::Split,
                _ => panic!("a mode of the base path: {value}"),
            }
        }
        "openapi" | "swagger" => setup.version = Some(format!("{key}: \"{value}\"")),
        "allow" => gateway.allow.insert(value).expect("a kind that may be allowed"),
        "origin-field" => setup.fields.push(value.to_owned()),
        "origin-type" => setup.media_type = Some(value.to_owned()),
        "origin-body" => setup.body = Some(content(&[value])),
        "show" => setup.shown.push(value.to_ascii_lowercase()),
        _ => {}
    }
}

/// The bytes that lines behind `| ` or `|x ` stand for.
fn content(lines: &[&str]) -> Vec<u8> {
    if let [line] = lines
        && let Some(digits) = line.strip_prefix("|x ")
    {
        let pairs = digits.as_bytes().chunks(2);
        let pair = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16);
        return pairs.map(|digits| pair(digits).expect("two hexadecimal digits")).collect();
    }
    lines
        .iter()
        .map(|line| line.get(2..).unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
        .into_bytes()
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

fn write(request: &[&str], api_id: &str) -> Vec<u8> {
    let mut text = format!("{} HTTP/1.1\r\n", request[0]);
    let (body, fields): (Vec<&str>, Vec<&str>) =
        request[1..].iter().partition(|line| line.starts_with("| ") || line.starts_with("|x "));
    for field in &fields {
        write!(text, "{field}\r\n").unwrap();
    }
    if !fields.iter().any(|field| field.starts_with("Host:")) {
        text.push_str("Host: localhost\r\n");
    }
    let body = content(&body);
    if !body.is_empty() {
        write!(text, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    let mut bytes = format!("{text}\r\n").replace("{api}", api_id).into_bytes();
    bytes.extend(body);
    bytes
}

fn answer(setup: &Setup, seen: &Seen) -> Vec<u8> {
    let line = seen.head.lines().next().unwrap_or_default();
    let path = line.split(' ').nth(1).unwrap_or_default();
    let status = path.strip_prefix("/status/").and_then(|rest| rest.get(..3)).unwrap_or("200");
    let body = setup.body.as_deref().unwrap_or(line.as_bytes());
    let media_type = setup.media_type.as_deref().unwrap_or("text/plain");
    let mut text =
        format!("HTTP/1.1 {status} So\r\nContent-Type: {media_type}\r\nX-Origin: yes\r\n");
    setup.fields.iter().for_each(|field| write!(text, "{field}\r\n").unwrap());
    write!(text, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    let mut bytes = text.into_bytes();
    if !line.starts_with("HEAD ") {
        bytes.extend_from_slice(body);
    }
    bytes
}

/// The head of an answer without what differs from one to the next, which it must have.
fn plain(setup: &Setup, answer: &Answer, api_id: &str) -> String {
    for name in ["x-amzn-requestid", "x-amz-apigw-id", "date"] {
        assert!(answer.field(name).is_some(), "{name} in {}", answer.head);
    }
    let own = ["x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id", "date"];
    let kept = "connection: keep-alive";
    let mut lines = Vec::new();
    for line in answer.head.lines().filter(|line| !line.eq_ignore_ascii_case(kept)) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let lower = name.to_ascii_lowercase();
        if !own.contains(&lower.as_str()) {
            lines.push(line.to_owned());
        } else if setup.shown.contains(&lower) {
            let given = setup.fields.iter().any(|field| field.ends_with(value));
            lines.push(if given { line.to_owned() } else { format!("{name}: *") });
        }
    }
    lines.join("\r\n").replace(api_id, "{api}")
}

/// Writes a message with indented lines, its content behind bars.
fn show(shown: &mut String, indent: &str, head: &str, body: &[u8], api_id: &str) {
    let mut indent = indent;
    for line in head.split("\r\n") {
        writeln!(shown, "{}", format!("{indent}{line}").trim_end()).unwrap();
        indent = if indent.starts_with("  origin") || indent == "    " { "    " } else { "  " };
    }
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\r');
    if body.iter().all(is_text) {
        let text = String::from_utf8_lossy(body).replace(api_id, "{api}");
        for line in text.lines() {
            writeln!(shown, "{indent}| {line}").unwrap();
        }
    } else {
        let digits: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(shown, "{indent}|x {digits}").unwrap();
    }
}
