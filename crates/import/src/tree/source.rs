//! The text of a file: its size, its encoding, and whether it is JSON or YAML.

use portico_model::limits::DEFINITION_BYTES;

use super::{Problem, Span};

/// The beginning of a file.
const START: Span = Span { line: 1, column: 1, length: 1 };

/// The text without byte-order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Problem> {
    if bytes.len() > DEFINITION_BYTES {
        let message =
            format!("the file is larger than a definition may be: {DEFINITION_BYTES} bytes");
        return Err(Problem::new(START, "too-large", message));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(Problem::new(START, "encoding", "the file is UTF-16").help("save it as UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let span = Span { line: line as u32, column: column as u32, length: 1 };
        Problem::new(span, "encoding", "the file is not UTF-8 here").help("save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Problem::new(START, "empty", "the file is empty"));
    }
    Ok(text)
}

/// Whether a text is to be read as JSON: by the file's name, else by its first character.
pub(super) fn is_json(file: &str, text: &str) -> bool {
    match file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("json") => true,
        Some("yaml" | "yml") => false,
        _ => text.trim_start().starts_with('{'),
    }
}
