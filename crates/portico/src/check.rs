//! `portico check`: every problem of definitions, and nothing is served.

use std::net::SocketAddr;
use std::path::Path;

use crate::cli::{Check, Staging};
use crate::config;
use crate::definition::{self, Compiled, Definition};
use crate::report::Refusal;
use crate::terminal;

/// Checks every file; whether none has an error.
pub(crate) fn run(check: &Check) -> bool {
    let mut sound = true;
    for path in &check.definitions {
        match load(path, &check.staging) {
            Ok(Compiled { report, .. }) => {
                if report.findings.is_empty() {
                    terminal::print(&format!("{}\n", report.summary()));
                }
                terminal::eprint(&report.render(terminal::stderr_colours()));
                sound &= !report.is_fatal();
            }
            Err(refusal) => {
                terminal::eprint(&refusal.render(terminal::stderr_colours()));
                sound = false;
            }
        }
    }
    sound
}

fn load(path: &Path, staging: &Staging) -> Result<Compiled, Refusal> {
    let (config, source) = config::load(staging.config.as_deref(), path)?;
    let (name, stage) = config.choose_stage(staging.stage.as_ref())?;
    // Nothing listens here, so an origin on any free port gets a port that stands for it.
    let addresses = config.origins.iter().map(|origin| match origin.listen.address() {
        address if address.port() == 0 => SocketAddr::new(address.ip(), 80),
        address => address,
    });
    let stage = definition::with_origins(stage, &config, addresses);
    Ok(Definition::read(path)?.compile(&name, &stage, source.as_ref()))
}
