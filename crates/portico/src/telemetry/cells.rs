//! Counters that one worker writes and the control thread reads.
//!
//! A cell has one writer, so an addition is a load and a store: no locked instruction on the hot
//! path, and no cache line that two workers write.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portico_snapshot::RestStage;

/// Upper bounds of the latency buckets, in microseconds; one more bucket holds the rest.
pub(super) const BOUNDS_US: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000, 30_000_000,
];

/// A number with one writer.
#[derive(Debug, Default)]
pub(super) struct Cell(AtomicU64);

impl Cell {
    fn add(&self, amount: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(amount), Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How long things took: counts by bucket, and their sum.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    buckets: [Cell; BOUNDS_US.len() + 1],
    sum_us: Cell,
}

impl Histogram {
    fn add(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().position(|bound| took <= *bound).unwrap_or(BOUNDS_US.len());
        self.buckets[bucket].add(1);
        self.sum_us.add(took);
    }
}

/// What one worker counts for one stage or method. On cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Cells {
    /// By first digit of the status, 1xx first.
    classes: [Cell; 5],
    latency: Histogram,
    integration_latency: Histogram,
}

impl Cells {
    /// Counts one answered request; `integration` is the time its origin took, if one was asked.
    pub(super) fn count(&self, status: u16, latency: Duration, integration: Option<Duration>) {
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        self.classes[class].add(1);
        self.latency.add(latency);
        if let Some(took) = integration {
            self.integration_latency.add(took);
        }
    }
}

/// What a number is for; the names are empty for requests that reached no API.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label {
    pub(super) api: String,
    pub(super) stage: String,
    /// Resource path and HTTP method, where a method has numbers of its own.
    pub(super) method: Option<(String, String)>,
}

impl Label {
    /// Of the whole stage.
    pub(super) fn of(stage: &RestStage) -> Self {
        Self {
            api: stage.api_id.as_str().to_owned(),
            stage: stage.stage.as_str().to_owned(),
            method: None,
        }
    }
}

/// Every worker's cells. The lock is taken when a worker first sees a stage or method, and to read.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    cells: Mutex<Vec<(Label, Arc<Cells>)>>,
}

impl Registry {
    /// New cells for one worker and one label.
    pub(super) fn register(&self, label: Label) -> Arc<Cells> {
        let cells = Arc::new(Cells::default());
        let mut all = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((label, Arc::clone(&cells)));
        cells
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The sum over all workers, by label.
    pub(super) fn gather(&self) -> BTreeMap<Label, Totals> {
        let mut totals: BTreeMap<Label, Totals> = BTreeMap::new();
        for (label, cells) in self.cells.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            totals.entry(label.clone()).or_default().add(cells);
        }
        totals
    }
}

/// [`Cells`] of all workers, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) classes: [u64; 5],
    pub(super) latency: HistogramTotals,
    pub(super) integration_latency: HistogramTotals,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HistogramTotals {
    pub(super) buckets: [u64; BOUNDS_US.len() + 1],
    pub(super) sum_us: u64,
}

impl Totals {
    fn add(&mut self, cells: &Cells) {
        for (total, cell) in self.classes.iter_mut().zip(&cells.classes) {
            *total += cell.get();
        }
        self.latency.add(&cells.latency);
        self.integration_latency.add(&cells.integration_latency);
    }
}

impl HistogramTotals {
    fn add(&mut self, histogram: &Histogram) {
        for (total, cell) in self.buckets.iter_mut().zip(&histogram.buckets) {
            *total += cell.get();
        }
        self.sum_us = self.sum_us.wrapping_add(histogram.sum_us.get());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_add_up_by_stage() {
        let registry = Registry::default();
        let label = |stage: &str| Label { api: "a".into(), stage: stage.into(), method: None };
        let (first, second) = (registry.register(label("x")), registry.register(label("x")));
        let other = registry.register(label("y"));
        first.count(200, Duration::from_micros(400), Some(Duration::from_micros(300)));
        second.count(503, Duration::from_secs(60), None);
        other.count(99, Duration::ZERO, None);
        let totals = registry.gather();
        let x = &totals[&label("x")];
        assert_eq!(x.classes, [0, 1, 0, 0, 1]);
        assert_eq!((x.latency.buckets[0], x.latency.buckets[BOUNDS_US.len()]), (1, 1));
        assert_eq!(x.latency.sum_us, 60_000_400);
        assert_eq!(x.integration_latency.sum_us, 300);
        assert_eq!(totals[&label("y")].classes, [1, 0, 0, 0, 0]);
    }
}
