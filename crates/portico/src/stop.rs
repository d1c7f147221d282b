//! How the process ends: a signal or a successor, then a drain with a deadline, then the end; or a
//! worker that broke.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use portico_net::{Drained, Handler, Server};
use portico_snapshot::Snapshot;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::failure::Failure;
use crate::handover::{self, Control};
use crate::reload::{Cause, Reload};
use crate::service;
use crate::small_server::SmallServer;
use crate::telemetry::Status;
use crate::terminal;

/// How often the workers are looked after.
const LOOK_AFTER: Duration = Duration::from_millis(200);

/// Signals, caught from the moment this exists.
pub(crate) struct Signals {
    runtime: Runtime,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
    again: Signal,
    reopen: Signal,
}

impl Signals {
    pub(crate) fn catch() -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::new(format!("cannot catch signals: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let _inside = runtime.enter();
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let hangup = signal(SignalKind::hangup()).map_err(failed)?;
        let again = signal(SignalKind::user_defined2()).map_err(failed)?;
        let reopen = signal(SignalKind::user_defined1()).map_err(failed)?;
        drop(_inside);
        Ok(Self { runtime, terminate, interrupt, hangup, again, reopen })
    }
}

/// What is running, and ends together.
pub(crate) struct Serving<H: Handler> {
    pub(crate) gateway: Server<H>,
    /// Servers whose addresses a successor has, too.
    pub(crate) others: Vec<SmallServer>,
    /// Where a successor asks; `None` if none can.
    pub(crate) control: Option<Control>,
    /// How long what is on its way may take.
    pub(crate) deadline: Duration,
}

/// Why it ends.
enum Reason {
    Signal(&'static str),
    /// The process with this number has taken over.
    TakenOver(u32),
}

/// Waits for a signal or a successor and ends the server; SIGHUP and changes of files mean that they
/// are read again. An error if a worker ended without being asked.
pub(crate) fn wait<H: Handler<Update = Arc<Snapshot>>>(
    signals: Signals,
    mut serving: Serving<H>,
    status: &Status,
    mut reload: Reload<'_>,
) -> Result<(), Failure> {
    let Signals { runtime, mut terminate, mut interrupt, mut hangup, mut again, mut reopen } =
        signals;
    let ended = runtime.block_on(async {
        let reason = loop {
            tokio::select! {
                _ = terminate.recv() => break Reason::Signal("SIGTERM"),
                _ = interrupt.recv() => break Reason::Signal("Ctrl-C"),
                process = taken(&mut serving.control) => break Reason::TakenOver(process),
                _ = hangup.recv() => {
                    status.access_logs.reopen();
                    reload.reload(&serving.gateway, Cause::Hangup);
                }
                _ = reopen.recv() => reopen_logs(status),
                cause = reload.due() => reload.reload(&serving.gateway, cause),
                _ = again.recv() => replace(serving.control.is_some()),
                () = broken(&serving.gateway) => return Err(Failure::new("a worker ended by itself")
                    .help("the lines above say why; it is a bug, please report it")),
            }
        };
        status.drain();
        let ending = begin_end(&reason, serving);
        tokio::select! {
            drained = ending => match drained.map(|drained| drained.cut) {
                Ok(0) => terminal::log("stopped"),
                Ok(1) => terminal::log("stopped; 1 connection was cut"),
                Ok(cut) => terminal::log(&format!("stopped; {cut} connections were cut")),
                Err(_) => terminal::log("stopped, and a worker broke meanwhile"),
            },
            _ = terminate.recv() => terminal::log("stopped at once"),
            _ = interrupt.recv() => terminal::log("stopped at once"),
        }
        Ok(())
    });
    // A drain that was overtaken by a second signal is not waited for.
    runtime.shutdown_background();
    ended
}

/// Ends everything in the background, as the reason asks for.
fn begin_end<H: Handler>(reason: &Reason, serving: Serving<H>) -> JoinHandle<Drained> {
    let Serving { gateway, others, control, deadline } = serving;
    let time = count(deadline.as_secs(), "second");
    match reason {
        Reason::Signal(signal) => {
            service::stopping();
            if let Some(control) = &control {
                control.close();
            }
            terminal::log(&format!(
                "{signal}: finishing what is on its way, for {time} at most; again to stop at once"
            ));
            spawn_blocking(move || {
                let drained = gateway.drain(deadline);
                // The management port answers, and a successor is refused, to the end.
                drop((others, control));
                drained
            })
        }
        Reason::TakenOver(process) => {
            if let Some(control) = &control {
                control.close();
            }
            terminal::log(&format!(
                "process {process} took over: finishing what is on its way here, for {time} at most"
            ));
            spawn_blocking(move || {
                let end = |server: SmallServer| thread::spawn(move || server.hand_over(deadline));
                let others: Vec<_> = others.into_iter().map(end).collect();
                let drained = gateway.hand_over(deadline);
                // One that broke has told so.
                others.into_iter().for_each(|other| drop(other.join()));
                drained
            })
        }
    }
}

/// Ready when another process has taken over.
async fn taken(control: &mut Option<Control>) -> u32 {
    match control {
        Some(control) => control.taken().await,
        None => std::future::pending().await,
    }
}

/// SIGUSR2: the program starts again and takes over.
fn replace(can: bool) {
    if can {
        handover::start();
    } else {
        terminal::log(
            "SIGUSR2: nobody can take over without a data directory; name one with --data-dir",
        );
    }
}

/// SIGUSR1: the files of access logs are opened anew, after somebody renamed them.
fn reopen_logs(status: &Status) {
    match status.access_logs.destinations() {
        0 => terminal::log("SIGUSR1: there are no access logs to open anew"),
        _ => {
            status.access_logs.reopen();
            terminal::log("SIGUSR1: the access logs are opened anew");
        }
    }
}

fn count(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Ready when a worker's thread has ended.
async fn broken<H: Handler>(server: &Server<H>) {
    let mut ticks = tokio::time::interval(LOOK_AFTER);
    while server.is_alive() {
        ticks.tick().await;
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use clap::Parser;
    use portico_net::{Peer, Refusal, Request, RequestHead, Response, Sent, Settings, Worker};

    use super::*;
    use crate::cli::{Cli, Command};
    use crate::config::Config;
    use crate::definitions::{Definitions, Served};
    use crate::staging;
    use crate::tls::Roots;
    use crate::watch::{Watch, Watched};

    struct Never;

    impl Handler for Never {
        type Update = Arc<Snapshot>;
        type Entry = ();

        fn update(&self, _: Arc<Snapshot>, _: &Rc<Worker>) {}

        async fn answer(&self, request: &mut Request<'_>) -> (Response, ()) {
            (Response::new(request.worker, 500), ())
        }

        fn refuse(&self, _: Refusal, _: &Peer, worker: &Worker) -> (Response, ()) {
            (Response::new(worker, 400), ())
        }

        fn finish(&self, (): (), _: &RequestHead, _: &Peer, _: Sent) {}
    }

    #[test]
    fn a_worker_that_breaks_ends_the_process_with_an_error() {
        let listeners = portico_net::bind("127.0.0.1:0".parse().unwrap(), 1).unwrap();
        let make = |_: &Rc<Worker>| -> Never { panic!("this worker is meant to break") };
        let gateway = portico_net::start(listeners, &Settings::default(), make).unwrap();
        let serving =
            Serving { gateway, others: Vec::new(), control: None, deadline: Duration::ZERO };
        let status = Arc::new(Status::new(Duration::ZERO, 1));
        let line = Cli::try_parse_from(["portico", "serve", "a.yaml"]).unwrap();
        let Command::Serve(flags) = line.command else { panic!("it says serve") };
        let watch = Watch::new(Watched::Definitions, Vec::new());
        let account = staging::account(&flags.staging, &Config::default());
        let definitions = Definitions::new(&flags, account, Vec::new());
        let roots = Roots::new(&flags, &Config::default());
        let reload = Reload::new(definitions, Served::default(), watch, Arc::clone(&status), roots);
        let ended = wait(Signals::catch().unwrap(), serving, &status, reload);
        let failure = ended.unwrap_err();
        assert!(failure.sentence.contains("a worker ended by itself"), "{failure}");
    }
}
