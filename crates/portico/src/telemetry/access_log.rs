//! The access logs of this process: a writer for each destination, a queue for each worker in it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portico_snapshot::RestStage;

use super::writer::{Lines, Queue, Target, Trouble, Wake, Writer};
use crate::failure::Failure;
use crate::terminal;

/// Bytes of lines that may wait for the writer, for each worker and destination.
pub(crate) const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// Every destination that was opened, by name: `stdout`, `stderr` or a path.
#[derive(Debug)]
pub(crate) struct AccessLogs {
    queue_bytes: usize,
    writers: Mutex<BTreeMap<Box<str>, Writer>>,
}

impl Default for AccessLogs {
    fn default() -> Self {
        Self::new(QUEUE_BYTES)
    }
}

impl AccessLogs {
    /// No destination is open; each queue will hold so many bytes.
    pub(crate) fn new(queue_bytes: usize) -> Self {
        Self { queue_bytes, writers: Mutex::default() }
    }

    /// Opens what these stages write to, before they are served. What is open stays so.
    pub(crate) fn open<'a>(
        &self,
        stages: impl IntoIterator<Item = &'a RestStage>,
    ) -> Result<(), Failure> {
        let mut writers = self.writers();
        for stage in stages {
            let Some(log) = &stage.access_log else { continue };
            if writers.contains_key(&log.destination) {
                continue;
            }
            let writer = start(&log.destination).map_err(|error| {
                let sentence = format!(
                    "cannot write the access log of stage {} to {}: {error}",
                    stage.stage.as_str(),
                    terminal::printable(&log.destination)
                );
                Failure::new(sentence).help("choose another destinationArn in accessLogSettings")
            })?;
            writers.insert(log.destination.clone(), writer);
        }
        Ok(())
    }

    /// A queue of a destination, for one worker; `None` if it was not opened.
    pub(super) fn queue(&self, destination: &str) -> Option<Arc<Queue>> {
        self.writers().get(destination).map(|writer| writer.queue(self.queue_bytes))
    }

    /// Opens every file anew.
    pub(crate) fn reopen(&self) {
        self.writers().values().for_each(Writer::reopen);
    }

    /// How many destinations are open.
    pub(crate) fn destinations(&self) -> usize {
        self.writers().len()
    }

    /// Lines so far.
    pub(super) fn lines(&self) -> Lines {
        self.writers().values().map(Writer::lines).fold(Lines::default(), |sum, lines| Lines {
            taken: sum.taken + lines.taken,
            dropped: sum.dropped + lines.dropped,
        })
    }

    /// Writes what is left, once nothing comes any more.
    pub(crate) fn end(&self) {
        self.writers().values().for_each(Writer::end);
    }

    fn writers(&self) -> MutexGuard<'_, BTreeMap<Box<str>, Writer>> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn start(destination: &str) -> io::Result<Writer> {
    let target = match destination {
        "stdout" => Target::stdout()?,
        "stderr" => Target::stderr()?,
        path => Target::file(Path::new(path))?,
    };
    let name = terminal::printable(destination).into_owned();
    let tell = Box::new(move |trouble: Trouble<'_>| tell(&name, &trouble));
    Writer::start("access-log", target, Wake::Often, tell)
}

fn tell(destination: &str, trouble: &Trouble<'_>) {
    match trouble {
        Trouble::Write(error) => {
            terminal::warn(&format!("cannot write the access log to {destination}: {error}"));
        }
        Trouble::Over { lost } => terminal::log(&format!(
            "the access log to {destination} is written again; {lost} lines were lost so far"
        )),
        Trouble::Reopen(error) => terminal::warn(&format!(
            "cannot open the access log {destination} anew, so what was open is written on: {error}"
        )),
    }
}
