//! Explanations: who gets one, when, and for how long.

mod told;

use std::process::Command;

use portico_testkit::http::{Answer, Connection, request};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::raw::Client;
use serde_json::Value;

use crate::support::{Directory, MOCK, Running, proxy_to};

const EXPLANATION: &str = "x-portico-explanation";

/// The key of the banner.
fn key(running: &Running) -> Option<String> {
    let line = running.banner.iter().find(|line| line.trim().starts_with("explain "));
    line?.split_once("x-portico-explain: ").map(|(_, key)| key.trim().to_owned())
}

/// The answer to a request with these fields, and what is known of it afterwards.
fn ask(running: &Running, line: &str, fields: &[(&str, &str)]) -> (Answer, Answer) {
    ask_for(running, line, fields, "")
}

fn ask_for(
    running: &Running,
    line: &str,
    fields: &[(&str, &str)],
    accept: &str,
) -> (Answer, Answer) {
    let fields: String =
        fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let mut client = Connection::open(running.gateway);
    client.send(format!("{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
    let answer = client.answer("GET");
    // An explanation is kept before the next request of its connection is answered.
    client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    client.answer("GET");
    let id = answer.field("x-amzn-RequestId").expect("every answer has one");
    let path = format!("/explain/{id}");
    (answer.clone(), request(running.management, "GET", &path, &[("Accept", accept)], ""))
}

/// The explanation of an answer that has one.
fn explained(running: &Running, line: &str, fields: &[(&str, &str)]) -> Value {
    let (answer, explanation) = ask(running, line, fields);
    let id = answer.field("x-amzn-RequestId").expect("every answer has one");
    assert_eq!(answer.field(EXPLANATION), Some(&*format!("/explain/{id}")), "{answer:?}");
    assert_eq!(explanation.status, 200, "{explanation:?}");
    assert_eq!(explanation.field("Content-Type"), Some("application/json"));
    let explanation: Value = serde_json::from_str(&explanation.text()).expect("JSON");
    assert_eq!(explanation["requestId"], id);
    explanation
}

fn steps(explanation: &Value) -> Vec<(&str, &str)> {
    let steps = explanation["steps"].as_array().into_iter().flatten();
    fn text<'a>(step: &'a Value, name: &str) -> &'a str {
        step[name].as_str().unwrap_or_default()
    }
    steps.map(|step| (text(step, "name"), text(step, "outcome"))).collect()
}

#[test]
fn without_the_key_nothing_is_told_and_nothing_reaches_the_origin() {
    let origin = Origin::echo();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address()))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let key = key(&running).unwrap();
    let longer = format!("{key}0");
    let name = "x-portico-explain";
    let check = |fields: &[(&str, &str)]| {
        let (answer, explanation) = ask(&running, "GET /a", fields);
        assert_eq!((answer.status, answer.field(EXPLANATION)), (200, None), "{fields:?}");
        assert_eq!(explanation.status, 404, "{fields:?}: {explanation:?}");
        assert!(explanation.text().contains("the header x-portico-explain"), "{explanation:?}");
        assert!(!answer.text().to_ascii_lowercase().contains("x-portico"), "{answer:?}");
    };
    check(&[]);
    check(&[(name, "")]);
    check(&[(name, "always")]);
    check(&[(name, &key[1..])]);
    check(&[(name, &longer)]);
    check(&[(name, &"0".repeat(32))]);
    check(&[(name, &key), (name, &key)]);
    check(&[(name, &key), ("X-Portico-Explain", "other")]);
    check(&[("x-explain", &key)]);
    check(&[("Connection", name)]);
}

#[test]
fn with_the_key_the_answer_says_where_its_explanation_is() {
    let origin = Origin::echo();
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address()))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["-v"]);
    let key = key(&running).unwrap();
    let key: &[_] = &[("X-PORTICO-Explain", key.as_str())];
    let (plain, _) = ask(&running, "GET /a/b?token=secret", &[]);
    let (answer, _) = ask(&running, "GET /a/b?token=secret", key);
    let untouched = |answer: &Answer| {
        let ours = ["x-amzn-trace-id", "x-amzn-requestid", "x-amz-apigw-id", EXPLANATION, "date"];
        let lines = format!("{}\n{}", answer.head, answer.text());
        let of_request = |line: &&str| {
            ours.iter().any(|name| line.to_ascii_lowercase().starts_with(&format!("{name}:")))
        };
        lines.lines().filter(|line| !of_request(line)).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(untouched(&answer), untouched(&plain));
    let explanation = explained(&running, "GET /a/b?token=secret", key);
    assert_eq!(explanation["route"], "ANY /{proxy+}");
    assert_eq!(explanation["api"]["stage"], "local");
    assert_eq!(explanation["integration"]["status"], 200);
    assert_eq!(explanation["answer"]["status"], 200);
    assert_eq!(explanation["fault"], Value::Null);
    let address = origin.address();
    let expected = [
        ("match", "ANY /{proxy+}".to_owned()),
        ("request mapping", "path from path.proxy".to_owned()),
        ("integration request", format!("GET /a/b?token=… of {address}")),
        ("integration response", "200".to_owned()),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, text)| (*name, text.as_str())).collect();
    assert_eq!(steps(&explanation), expected);
    assert!(!explanation.to_string().contains("secret"), "{explanation}");

    let (_, text) = ask_for(&running, "GET /a", key, "text/plain");
    assert_eq!(text.field("Content-Type"), Some("text/plain; charset=utf-8"));
    let text = text.text();
    assert!(text.starts_with("GET /a -> 200, ") && text.contains("ANY /{proxy+}"), "{text}");
}

