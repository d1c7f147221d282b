//! What goes to the terminal: the banner on standard output, everything else on standard error.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use clap::ValueEnum;
use serde::Deserialize;

/// When there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR says otherwise.
    #[default]
    Auto,
    Always,
    Never,
}

/// What was chosen; nothing yet is [`Color::Auto`].
static COLOR: OnceLock<Color> = OnceLock::new();

/// Chooses when there are colours, once: the first choice holds.
pub(crate) fn choose_colours(color: Option<Color>) {
    if let Some(color) = color {
        // Somebody was first.
        let _ = COLOR.set(color);
    }
}

use crate::telemetry::log;

/// Whether standard output takes colours.
pub(crate) fn stdout_colours() -> bool {
    colours(|| io::stdout().is_terminal())
}

/// Whether standard error takes colours.
pub(crate) fn stderr_colours() -> bool {
    colours(|| io::stderr().is_terminal())
}

fn colours(is_terminal: impl FnOnce() -> bool) -> bool {
    match COLOR.get().copied().unwrap_or_default() {
        Color::Auto => wants_colours() && is_terminal(),
        Color::Always => true,
        Color::Never => false,
    }
}

/// See <https://no-color.org>: any value but the empty one turns colours off.
fn wants_colours() -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    !no_color && !dumb
}

/// Writes to standard output. A reader that went away is no reason to stop serving.
pub(crate) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes to standard error, in one piece; a process that serves does not wait for it.
pub(crate) fn eprint(text: &str) {
    if !log::write(text.as_bytes()) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// A line of the log: `portico: ` and a sentence.
pub(crate) fn log(sentence: &str) {
    if log::has_begun() {
        tracing::info!("{sentence}");
    } else {
        eprint(&format!("portico: {sentence}\n"));
    }
}

/// The same for what somebody should look after.
pub(crate) fn warn(sentence: &str) {
    if log::has_begun() {
        tracing::warn!("{sentence}");
    } else {
        eprint(&format!("portico: warning: {sentence}\n"));
    }
}

/// A panic is a bug of ours: it is told in one line that can be reported. It ends one request, as
/// the worker goes on; a worker that cannot go on ends the process.
pub(crate) fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("a thread");
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no message");
        warn(&format!("a bug: {name} panicked{place}: {}; please report it", printable(text)));
    }));
}

/// Text from elsewhere, fit for a terminal: control characters are spelled out.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}
