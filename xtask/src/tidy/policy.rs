//! `deny.toml` as a value: one list of licences and bans for `cargo deny` and for tidy.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use toml::{Table, Value};

/// What may be in the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    /// Licences for every package, as SPDX writes them.
    pub(super) allowed: BTreeSet<String>,
    /// Further licences for single packages.
    pub(super) exceptions: BTreeMap<String, BTreeSet<String>>,
    /// Packages that may not be there at all.
    pub(super) banned: BTreeSet<String>,
}

impl Policy {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let document: Table = text.parse()?;
        let licenses = document.get("licenses").context("no [licenses]")?;
        let mut policy = Self { allowed: strings(licenses.get("allow")), ..Self::default() };
        for exception in array(licenses.get("exceptions")) {
            policy.exceptions.insert(name(exception)?, strings(exception.get("allow")));
        }
        for ban in array(document.get("bans").and_then(|bans| bans.get("deny"))) {
            policy.banned.insert(name(ban)?);
        }
        Ok(policy)
    }
}

fn name(entry: &Value) -> Result<String> {
    let name = entry.get("crate").and_then(Value::as_str);
    Ok(name.with_context(|| format!("an entry without `crate`: {entry:?}"))?.to_owned())
}

fn array(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn strings(value: Option<&Value>) -> BTreeSet<String> {
    array(value).iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_exceptions_and_bans_are_read() {
        let policy = Policy::parse(
            "[licenses]\nallow = [\"MIT\"]\n\
             exceptions = [{ crate = \"minicbor\", allow = [\"BlueOak-1.0.0\"] }]\n\
             [bans]\ndeny = [{ crate = \"ring\" }]\n",
        )
        .unwrap();
        let set = |text: &str| BTreeSet::from([text.to_owned()]);
        assert_eq!(policy.allowed, set("MIT"));
        assert_eq!(policy.exceptions["minicbor"], set("BlueOak-1.0.0"));
        assert_eq!(policy.banned, set("ring"));
    }

    #[test]
    fn a_ban_without_a_name_is_an_error() {
        assert!(Policy::parse("[licenses]\n[bans]\ndeny = [{ name = \"ring\" }]\n").is_err());
        assert!(Policy::parse("[bans]\n").is_err());
    }
}
