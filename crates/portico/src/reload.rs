//! What is read again while the gateway runs: definitions with portico.toml, and certificates.
//!
//! All of it happens beside the workers, and compiling gives way to them. They are handed what is
//! ready; what they do not need any more is freed here, as that takes milliseconds where there are
//! thousands of methods.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portico_net::{Handler, Server};
use portico_snapshot::{RestStage, Snapshot};
use tokio::time::sleep;

use crate::config::Config;
use crate::definitions::{Api, Definitions, Served};
use crate::priority;
use crate::refused;
use crate::report::Refusal;
use crate::telemetry::{Status, log};
use crate::terminal;
use crate::tls::{Roots, Tls};
use crate::watch::Watch;

/// What cannot be served may be half of a file that is still being written: it is told when nothing
/// more has come for so long.
const HALF_WRITTEN: Duration = Duration::from_millis(100);

/// How often is looked whether workers have let go of what they served before.
const LOOK_AFTER: Duration = Duration::from_millis(200);

/// Why something is read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Hangup,
    /// Files of certificates were changed.
    Certificates,
    /// A definition or portico.toml was changed.
    Definitions,
}

impl Cause {
    /// The subject of a line of the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hangup => "SIGHUP",
            Self::Certificates => "certificate files were changed",
            Self::Definitions => "definitions were changed",
        }
    }
}

/// Certificates, where clients speak TLS.
pub(crate) struct Certificates {
    pub(crate) tls: Tls,
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) watch: Watch,
}

/// What can be read again, and what of it is in use.
pub(crate) struct Reload<'a> {
    definitions: Definitions<'a>,
    served: Served,
    revision: u64,
    watch: Watch,
    certificates: Option<Certificates>,
    status: Arc<Status>,
    roots: Roots,
    /// The configuration of the start, and its keys that were changed since.
    started_with: Config,
    waiting: Vec<&'static str>,
    /// Why the files are not served, until that is told; and what was told last.
    doubt: Option<(Refusal, String)>,
    told: Option<String>,
    /// What workers may still hold.
    retired: Vec<Arc<RestStage>>,
}

impl<'a> Reload<'a> {
    /// `watch` has watched the files since before they were read.
    pub(crate) fn new(
        definitions: Definitions<'a>,
        served: Served,
        watch: Watch,
        status: Arc<Status>,
        roots: Roots,
    ) -> Self {
        Self {
            definitions,
            revision: 1,
            watch,
            certificates: None,
            status,
            roots,
            started_with: served.config.clone(),
            served,
            waiting: Vec::new(),
            doubt: None,
            told: None,
            retired: Vec::new(),
        }
    }

    #[must_use]
    pub(crate) fn with_certificates(mut self, certificates: Option<Certificates>) -> Self {
        self.certificates = certificates;
        self
    }

    /// Ready when files are to be read again. It may be dropped at any time.
    pub(crate) async fn due(&mut self) -> Cause {
        loop {
            tokio::select! {
                () = changed(&mut self.certificates) => return Cause::Certificates,
                () = self.watch.changed() => return Cause::Definitions,
                () = sleep(HALF_WRITTEN), if self.doubt.is_some() => {
                    self.tell_doubt(Cause::Definitions);
                }
                () = sleep(LOOK_AFTER), if !self.retired.is_empty() => self.release(),
            }
        }
    }

    /// Reads again what the cause is about. What is wrong with it changes nothing but the log.
    pub(crate) fn reload<H>(&mut self, server: &Server<H>, cause: Cause)
    where
        H: Handler<Update = Arc<Snapshot>>,
    {
        if cause != Cause::Definitions
            && let Some(Certificates { tls, addresses, watch }) = &mut self.certificates
        {
            if cause == Cause::Hangup {
                // What is read now is no change any more.
                watch.look();
            }
            tls.reload(server, addresses, cause);
        }
        if cause != Cause::Certificates {
            let begun = now();
            self.watch.look();
            match priority::giving_way(|| self.load()) {
                Ok(served) => self.publish(server, served, cause, begun),
                Err(refusal) => self.refuse(refusal, cause),
            }
            self.watch.follow_instead(self.definitions.files());
        }
    }

