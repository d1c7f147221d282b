//! `portico template test`: the cases of files, rendered and compared.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::Problem;
use super::case::{self, Case, Compare, Expectation};
use super::difference;
use super::render::{self, Failed};
use crate::cli::{Format, Test};
use crate::report::plural;
use crate::terminal::{self, printable};

/// Outputs shown whole have no more characters.
const SHOWN_MAX: usize = 200;

/// What came of a case.
struct Outcome<'c> {
    file: &'c Path,
    case: &'c Case,
    rendered: Result<String, Failed>,
}

/// Renders every case; whether all passed.
pub(super) fn run(test: &Test) -> Result<bool, Problem> {
    let mut files = Vec::new();
    for path in &test.files {
        files.push((path.as_path(), case::read(path)?));
    }
    let cases = files.iter().flat_map(|(file, cases)| cases.iter().map(|case| (*file, case)));
    let outcomes = cases.map(|(file, case)| Outcome {
        file,
        case,
        rendered: render::render(&case.template.text, case.mode, &case.event, None),
    });
    let outcomes: Vec<Outcome<'_>> = outcomes.collect();
    match test.format {
        Format::Human => tell(&outcomes),
        Format::Json => {
            let results: Vec<Value> = outcomes.iter().map(Outcome::document).collect();
            terminal::print(&format!("{:#}\n", json!({ "results": results })));
        }
    }
    Ok(outcomes.iter().all(Outcome::has_passed))
}

/// What failed, then how many there are.
fn tell(outcomes: &[Outcome<'_>]) {
    let colours = terminal::stdout_colours();
    let failed: Vec<&Outcome<'_>> = outcomes.iter().filter(|one| !one.has_passed()).collect();
    let mut text: String = failed.iter().map(|one| one.tell(colours)).collect();
    let count = plural(outcomes.len(), "case");
    text.push_str(&match failed.len() {
        0 => format!("{count} passed\n"),
        failed => format!("{failed} of {count} failed\n"),
    });
    terminal::print(&text);
}

impl Outcome<'_> {
    fn has_passed(&self) -> bool {
        match (&self.case.expectation, &self.rendered) {
            (Expectation::Output { text, compare: Compare::Exact }, Ok(output)) => text == output,
            (Expectation::Output { text, compare: Compare::Json }, Ok(output)) => {
                match difference::of_json(text, output) {
                    Some(difference) => difference.is_none(),
                    None => text == output,
                }
            }
            (Expectation::Error(phase), Err(failed)) => *phase == failed.phase,
            (Expectation::Output { .. }, Err(_)) | (Expectation::Error(_), Ok(_)) => false,
        }
    }

    /// Why it failed, for people.
    fn tell(&self, colours: bool) -> String {
        let word = if colours { "\x1b[1;91mfailed\x1b[0m" } else { "failed" };
        let name = printable(&self.case.name);
        let file = self.file.display().to_string();
        format!("{word}: {name} ({})\n{}\n", printable(&file), self.why(colours))
    }

    fn why(&self, colours: bool) -> String {
        match (&self.case.expectation, &self.rendered) {
            (Expectation::Output { text, compare }, Ok(output)) => {
                let of_json = match compare {
                    Compare::Json => difference::of_json(text, output).flatten(),
                    Compare::Exact => None,
                };
                of_json.unwrap_or_else(|| difference::of_text(text, output))
            }
            (Expectation::Output { .. }, Err(failed)) => {
                failed.problem(&self.case.template).render(colours)
            }
            (Expectation::Error(phase), Ok(output)) => {
                let output = difference::visible(output, SHOWN_MAX);
                format!("  expected the error {}, but it rendered: {output}\n", phase.as_str())
            }
            (Expectation::Error(phase), Err(failed)) => {
                let problem = failed.problem(&self.case.template).render(colours);
                let (expected, came) = (phase.as_str(), failed.phase.as_str());
                format!("  expected the error {expected}, but it is {came}:\n{problem}")
            }
        }
    }

    /// For programs.
    fn document(&self) -> Value {
        let mut members = Map::new();
        members.insert("name".to_owned(), json!(self.case.name));
        members.insert("file".to_owned(), json!(self.file.display().to_string()));
        members.insert("passed".to_owned(), json!(self.has_passed()));
        match &self.rendered {
            Ok(output) => {
                members.insert("output".to_owned(), json!(output));
            }
            Err(Failed { phase, place, message }) => {
                members.insert("error".to_owned(), json!(phase.as_str()));
                members.insert("message".to_owned(), json!(message));
                members.insert("line".to_owned(), json!(place.map(|(line, _)| line)));
                members.insert("column".to_owned(), json!(place.map(|(_, column)| column)));
            }
        }
        Value::Object(members)
    }
}
