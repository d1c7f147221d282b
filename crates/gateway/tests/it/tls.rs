//! Clients that speak TLS, with curl and openssl as clients.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use portico_net::{CertificateFiles, Limit, SecurityPolicy, ServerTls, Settings, Tickets};
use portico_testkit::origin::{Act, Origin};
use portico_testkit::pki::Authority;
use portico_testkit::raw::{Client, End};
use portico_testkit::server::{Gateway, Running};

use crate::support::{PROXY, gateway, settle};

fn tls(files: &[CertificateFiles], policy: &str) -> ServerTls {
    let policy: SecurityPolicy = policy.parse().unwrap();
    let tickets = Tickets::new().unwrap();
    ServerTls::load(files, policy, &tickets, Duration::ZERO).unwrap().0
}

/// A gateway in front of nothing; `/mock` answers.
fn start(files: &[CertificateFiles], policy: &str) -> Running {
    let gateway = Gateway { tls: Some(tls(files, policy)), ..Gateway::default() };
    gateway.variable("origin", "127.0.0.1:1").start(PROXY)
}

/// `curl` of a path under this name: its exit code and what it printed.
fn curl(authority: &Authority, running: &Running, name: &str, args: &[&str]) -> (i32, String) {
    let port = running.tls_address().port();
    let resolve = format!("{name}:{port}:127.0.0.1");
    let url = format!("https://{name}:{port}/mock");
    let common = ["-sS", "--max-time", "20", "--cacert", "ca.pem", "--resolve", &resolve];
    let output = authority.run("curl", &[&common[..], args, &[&url]].concat());
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8_lossy(&printed).into_owned())
}

/// `openssl s_client`, which sends one request for `/mock`.
fn s_client(authority: &Authority, running: &Running, args: &[&str]) -> (bool, String) {
    let address = running.tls_address().to_string();
    let mut command = Command::new("openssl");
    command.args(["s_client", "-connect", &address, "-ign_eof", "-CAfile", "ca.pem"]).args(args);
    command.current_dir(authority.directory());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let request = b"GET /mock HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    // A client whose handshake failed reads nothing.
    let _ = child.stdin.take().unwrap().write_all(request);
    let output = child.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&printed).into_owned())
}

#[test]
fn clients_are_answered_over_tls_1_2_and_1_3() {
    let authority = Authority::new();
    let running = start(&[authority.issue("a", &["a.example"])], "TLS_1_2");
    let show = ["-w", " %{http_code} %{http_version} %{ssl_verify_result}"];
    for version in [["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3", "--tls-max", "1.3"]] {
        for (http, spoken) in [("--http1.1", "1.1"), ("--http2", "2")] {
            let args = [&version[..], &show, &[http]].concat();
            let answer = curl(&authority, &running, "a.example", &args);
            let expected = (0, format!("mocked 202 {spoken} 0"));
            assert_eq!(answer, expected, "{version:?} {http}");
        }
    }
    let (_, text) = s_client(&authority, &running, &["-alpn", "spdy,http/1.1"]);
    assert!(text.contains("ALPN protocol: http/1.1") && text.contains("mocked"), "{text}");
}

#[test]
fn the_plain_port_is_served_beside() {
    let authority = Authority::new();
    settle(&start(&[authority.issue("a", &["a.example"])], "TLS_1_2"));
}

