//! Metrics as Prometheus reads them.
//! Source: Prometheus documentation, "Exposition formats", text format 0.0.4.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::sync::atomic::Ordering;

use portico_net::{Limit, OriginUsage, Usage};

use super::cells::{BOUNDS_US, HistogramTotals, Label, Totals};
use super::writer::Lines;
use super::{Status, Sums, log};

/// Media type of the text.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Every metric, with its help.
pub(super) fn render(status: &Status, sums: &Sums) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_process(&mut text, status);
    let _ = write_http2(&mut text, status);
    let _ = write_usage(&mut text, status.usage.get());
    let _ = write_logs(&mut text, status.access_logs.lines());
    let is_stage = |label: &Label| label.method.is_none();
    let (stages, methods): (Vec<_>, Vec<_>) = sums.iter().partition(|(label, _)| is_stage(label));
    let _ = write_requests(&mut text, &STAGES, &stages);
    let _ = write_requests(&mut text, &METHODS, &methods);
    text
}

fn write_process(out: &mut String, status: &Status) -> fmt::Result {
    head(out, "portico_build_info", "gauge", "1, with the version as a label")?;
    writeln!(out, "portico_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"))?;
    head(out, "process_start_time_seconds", "gauge", "When the process started, in Unix time")?;
    writeln!(out, "process_start_time_seconds {:.3}", status.started.as_secs_f64())?;
    head(
        out,
        "portico_ready",
        "gauge",
        "1 while requests are served, 0 before and while draining",
    )?;
    writeln!(out, "portico_ready {}", u8::from(status.is_ready()))?;
    head(out, "portico_snapshot_revision", "gauge", "Revision of the definitions being served")?;
    writeln!(out, "portico_snapshot_revision {}", status.revision())?;
    head(out, "portico_workers", "gauge", "Threads that answer requests")?;
    writeln!(out, "portico_workers {}", status.workers)?;
    head(out, "portico_connections_open", "gauge", "Client connections now open")?;
    writeln!(out, "portico_connections_open {}", status.connections(|worker| &worker.open))?;
    head(out, "portico_connections_total", "counter", "Client connections accepted")?;
    writeln!(out, "portico_connections_total {}", status.connections(|worker| &worker.accepted))?;
    let help = "Connections opened to origins";
    head(out, "portico_upstream_connections_total", "counter", help)?;
    let opened = status.connections(|worker| &worker.upstream_opened);
    writeln!(out, "portico_upstream_connections_total {opened}")?;
    let help = "Connections closed without a PROXY header that is believed";
    head(out, "portico_proxy_headers_refused_total", "counter", help)?;
    let refused = status.connections(|worker| &worker.proxy_refused);
    writeln!(out, "portico_proxy_headers_refused_total {refused}")?;
    let help = "How often a limit was hit; docs/limits.md tells what each is";
    head(out, "portico_limit_hits_total", "counter", help)?;
    for limit in Limit::ALL {
        let hits: u64 = status.workers().map(|worker| worker.hits.of(limit)).sum();
        writeln!(out, "portico_limit_hits_total{{limit=\"{}\"}} {hits}", limit.name())?;
    }
    let help = "TLS handshakes of clients that failed or took too long";
    head(out, "portico_tls_handshakes_failed_total", "counter", help)?;
    let failed = status.connections(|worker| &worker.handshakes_failed);
    writeln!(out, "portico_tls_handshakes_failed_total {failed}")?;
    head(out, "portico_findings", "gauge", "Findings of the definitions being served, by class")?;
    for (class, count) in status.findings() {
        writeln!(out, "portico_findings{{class=\"{class}\"}} {count}")?;
    }
    write_reloads(out, status)
}

