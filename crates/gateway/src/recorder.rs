//! What happened to one request, step by step, for whoever wants to know why.
//!
//! A step notes its outcome in one line, `scope.note("request template", || …)`, and only where
//! somebody looks is it put into words. An outcome names fields, parameters, templates and
//! patterns; it never holds the value of a field or of a query parameter, which may be secret.

use std::cell::{Ref, RefCell};
use std::time::{Duration, Instant};

use portico_net::Clock;

/// Steps that are kept of a request.
const STEPS_MAX: usize = 64;
/// Bytes that are kept of an outcome.
const OUTCOME_BYTES: usize = 2048;

/// Who looks at what happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Whoever runs the gateway.
    Operator,
    /// The client, too: its answer says where the explanation is.
    Client,
}

/// One step of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// For example `match`.
    pub name: &'static str,
    /// For example `GET /pets/{id}`.
    pub outcome: String,
    /// When it was over, since the request's head had arrived.
    pub at: Duration,
    /// Since the step before.
    pub took: Duration,
}

/// The steps of one request. It exists only when somebody looks.
#[derive(Debug)]
pub struct Recorder {
    /// Who looks.
    pub audience: Audience,
    steps: RefCell<Vec<Step>>,
}

impl Recorder {
    /// The steps in their order.
    pub fn steps(&self) -> Ref<'_, [Step]> {
        Ref::map(self.steps.borrow(), Vec::as_slice)
    }

    fn note(&self, name: &'static str, at: Duration, mut outcome: String) {
        let mut steps = self.steps.borrow_mut();
        if steps.len() == STEPS_MAX {
            return;
        }
        if outcome.len() > OUTCOME_BYTES {
            outcome.truncate(outcome.floor_char_boundary(OUTCOME_BYTES));
            outcome.push('…');
        }
        let before = steps.last().map_or(Duration::ZERO, |step| step.at);
        steps.push(Step { name, outcome, at, took: at.saturating_sub(before) });
    }
}

/// Where the steps of a request note their outcome.
#[derive(Debug)]
pub(crate) struct Notes {
    began: Instant,
    recorder: Option<Box<Recorder>>,
}

impl Notes {
    /// Those of a request that began now; without an audience they keep nothing.
    pub(crate) fn begin(began: Instant, audience: Option<Audience>) -> Self {
        let recorder = |audience| Box::new(Recorder { audience, steps: RefCell::default() });
        Self { began, recorder: audience.map(recorder) }
    }

    /// Notes that a step is over.
    pub(crate) fn note(&self, name: &'static str, clock: &Clock, outcome: impl FnOnce() -> String) {
        if let Some(recorder) = &self.recorder {
            let at = clock.read().saturating_duration_since(self.began);
            recorder.note(name, at, outcome());
        }
    }

    /// How long ago the request began.
    pub(crate) fn elapsed(&self, clock: &Clock) -> Duration {
        clock.read().saturating_duration_since(self.began)
    }

    /// What was noted, if somebody looks.
    pub(crate) fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let recorder = Recorder { audience: Audience::Client, steps: RefCell::default() };
        let at = Duration::from_micros;
        recorder.note("match", at(7), "é".repeat(OUTCOME_BYTES));
        assert_eq!(recorder.steps()[0].outcome.len(), OUTCOME_BYTES + "…".len());
        for step in 1..=STEPS_MAX as u64 {
            recorder.note("throttle", at(7 + step), String::new());
        }
        let steps = recorder.steps();
        assert_eq!(steps.len(), STEPS_MAX);
        assert_eq!((steps[0].took, steps[1].took), (at(7), at(1)));
    }
}
