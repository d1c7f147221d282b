//! `portico serve`: from flags and files to running workers, until a signal ends it.

use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portico_cluster::LocalCounters;
use portico_gateway::{Account, Gateway};
use portico_net::{Listeners, Server, Settings, Worker};
use portico_snapshot::RestStage;

use crate::banner::{Banner, ServedApi, ServedOrigin};
use crate::cli::Serve;
use crate::config::Config;
use crate::definitions::{self, Api, Definitions, Served};
use crate::descriptors;
use crate::failure::Failure;
use crate::handover::{self, Control, Takeover};
use crate::management;
use crate::origin::Files;
use crate::refused;
use crate::reload::{self, Certificates, Reload};
use crate::report::Refusal;
use crate::service;
use crate::small_server::{Asked, SmallServer};
use crate::sockets::{Role, Sockets};
use crate::staging;
use crate::stop::{self, Serving, Signals};
use crate::telemetry::{AccessLogs, Explain, Status, Telemetry, log};
use crate::terminal;
use crate::tls::{Roots, Tls};
use crate::values::{Listen, Loopback, Workers};
use crate::watch::{Watch, Watched};

/// Serves until it is told to stop.
pub(crate) fn run(flags: &Serve) -> Result<(), Refusal> {
    let started = started();
    let (config, source) = definitions::configuration(flags)?;
    terminal::choose_colours(config.color);
    log::begin(flags.log_format.or(config.log_format))?;
    let data_dir = data_dir(flags, &config)?.map(Path::to_owned);
    let data_dir = data_dir.as_deref();
    let (takeover, mut sockets) = sockets(flags, data_dir)?;
    let origins = start_origins(&config, &mut sockets)?;
    let variables = config.origins.iter().map(|origin| origin.variable.clone());
    let addresses = origins.iter().map(|origin| origin.served.address);
    let account = staging::account(&flags.staging, &config);
    let origins_by_variable = variables.zip(addresses).collect();
    let definitions = Definitions::new(flags, account.clone(), origins_by_variable);
    // Before the files are read, so that no change falls between.
    let mut watch = Watch::new(Watched::Definitions, definitions.files());
    let served = definitions.load(config, source.as_ref(), &Served::default())?;
    watch.follow_instead(definitions.files());
    served.apis.iter().for_each(|api| reload::tell(api));
    let config = &served.config;
    for name in definitions.unserved(config) {
        terminal::warn(&format!("[apis] names {name}, which is not served"));
    }

    let workers = flags.workers.or(config.workers).unwrap_or_else(Workers::one_a_core).count();
    let access_logs = AccessLogs::new(config.access_log.queue_bytes());
    access_logs.open(served.stages().map(|stage| &**stage))?;
    let explain = Explain::begin(flags.explain.or(config.explain).unwrap_or_default())?;
    let status = Status::new(started, workers).with_access_logs(access_logs).with_explain(explain);
    let status = Arc::new(status);
    let tls = Tls::of(flags, config, source.as_ref())?;
    let files = tls.as_ref().map(Tls::files).unwrap_or_default();
    let certificates = Watch::new(Watched::Certificates, files);
    let roots = Roots::new(flags, config);
    roots.prepare(&served)?;
    let settings = settings(&served, &roots);
    let start = Start { flags, account, served: &served, tls: tls.as_ref(), settings };
    let servers = Servers::start(start, &mut sockets, &status)?;
    let signals = Signals::catch()?;
    let deadline = flags.drain_seconds.or(config.drain_seconds).unwrap_or_default().duration();
    let control = match control(takeover, data_dir, sockets) {
        Ok(control) => control,
        Err(failure) => {
            // Some clients may have come here already.
            servers.gateway.hand_over(deadline);
            return Err(failure.into());
        }
    };
    let config = source.map(|source| source.name.to_string());
    let banner = servers.banner(&served, &origins, config, &status.explain);
    terminal::print(&banner.render(terminal::stdout_colours()));
    service::ready();
    let Servers { gateway, tls: addresses, management, .. } = servers;
    // The others answer to the end: nobody else has their addresses.
    let (shared, _own): (Vec<_>, Vec<_>) = origins.into_iter().partition(|origin| origin.is_shared);
    let shared = shared.into_iter().map(|origin| origin.server);
    let others = std::iter::once(management).chain(shared).collect();
    let serving = Serving { gateway, others, control, deadline };
    let certificates = tls.map(|tls| Certificates { tls, addresses, watch: certificates });
    let reload = Reload::new(definitions, served, watch, Arc::clone(&status), roots);
    let reload = reload.with_certificates(certificates);
    let ended = stop::wait(signals, serving, &status, reload);
    status.access_logs.end();
    ended?;
    Ok(())
}

/// What the server is started with; tells of addresses that nothing needs.
fn settings(served: &Served, roots: &Roots) -> Settings {
    let config = &served.config;
    let settings = config.client_address.apply(config.limits.settings(descriptors::raise()));
    let stages: Vec<&RestStage> = served.stages().map(|stage| &**stage).collect();
    for origin in config.upstream.uncalled(&stages) {
        terminal::warn(&format!("no integration calls {origin}, which [upstream.addresses] has"));
    }
    Settings {
        upstream_tls: roots.shared(),
        upstream_addresses: Arc::new(config.upstream.addresses()),
        name_servers: config.name_servers.iter().map(|server| server.address()).collect(),
        ..settings
    }
}

