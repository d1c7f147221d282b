//! Certificate files that change while the gateway runs, in every way that files are changed.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use portico_testkit::pki::Authority;

use crate::support::Running;
use crate::tls::{address, curl, directory};

const ANSWER: &str = r#"{"status": "ok"}"#;
const NEW: &str = "certificate files were changed: new connections get the certificates";
const OLD: &str = "certificate files were changed: the certificates that were read before stay";

/// curl's code for a certificate that is for another name.
const WRONG_NAME: Result<String, Option<i32>> = Err(Some(60));

fn config(certificate: &str, key: &str) -> String {
    format!(
        "[tls]\nlisten = \"127.0.0.1:0\"\n\
         certificates = [{{ certificate = \"{certificate}\", key = \"{key}\" }}]\n"
    )
}

/// A connection over TLS that stays open.
struct Kept {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Kept {
    fn open(authority: &Authority, port: &str) -> Self {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-connect", &format!("127.0.0.1:{port}")]);
        command.current_dir(authority.directory()).stderr(Stdio::null());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("openssl runs");
        let (to, from) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut kept = Self { child, to, from };
        kept.ask();
        kept
    }

    /// One request; panics if it is not answered.
    fn ask(&mut self) {
        self.to
            .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .expect("it takes a request");
        let mut answer = Vec::new();
        while !answer.ends_with(ANSWER.as_bytes()) {
            let mut bytes = [0; 4096];
            let count = self.from.read(&mut bytes).expect("readable");
            assert!(count > 0, "closed after {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&bytes[..count]);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until new connections get a certificate with which curl ends so: workers take it from
/// their mailbox.
fn until(authority: &Authority, port: &str, expected: &Result<String, Option<i32>>) {
    let comes = (0..1000).any(|_| curl(authority, port) == *expected);
    assert!(comes, "{expected:?}");
}

fn rename(authority: &Authority, from: &str, to: &str) {
    fs::rename(authority.path(from), authority.path(to)).expect("writable");
}

#[test]
fn changed_files_are_in_use_and_open_connections_stay() {
    let authority = directory(&config("a.pem", "a.key"));
    let mut running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let port = address(&running);
    let mut kept = Kept::open(&authority, &port);
    let good = Ok(ANSWER.to_owned());
    until(&authority, &port, &good);

    // Replaced by a rename, as editors and ACME clients do it.
    authority.issue("b", &["other.example"]);
    rename(&authority, "b.key", "a.key");
    rename(&authority, "b.pem", "a.pem");
    running.wait_for_log(NEW);
    until(&authority, &port, &WRONG_NAME);

    // Written in place.
    authority.issue("a", &["localhost"]);
    running.wait_for_log(NEW);
    until(&authority, &port, &good);

    // Links instead of the files, and links that lead elsewhere.
    authority.issue("c", &["other.example"]);
    for end in ["pem", "key"] {
        symlink(format!("c.{end}"), authority.path("link")).expect("writable");
        rename(&authority, "link", &format!("a.{end}"));
    }
    running.wait_for_log(NEW);
    until(&authority, &port, &WRONG_NAME);
    kept.ask();
}

#[test]
fn a_mounted_secret_is_replaced_as_kubernetes_does_it() {
    let authority = directory(&config("secret/tls.crt", "secret/tls.key"));
    let mount = |revision: &str, name: &str| {
        let files = authority.issue("new", &[name]);
        let directory = authority.path("secret").join(revision);
        fs::create_dir_all(&directory).expect("writable");
        fs::rename(files.certificate, directory.join("tls.crt")).expect("writable");
        fs::rename(files.key, directory.join("tls.key")).expect("writable");
        symlink(revision, authority.path("secret/..data_tmp")).expect("writable");
        rename(&authority, "secret/..data_tmp", "secret/..data");
    };
    mount("..1", "localhost");
    for file in ["tls.crt", "tls.key"] {
        let link = authority.path("secret").join(file);
        symlink(format!("..data/{file}"), link).expect("writable");
    }
    let mut running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let port = address(&running);
    let mut kept = Kept::open(&authority, &port);
    mount("..2", "other.example");
    fs::remove_dir_all(authority.path("secret/..1")).expect("writable");
    running.wait_for_log(NEW);
    until(&authority, &port, &WRONG_NAME);
    mount("..3", "localhost");
    running.wait_for_log(NEW);
    until(&authority, &port, &Ok(ANSWER.to_owned()));
    kept.ask();
}

#[test]
fn files_that_cannot_be_used_change_nothing_until_they_can() {
    let authority = directory(&config("a.pem", "a.key"));
    let mut running = Running::serve(&authority.path("openapi.yaml"), &[]);
    let port = address(&running);
    let good = Ok(ANSWER.to_owned());
    let mut check = |reason: &str| {
        running.wait_for_log(reason);
        running.wait_for_log(OLD);
        assert_eq!(curl(&authority, &port), good, "{reason}");
    };
    authority.write("a.key", "not a key");
    check("a.key is no PEM file");
    fs::remove_file(authority.path("a.key")).expect("writable");
    check("there is no key file");
    authority.issue("b", &["other.example"]);
    rename(&authority, "b.key", "a.key");
    check("does not fit the certificate in");
    // The other half comes later: then both fit.
    rename(&authority, "b.pem", "a.pem");
    running.wait_for_log(NEW);
    until(&authority, &port, &WRONG_NAME);
}
