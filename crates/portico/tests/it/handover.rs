//! A new process takes over from a running one.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use portico_net::control::Conversation;
use portico_testkit::http::{Connection, get};

use crate::load::Load;
use crate::support::{Directory, HEALTH, MOCK, Running, portico, run};

/// Handovers under load; `bench/handover.py` does a hundred.
const HANDOVERS: usize = 5;

fn directory() -> Directory {
    Directory::with(&[("openapi.yaml", MOCK)])
}

fn serve(directory: &Directory, args: &[&str]) -> Running {
    let data = directory.path("data");
    let all: Vec<&str> = ["--data-dir", data.to_str().expect("a UTF-8 path")]
        .into_iter()
        .chain(args.iter().copied())
        .collect();
    Running::serve(&directory.path("openapi.yaml"), &all)
}

fn take_over(directory: &Directory, args: &[&str]) -> Running {
    let all: Vec<&str> = ["--takeover"].into_iter().chain(args.iter().copied()).collect();
    serve(directory, &all)
}

fn begin(directory: &Directory) -> Conversation {
    Conversation::begin(&directory.path("data/control.sock")).expect("a process that listens")
}

/// The process ends because another has taken over; the number of that.
fn replaced(running: Running) -> u32 {
    let lines = running.end();
    assert!(lines.iter().any(|line| line.text().ends_with("portico: stopped")), "{lines:?}");
    let told = lines.iter().find_map(|line| {
        let rest = line.text().strip_prefix("portico: process ")?;
        rest.split_once(" took over")?.0.parse().ok()
    });
    told.unwrap_or_else(|| panic!("nobody took over: {lines:?}"))
}

#[test]
fn no_request_is_lost_whatever_the_number_of_workers() {
    let directory = directory();
    let mut running = serve(&directory, &["--workers", "2"]);
    let gateway = running.gateway;
    let load = Load::on(gateway);
    for workers in ["1", "3", "2", "4", "2"].iter().cycle().take(HANDOVERS) {
        load.wait_for(50);
        let successor = take_over(&directory, &["--workers", workers]);
        assert_eq!(successor.gateway, gateway);
        assert_eq!(replaced(running), successor.process.id());
        running = successor;
    }
    load.wait_for(50);
    load.end();
    assert_eq!(get(running.management, "/readyz").status, 200);
    let path = directory.path("data/control.sock");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    running.stop();
    assert!(!path.exists());
}

#[test]
fn a_process_that_took_over_reads_definitions_again_and_the_old_one_does_not() {
    let directory = directory();
    let mut old = serve(&directory, &["--workers", "2"]);
    let mut kept = Connection::open(old.gateway);
    kept.send(HEALTH);
    assert_eq!(kept.answer("GET").status, 200);
    let mut new = take_over(&directory, &["--workers", "2"]);
    old.wait_for_log("took over");
    let load = Load::on(new.gateway);
    let definition = directory.path("openapi.yaml");
    for (revision, word) in ["first", "second"].iter().enumerate() {
        fs::write(&definition, MOCK.replace("\"ok\"", &format!("\"{word}\""))).unwrap();
        new.wait_for_log(&format!("revision {}", revision + 2));
        let is_new = || get(new.gateway, "/health").text().contains(word);
        assert!((0..100_000).any(|_| is_new()), "{word}");
    }
    // What is wrong changes nothing here either.
    fs::write(&definition, MOCK.replace("type: mock", "type: mokc")).unwrap();
    new.wait_for_log("what was read before stays in service");
    assert!(get(new.gateway, "/health").text().contains("second"));
    load.end();
    drop(kept);
    let told = old.end();
    assert!(!told.iter().any(|line| line.text().contains("is served as it is now")), "{told:?}");
    new.stop();
}

#[test]
fn an_idle_connection_of_the_old_process_may_bring_one_more_request() {
    let directory = directory();
    let mut old = serve(&directory, &[]);
    let mut client = Connection::open(old.gateway);
    client.send(HEALTH);
    assert_eq!(client.answer("GET").status, 200);
    let _new = take_over(&directory, &[]);
    old.wait_for_log("took over");
    client.send(HEALTH);
    assert_eq!(client.answer("GET").status, 200);
    client.closed();
    drop(client);
    replaced(old);
}

#[test]
fn who_asks_and_does_not_finish_changes_nothing() {
    let directory = directory();
    let mut running = serve(&directory, &[]);
    let mut client = Connection::open(running.gateway);
    let check = |running: &mut Running, client: &mut Connection, log: &str| {
        let told = running.wait_for_log("did not finish");
        assert!(told.contains(log), "{told}");
        client.send(HEALTH);
        assert_eq!(client.answer("GET").status, 200);
        assert_eq!(get(running.management, "/readyz").status, 200);
    };
    let refusal = |conversation: &Conversation| loop {
        let packet = conversation.receive().unwrap();
        if packet.socket.is_none() && !packet.text.starts_with("end") {
            return packet.text;
        }
    };

    let garbage = begin(&directory);
    garbage.send("GET / HTTP/1.1\r\n\r\n", None).unwrap();
    assert!(refusal(&garbage).starts_with("refused this is not a takeover"));
    check(&mut running, &mut client, "this is not a takeover");

    let too_long = begin(&directory);
    too_long.send(&"x".repeat(1000), None).unwrap();
    check(&mut running, &mut client, "invalid");

    let _silent = begin(&directory);
    check(&mut running, &mut client, "it said nothing");

    let gone = begin(&directory);
    gone.send("takeover 1", None).unwrap();
    while !gone.receive().unwrap().text.starts_with("end") {}
    drop(gone);
    check(&mut running, &mut client, "ended");

    let confused = begin(&directory);
    confused.send("takeover 1", None).unwrap();
    confused.send("takeover 1", None).unwrap();
    assert!(refusal(&confused).starts_with("refused this is not what"));
    check(&mut running, &mut client, "this is not what");

    drop((begin(&directory), client));
    let successor = take_over(&directory, &[]);
    assert_eq!(successor.gateway, running.gateway);
    replaced(running);
}

