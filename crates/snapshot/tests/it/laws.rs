//! What holds for any format of an access log and any value. Tests and the fuzz target call the same
//! function.

use portico_snapshot::{ContextVariable, LogFormat};

/// A harmless value, which no format that is checked has in it.
const MARK: &str = "MARK";

/// The first line is a format, the rest the value of all its variables: the value stays in its place
/// and in its line. `compile` reads a format.
pub(crate) fn log_format(bytes: &[u8], compile: impl Fn(&str) -> Option<LogFormat>) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (text, value) = bytes.split_at(end);
    let value = value.get(1..).unwrap_or_default();
    let Some(format) = str::from_utf8(text).ok().and_then(compile) else { return };
    let (harmless, shown) = (write(&format, MARK.as_bytes()), write(&format, value));
    assert!(!shown.chars().any(char::is_control), "{shown:?}");
    if !harmless.contains(MARK) || text.windows(MARK.len()).any(|part| part == MARK.as_bytes()) {
        return;
    }
    // A backslash before a variable joins with what the value begins with: nobody can mean that.
    if text.contains(&b'\\') {
        return;
    }
    match harmless.trim_start().chars().next() {
        Some('{') => {
            let outline = outside_strings(&harmless);
            // Where a variable stands outside of strings, so does its value.
            if !outline.contains(MARK) {
                assert_eq!(outside_strings(&shown), outline, "{shown}");
            }
        }
        Some('<') => assert_eq!(marks(&shown, "<>\"'"), marks(&harmless, "<>\"'"), "{shown}"),
        _ if is_csv(&harmless) => assert_eq!(fields(&shown), fields(&harmless), "{shown}"),
        _ => assert_eq!(quotes(&shown), quotes(&harmless), "{shown}"),
    }
}

/// One line without its end.
fn write(format: &LogFormat, value: &[u8]) -> String {
    let mut line = Vec::new();
    format.write(&mut line, |variable, out| {
        // This one comes with its quotes.
        let quote: &[u8] = match variable {
            ContextVariable::ErrorMessageString => b"\"",
            _ => b"",
        };
        out.extend_from_slice(quote);
        out.extend_from_slice(value);
        out.extend_from_slice(quote);
        true
    });
    let line = String::from_utf8(line).expect("a line is UTF-8");
    line.strip_suffix('\n').expect("a line has an end").to_owned()
}

/// What stands outside of strings, and their quotes.
fn outside_strings(line: &str) -> String {
    let (mut outside, mut is_inside, mut is_escaped) = (String::new(), false, false);
    for character in line.chars() {
        let is_quote = character == '"' && !is_escaped;
        if is_quote || !is_inside {
            outside.push(character);
        }
        is_inside ^= is_quote;
        is_escaped = character == '\\' && !is_escaped;
    }
    outside
}

/// How many quotes there are that no backslash escapes.
fn quotes(line: &str) -> usize {
    line.replace("\\\\", "").replace("\\\"", "").matches('"').count()
}

/// How many of these characters there are.
fn marks(line: &str, marks: &str) -> usize {
    line.chars().filter(|character| marks.contains(*character)).count()
}

/// Whether there are commas between the variables, and nothing else.
fn is_csv(harmless: &str) -> bool {
    // A message string brings quotes, which are escaped.
    let harmless = harmless.replace(&format!("\"\"\"{MARK}\"\"\""), MARK);
    let mut between = harmless.split(MARK);
    let is_first = between.next() == Some("");
    let texts: Vec<&str> = between.filter(|text| !text.is_empty()).map(str::trim).collect();
    is_first && !texts.is_empty() && texts.iter().all(|text| *text == ",")
}

/// How many fields a record has (RFC 4180).
fn fields(line: &str) -> usize {
    let (mut count, mut is_quoted) = (1, false);
    for character in line.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => count += 1,
            _ => {}
        }
    }
    count
}
