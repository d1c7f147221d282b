//! The tools people have: curl and h2load.

use std::process::Command;

use portico_testkit::origin::Origin;

use crate::support::proxy;

const MIB: usize = 1 << 20;

fn run(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {text}{errors}");
    text
}

#[test]
fn curl_is_served() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let url = |path: &str| format!("http://{}{path}", gateway.address());
    let curl = |args: &[&str]| run("curl", &[&["-sS", "--http2-prior-knowledge"], args].concat());
    let answer = curl(&["-i", &url("/mock")]);
    assert!(answer.starts_with("HTTP/2 202 \r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nmocked"), "{answer}");
    let fields = answer.to_ascii_lowercase();
    assert!(fields.contains("\r\ncontent-length: 6\r\n") && fields.contains("\r\ndate: "));
    for absent in ["\r\nconnection:", "\r\ntransfer-encoding:", "\r\nkeep-alive:"] {
        assert!(!fields.contains(absent), "{answer}");
    }
    assert!(curl(&["-I", &url("/a")]).starts_with("HTTP/2 200 \r\n"));
    let file = std::env::temp_dir().join(format!("portico-h2-{}", std::process::id()));
    std::fs::write(&file, vec![b'x'; MIB]).unwrap();
    let sent = format!("@{}", file.display());
    let answer = curl(&["--data-binary", &sent, &url("/a")]);
    std::fs::remove_file(&file).unwrap();
    assert!(answer.starts_with("POST /a HTTP/1.1\r\n"));
    assert_eq!(answer.bytes().rev().take_while(|byte| *byte == b'x').count(), MIB);
}

#[test]
fn h2load_is_served() {
    let origin = Origin::echo();
    let gateway = proxy(&origin);
    let url = format!("http://{}/a", gateway.address());
    let report = run("h2load", &["-n", "2000", "-c", "16", "-m", "4", &url]);
    assert!(report.contains("2000 succeeded, 0 failed, 0 errored"), "{report}");
    assert!(report.contains("2000 2xx"), "{report}");
    for _ in 0..2000 {
        let finished = gateway.finished();
        assert_eq!((finished.status, finished.complete), (200, true));
    }
}
