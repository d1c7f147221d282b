//! TLS of the gateway's own listener, from `[tls]` to certificates in use, and again when they change;
//! and whom origins have to be known to.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use portico_model::{Class, DocumentPath, Finding};
use portico_net::{Handler, Listeners, Server, ServerTls, Tickets, TlsError, UpstreamTls};

use crate::cli::Serve;
use crate::config::{self, Config};
use crate::definitions::Served;
use crate::failure::Failure;
use crate::reload::Cause;
use crate::report::{Refusal, Report};
use crate::sockets::{Role, Sockets};
use crate::source::Source;
use crate::telemetry::log;
use crate::terminal;
use crate::values::Listen;

/// What TLS is made of, for as long as the process runs.
pub(crate) struct Tls {
    listen: SocketAddr,
    settings: config::Tls,
    source: Option<Source>,
    tickets: Tickets,
}

impl Tls {
    /// `None` where neither a flag nor the configuration asks for TLS.
    pub(crate) fn of(
        flags: &Serve,
        config: &Config,
        source: Option<&Source>,
    ) -> Result<Option<Self>, Failure> {
        if flags.tls_listen.is_none() && config.tls.is_none() {
            return Ok(None);
        }
        let settings = config.tls.clone().unwrap_or_default();
        let listen = flags.tls_listen.or(settings.listen).unwrap_or(Listen::TLS).address();
        let tickets = Tickets::new().map_err(|error| failure(&error))?;
        Ok(Some(Self { listen, settings, source: source.cloned(), tickets }))
    }

    /// Reads the certificates and listens, once for each worker.
    pub(crate) fn listen(
        &self,
        sockets: &mut Sockets,
        workers: usize,
    ) -> Result<Vec<Listeners>, Refusal> {
        let tls = self.load()?;
        let listeners = sockets.listen(Role::Tls, self.listen, workers)?;
        Ok(listeners.into_iter().map(|listeners| listeners.with_tls(tls.clone())).collect())
    }

    /// The files that the certificates are read from.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let files = self.settings.certificates.iter();
        files.flat_map(|files| [files.certificate.clone(), files.key.clone()]).collect()
    }

    /// Reads the certificates again; what is wrong with them changes nothing but the log.
    pub(crate) fn reload<H: Handler>(
        &self,
        server: &Server<H>,
        addresses: &[SocketAddr],
        cause: Cause,
    ) {
        let cause = cause.name();
        match self.load() {
            Ok(tls) => {
                addresses.iter().for_each(|address| server.replace_tls(*address, &tls));
                let now = "new connections get the certificates as they are now";
                terminal::log(&format!("{cause}: {now}"));
            }
            Err(refusal) => {
                log::refuse(&refusal);
                let before = "the certificates that were read before stay in use";
                terminal::log(&format!("{cause}: {before}"));
            }
        }
    }

    fn load(&self) -> Result<ServerTls, Refusal> {
        let config::Tls { certificates, policy, .. } = &self.settings;
        let loaded = ServerTls::load(certificates, *policy, &self.tickets, now());
        let (tls, notices) = loaded.map_err(|error| self.refusal(&error))?;
        for notice in notices {
            terminal::warn(&notice.to_string());
        }
        Ok(tls)
    }

    /// An error is shown at the line that names the files.
    fn refusal(&self, error: &TlsError) -> Refusal {
        let path = DocumentPath::root().join("tls").join("certificates");
        let place = self.source.as_ref().and_then(|source| config::place(source, &path));
        let (Some(source), Some(place)) = (&self.source, place) else {
            return Refusal::Failure(failure(error));
        };
        let mut finding = Finding::new(Class::Invalid, "tls", path, sentence(error));
        finding.place = Some(place);
        finding.help = error.help().map(str::to_owned);
        Refusal::Report(Report::new(source.clone(), vec![finding]))
    }
}

/// Whom origins have to be known to: read once, and not before an origin speaks TLS, as reading the
/// roots of the system takes longer than all else of a start.
#[derive(Clone)]
pub(crate) struct Roots {
    ca: Option<PathBuf>,
    read: Arc<OnceLock<UpstreamTls>>,
}

impl Roots {
    pub(crate) fn new(flags: &Serve, config: &Config) -> Self {
        let ca = flags.upstream_ca.as_ref().or(config.upstream.ca.as_ref()).cloned();
        Self { ca, read: Arc::default() }
    }

    /// What the workers look into, now or later.
    pub(crate) fn shared(&self) -> Arc<OnceLock<UpstreamTls>> {
        Arc::clone(&self.read)
    }

    /// Reads them, if what is to be served needs them.
    pub(crate) fn prepare(&self, served: &Served) -> Result<(), Failure> {
        if served.calls_tls() && self.read.get().is_none() {
            let read = UpstreamTls::new(self.ca.as_deref()).map_err(|error| failure(&error))?;
            self.read.get_or_init(|| read);
        }
        Ok(())
    }
}

fn failure(error: &TlsError) -> Failure {
    let failure = Failure::new(sentence(error));
    match error.help() {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The error and its cause.
fn sentence(error: &TlsError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "whether a certificate has expired, once a reading")]
fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
