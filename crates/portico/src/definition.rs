//! From a definition's file to the stage that is served, or to everything that stands against it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use portico_import::openapi::{self, Imported};
use portico_model::{Allow, Deployment, DocumentPath, Stage, StageName, limits};
use portico_snapshot::{Inputs, RestStage};

use crate::config::{self, ChosenStage};
use crate::failure::Failure;
use crate::refused::{self, RefusedMethod};
use crate::report::Report;
use crate::source::Source;

/// A definition as it was read.
pub(crate) struct Definition {
    source: Source,
    imported: Imported,
}

/// What became of a definition.
pub(crate) struct Compiled {
    /// `None` when a finding is fatal.
    pub(crate) stage: Option<RestStage>,
    /// The stage it was compiled for.
    pub(crate) stage_name: StageName,
    /// What it was compiled from.
    pub(crate) deployment: Option<Deployment>,
    /// Methods that answer an error, as what they ask for cannot run.
    pub(crate) refused: Vec<RefusedMethod>,
    pub(crate) report: Report,
}

/// The name by which a definition is known: that of its file, without directories.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Definition {
    /// Reads the file; what is wrong inside it is told by [`Definition::compile`].
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let source = Source::read(path, "definition", limits::DEFINITION_BYTES)?;
        Ok(Self::of(source, path))
    }

    /// A definition that was read as text from this path.
    pub(crate) fn of(source: Source, path: &Path) -> Self {
        let imported = openapi::read(&file_name(path), source.text.as_bytes());
        Self { source, imported }
    }

    /// Compiles it for a stage; the report has every problem of reading and compiling.
    /// `config` is the file that holds the stage.
    pub(crate) fn compile(
        self,
        allow: &Allow,
        chosen: &ChosenStage,
        config: Option<&Source>,
    ) -> Compiled {
        let Self { source, imported } = self;
        let Imported { deployment, mut findings, places } = imported;
        let mut served = None;
        if let Some(deployment) = &deployment {
            let inputs = Inputs::new(deployment, &chosen.name, &chosen.stage);
            let mut compiled = portico_snapshot::compile(&Inputs { allow, ..inputs });
            compiled.findings.iter_mut().for_each(|finding| places.locate(finding));
            served = compiled.stage;
            findings.append(&mut compiled.findings);
        }
        for finding in &mut findings {
            match (&mut finding.place, config) {
                // The importer knows the file's name, the user how it was reached.
                (Some(place), _) => place.file = Arc::clone(&source.name),
                (None, Some(config)) => {
                    let own = chosen.is_own.then(|| file_name(Path::new(&*source.name)));
                    let path = path_in_config(own.as_deref(), &finding.path);
                    finding.place = config::place(config, &path);
                }
                (None, None) => {}
            }
        }
        let mut report = Report::new(source, findings);
        report.allow = allow.clone();
        report.others.extend(config.cloned());
        let stage = served.filter(|_| !report.is_fatal());
        let refused = stage.as_ref().map(refused::methods).unwrap_or_default();
        Compiled { stage, stage_name: chosen.name.clone(), deployment, refused, report }
    }
}

/// The field of portico.toml that a finding about a Stage document is about.
fn path_in_config(own: Option<&str>, path: &DocumentPath) -> DocumentPath {
    let Some(file) = own else { return path.clone() };
    let keys = path.as_str().split('/').skip(1);
    let keys = keys.map(|key| key.replace("~1", "/").replace("~0", "~"));
    let table = DocumentPath::root().join("apis").join(file);
    keys.fold(table, |path, key| path.join(&key))
}

/// Gives the stage the addresses of example origins in the variables that ask for them, where it
/// does not set them itself.
pub(crate) fn with_origins(stage: &mut Stage, origins: &[(Option<String>, SocketAddr)]) {
    for (variable, address) in origins {
        if let Some(variable) = variable {
            stage.variables.entry(variable.clone()).or_insert_with(|| address.to_string());
        }
    }
}
