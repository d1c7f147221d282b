//! The operator's log: sentences for people on a terminal, JSON for machines elsewhere.
//!
//! Everything that a serving process says on standard error goes through one queue to one thread,
//! so that nobody waits for a terminal or a pipe, and its order is that in which it was said.

use std::fmt;
use std::io::{self, IsTerminal};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::Writer as Line;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::writer::{Queue, Target, Wake, Writer};
use crate::failure::Failure;
use crate::report::{Refusal, Report};
use crate::terminal;

/// Bytes of what waits to be written.
const QUEUE_BYTES: usize = 1024 * 1024;

/// The variable that says what is logged, for example `debug` or `info,h2=debug`.
const FILTER: &str = "PORTICO_LOG";

/// What a line of the log looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// `portico: ` and a sentence.
    Human,
    /// An object with `timestamp`, `level`, `message` and what else is known.
    Json,
}

/// The text names no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected human or json")]
pub(crate) struct InvalidLogFormat;

impl FromStr for LogFormat {
    type Err = InvalidLogFormat;

    fn from_str(text: &str) -> Result<Self, InvalidLogFormat> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(InvalidLogFormat),
        }
    }
}

/// The log of this process, once it has begun.
#[derive(Debug)]
struct Log {
    format: LogFormat,
    queue: Arc<Queue>,
    writer: Writer,
}

static LOG: OnceLock<Log> = OnceLock::new();

/// Begins the log, once; without a format it is for people on a terminal, and JSON elsewhere.
pub(crate) fn begin(format: Option<LogFormat>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::new(format!("cannot write the log: {error}"));
    let is_terminal = io::stderr().is_terminal();
    let format = format.unwrap_or(if is_terminal { LogFormat::Human } else { LogFormat::Json });
    let filter = filter()?;
    let target = Target::stderr().map_err(failed)?;
    // Where the log cannot be written there is nobody to tell.
    let writer = Writer::start("log", target, Wake::ForEach, Box::new(|_| {})).map_err(failed)?;
    let queue = writer.queue(QUEUE_BYTES);
    if LOG.set(Log { format, queue, writer }).is_err() {
        return Ok(());
    }
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| ToQueue);
    // It is set once, above.
    let _ = match format {
        LogFormat::Human => {
            tracing::subscriber::set_global_default(subscriber.event_format(Sentence).finish())
        }
        LogFormat::Json => tracing::subscriber::set_global_default(
            subscriber.json().flatten_event(true).with_target(false).finish(),
        ),
    };
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the binary reads the environment, once")]
fn filter() -> Result<EnvFilter, Failure> {
    match std::env::var(FILTER) {
        Ok(text) if !text.is_empty() => parse_filter(&text).map_err(|error| {
            Failure::new(format!("{FILTER} is \"{text}\": {error}"))
                .help("say a level, such as debug, or several: info,h2=debug")
        }),
        _ => Ok(EnvFilter::new("info")),
    }
}

/// A word alone is a level here; the filter would take any other for the name of a module, and the
/// log would be silent.
fn parse_filter(text: &str) -> Result<EnvFilter, String> {
    let alone = text.split(',').map(str::trim).filter(|part| !part.contains(['=', '[']));
    for part in alone {
        part.parse::<LevelFilter>().map_err(|_| format!("\"{part}\" is no level"))?;
    }
    EnvFilter::try_new(text).map_err(|error| error.to_string())
}

/// Whether events of `tracing` reach the log.
pub(crate) fn has_begun() -> bool {
    LOG.get().is_some()
}

/// Whether lines are objects.
fn is_json() -> bool {
    LOG.get().is_some_and(|log| log.format == LogFormat::Json)
}