#[test]
fn over_http2_it_is_the_same() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let key = key(&running).unwrap();
    let url = format!("http://{}/health", running.gateway);
    let head = |key: &str| {
        let field = format!("x-portico-explain: {key}");
        let args = ["-sS", "-i", "--http2-prior-knowledge", "-H", &field, &url];
        let output = Command::new("curl").args(args).output().expect("curl is there");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let told = head(&key);
    assert!(told.starts_with("HTTP/2 200") && told.contains("x-portico-explanation: /e"), "{told}");
    let untold = head(&key[1..]);
    assert!(untold.starts_with("HTTP/2 200") && !untold.contains(EXPLANATION), "{untold}");
}

#[test]
fn each_start_has_a_key_of_its_own_or_none() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let serve = |args: &[&str]| Running::serve(&directory.path("openapi.yaml"), args);
    let (first, second) = (serve(&[]), serve(&["--explain", "key"]));
    let (old, new) = (key(&first).unwrap(), key(&second).unwrap());
    assert_ne!(old, new);
    let (answer, _) = ask(&second, "GET /health", &[("x-portico-explain", &old)]);
    assert_eq!(answer.field(EXPLANATION), None);

    let off = serve(&["--explain", "off"]);
    assert_eq!(key(&off), None);
    for sent in ["", &old, &new, "always", "off"] {
        let (answer, explanation) = ask(&off, "GET /health", &[("x-portico-explain", sent)]);
        assert_eq!((answer.field(EXPLANATION), explanation.status), (None, 404), "{sent:?}");
        assert!(explanation.text().contains("--explain key"), "{explanation:?}");
    }
}

#[test]
fn in_development_every_request_is_explained() {
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("portico.toml", "explain = \"always\"\nworkers = 1\n"),
    ]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    assert_eq!(key(&running), None);
    assert!(running.banner.iter().any(|line| line.contains("every request")));
    let explanation = explained(&running, "GET /health", &[]);
    let expected = [
        ("match", "GET /health"),
        ("request template", "application/json: status 200"),
        ("selection pattern", "the default takes 200: status 200"),
        ("response template", "application/json"),
    ];
    assert_eq!(steps(&explanation), expected);

    let mut client = Connection::open(running.gateway);
    client.send("GET /health HTTP/1.1\r\n\r\n");
    let refused = client.answer("GET");
    assert_eq!(refused.status, 400);
    assert!(refused.field(EXPLANATION).is_some(), "{refused:?}");
}

#[test]
fn the_newest_explanations_are_kept() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let args = ["--explain", "always", "--workers", "1"];
    let running = Running::serve(&directory.path("openapi.yaml"), &args);
    let mut client = Connection::open(running.gateway);
    let paths: Vec<String> = (0..=257)
        .map(|_| {
            client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
            client.answer("GET").field(EXPLANATION).unwrap().to_owned()
        })
        .collect();
    let status = |path: &str| request(running.management, "GET", path, &[], "").status;
    // The last may not be kept yet, so the first is gone, and perhaps the second.
    assert_eq!(status(&paths[0]), 404);
    assert_eq!(status(&paths[2]), 200);
    assert_eq!(status(&paths[256]), 200);
    let host = &[("Host", "rebind.example")];
    assert_eq!(request(running.management, "GET", &paths[256], host, "").status, 403);
}

#[test]
fn an_explanation_is_there_before_the_answer_is_sent() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n".to_vec();
    let half = || Act::Send(vec![b'x'; 100_000]);
    let origin = Origin::always(vec![Act::Request, Act::Send(head), half(), Act::Stall, half()]);
    let directory = Directory::with(&[("openapi.yaml", &proxy_to(origin.address()))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &["--workers", "1"]);
    let key = key(&running).unwrap();
    let mut client = Client::connect(running.gateway);
    client.send(format!("GET /long HTTP/1.1\r\nHost: a\r\nx-portico-explain: {key}\r\n\r\n"));
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(client.take(1).unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let (_, path) = fields.find(|(name, _)| *name == EXPLANATION).unwrap();
    let read = || -> Value {
        let answer = request(running.management, "GET", path, &[], "");
        serde_json::from_str(&answer.text()).unwrap()
    };
    let early = read();
    assert_eq!(
        (&early["answer"]["status"], &early["answer"]["complete"]),
        (&200.into(), &Value::Null)
    );
    assert_eq!(steps(&early).last(), Some(&("integration response", "200")));
    origin.release();
    assert_eq!(client.take(200_000).unwrap().len(), 200_000);
    // The end of a request is told before the next one of its connection is answered.
    client.send("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    client.take(1).unwrap();
    let late = read();
    assert_eq!(
        (&late["answer"]["bodyBytes"], &late["answer"]["complete"]),
        (&200_000.into(), &true.into())
    );
    assert_eq!(steps(&late), steps(&early));
    origin.release();
}
