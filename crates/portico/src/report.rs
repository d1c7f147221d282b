//! Findings as a compiler shows them: file, line, column, the line itself, what to do.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::{Add, Range};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use portico_model::{Allow, Class, Finding, Place, kind};

use crate::failure::Failure;
use crate::source::Source;
use crate::terminal::printable;

/// Findings written out for one file; the rest is counted.
const SHOWN_MAX: usize = 200;
/// Characters shown of a line, around what it is shown for.
const EXCERPT_MAX: usize = 160;

/// What there is to say about one file.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) source: Source,
    /// Other files that findings are about: the configuration.
    pub(crate) others: Vec<Source>,
    pub(crate) findings: Vec<Finding>,
    /// Kinds of findings in spite of which the file is served.
    pub(crate) allow: Allow,
}

/// Why a command ends early: a sentence, or findings about a file.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    Failure(Failure),
    Report(Report),
    /// One for each file.
    Several(Vec<Self>),
}

/// A line, cut around a place, and where in that the place stands, in bytes.
pub(crate) type Excerpt = (String, Range<usize>);

/// How many findings there are of each weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let Self { errors, warnings } = other;
        Self { errors: self.errors + errors, warnings: self.warnings + warnings }
    }
}

/// For example `3 errors, 1 warning`.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = [(self.errors, "error"), (self.warnings, "warning")];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = counted.map(|(count, noun)| plural(count, noun)).collect();
        f.write_str(&if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") })
    }
}

/// For example `1 file`, `2 files`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Refusal {
    /// As it is printed on standard error.
    pub(crate) fn render(&self, colours: bool) -> String {
        match self {
            Self::Failure(failure) => failure.render(colours),
            Self::Report(report) => report.render(colours),
            Self::Several(refusals) => refusals.iter().map(|one| one.render(colours)).collect(),
        }
    }
}

impl Report {
    /// Those of this file first, then those of each other, in the order of its lines; those without
    /// a place come last.
    pub(crate) fn new(source: Source, mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| place_order(&source, a).cmp(&place_order(&source, b)));
        Self { source, others: Vec::new(), findings, allow: Allow::NOTHING }
    }

    /// The findings that are written out, and how many more there are.
    pub(crate) fn shown(&self) -> (&[Finding], usize) {
        let (shown, rest) = self.findings.split_at(self.findings.len().min(SHOWN_MAX));
        (shown, rest.len())
    }

    /// How many findings there are: errors, and warnings.
    pub(crate) fn counts(&self) -> Counts {
        let errors = self.findings.iter().filter(|finding| self.allow.forbids(finding)).count();
        Counts { errors, warnings: self.findings.len() - errors }
    }

    /// Whether the file may not be served.
    pub(crate) fn is_fatal(&self) -> bool {
        self.findings.iter().any(|finding| self.allow.forbids(finding))
    }

    /// Every finding, then the summary; empty when there is nothing to say.
    pub(crate) fn render(&self, colours: bool) -> String {
        let mut text = self.render_findings(colours);
        if !self.findings.is_empty() {
            text.push_str(&self.summary());
            text.push('\n');
        }
        text.push_str(&self.advice(colours));
        text
    }

    /// Every finding.
    pub(crate) fn render_findings(&self, colours: bool) -> String {
        let mut text = String::new();
        let (shown, more) = self.shown();
        for finding in shown {
            text.push_str(&self.render_finding(finding, colours));
            text.push_str("\n\n");
        }
        if more > 0 {
            text.push_str(&format!("... and {more} more\n"));
        }
        text
    }

    /// For example `3 errors, 1 warning in openapi.yaml`.
    pub(crate) fn summary(&self) -> String {
        format!("{} in {}", self.counts(), self.source.name)
    }

    /// What lets the file be served all the same, if anything does.
    pub(crate) fn advice(&self, colours: bool) -> String {
        let fatal = self.findings.iter().filter(|finding| self.allow.forbids(finding));
        let kinds: BTreeSet<&str> = fatal.clone().map(|finding| finding.kind).collect();
        let may_be_allowed = |finding: &Finding| {
            finding.class == Class::NotRunnable
                && kind(finding.kind).is_some_and(|kind| kind.may_be_allowed)
        };
        if kinds.is_empty() || !fatal.clone().all(may_be_allowed) {
            return String::new();
        }
        let flags: Vec<String> = kinds.iter().map(|kind| format!("--allow {kind}")).collect();
        let what = "serves the rest; the methods concerned then answer 500";
        format!("{}: {} {what}\n", help_word(colours), flags.join(" "))
    }

    fn render_finding(&self, finding: &Finding, colours: bool) -> String {
        let is_error = self.allow.forbids(finding);
        let level = if is_error { Level::ERROR } else { Level::WARNING };
        let message = printable(&finding.message);
        let mut group =
            level.primary_title(message).id(finding.kind).elements(Vec::<Origin>::new());
        let place = finding.place.as_ref();
        let excerpt = place.and_then(|place| self.excerpt(place));
        group = match place {
            Some(place) => located(group, place, excerpt.as_ref()),
            None => {
                let path = printable(finding.path.as_str());
                group.element(Origin::path(format!("{} {path}", self.source.name)))
            }
        };
        if finding.class == Class::NotRunnable {
            group = group.element(Level::NOTE.message(match is_error {
                true => "this is valid for AWS",
                false => "allowed: what it concerns answers 500",
            }));
        }
        if let Some(help) = &finding.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        print(group, place.zip(excerpt.as_ref()), colours)
    }

    /// What a place is shown with.
    pub(crate) fn excerpt(&self, place: &Place) -> Option<Excerpt> {
        let mut sources = std::iter::once(&self.source).chain(&self.others);
        let source = sources.find(|source| source.name == place.file)?;
        let line = source.text.split('\n').nth((place.line as usize).saturating_sub(1))?;
        Some(window(line.trim_end_matches('\r'), place))
    }
}

