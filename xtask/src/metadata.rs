//! What cargo says about the packages that a build takes in.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

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
        let mut output = metadata(root, target, &["--offline"])?;
        if !output.status.success() {
            output = metadata(root, target, &[])?;
        }
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        }
        for package in parse(&output.stdout)? {
            found.insert((package.name.clone(), package.version.clone()), package);
        }
    }
    Ok(found.into_values().collect())
}

fn metadata(root: &Path, target: &str, more: &[&str]) -> Result<Output> {
    Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--all-features"])
        .args(["--filter-platform", target])
        .args(more)
        .current_dir(root)
        .output()
        .context("starting cargo metadata")
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