/// The sockets to listen with: those of the process that is taken over, or of the service manager.
fn sockets(flags: &Serve, data_dir: Option<&Path>) -> Result<(Option<Takeover>, Sockets), Failure> {
    match (flags.takeover, data_dir) {
        (false, _) => Ok((None, Sockets::of_service_manager()?)),
        (true, Some(data_dir)) => {
            let (takeover, sockets) = Takeover::begin(data_dir)?;
            Ok((Some(takeover), sockets))
        }
        (true, None) => Err(Failure::new("--takeover needs to know the running process")
            .help("name its data directory with --data-dir")),
    }
}

/// From here on this process is the one that answers, and that can be taken over.
fn control(
    takeover: Option<Takeover>,
    data_dir: Option<&Path>,
    sockets: Sockets,
) -> Result<Option<Control>, Failure> {
    let used = sockets.into_used();
    let Some(data_dir) = data_dir else { return Ok(None) };
    let socket = match takeover {
        Some(takeover) => takeover.finish()?,
        None => handover::listen(data_dir)?,
    };
    Control::start(socket, data_dir, used).map(Some)
}

/// What the servers are started with.
struct Start<'a> {
    flags: &'a Serve,
    account: Account,
    served: &'a Served,
    tls: Option<&'a Tls>,
    settings: Settings,
}

/// The gateway and its management port.
struct Servers {
    gateway: Server<Gateway<Telemetry>>,
    /// Where clients speak TLS.
    tls: Vec<SocketAddr>,
    management: SmallServer,
    workers: usize,
}

impl Servers {
    /// Listens on both addresses and serves the definitions, as the first revision.
    fn start(
        start: Start<'_>,
        sockets: &mut Sockets,
        status: &Arc<Status>,
    ) -> Result<Self, Refusal> {
        let Start { flags, account, served, tls, settings } = start;
        let config = &served.config;
        let address = flags.management.or(config.management).unwrap_or(Loopback::MANAGEMENT);
        let pages = Arc::clone(status);
        let answer = move |asked: &Asked<'_>| management::answer(&pages, asked);
        let listeners = sockets.listen(Role::Management, address.address(), 1)?;
        let management = SmallServer::start(listeners, Arc::new(answer))?;
        let address = flags.listen.or(config.listen).unwrap_or(Listen::GATEWAY).address();
        let plain = sockets.listen(Role::Gateway, address, status.workers)?;
        let with_tls = tls.map(|tls| tls.listen(sockets, status.workers)).transpose()?;
        let (mut listeners, with_tls) = config.client_address.begin(plain, with_tls)?;
        let tls = with_tls.iter().map(Listeners::local_addr).collect();
        listeners.extend(with_tls);
        let snapshot = Arc::new(served.snapshot(1));
        let (account, counters) = (Arc::new(account), Arc::new(LocalCounters::default()));
        let verbose = flags.verbose.or(config.verbose).unwrap_or_default();
        let events = Arc::clone(status);
        let make = move |worker: &Rc<Worker>| {
            let telemetry = Telemetry::new(Arc::clone(&events), verbose);
            let (account, snapshot) = (Arc::clone(&account), Arc::clone(&snapshot));
            Gateway::new(account, counters.clone(), telemetry, snapshot, worker)
        };
        let gateway = portico_net::start(listeners, &settings, make)
            .map_err(|error| Failure::new(format!("cannot start the workers: {error}")))?;
        status.watch(gateway.gauges(), gateway.usage());
        status.publish(1, served.findings());
        Ok(Self { gateway, tls, management, workers: status.workers })
    }

    fn banner<'a>(
        &self,
        served: &'a Served,
        origins: &'a [Origin],
        config: Option<String>,
        explain: &'a Explain,
    ) -> Banner<'a> {
        let api = |api: &'a Arc<Api>| ServedApi {
            stage: &api.stage,
            resources: api.resources,
            refused: refused::line(&api.refused),
        };
        let warned = served.apis.iter().filter(|api| !api.report.findings.is_empty());
        Banner {
            apis: served.apis.iter().map(api).collect(),
            gateway: self.gateway.local_addr(),
            tls: self.tls.first().copied(),
            management: self.management.address(),
            explain,
            workers: self.workers,
            origins: origins.iter().map(|origin| &origin.served).collect(),
            config,
            warnings: warned.map(|api| api.report.summary()).collect(),
        }
    }
}

/// An example origin and the server that plays it.
struct Origin {
    served: ServedOrigin,
    server: SmallServer,
    /// A successor answers at the same address.
    is_shared: bool,
}

/// Reads the files of every `[[origin]]` and serves them.
fn start_origins(config: &Config, sockets: &mut Sockets) -> Result<Vec<Origin>, Failure> {
    let mut origins = Vec::new();
    for origin in &config.origins {
        let files = Files::read(&origin.directory)?;
        let count = files.len();
        let answer = move |asked: &Asked<'_>| files.answer(asked.method, asked.path);
        let address = origin.listen.address();
        let listeners = sockets.listen(Role::Origin, address, 1)?;
        let server = SmallServer::start(listeners, Arc::new(answer))?;
        let served = ServedOrigin {
            address: server.address(),
            directory: origin.directory.clone(),
            files: count,
        };
        origins.push(Origin { served, server, is_shared: address.port() != 0 });
    }
    Ok(origins)
}

/// The data directory, if one is named.
fn data_dir<'a>(flags: &'a Serve, config: &'a Config) -> Result<Option<&'a Path>, Failure> {
    let directory = flags.data_dir.as_deref().or(config.data_dir.as_deref());
    match directory {
        None => Ok(None),
        Some(path) if !path.exists() || path.is_dir() => Ok(Some(path)),
        Some(path) => Err(Failure::new(format!("{} is not a directory", path.display()))
            .help("choose another data directory with --data-dir")),
    }
}

/// Now, since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "the binary reads the clock, once")]
fn started() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
