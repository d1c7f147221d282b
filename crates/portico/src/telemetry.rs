//! What can be known of the running gateway: counters by worker, and the state of the process.

mod access_log;
mod cells;
mod emit;
mod explain;
mod explanation;
mod exposition;
mod ledger;
pub(crate) mod log;
mod request_log;
mod writer;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use portico_model::{Class, Finding};
use portico_net::{Gauges, Usage};

pub(crate) use access_log::{AccessLogs, QUEUE_BYTES};
pub(crate) use cells::Registry;
pub(crate) use emit::Telemetry;
pub(crate) use explain::{EXPLANATIONS_MAX, Explain, ExplainMode, Pages};
pub(crate) use exposition::CONTENT_TYPE;

/// The sums over all workers, by label.
type Sums = BTreeMap<cells::Label, cells::Totals>;

/// What the management port tells of the process.
#[derive(Debug)]
pub(crate) struct Status {
    /// When the process started, since the Unix epoch.
    pub(crate) started: Duration,
    pub(crate) workers: usize,
    /// Findings of the served definitions that AWS ignores, too, and those that were allowed.
    ignored: AtomicUsize,
    allowed: AtomicUsize,
    /// How often changed definitions were served, and were not.
    reloads: [AtomicU64; 2],
    /// How long the last one that is served took, in microseconds.
    reload_us: AtomicU64,
    pub(crate) registry: Registry,
    pub(crate) access_logs: AccessLogs,
    pub(crate) explain: Explain,
    /// Of the snapshot that is served; 0 before the first.
    revision: AtomicU64,
    draining: AtomicBool,
    /// Connection counters of each worker, once they run.
    gauges: OnceLock<Vec<Arc<Gauges>>>,
    usage: OnceLock<Usage>,
}

impl Status {
    pub(crate) fn new(started: Duration, workers: usize) -> Self {
        Self {
            started,
            workers,
            ignored: AtomicUsize::default(),
            allowed: AtomicUsize::default(),
            reloads: Default::default(),
            reload_us: AtomicU64::new(0),
            registry: Registry::default(),
            access_logs: AccessLogs::default(),
            explain: Explain::default(),
            revision: AtomicU64::new(0),
            draining: AtomicBool::new(false),
            gauges: OnceLock::new(),
            usage: OnceLock::new(),
        }
    }

    /// The same with these access logs.
    pub(crate) fn with_access_logs(self, access_logs: AccessLogs) -> Self {
        Self { access_logs, ..self }
    }

    /// The same with these explanations.
    pub(crate) fn with_explain(self, explain: Explain) -> Self {
        Self { explain, ..self }
    }

    /// The connection counters of the gateway's workers, from when they run.
    pub(crate) fn watch(&self, gauges: &[Arc<Gauges>], usage: Usage) {
        // The workers are started once in the life of a process.
        let _ = self.gauges.set(gauges.to_vec());
        let _ = self.usage.set(usage);
    }

    /// The sum of one connection counter over all workers.
    fn connections(&self, select: impl Fn(&Gauges) -> &AtomicU64) -> u64 {
        self.workers().map(|worker| select(worker).load(Ordering::Relaxed)).sum()
    }

    /// The counters of each worker.
    fn workers(&self) -> impl Iterator<Item = &Gauges> {
        self.gauges.get().into_iter().flatten().map(|gauges| &**gauges)
    }

