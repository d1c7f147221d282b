//! The adapter of [`Emit`]: one worker's events become counts and lines.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use portico_gateway::{Emit, Event};

use super::Status;
use super::cells::{Label, StageCells};
use super::request_log::{self, Pace};
use crate::terminal;

/// What one worker does with its events.
pub(crate) struct Telemetry {
    status: Arc<Status>,
    verbose: bool,
    /// The cells of the stages this worker has seen. A handful: it is searched in order.
    seen: RefCell<Vec<(Label, Arc<StageCells>)>>,
    pace: RefCell<Pace>,
}

impl Telemetry {
    pub(crate) fn new(status: Arc<Status>, verbose: bool) -> Self {
        Self { status, verbose, seen: RefCell::default(), pace: RefCell::default() }
    }

    fn count(&self, event: &Event<'_>) {
        let names = event
            .stage
            .map_or(("", ""), |(_, stage)| (stage.api_id.as_str(), stage.stage.as_str()));
        let mut seen = self.seen.borrow_mut();
        let known = seen.iter().position(|(label, _)| (&*label.api, &*label.stage) == names);
        let index = known.unwrap_or_else(|| {
            let label = Label { api: names.0.to_owned(), stage: names.1.to_owned() };
            seen.push((label.clone(), self.status.registry.register(label)));
            seen.len() - 1
        });
        seen[index].1.count(event.status, event.latency, event.integration_latency);
    }

    #[expect(clippy::disallowed_methods, reason = "only a fault that may be printed reads a clock")]
    fn tell_fault(&self, line: &str) {
        if let Some(withheld) = self.pace.borrow_mut().admit(Instant::now()) {
            let more = match withheld {
                0 => String::new(),
                _ => format!(" (and {withheld} more before it)"),
            };
            terminal::log(&format!("{line}{more}"));
        }
    }
}

impl Emit for Telemetry {
    fn emit(&self, event: &Event<'_>) {
        self.count(event);
        if self.verbose {
            terminal::eprint(&request_log::verbose(event));
        }
        if let Some(line) = request_log::fault(event) {
            self.tell_fault(&line);
        }
    }

    fn wants_recorder(&self) -> bool {
        self.verbose
    }
}
