//! The command line of the developer's tools.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use xtask::tidy;

const HELP: &str = "\
Usage: cargo run -p xtask -- COMMAND

  tidy    check arrows between crates, licences, file shapes and links in the docs
  help    print this";

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => run_tidy(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("unknown command `{}`\n\n{HELP}", arguments.join(" ")),
    }
}

fn run_tidy() -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent")?;
    let report = tidy::run(root)?;
    for problem in &report.problems {
        eprintln!("{problem}");
    }
    for file in &report.long_files {
        println!("note: {} has {} lines; look for its second idea", file.path, file.lines);
    }
    let tidy::Report { problems, files, packages, .. } = &report;
    println!("tidy: {files} files, {packages} packages, {} problems", problems.len());
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
