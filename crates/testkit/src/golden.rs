//! Golden cases: files of an input, a line `----`, and what is expected of it.
//!
//! A case `petstore.case` is named `petstore`. With `UPDATE_GOLDEN=1` in the environment the
//! expectations are rewritten instead of compared; the diff is reviewed like code.

use std::fs;
use std::path::Path;

/// The line between input and expectation.
const SEPARATOR: &str = "----\n";

/// Runs every case of a directory through `actual`, which gets the case's name and input. Reports
/// all that differ, then panics; a directory without cases is an error of the test.
pub fn run(directory: &Path, actual: impl Fn(&str, &str) -> String) {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let entries =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("the directory stays while the test runs").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "case"))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{}: no cases", directory.display());
    let mut failed = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (input, expected) = split(&text);
        let mut found = actual(&name, input);
        if !found.is_empty() && !found.ends_with('\n') {
            found.push('\n');
        }
        if found == expected {
            continue;
        }
        if update {
            fs::write(&path, format!("{input}{SEPARATOR}{found}"))
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        } else {
            eprintln!("==== {name}\n---- expected\n{expected}---- found\n{found}");
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{} golden cases differ: {}", failed.len(), failed.join(", "));
}

/// Runs the cases of a directory, then those of each directory in it.
pub fn run_topics(directory: &Path, actual: impl Fn(&str, &str) -> String) {
    run(directory, &actual);
    let entries = fs::read_dir(directory).expect("the directory was just read");
    let entries = entries.map(|entry| entry.expect("the directory stays").path());
    let mut topics: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    topics.sort();
    topics.iter().for_each(|topic| run(topic, &actual));
}

/// Input and expectation; a new case has no expectation yet.
fn split(text: &str) -> (&str, &str) {
    if let Some(expected) = text.strip_prefix(SEPARATOR) {
        return ("", expected);
    }
    match text.find(&format!("\n{SEPARATOR}")) {
        Some(at) => (&text[..=at], &text[at + 1 + SEPARATOR.len()..]),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_input_dashes_expectation() {
        let check = |text: &str, input: &str, expected: &str| {
            assert_eq!(split(text), (input, expected), "{text:?}");
        };
        check("a\nb\n----\nc\n", "a\nb\n", "c\n");
        check("a\n---\nb\n----\n", "a\n---\nb\n", "");
        check("----\nc\n", "", "c\n");
        check("a\n", "a\n", "");
        check("a\n-----\nb\n", "a\n-----\nb\n", "");
    }
}