/// Files by name, behind the one that the report is about.
fn place_order<'f>(source: &Source, finding: &'f Finding) -> (u8, &'f str, u32, u32) {
    match &finding.place {
        Some(Place { file, line, column, .. }) => {
            (u8::from(*file != source.name), file, *line, *column)
        }
        None => (u8::MAX, "", 0, 0),
    }
}

/// An error at a place of a file, with the line under it.
pub(crate) fn error_at(source: &Source, place: &Place, message: &str, colours: bool) -> String {
    let group = Level::ERROR.primary_title(printable(message)).elements(Vec::<Origin>::new());
    let report = Report::new(source.clone(), Vec::new());
    let excerpt = report.excerpt(place);
    let group = located(group, place, excerpt.as_ref());
    format!("{}\n", print(group, excerpt.as_ref().map(|excerpt| (place, excerpt)), colours))
}

/// A message with its place, and the line there if it is known.
fn located<'a>(group: Group<'a>, place: &'a Place, excerpt: Option<&'a Excerpt>) -> Group<'a> {
    let Some(excerpt) = excerpt else {
        let origin = Origin::path(printable(&place.file)).line(place.line as usize);
        return group.element(origin.char_column(place.column as usize));
    };
    group.element(snippet(place, excerpt))
}

fn print(group: Group<'_>, excerpt: Option<(&Place, &Excerpt)>, colours: bool) -> String {
    let text = renderer(colours).render(&[group]);
    match excerpt {
        Some((place, excerpt)) => with_column(text, place, excerpt),
        None => text,
    }
}

impl Failure {
    /// The sentence as an error, with its help.
    pub(crate) fn render(&self, colours: bool) -> String {
        let word = paint("91", "error", colours);
        let mut text = format!("{word}: {}\n", printable(&self.sentence));
        if let Some(help) = &self.help {
            text.push_str(&format!("  {}: {}\n", help_word(colours), printable(help)));
        }
        text
    }
}

/// An excerpt with its mark, to be shown as that of its file.
fn snippet<'a>(place: &'a Place, (shown, span): &'a Excerpt) -> Snippet<'a, Annotation<'a>> {
    let mark = AnnotationKind::Primary.span(span.clone());
    let snippet = Snippet::source(shown.as_str()).line_start(place.line as usize).annotation(mark);
    snippet.path(printable(&place.file))
}

/// The column of the file. The renderer counts in what it is given, which may be a part of a line.
fn with_column(text: String, place: &Place, (shown, span): &Excerpt) -> String {
    let counted = shown[..span.start].chars().count() + 1;
    let at = format!("{}:{}:", printable(&place.file), place.line);
    let told = format!("{at}{counted}");
    match text.split_once(&told) {
        Some((before, after)) if !after.starts_with(|next: char| next.is_ascii_digit()) => {
            format!("{before}{at}{}{after}", place.column)
        }
        _ => text,
    }
}

fn help_word(colours: bool) -> String {
    paint("96", "help", colours)
}

fn paint(style: &str, word: &str, colours: bool) -> String {
    if colours { format!("\x1b[1;{style}m{word}\x1b[0m") } else { word.to_owned() }
}

fn renderer(colours: bool) -> Renderer {
    if colours { Renderer::styled() } else { Renderer::plain() }
}

