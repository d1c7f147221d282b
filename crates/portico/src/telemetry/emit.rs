//! The adapter of [`Emit`]: one worker's events become counts and lines.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use portico_gateway::{Audience, Emit, Event};

use super::explanation::Explanation;
use super::ledger::Ledger;
use super::request_log::{self, Pace};
use super::{Status, log};

/// What one worker does with its events.
pub(crate) struct Telemetry {
    status: Arc<Status>,
    verbose: bool,
    ledger: RefCell<Ledger>,
    pace: RefCell<Pace>,
}

impl Telemetry {
    pub(crate) fn new(status: Arc<Status>, verbose: bool) -> Self {
        let ledger = RefCell::new(Ledger::new(Arc::clone(&status)));
        Self { status, verbose, ledger, pace: RefCell::default() }
    }

    /// Puts the line of the request where the writer finds it.
    fn log(ledger: &mut Ledger, event: &Event<'_>) {
        let Some(log) = event.stage.and_then(|(_, stage)| stage.access_log.as_ref()) else {
            return;
        };
        let Some(queue) = ledger.log(event) else { return };
        queue.push(|out| log.format.write(out, |variable, out| event.write_context(variable, out)));
    }

    #[expect(clippy::disallowed_methods, reason = "only a fault that may be printed reads a clock")]
    fn tell_fault(&self, event: &Event<'_>, line: &str) {
        if let Some(withheld) = self.pace.borrow_mut().admit(Instant::now()) {
            let more = match withheld {
                0 => String::new(),
                _ => format!(" (and {withheld} more before it)"),
            };
            log::fault(event, &format!("{line}{more}"));
        }
    }
}

impl Emit for Telemetry {
    fn begin(&self, event: &Event<'_>) {
        self.status.explain.keep(event.ids.request(), Explanation::begun(event).pages());
    }

    fn emit(&self, event: &Event<'_>) {
        let mut ledger = self.ledger.borrow_mut();
        ledger.count(event);
        Self::log(&mut ledger, event);
        drop(ledger);
        if event.recorder.is_some_and(|recorder| recorder.audience == Audience::Client) {
            self.status.explain.keep(event.ids.request(), Explanation::of(event).pages());
        }
        if self.verbose {
            log::verbose(event, &request_log::verbose(event));
        }
        if let Some(line) = request_log::fault(event) {
            self.tell_fault(event, &line);
        }
    }

    fn audience(&self, explain_key: Option<&[u8]>) -> Option<Audience> {
        if self.status.explain.admits(explain_key) {
            return Some(Audience::Client);
        }
        self.verbose.then_some(Audience::Operator)
    }
}