    /// Every worker has been sent this revision, whose definitions have these findings.
    pub(crate) fn publish<'f>(
        &self,
        revision: u64,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) {
        let (mut ignored, mut allowed) = (0, 0);
        for finding in findings {
            match finding.class {
                Class::Ignored => ignored += 1,
                Class::NotRunnable | Class::Invalid => allowed += 1,
            }
        }
        self.ignored.store(ignored, Ordering::Relaxed);
        self.allowed.store(allowed, Ordering::Relaxed);
        if self.revision.swap(revision, Ordering::Release) > 0 {
            self.reloads[0].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Changed definitions were read, compiled and handed to the workers in this time.
    pub(crate) fn note_reload(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.reload_us.store(took, Ordering::Relaxed);
    }

    /// Changed definitions are not served.
    pub(crate) fn refuse_reload(&self) {
        self.reloads[1].fetch_add(1, Ordering::Relaxed);
    }

    /// Class of findings to how many the served definitions have.
    fn findings(&self) -> [(&'static str, usize); 2] {
        let load = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        [("ignored", load(&self.ignored)), ("not-runnable", load(&self.allowed))]
    }

    /// What became of changed definitions.
    fn reloads(&self) -> [(&'static str, u64); 2] {
        let [served, refused] = &self.reloads;
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        [("served", load(served)), ("refused", load(refused))]
    }

    /// No new connections are accepted any more.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Whether requests are answered.
    pub(crate) fn is_ready(&self) -> bool {
        self.revision() > 0 && !self.is_draining()
    }

    /// Every metric in Prometheus's text format.
    pub(crate) fn metrics(&self) -> String {
        exposition::render(self, &self.registry.gather())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_prometheus_text() {
        let status = Status::new(Duration::from_millis(1500), 2);
        status.publish(1, []);
        let cells = status.registry.register(cells::Label {
            api: "abc".into(),
            stage: "prod".into(),
            method: None,
        });
        let method = Some(("/a/{b}".to_owned(), "GET".to_owned()));
        let of_method = cells::Label { api: "abc".into(), stage: "prod".into(), method };
        status.registry.register(of_method).count(404, Duration::ZERO, None);
        cells.count(200, Duration::from_micros(700), Some(Duration::from_micros(600)));
        let text = status.metrics();
        for line in [
            "process_start_time_seconds 1.500",
            "portico_ready 1",
            "portico_snapshot_revision 1",
            "portico_workers 2",
            "portico_limit_hits_total{limit=\"body-bytes\"} 0",
            "portico_findings{class=\"ignored\"} 0",
            "portico_reloads_total{result=\"served\"} 0",
            "portico_requests_total{api=\"abc\",stage=\"prod\",class=\"2xx\"} 1",
            "portico_requests_total{api=\"abc\",stage=\"prod\",class=\"5xx\"} 0",
            "portico_request_duration_seconds_bucket{api=\"abc\",stage=\"prod\",le=\"0.0005\"} 0",
            "portico_request_duration_seconds_bucket{api=\"abc\",stage=\"prod\",le=\"0.001\"} 1",
            "portico_request_duration_seconds_bucket{api=\"abc\",stage=\"prod\",le=\"+Inf\"} 1",
            "portico_request_duration_seconds_sum{api=\"abc\",stage=\"prod\"} 0.0007",
            "portico_access_log_dropped_total 0",
            "portico_buffered_bytes 0",
            "portico_upstream_connections_open 0",
            "portico_method_requests_total{api=\"abc\",stage=\"prod\",resource=\"/a/{b}\",method=\"GET\",class=\"4xx\"} 1",
            "portico_integration_duration_seconds_count{api=\"abc\",stage=\"prod\"} 1",
        ] {
            assert!(text.lines().any(|shown| shown == line), "no {line} in\n{text}");
        }
        let finding = Finding::new(Class::NotRunnable, "authorizer", Default::default(), "no");
        status.publish(2, [&finding]);
        status.refuse_reload();
        status.note_reload(Duration::from_millis(12));
        let text = status.metrics();
        for line in [
            "portico_findings{class=\"not-runnable\"} 1",
            "portico_reloads_total{result=\"served\"} 1",
            "portico_reloads_total{result=\"refused\"} 1",
            "portico_reload_duration_seconds 0.012",
        ] {
            assert!(text.lines().any(|shown| shown == line), "no {line} in\n{text}");
        }
        status.drain();
        assert!(status.metrics().contains("portico_ready 0"));
    }
}
