//! What one worker counts on and logs to: found by position in the snapshot, not by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use portico_gateway::Event;
use portico_snapshot::RestStage;

use super::Status;
use super::cells::{Cells, Label};
use super::writer::Queue;

/// Snapshots that requests are counted for by position: the current one, and those that requests
/// on their way hold.
const PAGES: usize = 4;

/// The accounts of one worker.
pub(super) struct Ledger {
    status: Arc<Status>,
    pages: Vec<Page>,
    /// By label, so that the next snapshot goes on with them.
    cells: BTreeMap<Label, Arc<Cells>>,
    queues: BTreeMap<Box<str>, Option<Arc<Queue>>>,
    /// For what reached no stage.
    nowhere: Option<Arc<Cells>>,
}

/// The stages of one snapshot.
struct Page {
    revision: u64,
    stages: Vec<Option<Account>>,
}

/// What there is for one stage.
pub(super) struct Account {
    pub(super) cells: Arc<Cells>,
    /// By index of the method; none has any before it is called.
    methods: Vec<Option<Arc<Cells>>>,
    /// Where its access log goes.
    pub(super) log: Option<Arc<Queue>>,
}

impl Ledger {
    pub(super) fn new(status: Arc<Status>) -> Self {
        let (pages, cells, queues) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { status, pages, cells, queues, nowhere: None }
    }

    /// Counts the request.
    pub(super) fn count(&mut self, event: &Event<'_>) {
        let add = |cells: &Cells| {
            cells.count(event.status, event.latency, event.integration_latency);
        };
        let Some((index, stage)) = event.stage else {
            let status = &self.status;
            let new = || status.registry.register(Label::default());
            return add(self.nowhere.get_or_insert_with(new));
        };
        let (account, mut names) = self.account(event.revision, index, stage);
        add(&account.cells);
        let Some((index, method)) = event.method.filter(|(_, method)| method.has_metrics) else {
            return;
        };
        if account.methods.len() <= index {
            account.methods.resize(index + 1, None);
        }
        let cells = account.methods[index].get_or_insert_with(|| {
            let method = (method.resource_path.to_string(), method.http_method.to_string());
            names.cells(Label { method: Some(method), ..Label::of(stage) })
        });
        add(cells);
    }

    /// The queue that the line of this request goes to.
    pub(super) fn log(&mut self, event: &Event<'_>) -> Option<&Queue> {
        let (index, stage) = event.stage?;
        self.account(event.revision, index, stage).0.log.as_deref()
    }

    fn account(
        &mut self,
        revision: u64,
        index: usize,
        stage: &RestStage,
    ) -> (&mut Account, Names<'_>) {
        let Self { status, pages, cells, queues, .. } = self;
        let mut names = Names { status, cells, queues };
        // The current snapshot is the last.
        let page = pages.iter().rposition(|page| page.revision == revision).unwrap_or_else(|| {
            if pages.len() == PAGES {
                pages.remove(0);
            }
            pages.push(Page { revision, stages: Vec::new() });
            pages.len() - 1
        });
        let stages = &mut pages[page].stages;
        if stages.len() <= index {
            stages.resize_with(index + 1, || None);
        }
        let account = stages[index].get_or_insert_with(|| names.account(stage));
        (account, names)
    }
}

/// What a worker looks up by name, once for each snapshot.
struct Names<'a> {
    status: &'a Status,
    cells: &'a mut BTreeMap<Label, Arc<Cells>>,
    queues: &'a mut BTreeMap<Box<str>, Option<Arc<Queue>>>,
}

impl Names<'_> {
    fn account(&mut self, stage: &RestStage) -> Account {
        let log = stage.access_log.as_ref().and_then(|log| {
            let status = self.status;
            let open = || status.access_logs.queue(&log.destination);
            self.queues.entry(log.destination.clone()).or_insert_with(open).clone()
        });
        Account { cells: self.cells(Label::of(stage)), methods: Vec::new(), log }
    }

    fn cells(&mut self, label: Label) -> Arc<Cells> {
        if let Some(known) = self.cells.get(&label) {
            return Arc::clone(known);
        }
        let cells = self.status.registry.register(label.clone());
        self.cells.insert(label, Arc::clone(&cells));
        cells
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use portico_model::RestApiId;

    use super::*;

    fn ledger() -> (Ledger, Arc<Status>) {
        let status = Arc::new(Status::new(Duration::ZERO, 1));
        (Ledger::new(Arc::clone(&status)), status)
    }

    #[test]
    fn reloads_go_on_with_the_numbers_of_before() {
        let (mut ledger, status) = ledger();
        let api = RestApiId::derive("openapi.yaml", "Pets");
        let stage = RestStage::empty(api, "Pets", "prod".parse().unwrap());
        for revision in 1..=100 {
            let (account, _) = ledger.account(revision, 0, &stage);
            account.cells.count(200, Duration::ZERO, None);
            // A request that is on its way holds the snapshot of before.
            let (account, _) = ledger.account(revision.saturating_sub(1), 0, &stage);
            account.cells.count(200, Duration::ZERO, None);
        }
        assert!(ledger.pages.len() <= PAGES);
        assert_eq!(status.registry.len(), 1);
        assert_eq!(status.registry.gather()[&Label::of(&stage)].classes, [0, 200, 0, 0, 0]);
    }
}
