//! How the process ends: a signal, then a drain with a deadline, then the end; or a worker that
//! broke.

use std::io;
use std::time::Duration;

use portico_net::{Handler, Server};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;
use crate::telemetry::Status;
use crate::terminal;
use crate::watch::Watch;

/// How long requests on their way may take after the first signal.
pub(crate) const DRAIN: Duration = Duration::from_secs(30);

/// How often the workers are looked after.
const LOOK_AFTER: Duration = Duration::from_millis(200);

/// SIGTERM, Ctrl-C and SIGHUP, caught from the moment this exists.
pub(crate) struct Signals {
    runtime: Runtime,
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    pub(crate) fn catch() -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::new(format!("cannot catch signals: {error}"));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let _inside = runtime.enter();
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let hangup = signal(SignalKind::hangup()).map_err(failed)?;
        drop(_inside);
        Ok(Self { runtime, terminate, interrupt, hangup })
    }
}

/// Why certificates are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Hangup,
    /// Their files were changed.
    Changed,
}

impl Cause {
    /// The subject of a line of the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hangup => "SIGHUP",
            Self::Changed => "certificate files were changed",
        }
    }
}

/// Waits for a signal and ends the server; SIGHUP and changes of what is watched mean `reload`. An
/// error if a worker ended without being asked.
pub(crate) fn wait<H: Handler>(
    signals: Signals,
    server: Server<H>,
    status: &Status,
    mut watch: Watch,
    reload: impl Fn(&Server<H>, Cause),
) -> Result<(), Failure> {
    let Signals { runtime, mut terminate, mut interrupt, mut hangup } = signals;
    let ended = runtime.block_on(async {
        let reason = loop {
            tokio::select! {
                _ = terminate.recv() => break "SIGTERM",
                _ = interrupt.recv() => break "Ctrl-C",
                _ = hangup.recv() => {
                    // What is read now is no change any more.
                    watch.look();
                    reload(&server, Cause::Hangup);
                }
                () = watch.changed() => reload(&server, Cause::Changed),
                () = broken(&server) => return Err(Failure::new("a worker ended by itself")
                    .help("the lines above say why; it is a bug, please report it")),
            }
        };
        status.drain();
        terminal::log(&format!(
            "{reason}: finishing what is on its way, for {} seconds at most; again to stop at once",
            DRAIN.as_secs(),
        ));
        let drained = tokio::task::spawn_blocking(move || server.drain(DRAIN));
        tokio::select! {
            drained = drained => match drained.map(|drained| drained.cut) {
                Ok(0) => terminal::log("stopped"),
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

    use portico_net::{Peer, Refusal, Request, RequestHead, Response, Sent, Settings, Worker};

    use super::*;

    struct Never;

    impl Handler for Never {
        type Update = ();
        type Entry = ();

        fn update(&self, (): (), _: &Rc<Worker>) {}

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
        let server = portico_net::start(listeners, &Settings::default(), make).unwrap();
        let status = Status::new(Duration::ZERO, 1, &[]);
        let watch = Watch::new(Vec::new());
        let ended = wait(Signals::catch().unwrap(), server, &status, watch, |_, _| {});
        let failure = ended.unwrap_err();
        assert!(failure.sentence.contains("a worker ended by itself"), "{failure}");
    }
}