/// Tells what there is to say about a definition that is served all the same.
pub(crate) fn report(report: &Report) {
    if !is_json() {
        return terminal::eprint(&report.render(terminal::stderr_colours()));
    }
    let (shown, more) = report.shown();
    for finding in shown {
        let place = finding.place.as_ref().map(ToString::to_string);
        let excerpt = finding.place.as_ref().and_then(|place| report.excerpt(place));
        let excerpt = excerpt.map(|(line, _)| line);
        let (kind, help) = (finding.kind, finding.help.as_deref());
        if report.allow.forbids(finding) {
            tracing::error!(kind, place, excerpt, help, "{}", finding.message);
        } else {
            tracing::warn!(kind, place, excerpt, help, "{}", finding.message);
        }
    }
    if more > 0 {
        terminal::warn(&format!("... and {more} more"));
    }
}

/// Tells why the process ends, or goes on with what it had.
pub(crate) fn refuse(refusal: &Refusal) {
    match refusal {
        Refusal::Report(found) => report(found),
        Refusal::Failure(failure) if is_json() => {
            tracing::error!(help = failure.help.as_deref(), "{}", failure.sentence);
        }
        Refusal::Several(refusals) => refusals.iter().for_each(refuse),
        Refusal::Failure(_) => terminal::eprint(&refusal.render(terminal::stderr_colours())),
    }
}

/// A line of `--verbose`, with its steps below it.
pub(super) fn verbose(event: &portico_gateway::Event<'_>, text: &str) {
    if is_json() {
        tracing::info!(
            request_id = event.ids.request(),
            status = event.status,
            "{}",
            text.trim_end()
        );
    } else {
        terminal::eprint(text);
    }
}

/// A request that failed on our side.
pub(super) fn fault(event: &portico_gateway::Event<'_>, sentence: &str) {
    let response_type = event.fault.map(|fault| fault.response_type());
    tracing::warn!(
        request_id = event.ids.request(),
        status = event.status,
        response_type,
        "{sentence}"
    );
}

/// Hands text to the thread that writes the log; false before it has begun.
pub(crate) fn write(text: &[u8]) -> bool {
    let Some(log) = LOG.get() else { return false };
    log.queue.push(|out| out.extend_from_slice(text));
    true
}

/// Lines that were dropped, as nobody read the others.
pub(super) fn dropped() -> u64 {
    LOG.get().map_or(0, |log| log.writer.lines().dropped)
}

/// Writes what is left of the log, at the end of the process.
pub(crate) fn end() {
    if let Some(log) = LOG.get() {
        log.writer.end();
    }
}

/// Where the subscriber writes: one call for each line.
struct ToQueue;

impl io::Write for ToQueue {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A line for people: the sentence without the fields, which it says in words.
struct Sentence;

impl<S, N> FormatEvent<S, N> for Sentence
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut line: Line<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut message = Message(String::new());
        event.record(&mut message);
        let level = match *event.metadata().level() {
            Level::ERROR => "error: ",
            Level::WARN => "warning: ",
            Level::INFO => "",
            Level::DEBUG => "debug: ",
            Level::TRACE => "trace: ",
        };
        writeln!(line, "portico: {level}{}", message.0)
    }
}

/// The `message` of an event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn people_read_sentences() {
        let buffer = Buffer::default();
        let made = buffer.clone();
        let subscriber = tracing_subscriber::fmt()
            .event_format(Sentence)
            .with_writer(move || made.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(status = 504, "stopped");
            tracing::warn!("GET {} -> 504", "/a");
        });
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text, "portico: stopped\nportico: warning: GET /a -> 504\n");
    }

    #[test]
    fn a_filter_that_would_be_silent_is_refused() {
        let check = |text: &str, legal: bool| {
            assert_eq!(parse_filter(text).is_ok(), legal, "{text}");
        };
        check("debug", true);
        check("info,h2=debug", true);
        check("off", true);
        check("inf", false);
        check("h2", false);
        check("a=b=c", false);
    }

    #[test]
    fn formats_have_names() {
        assert_eq!("json".parse(), Ok(LogFormat::Json));
        assert_eq!("human".parse(), Ok(LogFormat::Human));
        assert_eq!("xml".parse::<LogFormat>(), Err(InvalidLogFormat));
    }
}