fn write_reloads(out: &mut String, status: &Status) -> fmt::Result {
    let help = "How often changed definitions were served, and were not";
    head(out, "portico_reloads_total", "counter", help)?;
    for (result, count) in status.reloads() {
        writeln!(out, "portico_reloads_total{{result=\"{result}\"}} {count}")?;
    }
    let help = "How long the last served change took to read, compile and hand to the workers";
    head(out, "portico_reload_duration_seconds", "gauge", help)?;
    let took = Seconds(status.reload_us.load(Ordering::Relaxed));
    writeln!(out, "portico_reload_duration_seconds {took}")
}

fn write_http2(out: &mut String, status: &Status) -> fmt::Result {
    head(out, "portico_http2_connections_total", "counter", "Connections that spoke HTTP/2")?;
    let begun = status.connections(|worker| &worker.http2_begun);
    writeln!(out, "portico_http2_connections_total {begun}")?;
    head(out, "portico_http2_streams_total", "counter", "Requests over HTTP/2")?;
    let streams = status.connections(|worker| &worker.http2_streams);
    writeln!(out, "portico_http2_streams_total {streams}")?;
    let help = "Streams of HTTP/2 reset for an error of their client's";
    head(out, "portico_http2_malformed_total", "counter", help)?;
    let malformed = status.connections(|worker| &worker.http2_malformed);
    writeln!(out, "portico_http2_malformed_total {malformed}")?;
    let help = "Connections over HTTP/2 ended for what their client sent";
    head(out, "portico_http2_cut_total", "counter", help)?;
    writeln!(out, "portico_http2_cut_total {}", status.connections(|worker| &worker.http2_cut))
}

fn write_usage(out: &mut String, usage: Option<&Usage>) -> fmt::Result {
    let origins = usage.map(Usage::by_origin).unwrap_or_default();
    let sum = |select: fn(&OriginUsage) -> usize| origins.iter().map(select).sum::<usize>();
    head(out, "portico_upstream_connections_open", "gauge", "Connections to origins now open")?;
    writeln!(out, "portico_upstream_connections_open {}", sum(|origin| origin.open))?;
    let help = "Connections to origins that wait for a request";
    head(out, "portico_upstream_connections_idle", "gauge", help)?;
    writeln!(out, "portico_upstream_connections_idle {}", sum(|origin| origin.idle))?;
    head(out, "portico_buffered_bytes", "gauge", "Bytes of bodies held beyond the usual buffers")?;
    let buffered = usage.map_or(0, Usage::buffered_bytes);
    writeln!(out, "portico_buffered_bytes {buffered}")?;
    write_origins(out, &origins)
}