#[test]
fn a_successor_that_cannot_start_changes_nothing() {
    let directory = directory();
    let mut running = serve(&directory, &[]);
    let broken = directory.path("broken.yaml");
    fs::write(&broken, MOCK.replace("type: mock", "type: unknown")).unwrap();
    let data = directory.path("data");
    let data = data.to_str().unwrap();
    let args = ["serve", broken.to_str().unwrap(), "--data-dir", data, "--takeover"];
    let (status, _, errors) = run(&args);
    assert_eq!(status.code(), Some(1), "{errors}");
    running.wait_for_log("did not finish");
    assert_eq!(get(running.gateway, "/health").status, 200);
    let _successor = take_over(&directory, &[]);
    replaced(running);
}

#[test]
fn an_address_that_the_successor_does_not_have_is_told_once_and_given_up() {
    let directory = directory();
    let old = serve(&directory, &["--workers", "3"]);
    let mut command = portico();
    command.arg("serve").arg(directory.path("openapi.yaml")).arg("--data-dir");
    command.arg(directory.path("data")).arg("--takeover");
    command.args(["--listen", "127.0.0.2:0", "--management", "127.0.0.1:0"]);
    let moved = Running::start(&mut command);
    let (before, after) = (old.gateway, moved.gateway);
    replaced(old);
    assert!(TcpStream::connect(before).is_err());
    assert_eq!(get(after, "/health").status, 200);
    let lines = moved.stop();
    let told = format!("gateway is no longer served on {before}");
    let count = lines.iter().filter(|line| line.text().contains(&told)).count();
    assert_eq!(count, 1, "{lines:?}");
}

#[test]
fn two_at_once_take_over_one_after_the_other() {
    let directory = Arc::new(directory());
    let old = serve(&directory, &[]);
    let start = || {
        let directory = directory.clone();
        thread::spawn(move || take_over(&directory, &[]))
    };
    let successors = [start(), start()].map(|thread| thread.join().unwrap());
    let (first, second) = {
        let number = replaced(old);
        let [one, other] = successors;
        if one.process.id() == number { (one, other) } else { (other, one) }
    };
    assert_eq!(replaced(first), second.process.id());
    assert_eq!(get(second.gateway, "/health").status, 200);
}

#[test]
fn nobody_to_take_over_is_told() {
    let check = |args: &[&str], expected: &str| {
        let directory = directory();
        let definition = directory.path("openapi.yaml");
        let data = directory.path("data");
        let line = ["serve", definition.to_str().unwrap(), "--takeover"];
        let args = args.iter().map(|arg| if *arg == "DATA" { data.to_str().unwrap() } else { arg });
        let (status, _, errors) = run(&line.into_iter().chain(args).collect::<Vec<_>>());
        assert_eq!(status.code(), Some(1), "{errors}");
        assert!(errors.contains(expected), "{errors}");
    };
    check(&[], "name its data directory with --data-dir");
    check(&["--data-dir", "DATA"], "nobody answers at");
}

#[test]
fn a_killed_process_leaves_a_file_that_is_in_nobodys_way() {
    let directory = directory();
    let running = serve(&directory, &[]);
    running.process.signal("KILL");
    running.process.finish();
    assert!(directory.path("data/control.sock").exists());
    let running = serve(&directory, &[]);
    assert_eq!(get(running.gateway, "/health").status, 200);
    let _successor = take_over(&directory, &[]);
    replaced(running);
}

#[test]
fn a_second_process_with_the_same_data_directory_is_refused() {
    let directory = directory();
    let running = serve(&directory, &[]);
    let (definition, data) = (directory.path("openapi.yaml"), directory.path("data"));
    let any = "127.0.0.1:0";
    let args = ["--data-dir", data.to_str().unwrap(), "--listen", any, "--management", any];
    let line = ["serve", definition.to_str().unwrap()];
    let (status, _, errors) = run(&line.into_iter().chain(args).collect::<Vec<_>>());
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("another portico runs with the data directory"), "{errors}");
    assert!(errors.contains("--takeover"), "{errors}");
    assert_eq!(get(running.gateway, "/health").status, 200);
}

/// A process that a test did not start itself.
struct Stranger(u32);

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill -KILL {}", self.0)]).status();
    }
}

#[test]
fn sigusr2_starts_the_program_again() {
    let directory = directory();
    let mut running = serve(&directory, &[]);
    running.process.signal("USR2");
    let told = running.wait_for_log("SIGUSR2: started process");
    let number = told.split_whitespace().find_map(|word| word.parse().ok()).expect("a number");
    let successor = Stranger(number);
    // Both write to the same standard error.
    let old: u32 = running.process.id();
    running.wait_for_log(&format!("took over from process {old}"));
    assert_eq!(get(running.gateway, "/health").status, 200);
    drop(successor);
    running.end();
}

#[test]
fn sigusr2_without_a_data_directory_says_what_is_missing() {
    let directory = directory();
    let mut running = Running::serve(&directory.path("openapi.yaml"), &[]);
    running.process.signal("USR2");
    let told = running.wait_for_log("SIGUSR2");
    assert!(told.contains("--data-dir"), "{told}");
    assert_eq!(get(running.gateway, "/health").status, 200);
}
