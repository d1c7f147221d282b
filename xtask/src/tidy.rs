//! Every check over the repository, in the order a reader meets what they guard.

use std::path::Path;

use anyhow::{Context, Result};

use crate::manifest::Manifest;
use crate::metadata::{self, Package};
use crate::problem::Problem;
use crate::repository::Repository;

mod arrows;
mod banned;
mod doors;
mod file_shape;
mod licence_text;
mod licences;
mod links;
mod markdown;
mod markers;
mod policy;
mod spdx;
mod whitespace;

pub use file_shape::LongFile;

/// What the checks found.
#[derive(Debug, Default)]
pub struct Report {
    /// Each fails the run.
    pub problems: Vec<Problem>,
    /// Files worth a second look; they fail nothing.
    pub long_files: Vec<LongFile>,
    /// How many text files were read.
    pub files: usize,
    /// How many packages were looked at.
    pub packages: usize,
}

/// Reads the repository at `root` and checks it.
pub fn run(root: &Path) -> Result<Report> {
    let repository = Repository::read(root)?;
    let packages = metadata::packages(root)?;
    check(&repository, &packages)
}

fn check(repository: &Repository, packages: &[Package]) -> Result<Report> {
    let deny = repository.text("deny.toml").context("no deny.toml at the root")?;
    let policy = policy::Policy::parse(deny).context("deny.toml")?;
    let mut problems = [
        arrows::check(repository),
        doors::check(repository),
        file_shape::check(repository),
        licence_text::check(repository),
        licences::check(&policy, packages),
        banned::check(&policy, repository, packages),
        links::check(repository),
        markers::check(repository),
        whitespace::check(repository),
    ]
    .concat();
    problems.sort();
    Ok(Report {
        problems,
        long_files: file_shape::long_files(repository),
        files: repository.files.len(),
        packages: packages.len(),
    })
}

/// Runs a check over the manifest of every crate of the workspace; one that cannot be read is a
/// problem of its own.
fn manifests(
    repository: &Repository,
    check: impl Fn(&str, &Manifest) -> Vec<Problem>,
) -> Vec<Problem> {
    let ours = |path: &str| path.starts_with("crates/") || path == "xtask/Cargo.toml";
    let mut problems = Vec::new();
    for file in repository.ending("/Cargo.toml").filter(|file| ours(&file.path)) {
        match Manifest::parse(&file.text) {
            Ok(manifest) => problems.extend(check(&file.path, &manifest)),
            Err(error) => problems.push(Problem::new(&file.path, 1, format!("{error:#}"))),
        }
    }
    problems
}
