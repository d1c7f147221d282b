//! What definitions are read and compiled with, whoever asks: `serve`, `check` and `routes`.

use std::fmt;
use std::str::FromStr;

use portico_model::{Allow, KINDS, NotAllowable, StageName, kind};
use serde::{Deserialize, Deserializer};

use crate::cli::Staging;
use crate::config::Config;
use crate::layers;

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
            _ => Err(InvalidKind::Unknown(layers::nearest(text, names()))),
        }
    }
}

impl<'de> Deserialize<'de> for AllowedKind {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        String::deserialize(value)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What was chosen, by flags, variables and portico.toml.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Choices {
    pub(crate) stage: Option<StageName>,
    pub(crate) allow: Allow,
}

impl Choices {
    /// A list of flags takes the place of the file's.
    pub(crate) fn new(flags: &Staging, config: &Config) -> Self {
        let stage = flags.stage.as_ref().or(config.stage.as_ref()).cloned();
        let kinds = if flags.allow.is_empty() { &config.allow } else { &flags.allow };
        let mut allow = Allow::default();
        for AllowedKind(name) in kinds {
            // Each was looked up when it was read.
            let known = allow.insert(name);
            debug_assert_eq!(known, Ok(()), "{name}");
        }
        Self { stage, allow }
    }
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
}
