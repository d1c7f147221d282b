//! A real gateway in the test's own process, on a free port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use portico_cluster::LocalCounters;
use portico_gateway::{Account, Audience, Emit, Event};
pub use portico_import::openapi::BasePath;
use portico_import::openapi::{self, Imported, NoFiles, Options};
use portico_model::{Allow, Stage, StageName};
use portico_net::{Gauges, Limit, Listeners, Server, ServerTls, Settings};
use portico_snapshot::{Inputs, RestStage, Snapshot, StageIndex};

/// How long a test waits for an event, and a gateway for its connections when it is dropped.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway that is not started yet.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub workers: usize,
    pub settings: Settings,
    /// Name of the stage that is served.
    pub stage_name: StageName,
    pub stage: Stage,
    /// Kinds of findings in spite of which it is served.
    pub allow: Allow,
    /// Id of a VPC link to the URL it leads to.
    pub vpc_links: BTreeMap<String, String>,
    /// Values of the names that the definition's functions use.
    pub set: BTreeMap<String, String>,
    pub base_path: BasePath,
    /// Whether the stage also answers at `/`.
    pub at_root: bool,
    /// The TLS of a second address, where there is to be one.
    pub tls: Option<ServerTls>,
    /// Whether connections to the first address begin with a PROXY header, and to the second.
    pub proxied: (bool, bool),
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            workers: 1,
            settings: Settings::default(),
            stage_name: "prod".parse().expect("a stage may be called so"),
            stage: Stage::default(),
            allow: Allow::NOTHING,
            vpc_links: BTreeMap::new(),
            set: BTreeMap::new(),
            base_path: BasePath::Ignore,
            at_root: true,
            tls: None,
            proxied: (false, false),
        }
    }
}

/// What a test may know of a finished request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    pub request_id: String,
    pub method: String,
    pub path: String,
    pub status: u16,
    /// Gateway response type and explanation, if the gateway answered itself.
    pub fault: Option<(&'static str, String)>,
    pub integration_status: Option<u16>,
    pub response_bytes: u64,
    pub complete: bool,
}

/// Forwards events to the test.
struct Forward(Sender<Finished>);

impl Emit for Forward {
    fn emit(&self, event: &Event<'_>) {
        // A test that has ended looks at nothing any more.
        let _ = self.0.send(Finished {
            request_id: event.ids.request().to_owned(),
            method: String::from_utf8_lossy(event.request_method).into_owned(),
            path: String::from_utf8_lossy(event.request_path).into_owned(),
            status: event.status,
            fault: event.fault.map(|fault| (fault.response_type(), fault.explain())),
            integration_status: event.integration_status,
            response_bytes: event.response_bytes,
            complete: event.complete,
        });
    }

    fn audience(&self, _: Option<&[u8]>) -> Option<Audience> {
        None
    }
}

/// A running gateway. Dropping it drains and ends it.
pub struct Running {
    server: Option<Server<portico_gateway::Gateway<Forward>>>,
    address: SocketAddr,
    tls_address: Option<SocketAddr>,
    api_id: String,
    events: Receiver<Finished>,
}

/// Reads and compiles a definition in YAML; what stands against it is the error.
pub fn compile(
    definition: &str,
    stage_name: &StageName,
    stage: &Stage,
) -> Result<RestStage, Vec<String>> {
    let imported = openapi::read("test.yaml", definition.as_bytes());
    compile_allowing((&Allow::NOTHING, &BTreeMap::new()), imported, stage_name, stage)
}

/// The same in spite of the kinds of findings that are allowed, with the VPC links given.
fn compile_allowing(
    (allow, vpc_links): (&Allow, &BTreeMap<String, String>),
    imported: Imported,
    stage_name: &StageName,
    stage: &Stage,
) -> Result<RestStage, Vec<String>> {
    let mut findings = imported.findings;
    let mut compiled = None;
    if let Some(deployment) = &imported.deployment {
        let done = portico_snapshot::compile(&Inputs {
            allow,
            vpc_links,
            ..Inputs::new(deployment, stage_name, stage)
        });
        findings.extend(done.findings);
        compiled = done.stage;
    }
    let fatal = findings.iter().filter(|finding| allow.forbids(finding));
    let fatal: Vec<_> = fatal.map(|f| format!("{}: {}", f.path, f.message)).collect();
    match compiled {
        Some(stage) if fatal.is_empty() => Ok(stage),
        _ => Err(fatal),
    }
}

impl Gateway {
    /// Serves a definition with the default settings and no stage variables.
    pub fn serve(definition: &str) -> Running {
        Self::default().start(definition)
    }

