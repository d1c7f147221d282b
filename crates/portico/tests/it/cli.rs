//! Usage, and everything that keeps a gateway from starting: one clear message, one exit code.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use portico_testkit::http::get;

use crate::support::{Directory, MOCK, Running, run, run_in};

#[test]
fn help_teaches_with_an_example_first() {
    for args in [&["--help"][..], &["-h"]] {
        let (status, out, err) = run(args);
        assert_eq!((status.code(), err.as_str()), (Some(0), ""));
        let example = out.find("portico serve openapi.yaml").expect("an example");
        assert!(example < out.find("Usage:").expect("the usage"), "{out}");
        assert!(out.contains("_aws/execute-api/{apiId}/{stage}"), "{out}");
        assert!(out.contains("Exit codes:"), "{out}");
    }
    let (_, out, _) = run(&["serve", "--help"]);
    for flag in [
        "--listen",
        "--management",
        "--data-dir",
        "--stage",
        "--workers",
        "--account-id",
        "--region",
        "--config",
        "--verbose",
        "127.0.0.1:8080",
        "127.0.0.1:4566",
        "us-east-1",
    ] {
        assert!(out.contains(flag), "no {flag} in {out}");
    }
}

#[test]
fn completions_are_what_the_shell_can_read() {
    let check = |shell: &str, reads: &[&str], word: &str| {
        let (status, out, err) = run(&["completions", shell]);
        assert_eq!((status.code(), err.as_str()), (Some(0), ""), "{shell}");
        assert!(out.contains(word), "{shell}: {out}");
        let directory = Directory::with(&[("portico", &out)]);
        // A shell that is not installed reads nothing.
        let mut command = Command::new(shell);
        if let Ok(output) = command.args(reads).arg(directory.path("portico")).output() {
            assert!(output.status.success(), "{output:?}");
        }
    };
    check("bash", &["-n"], "complete -F _portico");
    check("zsh", &["-n"], "#compdef portico");
    check("fish", &["-n"], "complete -c portico");
    let (status, _, err) = run(&["completions", "sh"]);
    assert_eq!(status.code(), Some(2));
    assert!(err.contains("bash") && err.contains("zsh") && err.contains("fish"), "{err}");
}

#[test]
fn the_manual_has_a_page_for_the_program_and_each_command() {
    let check = |args: &[&str], words: &[&str]| {
        let (status, out, err) = run(&[&["man"], args].concat());
        assert_eq!((status.code(), err.as_str()), (Some(0), ""), "{args:?}");
        for word in words {
            assert!(out.contains(word), "{args:?}: no {word} in {out}");
        }
    };
    check(&[], &[".TH portico 1", "portico\\-serve(1)", "Exit codes"]);
    check(&["serve"], &[".TH portico-serve 1", "PORTICO_LISTEN", "takeover"]);
    check(&["check"], &["PORTICO_FORMAT"]);
    check(&["routes"], &["PORTICO_ALLOW"]);
    let (status, _, err) = run(&["man", "serv"]);
    assert_eq!(status.code(), Some(2));
    assert!(err.contains("serve"), "{err}");
    // They are for packagers: nobody else needs to see them.
    let (_, out, _) = run(&["--help"]);
    assert!(!out.contains("completions") && !out.contains("  man "), "{out}");
}

#[test]
fn the_version_is_one_line() {
    let (status, out, _) = run(&["--version"]);
    assert_eq!(status.code(), Some(0));
    assert_eq!(out, concat!("portico ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn wrong_usage_exits_2_and_says_what_was_meant() {
    let check = |args: &[&str], words: &[&str]| {
        let (status, out, err) = run(args);
        assert_eq!((status.code(), out.as_str()), (Some(2), ""), "{args:?}");
        for word in words {
            assert!(err.contains(word), "{args:?}: no {word:?} in {err}");
        }
    };
    check(&[], &["Usage:", "portico serve openapi.yaml"]);
    check(&["serv", "a.yaml"], &["'serve'"]);
    check(&["serve"], &["<FILE>"]);
    check(&["serve", "a.yaml", "--listn", "127.0.0.1:1"], &["'--listn'", "'--listen'"]);
    check(&["serve", "a.yaml", "--listen", "8080"], &["expected ADDRESS:PORT"]);
    check(
        &["serve", "a.yaml", "--management", "0.0.0.0:4566"],
        &["0.0.0.0:4566", "only on loopback"],
    );
    check(&["serve", "a.yaml", "--workers", "many"], &["1 to 1024"]);
}

#[test]
fn a_file_that_cannot_be_read_is_one_sentence() {
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("empty.yaml", " \n"),
        ("huge.yaml", &"# huge\n".repeat(1024 * 1024)),
        ("notes/readme.txt", ""),
    ]);
    fs::write(directory.path("latin1.yaml"), b"title: caf\xe9\n").unwrap();
    let check = |file: &str, words: &[&str]| {
        for command in ["serve", "check"] {
            let (status, out, err) = run_in(&directory.path(""), &[command, file]);
            assert_eq!((status.code(), out.as_str()), (Some(1), ""), "{err}");
            assert!(err.starts_with("error: "), "{err}");
            for word in words {
                assert!(err.contains(word), "no {word:?} in {err}");
            }
        }
    };
    check("opneapi.yaml", &["there is no file opneapi.yaml", "openapi.yaml"]);
    std::os::unix::fs::symlink("nowhere.yaml", directory.path("dangling.yaml")).unwrap();
    let found = "beside it are: empty.yaml, huge.yaml, latin1.yaml, openapi.yaml\n";
    check("dangling.yaml", &["there is no file dangling.yaml", found]);
    check(".", &[". is a directory", "openapi.yaml"]);
    check("notes", &["notes is a directory"]);
    check("empty.yaml", &["empty.yaml is empty"]);
    check("huge.yaml", &["huge.yaml has more than 6 MiB"]);
    check("latin1.yaml", &["latin1.yaml is not text: byte 10"]);
    check("/dev/zero", &["/dev/zero has more than 6 MiB"]);
}