#[test]
fn versions_below_the_policy_are_refused() {
    let authority = Authority::new();
    let files = [authority.issue("a", &["a.example"])];
    let check = |policy: &str, version: &str, expected: bool| {
        let running = start(&files, policy);
        let old = ["-cipher", "DEFAULT@SECLEVEL=0"];
        let args =
            if version == "-tls1_3" { vec![version] } else { [&[version], &old[..]].concat() };
        let (_, text) = s_client(&authority, &running, &args);
        assert_eq!(text.contains("mocked"), expected, "{policy} {version}: {text}");
        // A client is told before its failure is counted.
        settle(&running);
        assert_eq!(running.failed_handshakes(), u64::from(!expected), "{policy} {version}");
    };
    check("TLS_1_2", "-tls1_1", false);
    check("TLS_1_2", "-tls1_2", true);
    check("TLS_1_2", "-tls1_3", true);
    check("SecurityPolicy_TLS13_1_3_2025_09", "-tls1_2", false);
    check("SecurityPolicy_TLS13_1_3_2025_09", "-tls1_3", true);
    check("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "-tls1_2", true);
}

#[test]
fn a_suite_outside_the_policy_is_refused() {
    let authority = Authority::new();
    let files = [authority.issue("a", &["a.example"])];
    let chacha = ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"];
    let check = |policy: &str, expected: bool| {
        let (_, text) = s_client(&authority, &start(&files, policy), &chacha);
        assert_eq!(text.contains("mocked"), expected, "{policy}: {text}");
    };
    check("SecurityPolicy_TLS13_1_3_2025_09", true);
    check("SecurityPolicy_TLS13_1_3_FIPS_2025_09", false);
}

#[test]
fn each_name_has_its_certificate_and_others_the_default() {
    let authority = Authority::new();
    let files = [
        authority.issue("default", &["a.example", "www.b.example"]),
        authority.issue("wild", &["*.b.example"]),
        authority.issue("exact", &["c.b.example"]),
    ];
    let running = start(&files, "TLS_1_2");
    let check = |args: &[&str], expected: &str| {
        let (_, text) = s_client(&authority, &running, args);
        assert!(text.contains(&format!("subject=CN = {expected}\n")), "{args:?}: {text}");
    };
    check(&["-servername", "a.example"], "default");
    check(&["-servername", "www.b.example"], "default");
    check(&["-servername", "WILD.b.example"], "wild");
    check(&["-servername", "c.b.example"], "exact");
    check(&["-servername", "d.c.b.example"], "default");
    check(&["-servername", "b.example"], "default");
    check(&["-servername", "unknown.example"], "default");
    check(&["-noservername"], "default");

    let (code, text) = curl(&authority, &running, "unknown.example", &[]);
    assert_eq!(code, 60, "{text}");
}

#[test]
fn sessions_are_resumed_also_with_new_certificates() {
    let authority = Authority::new();
    let files = [authority.issue("a", &["a.example"])];
    let tickets = Tickets::new().unwrap();
    let load = || {
        let policy = SecurityPolicy::default();
        ServerTls::load(&files, policy, &tickets, Duration::ZERO).unwrap().0
    };
    let running = Gateway { tls: Some(load()), workers: 2, ..Gateway::default() };
    let running = running.variable("origin", "127.0.0.1:1").start(PROXY);
    for version in ["-tls1_2", "-tls1_3"] {
        let (_, text) = s_client(&authority, &running, &[version, "-sess_out", "session"]);
        assert!(text.contains("\nNew, "), "{text}");
        running.replace_tls(&load());
        let (_, text) = s_client(&authority, &running, &[version, "-sess_in", "session"]);
        assert!(text.contains("\nReused, "), "{text}");
    }
}

#[test]
fn a_request_without_tls_is_told_so() {
    let authority = Authority::new();
    let running = start(&[authority.issue("a", &["a.example"])], "TLS_1_2");
    let mut client = Client::connect(running.tls_address());
    client.send("GET /mock HTTP/1.1\r\nHost: a.example\r\n\r\n");
    let answer = client.answer("GET");
    assert_eq!((answer.status, &*answer.text()), (400, "This port speaks HTTPS: use https://..."));
    client.half_close();
    assert_eq!(client.closed(), End::Clean);

    let mut client = Client::connect(running.tls_address());
    client.send("\x01\x02\x03");
    client.to_end();
}

#[test]
fn slow_and_broken_handshakes_end_and_hold_up_nobody() {
    let authority = Authority::new();
    let settings = Settings { handshake: Duration::from_secs(2), ..Settings::default() };
    let tls = tls(&[authority.issue("a", &["a.example"])], "TLS_1_2");
    let gateway = Gateway { tls: Some(tls), settings, ..Gateway::default() };
    let running = gateway.variable("origin", "127.0.0.1:1").start(PROXY);
    let mut silent: Vec<_> = (0..200).map(|_| Client::connect(running.tls_address())).collect();
    for client in silent.iter_mut().skip(50) {
        // The beginning of a handshake whose rest never comes.
        client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    }
    let mut gone = Client::connect(running.tls_address());
    gone.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    gone.half_close();
    let mut broken = Client::connect(running.tls_address());
    broken.send(b"\x16\x03\x01\x00\x05hello");
    let mut huge = Client::connect(running.tls_address());
    huge.send(b"\x16\x03\x01\xff\xff\x01\xff\xff\xff");
    let (code, text) = curl(&authority, &running, "a.example", &[]);
    assert_eq!((code, &*text), (0, "mocked"));
    for mut client in silent.into_iter().chain([gone, broken, huge]) {
        client.to_end();
    }
    settle(&running);
    assert_eq!(running.failed_handshakes(), 203);
    assert_eq!(running.hits(Limit::HandshakeTime), 200);
}

#[test]
fn origins_are_told_that_the_client_spoke_tls() {
    let authority = Authority::new();
    let origin = Origin::answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_vec());
    let mut gateway = gateway(&origin);
    gateway.tls = Some(tls(&[authority.issue("a", &["a.example"])], "TLS_1_2"));
    let running = gateway.start(PROXY);
    let port = running.tls_address().port();
    let url = format!("https://a.example:{port}/b");
    let resolve = format!("a.example:{port}:127.0.0.1");
    let output = authority.run("curl", &["-sS", "--cacert", "ca.pem", "--resolve", &resolve, &url]);
    assert_eq!(output.stdout, b"ok", "{output:?}");
    let seen = origin.request();
    assert_eq!(seen.field("x-forwarded-proto"), Some("https"));
    assert_eq!(seen.field("x-forwarded-port"), Some(&*port.to_string()));
}