    /// The same with a stage variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.stage.variables.insert(name.to_owned(), value.to_string());
        self
    }

    /// Compiles a definition and serves it; panics at anything that stands against it.
    pub fn start(self, definition: &str) -> Running {
        let given = (&self.allow, &self.vpc_links);
        let mut files = NoFiles;
        let options =
            Options { set: &self.set, base_path: self.base_path, ..Options::new(&mut files) };
        let imported = openapi::read_with("test.yaml", definition.as_bytes(), options);
        let stage = compile_allowing(given, imported, &self.stage_name, &self.stage);
        let stage = stage.unwrap_or_else(|findings| panic!("not served: {findings:#?}"));
        let api_id = stage.api_id.as_str().to_owned();
        let root = self.at_root.then_some(StageIndex(0));
        let snapshot = Arc::new(Snapshot::new(1, vec![Arc::new(stage)], root));
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let bind = |proxied| {
            let listeners = portico_net::bind(any, self.workers).expect("loopback has a free port");
            if proxied { listeners.with_proxy_protocol() } else { listeners }
        };
        let with_tls = self.tls.map(|tls| bind(self.proxied.1).with_tls(tls));
        let tls_address = with_tls.as_ref().map(Listeners::local_addr);
        let listeners: Vec<_> = std::iter::once(bind(self.proxied.0)).chain(with_tls).collect();
        let (sender, events) = channel();
        let account = Account { id: "000000000000".into(), region: "us-east-1".into() };
        let (account, counters) = (Arc::new(account), Arc::new(LocalCounters::default()));
        let server = portico_net::start(listeners, &self.settings, move |worker| {
            let emit = Forward(sender.clone());
            let (account, snapshot) = (account.clone(), snapshot.clone());
            portico_gateway::Gateway::new(account, counters.clone(), emit, snapshot, worker)
        });
        let server = server.expect("a thread can be started");
        Running { address: server.local_addr(), tls_address, server: Some(server), api_id, events }
    }
}

impl Running {
    /// The address clients reach.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that speaks TLS.
    pub fn tls_address(&self) -> SocketAddr {
        self.tls_address.expect("the gateway was given TLS")
    }

    /// From now on new connections get this TLS.
    pub fn replace_tls(&self, tls: &ServerTls) {
        let address = self.tls_address();
        self.server.iter().for_each(|server| server.replace_tls(address, tls));
    }

    /// Handshakes of TLS that failed so far.
    pub fn failed_handshakes(&self) -> u64 {
        self.sum(|gauges| &gauges.handshakes_failed)
    }

    /// Id of the served API.
    pub fn api_id(&self) -> &str {
        &self.api_id
    }

    /// The next finished request; panics if none finishes.
    pub fn finished(&self) -> Finished {
        match self.events.recv_timeout(PATIENCE) {
            Ok(finished) => finished,
            Err(error) => panic!("no request has finished: {error}"),
        }
    }

    /// Connections that clients have open now.
    pub fn open_connections(&self) -> u64 {
        self.sum(|gauges| &gauges.open)
    }

    /// The same by worker.
    pub fn open_by_worker(&self) -> Vec<u64> {
        let gauges = self.server.iter().flat_map(|server| server.gauges());
        gauges.map(|gauges| gauges.open.load(Ordering::Relaxed)).collect()
    }

    /// The sum of a counter over all workers.
    fn sum(&self, counter: impl Fn(&Gauges) -> &AtomicU64) -> u64 {
        let gauges = self.server.iter().flat_map(|server| server.gauges());
        gauges.map(|gauges| counter(gauges).load(Ordering::Relaxed)).sum()
    }

    /// How often a limit was hit.
    pub fn hits(&self, limit: Limit) -> u64 {
        let server = self.server.iter().flat_map(|server| server.gauges());
        server.map(|gauges| gauges.hits.of(limit)).sum()
    }

    /// Bytes of bodies that are held beyond the usual buffers.
    pub fn buffered_bytes(&self) -> usize {
        self.server.as_ref().map_or(0, |server| server.usage().buffered_bytes())
    }

    /// Connections over HTTP/2 that were ended for what their client sent.
    pub fn http2_cut(&self) -> u64 {
        self.sum(|gauges| &gauges.http2_cut)
    }

    /// Streams over HTTP/2 that were reset for an error of their client's.
    pub fn http2_malformed(&self) -> u64 {
        self.sum(|gauges| &gauges.http2_malformed)
    }

    /// Stops as on SIGTERM; how many connections the deadline cut.
    pub fn drain(mut self, deadline: Duration) -> u64 {
        let server = self.server.take().expect("it runs");
        assert!(server.is_alive(), "a worker has panicked");
        server.drain(deadline).cut
    }

    /// Whether no worker has panicked.
    pub fn is_alive(&self) -> bool {
        self.server.as_ref().is_some_and(Server::is_alive)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        let alive = server.is_alive();
        server.drain(Duration::ZERO);
        if !std::thread::panicking() {
            assert!(alive, "a worker has panicked");
        }
    }
}
