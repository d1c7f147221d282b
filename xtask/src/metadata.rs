//! What cargo says about the packages that a build takes in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The platforms we ship for; the same as in `deny.toml`.
const TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

/// A package in the build, ours or foreign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: String,
    /// SPDX expression of the manifest, for example `MIT OR Apache-2.0`.
    pub license: Option<String>,
}

/// Asks cargo, first without the network: the lock file is all it should need.
pub fn packages(root: &Path) -> Result<Vec<Package>> {
    let mut found = BTreeMap::new();
    for target in TARGETS {
        let metadata = ["metadata", "--format-version", "1", "--filter-platform", target];
        let described = parse(&cargo(root, &metadata)?)?;
        let tree =
            ["tree", "--workspace", "--prefix", "none", "--format", "{p}", "--target", target];
        let built = in_tree(&String::from_utf8_lossy(&cargo(root, &tree)?));
        for package in described {
            let key = (package.name.clone(), package.version.clone());
            if built.contains(&key) {
                found.insert(key, package);
            }
        }
    }
    Ok(found.into_values().collect())
}

fn cargo(root: &Path, args: &[&str]) -> Result<Vec<u8>> {
    let run = |more: &[&str]| {
        let always = ["--locked", "--all-features"];
        Command::new("cargo").args(args).args(always).args(more).current_dir(root).output()
    };
    let mut output = run(&["--offline"]).context("starting cargo")?;
    if !output.status.success() {
        output = run(&[]).context("starting cargo")?;
    }
    if !output.status.success() {
        bail!("cargo {}: {}", args[0], String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// Name and version of what is really built. The lock file and the metadata also have packages
/// that only a weak feature (`ring?/alloc`) names.
fn in_tree(text: &str) -> BTreeSet<(String, String)> {
    let package = |line: &str| {
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split(' ').next()?;
        Some((name.to_owned(), version.to_owned()))
    };
    text.lines().filter_map(package).collect()
}

fn parse(json: &[u8]) -> Result<Vec<Package>> {
    let metadata: Value = serde_json::from_slice(json).context("reading cargo metadata")?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    packages
        .iter()
        .map(|package| {
            Ok(Package {
                name: text(&package["name"]).context("a package without a name")?,
                version: text(&package["version"]).context("a package without a version")?,
                license: text(&package["license"]),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_names_what_is_built() {
        let text = "a v1.0.0 (/somewhere/a)\nb v2.0.0-rc.1\n\nb v2.0.0-rc.1 (*)\n";
        let names: Vec<_> = in_tree(text).into_iter().map(|(n, v)| format!("{n} {v}")).collect();
        assert_eq!(names, ["a 1.0.0", "b 2.0.0-rc.1"]);
    }

    #[test]
    fn packages_are_read_with_and_without_a_licence() {
        let json = br#"{"packages": [
            {"name": "a", "version": "1.0.0", "license": "MIT"},
            {"name": "b", "version": "2.0.0", "license": null}]}"#;
        let package = |name: &str, version: &str, license: Option<&str>| Package {
            name: name.into(),
            version: version.into(),
            license: license.map(str::to_owned),
        };
        let expected = [package("a", "1.0.0", Some("MIT")), package("b", "2.0.0", None)];
        assert_eq!(parse(json).unwrap(), expected);
        assert!(parse(b"{}").is_err());
    }
}