#[test]
fn a_broken_file_is_shown_with_every_problem_in_its_place() {
    let broken = MOCK.replace("type: mock", "type: mokc").replace("get:", "gte:");
    let directory = Directory::with(&[("openapi.yaml", MOCK), ("broken.yaml", &broken)]);
    for command in ["serve", "check"] {
        let (status, out, err) = run_in(&directory.path(""), &[command, "broken.yaml"]);
        assert_eq!((status.code(), out.as_str()), (Some(1), ""));
        assert!(err.contains("error["), "{err}");
        assert!(err.contains("--> broken.yaml:5:5") && err.contains("gte:"), "{err}");
        assert!(err.trim_end().lines().last().unwrap().contains("in broken.yaml"), "{err}");
    }
    let (status, _, err) = run_in(&directory.path(""), &["check", "openapi.yaml", "broken.yaml"]);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("broken.yaml:5:5"), "{err}");
    let (status, out, err) = run_in(&directory.path(""), &["check", "openapi.yaml"]);
    assert_eq!((status.code(), err.as_str()), (Some(0), ""));
    assert_eq!(out, "no problems in openapi.yaml\n");
}

#[test]
fn a_warning_is_shown_and_does_not_keep_it_from_serving() {
    let odd = MOCK.replace("    get:", "    gte: {}\n    get:");
    let directory = Directory::with(&[("openapi.yaml", &odd)]);
    let (status, out, err) = run_in(&directory.path(""), &["check", "openapi.yaml"]);
    assert_eq!((status.code(), out.as_str()), (Some(0), ""));
    assert!(err.contains("warning[") && err.contains("openapi.yaml:5:5"), "{err}");
    assert!(err.ends_with("1 warning in openapi.yaml\n"), "{err}");
    let running = Running::serve(&directory.path("openapi.yaml"), &[]);
    let banner = running.banner.join("\n");
    assert!(banner.contains("warnings    1 warning in "), "{banner}");
    assert_eq!(get(running.gateway, "/health").status, 200);
}

#[test]
fn a_syntax_error_has_its_line() {
    let directory = Directory::with(&[("openapi.yaml", "openapi: 3.0.1\ninfo: [\npaths: {}\n")]);
    let (status, _, err) = run_in(&directory.path(""), &["check", "openapi.yaml"]);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains("--> openapi.yaml:"), "{err}");
}

#[test]
fn a_busy_port_is_named_with_the_setting_that_changes_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = format!("[[origin]]\nlisten = \"{address}\"\ndirectory = \".\"\n");
    let directory = Directory::with(&[
        ("openapi.yaml", MOCK),
        ("busy/openapi.yaml", MOCK),
        ("busy/portico.toml", &config),
    ]);
    let check = |args: &[&str], setting: &str| {
        let (status, out, err) = run_in(&directory.path(""), args);
        assert_eq!((status.code(), out.as_str()), (Some(1), ""), "{err}");
        let expected = format!("error: {address} is in use by another process");
        assert!(err.starts_with(&expected) && err.contains(setting), "{err}");
    };
    let free = "127.0.0.1:0";
    let file = "openapi.yaml";
    check(&["serve", file, "--listen", &address, "--management", free], "--listen");
    check(&["serve", file, "--listen", free, "--management", &address], "--management");
    check(
        &["serve", "busy/openapi.yaml", "--listen", free, "--management", free],
        "`listen` of [[origin]]",
    );
}

#[test]
fn a_second_gateway_does_not_share_the_port_of_the_first() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let first = Running::serve(&directory.path("openapi.yaml"), &[]);
    let address = first.gateway.to_string();
    let free = ["--management", "127.0.0.1:0"];
    let args = ["serve", "openapi.yaml", "--listen", &address, free[0], free[1]];
    let (status, _, err) = run_in(&directory.path(""), &args);
    assert_eq!(status.code(), Some(1));
    assert!(err.contains(&format!("{address} is in use")), "{err}");
}
