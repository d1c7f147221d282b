//! `portico check`: every problem of definitions, and nothing is served.

use std::net::SocketAddr;
use std::path::Path;

use portico_model::{Class, Finding};
use serde_json::{Value, json};

use crate::cli::{Check, Format, Staging};
use crate::config::{self, ChosenStage};
use crate::definition::{self, Compiled, Definition, file_name};
use crate::failure::Failure;
use crate::refused;
use crate::report::{Counts, Refusal, Report, plural};
use crate::staging::{self, Choices};
use crate::terminal;

/// What became of one file.
type Checked = Result<Compiled, Refusal>;

/// Checks every file; whether none has an error.
pub(crate) fn run(check: &Check) -> bool {
    let load = |path| load(path, &check.staging, |_| {}).map(|(compiled, _)| compiled);
    let checked: Vec<Checked> = check.definitions.iter().map(|path| load(path)).collect();
    let counts = checked.iter().map(counts).fold(Counts::default(), |sum, one| sum + one);
    match check.format {
        Format::Human => tell(&checked, counts),
        Format::Json => {
            let files = check.definitions.iter().zip(&checked);
            let files: Vec<Value> = files.map(|(path, checked)| document(path, checked)).collect();
            let Counts { errors, warnings } = counts;
            let all = json!({ "files": files, "errors": errors, "warnings": warnings });
            terminal::print(&format!("{all:#}\n"));
        }
    }
    counts.errors == 0
}

/// Reads and compiles a definition that is not served; `adjust` may change what was chosen.
pub(crate) fn load(
    path: &Path,
    staging: &Staging,
    adjust: impl FnOnce(&mut Choices),
) -> Result<(Compiled, ChosenStage), Refusal> {
    let (config, source) = config::load(staging.config.as_deref(), path)?;
    terminal::choose_colours(config.color);
    let mut choices = Choices::new(staging, &config, staging::account(staging, &config));
    adjust(&mut choices);
    let mut chosen = config.choose_stage(&file_name(path), choices.stage.as_ref())?;
    // Nothing listens here, so an origin on any free port gets a port that stands for it.
    let origins = config.origins.iter().map(|origin| match origin.listen.address() {
        address if address.port() == 0 => {
            (origin.variable.clone(), SocketAddr::new(address.ip(), 80))
        }
        address => (origin.variable.clone(), address),
    });
    definition::with_origins(&mut chosen.stage, &origins.collect::<Vec<_>>());
    let compiled = Definition::read(path, &choices)?.compile(&choices, &chosen, source.as_ref());
    Ok((compiled, chosen))
}

fn counts(checked: &Checked) -> Counts {
    match checked {
        Ok(Compiled { report, .. }) | Err(Refusal::Report(report)) => report.counts(),
        Err(Refusal::Failure(_)) => Counts { errors: 1, warnings: 0 },
        Err(Refusal::Several(refusals)) => Counts { errors: refusals.len(), warnings: 0 },
    }
}

/// Prints what there is for people: problems on standard error, that there are none on standard
/// output.
fn tell(checked: &[Checked], counts: Counts) {
    let colours = terminal::stderr_colours();
    for checked in checked {
        match checked {
            Ok(Compiled { report, refused, .. }) => {
                let text = report.render_findings(colours) + &report.advice(colours);
                let refused = refused::line(refused).map(|line| format!("{line}\n"));
                terminal::eprint(&(text + &refused.unwrap_or_default()));
            }
            Err(Refusal::Report(report)) => terminal::eprint(&report.render_findings(colours)),
            Err(refusal) => terminal::eprint(&refusal.render(colours)),
        }
    }
    let affected = checked.iter().filter(|one| self::counts(one) != Counts::default()).count();
    let files = plural(checked.len(), "file");
    match (checked, affected) {
        ([Ok(Compiled { report, .. })], 0) => terminal::print(&format!("{}\n", report.summary())),
        (_, 0) => terminal::print(&format!("no problems in {files}\n")),
        ([Ok(Compiled { report, .. }) | Err(Refusal::Report(report))], _) => {
            terminal::eprint(&format!("{}\n", report.summary()));
        }
        // One sentence has said it all.
        ([_], _) => {}
        _ => terminal::eprint(&format!("{counts} in {affected} of {files}\n")),
    }
}

/// What became of a file, for programs.
fn document(path: &Path, checked: &Checked) -> Value {
    let Counts { errors, warnings } = counts(checked);
    let (deployment, stage, findings) = match checked {
        Ok(Compiled { deployment, stage_name, report, .. }) => {
            (deployment.as_ref(), Some(stage_name), findings(report))
        }
        Err(Refusal::Report(report)) => (None, None, findings(report)),
        Err(Refusal::Failure(failure)) => (None, None, vec![unplaced(path, failure)]),
        Err(Refusal::Several(_)) => (None, None, Vec::new()),
    };
    json!({
        "file": path.display().to_string(),
        "api": deployment.map(|deployment| deployment.api.id.as_str()),
        "title": deployment.map(|deployment| deployment.api.name.as_str()),
        "stage": stage.map(|name| name.as_str()),
        "errors": errors,
        "warnings": warnings,
        "findings": findings,
    })
}

fn findings(report: &Report) -> Vec<Value> {
    report.findings.iter().map(|finding| placed(report, finding)).collect()
}

fn placed(report: &Report, finding: &Finding) -> Value {
    let Finding { class, kind, path, place, message, help } = finding;
    let class = match class {
        Class::Invalid => "invalid",
        Class::NotRunnable => "not-runnable",
        Class::Ignored => "ignored",
    };
    let file = place.as_ref().map_or(&report.source.name, |place| &place.file);
    json!({
        "class": class,
        "kind": kind,
        "severity": if report.allow.forbids(finding) { "error" } else { "warning" },
        "message": message,
        "help": help,
        "file": &**file,
        "line": place.as_ref().map(|place| place.line),
        "column": place.as_ref().map(|place| place.column),
        "length": place.as_ref().map(|place| place.length),
        "path": path.as_str(),
    })
}

/// Why a file was not even read.
fn unplaced(path: &Path, failure: &Failure) -> Value {
    json!({
        "class": "invalid",
        "kind": null,
        "severity": "error",
        "message": failure.sentence,
        "help": failure.help,
        "file": path.display().to_string(),
        "line": null,
        "column": null,
        "length": null,
        "path": "",
    })
}
