//! Unfinished work names its issue, so that somebody can find out whether it is still open.

use crate::problem::Problem;
use crate::repository::Repository;

/// Written in two parts: this file is checked as well.
const MARKERS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
/// Prose may speak of the markers; code may not carry them.
const CODE: [&str; 11] =
    [".rs", ".toml", ".py", ".c", ".sh", ".yaml", ".yml", ".in", ".html", "Makefile", ".ci/setup"];

pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in repository.files.iter().filter(|f| CODE.iter().any(|end| f.path.ends_with(end))) {
        for (index, line) in file.text.lines().enumerate() {
            let marker = MARKERS.iter().find(|marker| has_word(line, marker));
            if let Some(marker) = marker.filter(|_| !names_issue(line)) {
                let text =
                    format!("`{marker}` without an issue; finish it or write `{marker} #12`");
                problems.push(Problem::new(&file.path, index + 1, text));
            }
        }
    }
    problems
}

fn has_word(line: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
    line.match_indices(word).any(|(at, _)| {
        edge(line[..at].chars().next_back()) && edge(line[at + word.len()..].chars().next())
    })
}

fn names_issue(line: &str) -> bool {
    line.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_needs_an_issue() {
        let marker = MARKERS[0];
        let check = |path: &str, line: &str, expected: usize| {
            let found = check(&Repository::of(&[(path, &format!("one\n{line}\n"))]));
            assert_eq!(found.len(), expected, "{path}: {line}");
            assert!(found.iter().all(|problem| problem.line == 2));
        };
        check("a.rs", &format!("// {marker}: faster"), 1);
        check("a.rs", &format!("// {marker} #12: faster"), 0);
        check("a.rs", &format!("// {marker}(#12): faster"), 0);
        check("a.rs", &format!("// {marker} # faster"), 1);
        check("a.py", &format!("# {}", MARKERS[1]), 1);
        check("a.rs", &format!("let {marker}S = 1;"), 0);
        check("a.md", marker, 0);
    }
}
