//! Everything that is served at one time: each definition with its stage, and the configuration
//! they stand with.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portico_gateway::Account;
use portico_model::{Finding, limits};
use portico_snapshot::{RestStage, Snapshot, StageIndex};

use crate::cli::Serve;
use crate::config::{self, ChosenStage, Config};
use crate::definition::{self, Compiled, Definition, Touched, file_name};
use crate::failure::Failure;
use crate::refused::RefusedMethod;
use crate::report::{Refusal, Report};
use crate::source::Source;
use crate::staging::Choices;

/// Where definitions come from, for the life of the process.
pub(crate) struct Definitions<'a> {
    flags: &'a Serve,
    /// Of the start: what runs is nowhere else later.
    account: Account,
    /// Stage variables that get the address of an example origin.
    origins: Vec<(Option<String>, SocketAddr)>,
    /// Files that the definitions referred to when they were last read, whatever became of it.
    touched: Mutex<BTreeSet<PathBuf>>,
}

/// What is served.
#[derive(Clone, Default)]
pub(crate) struct Served {
    pub(crate) config: Config,
    /// In the order of the command line.
    pub(crate) apis: Vec<Arc<Api>>,
}

/// One definition, ready to serve.
pub(crate) struct Api {
    pub(crate) stage: Arc<RestStage>,
    pub(crate) resources: usize,
    pub(crate) refused: Vec<RefusedMethod>,
    pub(crate) report: Report,
    made_of: MadeOf,
}

/// What an [`Api`] was made of: of the same, the same is made.
struct MadeOf {
    text: Arc<str>,
    choices: Choices,
    chosen: ChosenStage,
    /// The files it refers to.
    touched: Touched,
}

/// Reads the configuration, which is looked for beside the first definition.
pub(crate) fn configuration(flags: &Serve) -> Result<(Config, Option<Source>), Refusal> {
    config::load(flags.staging.config.as_deref(), first(flags))
}

fn first(flags: &Serve) -> &Path {
    flags.definitions.first().map_or(Path::new(""), PathBuf::as_path)
}

impl<'a> Definitions<'a> {
    pub(crate) fn new(
        flags: &'a Serve,
        account: Account,
        origins: Vec<(Option<String>, SocketAddr)>,
    ) -> Self {
        Self { flags, account, origins, touched: Mutex::default() }
    }

    /// Reads the configuration as it is now.
    pub(crate) fn configuration(&self) -> Result<(Config, Option<Source>), Refusal> {
        configuration(self.flags)
    }

    /// The files that decide what is served.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let config = config::candidates(self.flags.staging.config.as_deref(), first(self.flags));
        let touched = self.touched();
        let named = self.flags.definitions.iter().chain(touched.iter()).cloned();
        config.into_iter().chain(named).collect()
    }

    fn touched(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads and compiles every definition; what is as it was `before` is not compiled again.
    pub(crate) fn load(
        &self,
        config: Config,
        source: Option<&Source>,
        before: &Served,
    ) -> Result<Served, Refusal> {
        self.touched().clear();
        let mut apis = Vec::new();
        let mut refusals = Vec::new();
        for (index, path) in self.flags.definitions.iter().enumerate() {
            match self.load_one(path, &config, source, before.apis.get(index)) {
                Ok(api) => apis.push(api),
                Err(refusal) => refusals.push(refusal),
            }
        }
        refusals.extend(twins(&apis).map(Refusal::Failure));
        match refusals.len() {
            0 => Ok(Served { config, apis }),
            1 => Err(refusals.remove(0)),
            _ => Err(Refusal::Several(refusals)),
        }
    }

    fn load_one(
        &self,
        path: &Path,
        config: &Config,
        source: Option<&Source>,
        before: Option<&Arc<Api>>,
    ) -> Result<Arc<Api>, Refusal> {
        let choices = Choices::new(&self.flags.staging, config, self.account.clone());
        let mut chosen = config.choose_stage(&file_name(path), choices.stage.as_ref())?;
        definition::with_origins(&mut chosen.stage, &self.origins);
        let text = match before {
            // A pipe gives what it has but once.
            Some(before) if is_pipe(path) => before.report.source.clone(),
            _ => Source::read(path, "definition", limits::DEFINITION_BYTES)?,
        };
        let text_now = Arc::clone(&text.text);
        if let Some(before) = before.filter(|before| {
            let MadeOf { text, choices: same, chosen: stage, touched } = &before.made_of;
            *text == text_now && *same == choices && *stage == chosen && is_same(touched)
        }) {
            self.note(&before.made_of.touched);
            return Ok(Arc::clone(before));
        }
        let compiled = Definition::of(text, path, &choices).compile(&choices, &chosen, source);
        let Compiled { stage, deployment, refused, touched, report, .. } = compiled;
        self.note(&touched);
        let Some(stage) = stage.map(Arc::new) else { return Err(Refusal::Report(report)) };
        let resources = deployment.map_or(0, |deployment| deployment.resources.len());
        let made_of = MadeOf { text: text_now, choices, chosen, touched };
        Ok(Arc::new(Api { stage, resources, refused, report, made_of }))
    }

    fn note(&self, touched: &Touched) {
        self.touched().extend(touched.iter().map(|(path, _)| path.clone()));
    }

    /// Names in `[apis]` that no definition has.
    pub(crate) fn unserved<'c>(&self, config: &'c Config) -> Vec<&'c str> {
        let served: Vec<String> =
            self.flags.definitions.iter().map(|path| file_name(path)).collect();
        config.apis.keys().filter(|name| !served.contains(name)).map(String::as_str).collect()
    }
}

/// Whether the files have these texts now.
fn is_same(touched: &Touched) -> bool {
    touched.iter().all(|(path, text)| {
        let now = || Source::read(path, "definition", limits::DEFINITION_BYTES).ok();
        let now = path.is_file().then(now).flatten().map(|source| source.text);
        now == text.clone().filter(|text| !text.trim().is_empty())
    })
}

/// Whether reading could wait for somebody to write.
fn is_pipe(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

/// Definitions that cannot be told apart by their ids.
fn twins(apis: &[Arc<Api>]) -> impl Iterator<Item = Failure> {
    let mut names = BTreeMap::new();
    let mut failures = Vec::new();
    for api in apis {
        let (id, name) = (api.stage.api_id.as_str(), &*api.report.source.name);
        if let Some(first) = names.insert(id, name) {
            let sentence = format!("{first} and {name} have one id, {id}");
            failures.push(Failure::new(sentence).help(
                "an id comes from the file's name and the title: change one of them, \
                 or name the file once",
            ));
        }
    }
    failures.into_iter()
}

impl Served {
    /// The stages, in the order of the command line.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &Arc<RestStage>> {
        self.apis.iter().map(|api| &api.stage)
    }

    /// Everything there was to say about what is served.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.apis.iter().flat_map(|api| &api.report.findings)
    }

    /// What the workers are handed. A single definition also answers at the root.
    pub(crate) fn snapshot(&self, revision: u64) -> Snapshot {
        let root = (self.apis.len() == 1).then_some(StageIndex(0));
        Snapshot::new(revision, self.stages().cloned().collect(), root)
    }

    /// Whether an integration calls an origin that speaks TLS.
    pub(crate) fn calls_tls(&self) -> bool {
        self.stages().any(|stage| stage.origins.iter().any(|origin| origin.tls.is_some()))
    }
}
