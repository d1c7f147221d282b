//! No page of the repository links to a file or a heading that is not there.

use super::markdown::{self, Link};
use crate::problem::Problem;
use crate::repository::{Repository, TextFile};

pub(super) fn check(repository: &Repository) -> Vec<Problem> {
    let pages = repository.ending(".md");
    pages
        .flat_map(|page| {
            markdown::links(&page.text)
                .into_iter()
                .filter_map(|link| wrong(repository, page, &link))
        })
        .collect()
}

fn wrong(repository: &Repository, page: &TextFile, link: &Link) -> Option<Problem> {
    let (path, anchor) = match link.target.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link.target.as_str(), None),
    };
    if has_scheme(path) {
        return None;
    }
    let problem = |text: String| Some(Problem::new(&page.path, link.line, text));
    let Some(target) = resolve(&page.path, path).filter(|target| repository.has(target)) else {
        return problem(format!(
            "`{path}` is not in the repository; mend the link or add the file"
        ));
    };
    let text = repository.text(&target).filter(|_| target.ends_with(".md"));
    match (anchor, text) {
        (Some(anchor), Some(text)) if !markdown::anchors(text).contains(anchor) => {
            problem(format!("`{target}` has no heading `#{anchor}`; mend the link or the heading"))
        }
        _ => None,
    }
}

/// Whether the link leaves the repository: `https:`, `mailto:`, `//host`.
fn has_scheme(target: &str) -> bool {
    let scheme = target.split(['/', '?']).next().unwrap_or_default();
    scheme.contains(':') || target.starts_with("//")
}

/// The path from the root; `None` if it climbs out. A leading `/` is the root, as on GitHub.
fn resolve(page: &str, target: &str) -> Option<String> {
    if target.is_empty() {
        return Some(page.to_owned());
    }
    let mut parts: Vec<&str> = match target.starts_with('/') {
        true => Vec::new(),
        false => page.split('/').collect(),
    };
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_somewhere() {
        let check = |target: &str, expected: &[&str]| {
            let page = format!("# Page\n\n[text]({target})\n");
            let found = check(&Repository::of(&[
                ("docs/page.md", &page),
                ("docs/adr/0001.md", "# One\n## Why not\n"),
                ("README.md", "# Top\n"),
                ("src/main.rs", ""),
            ]));
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{target}");
        };
        check("https://example.com/none", &[]);
        check("mailto:someone@example.com", &[]);
        check("adr/0001.md", &[]);
        check("./adr", &[]);
        check("../README.md#top", &[]);
        check("/src/main.rs#L10", &[]);
        check("#page", &[]);
        check("adr/0001.md#why-not", &[]);
        let missing = "is not in the repository; mend the link or add the file";
        check("none.md", &[&format!("docs/page.md:3: `none.md` {missing}")]);
        check("../../outside.md", &[&format!("docs/page.md:3: `../../outside.md` {missing}")]);
        let heading = "has no heading `#no`; mend the link or the heading";
        check("adr/0001.md#no", &[&format!("docs/page.md:3: `docs/adr/0001.md` {heading}")]);
        check("#no", &[&format!("docs/page.md:3: `docs/page.md` {heading}")]);
    }
}