    fn load(&self) -> Result<Served, Refusal> {
        let (config, source) = self.definitions.configuration()?;
        let served = self.definitions.load(config, source.as_ref(), &self.served)?;
        self.roots.prepare(&served)?;
        self.status.access_logs.open(served.stages().map(|stage| &**stage))?;
        Ok(served)
    }

    /// Hands to the workers what was read since `begun`, if any of it is new.
    fn publish<H>(&mut self, server: &Server<H>, served: Served, cause: Cause, begun: Instant)
    where
        H: Handler<Update = Arc<Snapshot>>,
    {
        (self.doubt, self.told) = (None, None);
        self.tell_restart(&served.config);
        let before = std::mem::replace(&mut self.served, served);
        let pairs = before.apis.iter().zip(&self.served.apis);
        let changed: Vec<_> = pairs.filter(|(old, new)| !Arc::ptr_eq(old, new)).collect();
        if changed.is_empty() {
            if cause == Cause::Hangup {
                terminal::log("SIGHUP: the definitions are as they were");
            }
            return;
        }
        self.revision += 1;
        server.update(&Arc::new(self.served.snapshot(self.revision)));
        let took = now().saturating_duration_since(begun);
        self.status.publish(self.revision, self.served.findings());
        self.status.note_reload(took);
        for (_, api) in &changed {
            tell(api);
        }
        let names: Vec<_> = changed.iter().map(|(_, api)| &*api.report.source.name).collect();
        let (cause, names, revision) = (cause.name(), names.join(", "), self.revision);
        let took = took.as_millis();
        terminal::log(&format!(
            "{cause}: {names} is served as it is now, revision {revision}, after {took} ms"
        ));
        self.retired.extend(changed.into_iter().map(|(old, _)| Arc::clone(&old.stage)));
    }

    /// Tells which keys of the configuration wait for the next start, once.
    fn tell_restart(&mut self, config: &Config) {
        let waiting = config.needs_restart(&self.started_with);
        for key in waiting.iter().filter(|key| !self.waiting.contains(key)) {
            terminal::log(&format!(
                "{key} of portico.toml was changed: in use from the next start on"
            ));
        }
        self.waiting = waiting;
    }

    fn refuse(&mut self, refusal: Refusal, cause: Cause) {
        let text = refusal.render(false);
        if cause == Cause::Hangup {
            self.told = None;
        }
        self.doubt = (self.told.as_ref() != Some(&text)).then_some((refusal, text));
        if cause == Cause::Hangup {
            self.tell_doubt(cause);
        }
    }

    fn tell_doubt(&mut self, cause: Cause) {
        if let Some((refusal, text)) = self.doubt.take() {
            self.status.refuse_reload();
            log::refuse(&refusal);
            let cause = cause.name();
            terminal::warn(&format!("{cause}: what was read before stays in service"));
            self.told = Some(text);
        }
    }

    /// Frees what no worker holds any more.
    fn release(&mut self) {
        self.retired.retain(|stage| Arc::strong_count(stage) > 1);
    }
}

#[expect(clippy::disallowed_methods, reason = "the control thread measures itself")]
fn now() -> Instant {
    Instant::now()
}

/// Ready once the files of certificates were changed.
async fn changed(certificates: &mut Option<Certificates>) {
    match certificates {
        Some(certificates) => certificates.watch.changed().await,
        None => std::future::pending().await,
    }
}

/// What there is to say of a definition that is served.
pub(crate) fn tell(api: &Api) {
    log::report(&api.report);
    if let Some(line) = refused::line(&api.refused) {
        terminal::warn(&line);
    }
}