/// The part of a line around a place, and where in it the place stands, in bytes. A file of one
/// line of megabytes costs as much to show as any other.
fn window(line: &str, place: &Place) -> Excerpt {
    let column = (place.column as usize).saturating_sub(1);
    let skip = if column > EXCERPT_MAX / 2 { column - EXCERPT_MAX / 4 } else { 0 };
    let mut shown = String::new();
    let mut starts = Vec::new();
    for character in line.chars().skip(skip).take(EXCERPT_MAX) {
        starts.push(shown.len());
        // Tabs keep one column, and nothing of the file steers the terminal.
        shown.push(if character.is_control() { ' ' } else { character });
    }
    let byte = |column: usize| starts.get(column).copied().unwrap_or(shown.len());
    let column = column.saturating_sub(skip);
    let (start, end) = (byte(column), byte(column.saturating_add(place.length as usize)));
    (shown, start..end.max(start))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portico_model::DocumentPath;

    use super::*;

    fn finding(class: Class, line: u32, column: u32, length: u32) -> Finding {
        let mut finding = Finding::new(class, "path", DocumentPath::root(), "what is wrong");
        finding.place = Some(Place { file: Arc::from("a.yaml"), line, column, length });
        finding
    }

    fn report(text: &str, findings: Vec<Finding>) -> Report {
        Report::new(Source { name: "a.yaml".into(), text: text.into() }, findings)
    }

    #[test]
    fn findings_are_shown_as_a_compiler_shows_them() {
        let findings = vec![
            finding(Class::Ignored, 2, 1, 3),
            finding(Class::NotRunnable, 1, 5, 3).help("write it so"),
        ];
        assert_eq!(
            report("get: here\nput: there\n", findings).render(false),
            "error[path]: what is wrong\n --> a.yaml:1:5\n  |\n1 | get: here\n  |     ^^^\n  |\n  \
             = note: this is valid for AWS\n  = help: write it so\n\n\
             warning[path]: what is wrong\n --> a.yaml:2:1\n  |\n2 | put: there\n  | ^^^\n\n\
             1 error, 1 warning in a.yaml\n"
        );
    }

    #[test]
    fn what_is_allowed_is_a_warning_and_what_may_be_is_offered() {
        let mut finding = finding(Class::NotRunnable, 1, 1, 3);
        finding.kind = "authorizer";
        let mut report = report("get: here\n", vec![finding]);
        let shown = report.render(false);
        assert!(shown.starts_with("error[authorizer]") && report.is_fatal(), "{shown}");
        assert!(shown.ends_with("1 error in a.yaml\nhelp: --allow authorizer serves the rest; the methods concerned then answer 500\n"), "{shown}");
        report.allow.insert("authorizer").unwrap();
        let shown = report.render(false);
        assert!(shown.starts_with("warning[authorizer]") && !report.is_fatal(), "{shown}");
        assert!(shown.contains("note: allowed: what it concerns answers 500"), "{shown}");
        assert!(shown.ends_with("1 warning in a.yaml\n"), "{shown}");
        // What AWS would refuse, too, cannot be allowed.
        report.findings[0].class = Class::Invalid;
        assert!(report.is_fatal() && !report.render(false).contains("--allow"));
    }

    #[test]
    fn findings_are_in_the_order_of_files_and_lines() {
        let at = |file: &str, line: u32, column: u32| {
            let mut finding = finding(Class::Invalid, line, column, 1);
            finding.place.as_mut().unwrap().file = file.into();
            finding
        };
        let nowhere = Finding::new(Class::Invalid, "path", DocumentPath::root(), "where?");
        let found = report(
            "",
            vec![
                nowhere,
                at("z.yaml", 1, 1),
                at("b.yaml", 7, 1),
                at("a.yaml", 9, 4),
                at("b.yaml", 2, 1),
                at("a.yaml", 9, 2),
            ],
        );
        let order = found.findings.iter().map(|finding| {
            finding.place.as_ref().map_or("nowhere".to_owned(), ToString::to_string)
        });
        let order: Vec<_> = order.collect();
        let expected =
            ["a.yaml:9:2", "a.yaml:9:4", "b.yaml:2:1", "b.yaml:7:1", "z.yaml:1:1", "nowhere"];
        assert_eq!(order, expected);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}HERE{}", "ä".repeat(100_000), "b".repeat(100_000));
        let shown = report(&text, vec![finding(Class::Invalid, 1, 100_001, 4)]).render(false);
        assert!(shown.contains("--> a.yaml:1:100001\n") && shown.contains("HERE"), "{shown}");
        assert!(!shown.contains(":::"), "{shown}");
        assert!(shown.len() < 2000, "{shown}");
    }

    #[test]
    fn places_outside_the_file_and_escapes_do_no_harm() {
        let odd = [(0, 0, 0), (1, 99, 99), (9, 1, 1), (u32::MAX, u32::MAX, u32::MAX)];
        let findings =
            odd.map(|(line, column, length)| finding(Class::Invalid, line, column, length));
        let shown = report("\u{1b}[31mred\tö", findings.to_vec()).render(false);
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert_eq!(printable("a\u{1b}b"), "a\\u{1b}b");
    }
}
