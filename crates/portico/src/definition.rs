//! From a definition's file to the stage that is served, or to everything that stands against it.

use std::net::SocketAddr;
use std::path::Path;

use portico_import::openapi::{self, Imported, Options};
use portico_model::{Stage, StageName, limits};
use portico_snapshot::{Inputs, RestStage};

use crate::beside::Beside;
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::report::Report;
use crate::source::Source;

/// A definition as it was read.
pub(crate) struct Definition {
    source: Source,
    imported: Imported,
    /// Files that it refers to.
    others: Vec<Source>,
}

/// What became of a definition.
pub(crate) struct Compiled {
    /// `None` when a finding is fatal.
    pub(crate) stage: Option<RestStage>,
    pub(crate) resources: usize,
    pub(crate) report: Report,
}

impl Definition {
    /// Reads the file; what is wrong inside it is told by [`Definition::compile`].
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let source = Source::read(path, "definition", limits::DEFINITION_BYTES)?;
        let mut beside = Beside::new(path);
        let options = Options::new(&mut beside);
        let imported = openapi::read_with(&source.name, source.text.as_bytes(), options);
        Ok(Self { source, imported, others: beside.read })
    }

    /// Compiles it for a stage; the report has every problem of reading and compiling.
    /// `config` is the file that holds the stage.
    pub(crate) fn compile(
        self,
        name: &StageName,
        stage: &Stage,
        config: Option<&Source>,
    ) -> Compiled {
        let Self { source, imported, others } = self;
        let Imported { deployment, mut findings, places, .. } = imported;
        let mut served = None;
        let mut resources = 0;
        if let Some(deployment) = &deployment {
            resources = deployment.resources.len();
            let mut compiled = portico_snapshot::compile(&Inputs::new(deployment, name, stage));
            compiled.findings.iter_mut().for_each(|finding| places.locate(finding));
            served = compiled.stage;
            findings.append(&mut compiled.findings);
        }
        for finding in &mut findings {
            if let (None, Some(config)) = (&finding.place, config) {
                finding.place = config::place(config, &finding.path);
            }
        }
        let mut report = Report::new(source, findings);
        report.others.extend(others.into_iter().chain(config.cloned()));
        let stage = served.filter(|_| !report.is_fatal());
        Compiled { stage, resources, report }
    }
}

/// The stage with the addresses of the example origins in the variables that ask for them, where
/// the stage does not set them itself.
pub(crate) fn with_origins(
    mut stage: Stage,
    config: &Config,
    addresses: impl IntoIterator<Item = SocketAddr>,
) -> Stage {
    for (origin, address) in config.origins.iter().zip(addresses) {
        if let Some(variable) = &origin.variable {
            stage.variables.entry(variable.clone()).or_insert_with(|| address.to_string());
        }
    }
    stage
}
