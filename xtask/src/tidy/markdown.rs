//! As much of Markdown as links need: what a page links to, and which anchors it offers.
//! Source: CommonMark 0.31, "Links"; GitHub, "Basic writing and formatting syntax", section links.

use std::collections::{BTreeMap, BTreeSet};

/// A link or an image and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    pub(super) line: usize,
}

/// The targets of `[text](target)` and `[label]: target`; code is left out.
pub(super) fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (line, prose) in prose_lines(text) {
        let prose = without_code(prose);
        let inline = prose.match_indices("](").filter_map(|(at, _)| inline(&prose[at + 2..]));
        let found = inline.chain(definition(&prose));
        links.extend(found.map(|target| Link { target: target.to_owned(), line }));
    }
    links
}

/// The names a link's `#...` can have: one a heading, and those of `id="..."`.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, line) in prose_lines(text) {
        if let Some(title) = heading(line) {
            let slug = slug(title);
            let count = seen.entry(slug.clone()).or_default();
            anchors.insert(if *count == 0 { slug } else { format!("{slug}-{count}") });
            *count += 1;
        }
        for part in ["id=\"", "name=\""] {
            let ids = line.split(part).skip(1).filter_map(|rest| rest.split('"').next());
            anchors.extend(ids.map(str::to_owned));
        }
    }
    anchors
}

/// The lines outside fenced code, counted from 1.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, None) => return Some((index + 1, line)),
            _ => {}
        }
        None
    })
}

/// The line with what stands between backticks blanked out.
fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { " " }).collect()
}

/// The target at the start of `target "title")...`.
fn inline(rest: &str) -> Option<&str> {
    let mut depth = 0;
    let end = rest.char_indices().find_map(|(at, c)| match c {
        '(' => {
            depth += 1;
            None
        }
        ')' if depth > 0 => {
            depth -= 1;
            None
        }
        ')' => Some(at),
        _ => None,
    })?;
    let target = rest[..end].split_whitespace().next()?;
    Some(target.trim_start_matches('<').trim_end_matches('>'))
}

/// The target of `[label]: target`; footnotes are none.
fn definition(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('[').filter(|rest| !rest.starts_with('^'))?;
    let (label, target) = rest.split_once("]:")?;
    if label.contains(']') { None } else { target.split_whitespace().next() }
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    ((1..=6).contains(&level) && title.starts_with(' ')).then(|| title.trim())
}

/// GitHub's anchor: lower case, blanks to hyphens, punctuation dropped.
fn slug(title: &str) -> String {
    let text = title.split("](").map(|part| part.rsplit_once(')').map_or(part, |(_, after)| after));
    let text: String = if title.contains("](") { text.collect() } else { title.to_owned() };
    text.to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code() {
        let text = "See [a](b.md) and ![c](d(1).png \"title\").\n```text\n[x](y)\n```\n\
                    `[no](link)` but [e](<f.md#g>)\n[label]: h.md\n[^1]: a footnote\n";
        let found: Vec<_> = links(text).into_iter().map(|l| (l.line, l.target)).collect();
        let expected = [(1, "b.md"), (1, "d(1).png"), (5, "f.md#g"), (6, "h.md")];
        assert_eq!(found, expected.map(|(line, target)| (line, target.to_owned())));
    }

    #[test]
    fn anchors_are_those_of_github() {
        let text = "# The house, part 1\n## `net`: HTTP/1.1\n## Same\n## Same\n\
                    ### [Unreleased](x.md)\n<a id=\"here\"></a>\n#no-heading\n";
        let expected = ["here", "net-http11", "same", "same-1", "the-house-part-1", "unreleased"];
        assert_eq!(anchors(text).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
