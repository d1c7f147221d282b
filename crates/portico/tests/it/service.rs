//! Portico under a service manager: given sockets, and told readiness.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::net::UnixDatagram;
use std::process::Command;

use portico_testkit::http::get;
use portico_testkit::process::{PATIENCE, Process};

use crate::support::{Directory, MOCK, Running, portico, root};

/// Opens sockets as a service manager does, and becomes the program (sd_listen_fds(3)). Its
/// arguments: addresses, names, program, the program's arguments.
const MANAGER: &str = r#"
import os, socket, sys
addresses, names, *command = sys.argv[1:]
for number, address in enumerate(addresses.split()):
    host, port = address.rsplit(":", 1)
    opened = socket.create_server((host, int(port)))
    descriptor = os.dup(opened.fileno())
    os.dup2(descriptor, 100 + number)
for number in range(len(addresses.split())):
    os.dup2(100 + number, 3 + number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(number + 1), LISTEN_FDNAMES=names)
os.execv(command[0], command)
"#;

/// The program with sockets on these addresses, under these names.
fn activated(addresses: &str, names: &str, args: &[&str]) -> Command {
    let program = portico();
    let mut command = Command::new("python3");
    command.current_dir(root()).env("NO_COLOR", "1");
    command.args(["-c", MANAGER, addresses, names]).arg(program.get_program()).args(args);
    command
}

/// A free port, of an address that nobody else is likely to use.
fn free() -> SocketAddr {
    let [.., high, low] = std::process::id().to_be_bytes();
    let listener =
        TcpListener::bind(SocketAddr::from(([127, 77, high, low], 0))).expect("a free port");
    listener.local_addr().expect("a bound port")
}

#[test]
fn sockets_of_the_service_manager_are_used_in_place_of_our_own() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let definition = directory.path("openapi.yaml");
    let check = |names: &str, listen: Option<SocketAddr>| {
        let gateway = free();
        let listen = listen.unwrap_or(gateway).to_string();
        let args = ["serve", definition.to_str().unwrap(), "--listen", &listen];
        let args = [&args[..], &["--management", "127.0.0.1:0", "--workers", "3"]].concat();
        let running = Running::start(&mut activated(&gateway.to_string(), names, &args));
        assert_eq!(running.gateway, gateway, "{names}");
        for _ in 0..10 {
            assert_eq!(get(gateway, "/health").status, 200);
        }
        let lines = running.stop();
        assert!(!lines.iter().any(|line| line.text().contains("warning")), "{lines:?}");
    };
    check("gateway", Some("127.0.0.1:1".parse().unwrap()));
    check("portico.socket", None);
    check("", None);
}

#[test]
fn a_socket_that_nothing_listens_with_is_told() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let definition = directory.path("openapi.yaml");
    let any = "127.0.0.1:0";
    let args = ["serve", definition.to_str().unwrap(), "--listen", any, "--management", any];
    let command = &mut activated("127.0.0.1:0 127.0.0.1:0", "gateway:web", &args);
    let mut running = Process::spawn(command);
    let told = running.wait_for("warning", |line| {
        line.text().contains("warning").then(|| line.text().to_owned())
    });
    assert!(told.contains("gave a socket named `web` on 127.0.0.1:"), "{told}");
}

#[test]
fn management_is_not_served_to_other_machines() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let definition = directory.path("openapi.yaml");
    let args = ["serve", definition.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let (status, lines) = Process::spawn(&mut activated("0.0.0.0:0", "management", &args)).finish();
    assert_eq!(status.code(), Some(1), "{lines:?}");
    assert!(lines.iter().any(|line| line.text().contains("only on loopback")), "{lines:?}");
}

#[test]
fn the_service_manager_is_told_of_readiness_takeover_and_end() {
    let directory = Directory::with(&[("openapi.yaml", MOCK)]);
    let manager = UnixDatagram::bind(directory.path("notify")).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut message = [0; 256];
        let length = manager.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..length]).into_owned()
    };
    let start = |args: &[&str]| {
        let mut command = portico();
        let any = "127.0.0.1:0";
        command.arg("serve").arg(directory.path("openapi.yaml")).args(args);
        command.args(["--listen", any, "--management", any, "--data-dir"]);
        command.arg(directory.path("data")).env("NOTIFY_SOCKET", directory.path("notify"));
        Running::start(&mut command)
    };
    let old = start(&[]);
    assert_eq!(told(), format!("MAINPID={}\nREADY=1\n", old.process.id()));
    let new = start(&["--takeover"]);
    assert_eq!(told(), format!("MAINPID={}\nREADY=1\n", new.process.id()));
    old.process.finish();
    new.process.signal("TERM");
    assert_eq!(told(), "STOPPING=1\n");
    new.process.finish();
}
