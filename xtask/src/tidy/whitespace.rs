//! No line ends in a blank, and every file ends its last line.

use crate::problem::Problem;
use crate::repository::{Repository, TextFile};

/// Folders of recorded bytes, kept as they came.
const RECORDED: [&str; 4] = ["/corpus/", "/golden/", "/vectors/", "/recorded/"];

pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let recorded = |file: &&TextFile| RECORDED.iter().any(|part| file.path.contains(part));
    repository.files.iter().filter(|file| !recorded(file)).flat_map(wrong).collect()
}

fn wrong(file: &TextFile) -> Vec<Problem> {
    let blank = |line: &str| line.ends_with([' ', '\t', '\r']);
    let mut problems: Vec<Problem> = file
        .text
        .split('\n')
        .enumerate()
        .filter(|(_, line)| blank(line))
        .map(|(index, _)| Problem::new(&file.path, index + 1, "blank at the line's end; remove it"))
        .collect();
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        let last = file.text.lines().count();
        problems.push(Problem::new(&file.path, last, "the last line has no end; add a newline"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_their_text_ends() {
        let check = |path: &str, text: &str, expected: &[&str]| {
            let found = check(&Repository::of(&[(path, text)]));
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{path}: {text:?}");
        };
        check("a.rs", "one\n\ntwo\n", &[]);
        check("empty", "", &[]);
        check("a.rs", "one \n", &["a.rs:1: blank at the line's end; remove it"]);
        check("a.rs", "one\ntwo\t\n", &["a.rs:2: blank at the line's end; remove it"]);
        check("a.rs", "one\r\n", &["a.rs:1: blank at the line's end; remove it"]);
        check("a.rs", "one", &["a.rs:1: the last line has no end; add a newline"]);
        check("fuzz/corpus/head/1", "GET / \r\n", &[]);
        check("tests/golden/openapi/a.case", "one ", &[]);
    }
}
