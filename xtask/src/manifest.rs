//! A crate's `Cargo.toml`: its name and what it depends on, each with its line.

use anyhow::{Context, Result, anyhow};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a crate names another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Needed by what ships; build dependencies count here.
    Normal,
    /// Needed by tests, examples and benchmarks only.
    Dev,
}

/// One line of a dependency table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The package, also where the key renames it.
    pub package: String,
    pub kind: Kind,
    pub line: usize,
}

/// What the checks need of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name.
    pub name: String,
    pub dependencies: Vec<Dependency>,
}

impl Manifest {
    /// Reads the dependency tables, those of `[target.*]` included.
    ///
    /// # Errors
    /// The text is not TOML, or has no `package.name`.
    pub fn parse(text: &str) -> Result<Self> {
        let document = DeTable::parse(text).map_err(|e| anyhow!("{}", e.message()))?;
        let root = document.get_ref();
        let name = root
            .get("package")
            .and_then(|package| package.get_ref().get("name"))
            .and_then(|name| name.get_ref().as_str())
            .context("no package.name")?;
        let mut dependencies = Vec::new();
        tables_of(root, text, &mut dependencies);
        for target in table(root, "target").into_iter().flat_map(|all| all.values()) {
            if let Some(target) = target.get_ref().as_table() {
                tables_of(target, text, &mut dependencies);
            }
        }
        Ok(Self { name: name.to_owned(), dependencies })
    }
}

fn tables_of(parent: &DeTable<'_>, text: &str, into: &mut Vec<Dependency>) {
    let tables = [
        ("dependencies", Kind::Normal),
        ("build-dependencies", Kind::Normal),
        ("dev-dependencies", Kind::Dev),
    ];
    for (key, kind) in tables {
        for (name, value) in table(parent, key).into_iter().flatten() {
            let line = text[..name.span().start].matches('\n').count() + 1;
            into.push(Dependency { package: package(name.get_ref(), value), kind, line });
        }
    }
}

fn table<'a, 'i>(parent: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
    parent.get(key).and_then(|value| value.get_ref().as_table())
}

fn package(key: &str, value: &Spanned<DeValue<'_>>) -> String {
    let renamed = value.get_ref().as_table().and_then(|table| table.get("package"));
    renamed.and_then(|name| name.get_ref().as_str()).unwrap_or(key).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_every_table_are_found_with_their_lines() {
        let manifest = Manifest::parse(
            "[package]\nname = \"a\"\n\n[dependencies]\nb.workspace = true\n\
             c = { package = \"real-c\", version = \"1\" }\n\n[dev-dependencies]\nd = \"1\"\n\n\
             [target.'cfg(unix)'.build-dependencies]\ne = \"1\"\n",
        )
        .unwrap();
        let found: Vec<_> =
            manifest.dependencies.iter().map(|d| (d.package.as_str(), d.kind, d.line)).collect();
        assert_eq!(manifest.name, "a");
        assert_eq!(
            found,
            [
                ("b", Kind::Normal, 5),
                ("real-c", Kind::Normal, 6),
                ("d", Kind::Dev, 9),
                ("e", Kind::Normal, 12),
            ]
        );
    }

    #[test]
    fn a_manifest_without_a_name_is_refused() {
        assert_eq!(Manifest::parse("[package]\n").unwrap_err().to_string(), "no package.name");
        assert!(Manifest::parse("[package\n").is_err());
    }
}
