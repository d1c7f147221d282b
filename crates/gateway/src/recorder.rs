//! What happened to one request, step by step, for whoever wants to know why.

use std::time::Duration;

/// One step of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// For example `match`.
    pub name: &'static str,
    /// For example `GET /pets/{id}`.
    pub outcome: String,
    /// Since the request's head had arrived.
    pub at: Duration,
}

/// The steps of one request. It exists only when somebody looks, so an outcome is put into words
/// only then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorder {
    steps: Vec<Step>,
}

impl Recorder {
    /// The steps in their order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(crate) fn note(&mut self, name: &'static str, at: Duration, outcome: String) {
        self.steps.push(Step { name, outcome, at });
    }
}
