//! Which stage a definition is served as, of those that portico.toml has.

use std::collections::{BTreeMap, BTreeSet};

use portico_model::{Stage, StageName};

use super::{Config, FILE_NAME};
use crate::failure::Failure;

/// The stage of a definition, and the table of portico.toml it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChosenStage {
    pub(crate) name: StageName,
    pub(crate) stage: Stage,
    /// It is the file's own.
    pub(crate) is_own: bool,
}

impl Config {
    /// The stage of a definition and its document: the one asked for, else the only one of the
    /// file's own, else the only one that holds for all, else an empty `local`.
    pub(crate) fn choose_stage(
        &self,
        file: &str,
        asked: Option<&StageName>,
    ) -> Result<ChosenStage, Failure> {
        let own = self.apis.get(file).map(|api| &api.stages).filter(|own| !own.is_empty());
        let names: BTreeSet<&StageName> =
            own.into_iter().flat_map(BTreeMap::keys).chain(self.stages.keys()).collect();
        let names = || names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        let candidates = own.unwrap_or(&self.stages);
        let name = match (asked, candidates.len()) {
            (Some(name), _) => name.clone(),
            (None, 0) => local(),
            (None, 1) => candidates.keys().next().cloned().unwrap_or_else(local),
            (None, _) => {
                return Err(Failure::new(format!(
                    "{FILE_NAME} has several stages for {file}: {}",
                    names()
                ))
                .help("choose one with --stage NAME, or with `stage` in the file"));
            }
        };
        let chosen = |stage: &Stage, is_own| ChosenStage {
            name: name.clone(),
            stage: stage.clone(),
            is_own,
        };
        match (own.and_then(|own| own.get(&name)), self.stages.get(&name)) {
            (Some(stage), _) => self.located(chosen(stage, true)),
            (None, Some(stage)) => self.located(chosen(stage, false)),
            (None, None) if names().is_empty() => Ok(chosen(&Stage::default(), false)),
            (None, None) => Err(Failure::new(format!("{FILE_NAME} has no stage {name}"))
                .help(format!("its stages are: {}", names()))),
        }
    }

    /// The stage with its access log on this machine.
    fn located(&self, chosen: ChosenStage) -> Result<ChosenStage, Failure> {
        let stage = self.access_log.locate(&chosen.name, chosen.stage)?;
        Ok(ChosenStage { stage, ..chosen })
    }
}

fn local() -> StageName {
    "local".parse().expect("a legal stage name")
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;

    #[test]
    fn the_stage_is_the_one_asked_for_or_the_only_one() {
        let check = |text: &str, asked: Option<&str>, expected: Result<&str, &str>| {
            let asked = asked.map(|name| name.parse().unwrap());
            let chosen = read(text).unwrap().choose_stage("a.yaml", asked.as_ref());
            match expected {
                Ok(name) => assert_eq!(chosen.unwrap().name.as_str(), name, "{text}"),
                Err(part) => assert!(chosen.unwrap_err().sentence.contains(part), "{text}"),
            }
        };
        check("", None, Ok("local"));
        check("", Some("prod"), Ok("prod"));
        check("[stages.prod]", None, Ok("prod"));
        check("[stages.a]\n[stages.b]", None, Err("several stages for a.yaml: a, b"));
        check("[stages.a]\n[stages.b]", Some("b"), Ok("b"));
        check("[stages.a]\n[stages.b]", Some("prod"), Err("has no stage prod"));
        check("[apis.\"a.yaml\".stages.own]", None, Ok("own"));
        check("[apis.\"b.yaml\".stages.own]", None, Ok("local"));
        check("[stages.a]\n[stages.b]\n[apis.\"a.yaml\".stages.own]", None, Ok("own"));
        check("[stages.a]\n[apis.\"a.yaml\".stages.own]", Some("a"), Ok("a"));
        check("[apis.\"a.yaml\".stages.own]", Some("a"), Err("has no stage a"));
        check("[apis.\"a.yaml\".stages.x]\n[apis.\"a.yaml\".stages.y]", None, Err("x, y"));
        check("[stages.a]\n[apis.\"a.yaml\"]", None, Ok("a"));
    }

    #[test]
    fn a_stage_of_the_file_itself_wins() {
        let text = "[stages.a]\nvariables = { v = \"all\" }\n\
                    [apis.\"a.yaml\".stages.a]\nvariables = { v = \"own\" }\n";
        let config = read(text).unwrap();
        let check = |file: &str, value: &str, is_own: bool| {
            let chosen = config.choose_stage(file, None).unwrap();
            assert_eq!((&*chosen.stage.variables["v"], chosen.is_own), (value, is_own), "{file}");
        };
        check("a.yaml", "own", true);
        check("b.yaml", "all", false);
    }
}
