//! Access logs of a running gateway: what a line says, and that no request waits for it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use portico_testkit::http::{Connection, get, request};
use portico_testkit::origin::Origin;
use serde_json::Value;

use crate::support::{Directory, MOCK, Running, portico, proxy_to, run};

/// A configuration whose one stage, `prod`, logs to `access.log` in this format.
fn config(format: &str) -> String {
    let settings = format!("destinationArn = \"access.log\"\nformat = '{format}'\n");
    format!("[stages.prod]\n[stages.prod.accessLogSettings]\n{settings}")
}

/// The lines of a log, once it has so many.
fn lines(path: &Path, count: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let complete = (0..10_000_000).any(|_| {
        let text = fs::read_to_string(path).unwrap_or_default();
        lines = text.lines().map(str::to_owned).collect();
        lines.len() >= count && text.ends_with('\n') || {
            std::thread::yield_now();
            false
        }
    });
    assert!(complete && lines.len() == count, "{lines:#?}");
    lines
}

/// A format of the form of JSON with these variables.
fn json(names: &[&str]) -> String {
    let members = names.iter().map(|name| format!("\"{name}\":\"$context.{name}\""));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

const NAMES: [&str; 38] = [
    "accountId",
    "apiId",
    "authorizer.principalId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "error.message",
    "error.messageString",
    "error.responseType",
    "error.validationErrorString",
    "extendedRequestId",
    "httpMethod",
    "identity.apiKey",
    "identity.caller",
    "identity.clientCert.subjectDN",
    "identity.sourceIp",
    "identity.user",
    "identity.userAgent",
    "integration.error",
    "integration.integrationStatus",
    "integration.latency",
    "integration.requestId",
    "integration.status",
    "integrationErrorMessage",
    "integrationLatency",
    "integrationStatus",
    "isCanaryRequest",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "responseLatency",
    "responseLength",
    "stage",
    "status",
];

#[test]
fn a_line_has_every_variable_and_a_hyphen_for_what_is_not_there() {
    let origin = Origin::echo();
    // The message is a JSON string by itself.
    let format = json(&NAMES).replace("\"$context.error.messageString\"", "\"quoted\"");
    let directory = Directory::with(&[
        ("openapi.yaml", &proxy_to(origin.address())),
        ("portico.toml", &config(&format)),
    ]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let answer = request(running.gateway, "GET", "/a%20b/c?q=1", &[("User-Agent", "it/1")], "");
    assert_eq!(answer.status, 200, "{answer:?}");
    let log = directory.path("access.log");
    // Of two workers the lines may come in any order.
    lines(&log, 1);
    get(running.gateway, "/");
    let lines = lines(&log, 2);
    let [found, missing] = [0, 1].map(|at| serde_json::from_str::<Value>(&lines[at]).unwrap());
    for (name, expected) in [
        ("accountId", "000000000000"),
        ("authorizer.principalId", "-"),
        ("error.message", "-"),
        ("error.responseType", "-"),
        ("httpMethod", "GET"),
        ("identity.apiKey", "-"),
        ("identity.sourceIp", "127.0.0.1"),
        ("identity.userAgent", "it/1"),
        ("integration.integrationStatus", "200"),
        ("integration.status", "200"),
        ("integrationErrorMessage", "-"),
        ("integrationStatus", "200"),
        ("isCanaryRequest", "false"),
        ("path", "/a%20b/c"),
        ("protocol", "HTTP/1.1"),
        ("requestId", answer.field("x-amzn-RequestId").unwrap()),
        ("extendedRequestId", answer.field("x-amz-apigw-id").unwrap()),
        ("resourcePath", "/{proxy+}"),
        ("responseLength", &answer.body.len().to_string()),
        ("stage", "prod"),
        ("status", "200"),
    ] {
        assert_eq!(found[name], expected, "{name} in {found}");
    }
    for number in ["integrationLatency", "responseLatency", "requestTimeEpoch"] {
        assert!(found[number].as_str().unwrap().parse::<u64>().is_ok(), "{number} in {found}");
    }
    for (name, expected) in [
        ("error.message", "Missing Authentication Token"),
        ("error.responseType", "MISSING_AUTHENTICATION_TOKEN"),
        ("identity.userAgent", "-"),
        ("integrationLatency", "-"),
        ("integrationStatus", "-"),
        ("resourceId", "-"),
        ("resourcePath", "-"),
        ("status", "403"),
    ] {
        assert_eq!(missing[name], expected, "{name} in {missing}");
    }
}

#[test]
fn nothing_that_a_client_sends_makes_another_line() {
    let format = json(&["requestId", "identity.userAgent", "path", "httpMethod"]);
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", &config(&format))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let agents: [&[u8]; 4] =
        [b"\"}{\"", b"a\\", b"tab\there \xe2\x80\xa8 \xff", b"caf\xc3\xa9 \xc2\x85"];
    let mut client = Connection::open(running.gateway);
    for agent in agents {
        client.send(b"GET /health\"x HTTP/1.1\r\nHost: a\r\nUser-Agent: ");
        client.send(agent);
        client.send(b"\r\n\r\n");
        client.answer("GET");
    }
    for (line, agent) in lines(&directory.path("access.log"), agents.len()).iter().zip(agents) {
        assert!(!line.contains(['\u{2028}', '\u{85}', '\t']), "{line}");
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["identity.userAgent"], *String::from_utf8_lossy(agent));
    }
}

#[test]
fn rotation_loses_no_line() {
    let format = "$context.requestId,$context.status";
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", &config(format))]);
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let log = directory.path("access.log");
    let (over, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let rotations = 5;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut client = Connection::open(running.gateway);
                while !over.load(Ordering::Relaxed) {
                    client.send(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
                    assert_eq!(client.answer("GET").status, 200);
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for number in 0..rotations {
            let before = sent.load(Ordering::Relaxed);
            while sent.load(Ordering::Relaxed) < before + 50 {
                std::thread::yield_now();
            }
            fs::rename(&log, directory.path(&format!("access.log.{number}"))).unwrap();
            running.process.signal("USR1");
            while !log.exists() {
                std::thread::yield_now();
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    running.process.signal("TERM");
    let (status, output) = running.process.finish();
    assert!(status.success(), "{output:#?}");
    let old = (0..rotations).map(|number| directory.path(&format!("access.log.{number}")));
    let texts = old.chain([log]).map(|path| fs::read_to_string(path).unwrap());
    let lines = texts.collect::<String>();
    assert_eq!(lines.lines().count(), sent.into_inner());
    assert!(lines.lines().all(|line| line.len() == 40 && line.ends_with(",200")));
}

/// A gateway whose standard output is read to the end of the banner and no further.
struct Deaf {
    child: Child,
    gateway: SocketAddr,
    management: SocketAddr,
    _out: BufReader<std::process::ChildStdout>,
}

impl Deaf {
    fn serve(definition: &Path) -> Self {
        let mut command = portico();
        command.arg("serve").arg(definition);
        command.args(["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("portico runs");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let (mut banner, mut line) = (String::new(), String::new());
        while !line.contains("Ctrl-C") {
            line.clear();
            assert!(out.read_line(&mut line).expect("readable") > 0, "{banner}");
            banner.push_str(&line);
        }
        let address = |label: &str| {
            let line = banner.lines().find_map(|line| line.trim().strip_prefix(label));
            let url = line.and_then(|line| line.split_whitespace().next()).unwrap_or_default();
            let address = url.trim_start_matches("http://").trim_end_matches('/');
            address.parse().unwrap_or_else(|_| panic!("no {label} in {banner}"))
        };
        let (gateway, management) = (address("gateway"), address("management"));
        Self { child, gateway, management, _out: out }
    }
}

impl Drop for Deaf {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_reader_that_stands_still_holds_nobody_up_and_drops_are_counted() {
    let format = format!("$context.requestId {}", "x".repeat(2000));
    let config = config(&format).replace("access.log", "stdout");
    let config = format!("[access-log]\nqueue-bytes = 65536\n{config}");
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", &config)]);
    let gateway = Deaf::serve(&directory.path("openapi.yaml"));
    let mut client = Connection::open(gateway.gateway);
    let count = 1000;
    for _ in 0..count {
        client.send(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(client.answer("GET").status, 200);
    }
    // The last request is told of once the next one comes.
    client.send(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    client.answer("GET");
    let metrics = get(gateway.management, "/metrics").text();
    let of = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse().unwrap()
    };
    let taken = of("portico_access_log_lines_total ");
    let dropped = of("portico_access_log_dropped_total ");
    assert!((count..=count + 1).contains(&(taken + dropped)), "{taken} and {dropped}");
    assert!(dropped > count / 2, "{taken} and {dropped}");
}

#[test]
fn what_cannot_be_a_log_refuses_the_start() {
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("portico.toml", "")]);
    let definition = directory.path("openapi.yaml");
    let check = |config: &str, expected: &[&str]| {
        fs::write(directory.path("portico.toml"), config).unwrap();
        let arguments = ["serve", definition.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        let (status, _, errors) = run(&[&arguments[..], &["--management", "127.0.0.1:0"]].concat());
        assert_eq!(status.code(), Some(1), "{config}: {errors}");
        for part in expected {
            assert!(errors.contains(part), "{config}: no {part} in {errors}");
        }
    };
    check(&config("$context.status"), &["portico.toml:4:", "$context.requestId"]);
    check(
        &config("$context.requestId $context.requestTme"),
        &["portico.toml:4:", "requestTme", "did you mean \"requestTime\""],
    );
    check(&config("$context.requestId $input.body"), &["portico.toml:4:", "$input"]);
    check(&config(&format!("$context.requestId{}", "x".repeat(3100))), &["3072 bytes"]);
    let to = |destination: &str| {
        config("$context.requestId").replace("\"access.log\"", &format!("\"{destination}\""))
    };
    check(&to("none/access.log"), &["none/access.log", "No such file", "stage prod"]);
    check(&to("."), &["Is a directory"]);
    check(
        &to("arn:aws:logs:us-east-1:1:log-group:a"),
        &["log-group:a", "[access-log.destinations]"],
    );
}