/// Those that were never called are left out: a definition may name thousands.
fn write_origins(out: &mut String, origins: &[OriginUsage]) -> fmt::Result {
    type Metric = (&'static str, &'static str, &'static str, fn(&OriginUsage) -> u64);
    let metrics: [Metric; 3] = [
        ("portico_origin_connections_open", "gauge", "Connections now open", |origin| {
            origin.open as u64
        }),
        ("portico_origin_connections_idle", "gauge", "Connections that wait", |origin| {
            origin.idle as u64
        }),
        ("portico_origin_connections_total", "counter", "Connections opened", |origin| {
            origin.opened
        }),
    ];
    for (name, kind, help, select) in metrics {
        head(out, name, kind, &format!("{help}, by origin"))?;
        for origin in origins.iter().filter(|origin| origin.opened > 0) {
            let label = origin.to_string();
            writeln!(out, "{name}{{origin=\"{}\"}} {}", escaped(&label), select(origin))?;
        }
    }
    Ok(())
}

fn write_logs(out: &mut String, lines: Lines) -> fmt::Result {
    let help = "Lines of access logs, written or about to be";
    head(out, "portico_access_log_lines_total", "counter", help)?;
    writeln!(out, "portico_access_log_lines_total {}", lines.taken)?;
    let help = "Lines of access logs that were lost: the writer was behind, or could not write";
    head(out, "portico_access_log_dropped_total", "counter", help)?;
    writeln!(out, "portico_access_log_dropped_total {}", lines.dropped)?;
    let help = "Lines of the operator's log that were lost, as nobody read the others";
    head(out, "portico_log_dropped_total", "counter", help)?;
    writeln!(out, "portico_log_dropped_total {}", log::dropped())
}

/// The metrics of what has [`super::cells::Cells`]: a name and its help each.
struct Names {
    requests: [&'static str; 2],
    duration: [&'static str; 2],
    integration: [&'static str; 2],
}

const STAGES: Names = Names {
    requests: ["portico_requests_total", "Requests answered, by class of status"],
    duration: [
        "portico_request_duration_seconds",
        "From a request's head to the last byte of its answer",
    ],
    integration: [
        "portico_integration_duration_seconds",
        "From the call of the origin to its answer",
    ],
};

const METHODS: Names = Names {
    requests: ["portico_method_requests_total", "The same by method, where metricsEnabled asks"],
    duration: ["portico_method_request_duration_seconds", "The same by method"],
    integration: ["portico_method_integration_duration_seconds", "The same by method"],
};

/// What was counted for each label.
type Counted<'a> = [(&'a Label, &'a Totals)];

fn write_requests(out: &mut String, names: &Names, counted: &Counted<'_>) -> fmt::Result {
    let [name, help] = names.requests;
    head(out, name, "counter", help)?;
    for (label, totals) in counted {
        for (index, count) in totals.classes.iter().enumerate() {
            writeln!(out, "{name}{{{label},class=\"{}xx\"}} {count}", index + 1)?;
        }
    }
    write_histograms(out, names.duration, counted, |totals| &totals.latency)?;
    write_histograms(out, names.integration, counted, |totals| &totals.integration_latency)
}

fn write_histograms(
    out: &mut String,
    [name, help]: [&str; 2],
    counted: &Counted<'_>,
    select: impl Fn(&Totals) -> &HistogramTotals,
) -> fmt::Result {
    head(out, name, "histogram", help)?;
    for (label, totals) in counted {
        let histogram = select(totals);
        let mut below = 0;
        for (bound, count) in BOUNDS_US.iter().zip(histogram.buckets) {
            below += count;
            let bound = Seconds(*bound);
            writeln!(out, "{name}_bucket{{{label},le=\"{bound}\"}} {below}")?;
        }
        below += histogram.buckets[BOUNDS_US.len()];
        writeln!(out, "{name}_bucket{{{label},le=\"+Inf\"}} {below}")?;
        writeln!(out, "{name}_sum{{{label}}} {}", Seconds(histogram.sum_us))?;
        writeln!(out, "{name}_count{{{label}}} {below}")?;
    }
    Ok(())
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) -> fmt::Result {
    writeln!(out, "# HELP {name} {help}.\n# TYPE {name} {kind}")
}

/// The labels between the braces. Ids, names of stages and methods are `[A-Za-z0-9_-]` and need no
/// escape.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "api=\"{}\",stage=\"{}\"", self.api, self.stage)?;
        if let Some((resource, method)) = &self.method {
            write!(f, ",resource=\"{}\",method=\"{method}\"", escaped(resource))?;
        }
        Ok(())
    }
}

fn escaped(value: &str) -> Cow<'_, str> {
    if !value.contains(['\\', '"', '\n']) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n"))
}

/// Microseconds, written as seconds without loss.
struct Seconds(u64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{rest:06}").trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let method = Some(("/a\"b\\c\nd".to_owned(), "GET".to_owned()));
        let label = Label { api: "x".into(), stage: "y".into(), method };
        let expected = r#"api="x",stage="y",resource="/a\"b\\c\nd",method="GET""#;
        assert_eq!(label.to_string(), expected);
    }

    #[test]
    fn microseconds_are_written_as_seconds() {
        let check = |us, text: &str| assert_eq!(Seconds(us).to_string(), text);
        check(0, "0");
        check(500, "0.0005");
        check(1_000_000, "1");
        check(2_500_000, "2.5");
        check(60_000_400, "60.0004");
    }
}
