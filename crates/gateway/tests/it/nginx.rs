//! A real origin and a real client: nginx behind the gateway, curl in front of it.
//!
//! `make test` installs both; where one is missing these tests fail and say so.

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use portico_testkit::server::{Gateway, Running};

use crate::support::PROXY;

const MIB: usize = 1 << 20;

/// An nginx of the test's own, with its files in a directory of its own.
struct Nginx {
    child: Child,
    directory: PathBuf,
    address: SocketAddr,
}

const CONFIGURATION: &str = "
daemon off; master_process off; pid {dir}/pid; error_log {dir}/error.log;
events { worker_connections 64; }
http {
  access_log off; default_type text/plain; client_max_body_size 16m; keepalive_timeout 30s;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  server {
    listen {address};
    root {dir}/files;
    location /connection { add_header X-Serial $connection; return 200 \"$connection\"; }
    location /chunked/ { gzip on; gzip_types text/plain; gzip_min_length 1; alias {dir}/files/; }
    location /closing/ { keepalive_timeout 0; alias {dir}/files/; }
    location /put/ { dav_methods PUT DELETE; create_full_put_path on; alias {dir}/files/; }
    location /gone { return 444; }
    location /moved { return 302 /small.txt; }
  }
}
";

/// A port that is free now.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn nginx_command() -> Command {
    let places = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "nginx"];
    let runs = |place: &&&str| Command::new(place).arg("-v").stderr(Stdio::null()).status().is_ok();
    let place = places.iter().find(runs);
    Command::new(place.expect("these tests need nginx: `.ci/setup test` installs it"))
}

impl Nginx {
    fn start() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("portico-nginx-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        fs::create_dir_all(directory.join("files")).unwrap();
        fs::write(directory.join("files/small.txt"), "a small file\n").unwrap();
        fs::write(directory.join("files/empty.txt"), "").unwrap();
        fs::write(directory.join("files/large.txt"), large()).unwrap();
        // Another process may take the port before nginx does; then nginx ends, and tries again.
        for _ in 0..5 {
            let address = free_address();
            let text = CONFIGURATION
                .replace("{dir}", directory.to_str().unwrap())
                .replace("{address}", &address.to_string());
            let file = directory.join("nginx.conf");
            fs::write(&file, text).unwrap();
            let mut command = nginx_command();
            let output = fs::File::create(directory.join("output")).unwrap();
            command.arg("-c").arg(&file).arg("-e").arg(directory.join("error.log"));
            let mut child = command.stderr(output).spawn().unwrap();
            if wait_until_it_listens(&mut child, address) {
                return Self { child, directory, address };
            }
        }
        let output = fs::read_to_string(directory.join("output")).unwrap_or_default();
        panic!("nginx does not start: {output}");
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.directory.join("files").join(file)).unwrap()
    }
}

/// Whether it came up; false if it ended instead.
fn wait_until_it_listens(child: &mut Child, address: SocketAddr) -> bool {
    loop {
        if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // All of it is left over from a test that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn large() -> Vec<u8> {
    (0..3 * MIB).map(|at| b"0123456789abcdef\n"[at % 17]).collect()
}

/// nginx, a gateway before it, and curl.
struct Bench {
    nginx: Nginx,
    gateway: Running,
}

impl Bench {
    fn new() -> Self {
        let nginx = Nginx::start();
        let gateway = Gateway::default().variable("origin", nginx.address).start(PROXY);
        Self { nginx, gateway }
    }

    /// Runs curl with these arguments; `@` in front of a path stands for the gateway.
    fn curl(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let base = format!("http://{}", self.gateway.address());
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--fail-with-body", "--max-time", "20"]);
        command.args(arguments.iter().map(|text| match text.strip_prefix("@/") {
            Some(path) => format!("{base}/{path}"),
            None => (*text).to_owned(),
        }));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn();
        let mut child = child.expect("these tests need curl: `.ci/setup test` installs it");
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // curl may end without reading all of it.
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output().unwrap()
        });
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "curl {arguments:?}: {errors}");
        output.stdout
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&self.curl(arguments, b"")).into_owned()
    }
}

#[test]
fn files_arrive_whole_in_every_framing() {
    let bench = Bench::new();
    for version in ["--http1.0", "--http1.1"] {
        let check = |path: &str, expected: &[u8]| {
            let got = bench.curl(&[version, "--compressed", path], b"");
            assert!(got == expected, "{version} {path}: {} bytes", got.len());
        };
        check("@/small.txt", b"a small file\n");
        check("@/empty.txt", b"");
        check("@/large.txt", &large());
        check("@/chunked/small.txt", b"a small file\n");
        check("@/chunked/large.txt", &large());
        check("@/closing/small.txt", b"a small file\n");
        check("@/closing/large.txt", &large());
    }
    let head = bench.text(&["-D", "-", "-o", "/dev/null", "--compressed", "@/chunked/large.txt"]);
    assert!(head.contains("Content-Encoding: gzip\r\n"), "{head}");
}

#[test]
fn heads_ranges_and_conditions_pass() {
    let bench = Bench::new();
    let head = bench.text(&["-I", "@/large.txt"]);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("\r\nContent-Length: 3145728\r\n"), "{head}");
    let tag = head.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("nginx sends one");
    let status = ["-o", "/dev/null", "-w", "%{http_code} %{size_download}"];
    let condition = format!("If-None-Match: {tag}");
    let unchanged = bench.text(&[&status[..], &["-H", &condition, "@/large.txt"]].concat());
    assert_eq!(unchanged, "304 0");
    let partial = bench.text(&[&status[..], &["-r", "100-299", "@/large.txt"]].concat());
    assert_eq!(partial, "206 200");
    assert_eq!(bench.curl(&["-r", "100-299", "@/large.txt"], b""), &large()[100..300]);
    let moved = bench.text(&["-o", "/dev/null", "-w", "%{http_code}", "@/moved"]);
    assert_eq!(moved, "302");
}

#[test]
fn uploads_arrive_whole() {
    let bench = Bench::new();
    let body = &large()[..MIB + 1];
    for version in ["--http1.0", "--http1.1"] {
        for expect in ["Expect: 100-continue", "Expect:"] {
            for chunked in [false, true] {
                if chunked && version == "--http1.0" {
                    continue;
                }
                let coding = if chunked { "Transfer-Encoding: chunked" } else { "X-By: length" };
                let fields = ["-H", expect, "-H", coding];
                let data = ["-X", "PUT", "--data-binary", "@-", "@/put/up/file"];
                bench.curl(&[&[version][..], &fields, &data].concat(), body);
                assert!(bench.nginx.read("up/file") == body, "{version} {expect} {coding}");
                bench.curl(&["-X", "DELETE", "@/put/up/file"], b"");
            }
        }
    }
}

#[test]
fn connections_are_reused_on_both_sides() {
    let bench = Bench::new();
    let line = ["-w", " %{num_connects}\n"];
    let paths = ["@/connection"; 5];
    let text = bench.text(&[&line[..], &paths].concat());
    let lines: Vec<_> = text.lines().collect();
    let (serial, connects) = lines[0].split_once(' ').unwrap();
    assert_eq!(connects, "1");
    assert_eq!(lines[1..], vec![format!("{serial} 0"); 4], "one connection on either side");
}

#[test]
fn an_origin_that_hangs_up_is_a_504() {
    let bench = Bench::new();
    let mut command = Command::new("curl");
    let url = format!("http://{}/gone", bench.gateway.address());
    let output = command.args(["-s", "-w", " %{http_code}", &url]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(text, r#"{"message": "Network error communicating with endpoint"} 504"#);
}
