//! A running `portico serve`, and directories with the files it reads.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};

use portico_testkit::process::{Line, Process};

/// The binary under test, without colours whatever the terminal.
pub(crate) fn portico() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command.current_dir(root()).env("NO_COLOR", "1").env("PORTICO_LOG_FORMAT", "human");
    command
}

/// The directory of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// Runs a command that ends by itself: its status, standard output and standard error.
pub(crate) fn run(args: &[&str]) -> (ExitStatus, String, String) {
    run_in(&root(), args)
}

/// The same in another directory.
pub(crate) fn run_in(directory: &Path, args: &[&str]) -> (ExitStatus, String, String) {
    let (status, lines) = Process::spawn(portico().current_dir(directory).args(args)).finish();
    let (mut out, mut err) = (String::new(), String::new());
    for line in lines {
        let target = if matches!(line, Line::Out(_)) { &mut out } else { &mut err };
        target.push_str(line.text());
        target.push('\n');
    }
    (status, out, err)
}

/// A gateway that listens.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) gateway: SocketAddr,
    pub(crate) management: SocketAddr,
    /// The lines of the banner.
    pub(crate) banner: Vec<String>,
}

impl Running {
    /// Starts `portico serve DEFINITION ARGS...` on free ports and waits for its banner.
    pub(crate) fn serve(definition: &Path, args: &[&str]) -> Self {
        let mut command = portico();
        command.arg("serve").arg(definition);
        command.args(["--listen", "127.0.0.1:0", "--management", "127.0.0.1:0"]).args(args);
        Self::start(&mut command)
    }

    /// Starts the command and waits for its banner.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = Process::spawn(command);
        let seen = std::cell::RefCell::new(Vec::new());
        process.wait_for("banner", |line| {
            let Line::Out(text) = line else { return None };
            seen.borrow_mut().push(text.clone());
            text.contains("Ctrl-C").then_some(())
        });
        let banner = seen.into_inner();
        let address = |label: &str| -> SocketAddr {
            let line = banner.iter().find_map(|line| line.trim().strip_prefix(label));
            let url = line.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
            let address = url.trim_start_matches("http://").trim_end_matches('/');
            address.parse().unwrap_or_else(|_| panic!("no {label} in {banner:#?}"))
        };
        let (gateway, management) = (address("gateway"), address("management"));
        Self { process, gateway, management, banner }
    }

    /// Waits for its end, which has to be a good one; everything it wrote.
    pub(crate) fn end(self) -> Vec<Line> {
        let (status, lines) = self.process.finish();
        assert_eq!(status.code(), Some(0), "{lines:?}");
        lines
    }

    /// The same once it was told to stop.
    pub(crate) fn stop(self) -> Vec<Line> {
        self.process.signal("TERM");
        self.end()
    }

    /// Waits for a line on standard error that holds these words.
    pub(crate) fn wait_for_log(&mut self, words: &str) -> String {
        self.process.wait_for(words, |line| match line {
            Line::Err(text) if text.contains(words) => Some(text.clone()),
            _ => None,
        })
    }
}

/// A directory for one test, removed with it.
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// Holds these files: path and content.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("portico-it-{}-{number}", std::process::id());
        let directory = Self(std::env::temp_dir().join(name));
        for (path, content) in files {
            let path = directory.path(path);
            fs::create_dir_all(path.parent().expect("a file has a directory")).expect("writable");
            fs::write(path, content).expect("writable");
        }
        directory
    }

    /// The path of a file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A definition with one `http_proxy` route, `ANY /{proxy+}`, to this origin.
pub(crate) fn proxy_to(origin: SocketAddr) -> String {
    format!(
        r#"openapi: 3.0.1
info: {{ title: Proxy, version: "1" }}
paths:
  /{{proxy+}}:
    x-amazon-apigateway-any-method:
      parameters:
        - {{ name: proxy, in: path, required: true, schema: {{ type: string }} }}
      responses: {{}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://{origin}/{{proxy}}
        requestParameters:
          integration.request.path.proxy: method.request.path.proxy
"#
    )
}

/// A request of [`MOCK`].
pub(crate) const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

/// A definition with one mock route, `GET /health`.
pub(crate) const MOCK: &str = r#"openapi: 3.0.1
info: { title: Mock, version: "1" }
paths:
  /health:
    get:
      responses: { "200": { description: up } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses:
          default:
            statusCode: "200"
            responseTemplates: { application/json: '{"status": "ok"}' }
"#;
