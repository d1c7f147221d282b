//! From a definition's file to the stage that is served, or to everything that stands against it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portico_import::openapi::{self, Imported, Options};
use portico_model::{Deployment, DocumentPath, Stage, StageName, limits};
use portico_snapshot::{Inputs, RestStage};

use crate::beside::Beside;
use crate::config::{self, ChosenStage};
use crate::failure::Failure;
use crate::refused::{self, RefusedMethod};
use crate::report::Report;
use crate::source::Source;
use crate::staging::Choices;

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
    /// The stage it was compiled for.
    pub(crate) stage_name: StageName,
    /// What it was compiled from.
    pub(crate) deployment: Option<Deployment>,
    /// Methods that answer an error, as what they ask for cannot run.
    pub(crate) refused: Vec<RefusedMethod>,
    /// The other files that were asked for.
    pub(crate) touched: Touched,
    pub(crate) report: Report,
}

/// Files with their texts; `None` where there is none.
pub(crate) type Touched = Vec<(PathBuf, Option<Arc<str>>)>;

/// The name by which a definition is known: that of its file, without directories.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Definition {
    /// Reads the file; what is wrong inside it is told by [`Definition::compile`].
    pub(crate) fn read(path: &Path, choices: &Choices) -> Result<Self, Failure> {
        let source = Source::read(path, "definition", limits::DEFINITION_BYTES)?;
        Ok(Self::of(source, path, choices))
    }

    /// A definition that was read as text from this path.
    pub(crate) fn of(source: Source, path: &Path, choices: &Choices) -> Self {
        let mut beside = Beside::new(path);
        let options = Options {
            set: &choices.set,
            base_path: choices.base_path.into(),
            account_id: &choices.account.id,
            region: &choices.account.region,
            ..Options::new(&mut beside)
        };
        let imported = openapi::read_with(&source.name, source.text.as_bytes(), options);
        Self { source, imported, others: beside.read }
    }

    /// Compiles it for a stage; the report has every problem of reading and compiling.
    /// `config` is the file that holds the stage.
    pub(crate) fn compile(
        self,
        choices: &Choices,
        chosen: &ChosenStage,
        config: Option<&Source>,
    ) -> Compiled {
        let Choices { allow, vpc_links, .. } = choices;
        let Self { source, imported, others } = self;
        let Imported { deployment, mut findings, places, touched } = imported;
        let mut served = None;
        if let Some(deployment) = &deployment {
            let inputs = Inputs::new(deployment, &chosen.name, &chosen.stage);
            let mut compiled = portico_snapshot::compile(&Inputs { allow, vpc_links, ..inputs });
            compiled.findings.iter_mut().for_each(|finding| places.locate(finding));
            served = compiled.stage;
            findings.append(&mut compiled.findings);
        }
        for finding in &mut findings {
            if let (None, Some(config)) = (&finding.place, config) {
                let own = chosen.is_own.then(|| file_name(Path::new(&*source.name)));
                let path = path_in_config(own.as_deref(), &finding.path);
                finding.place = config::place(config, &path);
            }
        }
        let directory = Path::new(&*source.name).parent().unwrap_or(Path::new("")).to_owned();
        let touched = touched.iter().map(|path| directory.join(path));
        let touched = touched.map(|path| {
            let name = path.display().to_string();
            let read = others.iter().find(|source| *source.name == *name);
            (path, read.map(|source| Arc::clone(&source.text)))
        });
        let touched = touched.collect();
        let mut report = Report::new(source, findings);
        report.allow = allow.clone();
        report.others.extend(others.into_iter().chain(config.cloned()));
        let stage = served.filter(|_| !report.is_fatal());
        let refused = stage.as_ref().map(refused::methods).unwrap_or_default();
        let stage_name = chosen.name.clone();
        Compiled { stage, stage_name, deployment, refused, touched, report }
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
