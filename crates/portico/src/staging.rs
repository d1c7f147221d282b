//! What definitions are read and compiled with, whoever asks: `serve`, `check` and `routes`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;
use portico_gateway::Account;
use portico_import::openapi::BasePath;
use portico_model::{Allow, KINDS, NotAllowable, StageName, kind, nearest};
use serde::{Deserialize, Deserializer};

use crate::cli::Staging;
use crate::config::Config;

/// A kind of findings in spite of which a definition is served, for example `authorizer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AllowedKind(&'static str);

/// The text is no such kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidKind {
    #[error("there is no kind of finding with this name{}", suggested(.0))]
    Unknown(Option<&'static str>),
    #[error("findings of this kind are never allowed: AWS would refuse the definition, too")]
    Fixed,
}

fn suggested(name: &Option<&'static str>) -> impl fmt::Display {
    match name {
        Some(name) => format!("; did you mean {name}?"),
        None => "; they are listed in docs/configuration.md".to_owned(),
    }
}

impl FromStr for AllowedKind {
    type Err = InvalidKind;

    fn from_str(text: &str) -> Result<Self, InvalidKind> {
        let names = || KINDS.iter().filter(|kind| kind.may_be_allowed).map(|kind| kind.name);
        match (Allow::default().insert(text), kind(text)) {
            (Ok(()), Some(kind)) => Ok(Self(kind.name)),
            (Err(NotAllowable::Fixed), _) => Err(InvalidKind::Fixed),
            _ => Err(InvalidKind::Unknown(nearest(text, names()))),
        }
    }
}

impl<'de> Deserialize<'de> for AllowedKind {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        String::deserialize(value)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A name and its value, for example `TableName=books`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    name: String,
    value: String,
}

/// The text is no name with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a name, `=` and its value, for example NAME=VALUE")]
pub(crate) struct InvalidNamed;

impl FromStr for Named {
    type Err = InvalidNamed;

    fn from_str(text: &str) -> Result<Self, InvalidNamed> {
        let (name, value) = text.split_once('=').ok_or(InvalidNamed)?;
        match name.is_empty() {
            true => Err(InvalidNamed),
            false => Ok(Self { name: name.to_owned(), value: value.to_owned() }),
        }
    }
}

/// What becomes of the base path of a definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BasePathMode {
    /// Paths begin after the stage.
    #[default]
    Ignore,
    /// It stands before each path.
    Prepend,
    /// Its first segment is dropped, the rest stands before each path.
    Split,
}

impl From<BasePathMode> for BasePath {
    fn from(mode: BasePathMode) -> Self {
        match mode {
            BasePathMode::Ignore => Self::Ignore,
            BasePathMode::Prepend => Self::Prepend,
            BasePathMode::Split => Self::Split,
        }
    }
}

/// What was chosen, by flags, variables and portico.toml.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choices {
    pub(crate) stage: Option<StageName>,
    pub(crate) allow: Allow,
    pub(crate) set: BTreeMap<String, String>,
    pub(crate) vpc_links: BTreeMap<String, String>,
    pub(crate) base_path: BasePathMode,
    /// Where the APIs say they are.
    pub(crate) account: Account,
}

/// The account and region that the flags choose, else portico.toml.
pub(crate) fn account(flags: &Staging, config: &Config) -> Account {
    let id = flags.account_id.as_ref().or(config.account_id.as_ref()).cloned().unwrap_or_default();
    let region = flags.region.as_ref().or(config.region.as_ref()).cloned().unwrap_or_default();
    Account { id: id.as_str().to_owned(), region: region.as_str().to_owned() }
}

impl Choices {
    /// A list of flags takes the place of the file's; values with a name are joined, a flag's wins.
    pub(crate) fn new(flags: &Staging, config: &Config, account: Account) -> Self {
        let stage = flags.stage.as_ref().or(config.stage.as_ref()).cloned();
        let kinds = if flags.allow.is_empty() { &config.allow } else { &flags.allow };
        let mut allow = Allow::default();
        for AllowedKind(name) in kinds {
            // Each was looked up when it was read.
            let known = allow.insert(name);
            debug_assert_eq!(known, Ok(()), "{name}");
        }
        let base_path = flags.base_path.or(config.base_path).unwrap_or_default();
        let set = joined(&config.set, &flags.set);
        let vpc_links = joined(&config.vpc_link, &flags.vpc_link);
        Self { stage, allow, set, vpc_links, base_path, account }
    }
}

fn joined(file: &BTreeMap<String, String>, flags: &[Named]) -> BTreeMap<String, String> {
    let flags = flags.iter().map(|Named { name, value }| (name.clone(), value.clone()));
    file.clone().into_iter().chain(flags).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let check = |text: &str, expected: Result<(), &str>| {
            let read = text.parse::<AllowedKind>().map(|kind| assert_eq!(kind.0, text));
            let read = read.map_err(|error| error.to_string());
            match expected {
                Ok(()) => assert_eq!(read, Ok(()), "{text}"),
                Err(part) => assert!(read.clone().unwrap_err().contains(part), "{read:?}"),
            }
        };
        check("authorizer", Ok(()));
        check("api-key", Ok(()));
        check("authoriser", Err("did you mean authorizer?"));
        check("uri", Err("AWS would refuse"));
        check("teleport", Err("no kind of finding"));
        check("", Err("no kind of finding"));
        check("*", Err("no kind of finding"));
    }

    #[test]
    fn values_have_names() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let read = text.parse::<Named>().ok();
            let read = read.as_ref().map(|named| (named.name.as_str(), named.value.as_str()));
            assert_eq!(read, expected, "{text}");
        };
        check("Table=books", Some(("Table", "books")));
        check("Table.Arn=a=b", Some(("Table.Arn", "a=b")));
        check("Table=", Some(("Table", "")));
        check("=books", None);
        check("Table", None);
    }

    #[test]
    fn a_flag_wins_over_the_file_name_by_name() {
        let file = [("a", "1"), ("b", "2")].map(|(name, value)| (name.into(), value.into())).into();
        let joined = joined(&file, &["b=3".parse().unwrap(), "c=4".parse().unwrap()]);
        let joined: Vec<_> = joined.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(joined, [("a", "1"), ("b", "3"), ("c", "4")]);
    }
}