#[test]
fn the_end_of_an_answer_and_its_truncation_are_told_apart() {
    let authority = Authority::new();
    let check = |answer: &'static str, expected: &[i32]| {
        let origin = Origin::always(vec![Act::Request, Act::Send(answer.into()), Act::Close]);
        let mut gateway = gateway(&origin);
        gateway.tls = Some(tls(&[authority.issue("a", &["a.example"])], "TLS_1_2"));
        let running = gateway.start(PROXY);
        let port = running.tls_address().port();
        let url = format!("https://a.example:{port}/b");
        let resolve = format!("a.example:{port}:127.0.0.1");
        let args = ["-sS", "--http1.0", "--cacert", "ca.pem", "--resolve", &resolve, &url];
        let output = authority.run("curl", &args);
        assert!(expected.contains(&output.status.code().unwrap()), "{answer:?}: {output:?}");
    };
    check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", &[0]);
    let long = "x".repeat(200_000);
    let chunk = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n{long}\r\n");
    let whole: &str = format!("{chunk}0\r\n\r\n").leak();
    check(whole, &[0]);
    check(chunk.leak(), &[18, 35, 56]);
}

#[test]
fn large_bodies_pass_both_ways() {
    let authority = Authority::new();
    let length = 3 * 1024 * 1024;
    let body: String = (0..length).map(|at: usize| char::from(b'a' + (at % 23) as u8)).collect();
    authority.write("body", &body);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let whole = [head.as_bytes(), body.as_bytes()].concat();
    let origin = Origin::answering(move |_| whole.clone());
    let mut gateway = gateway(&origin);
    gateway.tls = Some(tls(&[authority.issue("a", &["a.example"])], "TLS_1_2"));
    let running = gateway.start(PROXY);
    let port = running.tls_address().port();
    let url = format!("https://a.example:{port}/b");
    let resolve = format!("a.example:{port}:127.0.0.1");
    let args = ["-sS", "--cacert", "ca.pem", "--resolve", &resolve, "--data-binary", "@body", &url];
    let output = authority.run("curl", &args);
    assert!(output.stdout == body.as_bytes(), "{} bytes", output.stdout.len());
    assert!(origin.request().raw == body.as_bytes());
}

/// Asks for `/b`, reads nothing until it is told to, then to the end; prints how it ended.
const SLUGGISH: &str = r#"
import socket, ssl, sys
context = ssl.create_default_context(cafile="ca.pem")
raw = socket.socket()
raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
raw.connect(("127.0.0.1", int(sys.argv[1])))
client = context.wrap_socket(raw, server_hostname="a.example", suppress_ragged_eofs=False)
client.sendall(b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n")
print("sent", flush=True)
sys.stdin.readline()
try:
    while client.recv(65536):
        pass
    print("clean")
except OSError:
    print("cut")
"#;

#[test]
fn a_client_that_takes_nothing_is_cut_after_the_limit() {
    let authority = Authority::new();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n".to_vec();
    let origin = Origin::always(vec![Act::Request, Act::Send(head), Act::Flood(vec![b'x'; 65536])]);
    let mut gateway = gateway(&origin);
    gateway.settings.stall = Duration::from_millis(300);
    gateway.tls = Some(tls(&[authority.issue("a", &["a.example"])], "TLS_1_2"));
    let running = gateway.start(PROXY);
    let port = running.tls_address().port().to_string();
    let mut command = Command::new("python3");
    command.args(["-c", SLUGGISH, &port]).current_dir(authority.directory());
    let mut client = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let finished = running.finished();
    assert!(!finished.complete, "{finished:?}");
    // Its place is free, though it has not read a byte more.
    while running.open_connections() > 0 {
        std::thread::yield_now();
    }
    client.stdin.take().unwrap().write_all(b"\n").unwrap();
    let output = client.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "sent\ncut\n");
}

#[test]
fn a_client_may_not_negotiate_anew() {
    let authority = Authority::new();
    let tls = tls(&[authority.issue("a", &["a.example"])], "TLS_1_2");
    // s_client waits for the end once it is refused.
    let settings = Settings { idle: Duration::from_secs(2), ..Settings::default() };
    let gateway = Gateway { tls: Some(tls), settings, ..Gateway::default() };
    let running = gateway.variable("origin", "127.0.0.1:1").start(PROXY);
    let address = running.tls_address().to_string();
    let mut command = Command::new("openssl");
    command.args(["s_client", "-tls1_2", "-connect", &address]).current_dir(authority.directory());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A line with R asks for it.
    child.stdin.take().unwrap().write_all(b"R\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(printed.contains("RENEGOTIATING") && printed.contains("no renegotiation"), "{printed}");
}
