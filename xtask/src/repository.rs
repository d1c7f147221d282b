//! The files of the repository as values, so that every check is a function of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Larger files are data, not something a person reads.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// A file that is UTF-8 text of at most 1 MiB.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Relative to the root, with `/` between its parts.
    pub path: String,
    pub text: String,
}

/// Every file git tracks or would track.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// All of them, text or not.
    pub paths: BTreeSet<String>,
    /// The text among them, by path.
    pub files: Vec<TextFile>,
}

impl Repository {
    /// Asks git for the files under `root`, the ignored ones left out, and reads the text.
    pub fn read(root: &Path) -> Result<Self> {
        let output = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("git lists the files to check; is it installed?")?;
        let told = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "git ls-files in {}: {told}", root.display());
        let listed = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
        let mut repository = Self::default();
        for path in listed.split_terminator('\0').filter(|path| root.join(path).is_file()) {
            if let Some(text) = read_text(&root.join(path))? {
                repository.files.push(TextFile { path: path.to_owned(), text });
            }
            repository.paths.insert(path.to_owned());
        }
        repository.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(repository)
    }

    /// A repository of `(path, text)` pairs.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self {
            paths: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            files: files
                .iter()
                .map(|(path, text)| TextFile { path: (*path).into(), text: (*text).into() })
                .collect(),
        }
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// The text files whose name ends so, for example `.rs`.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a TextFile> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }

    /// Whether `path` is a file, or a directory with files in it; the root is `""`.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.paths.contains(path)
            || self.paths.range(folder.clone()..).next().is_some_and(|p| p.starts_with(&folder))
    }
}

fn read_text(path: &Path) -> Result<Option<String>> {
    let bytes_of = || -> std::io::Result<Option<Vec<u8>>> {
        Ok(match fs::metadata(path)?.len() {
            0..=TEXT_BYTES_MAX => Some(fs::read(path)?),
            _ => None,
        })
    };
    let bytes = bytes_of().with_context(|| format!("reading {}", path.display()))?;
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_exist_through_their_files() {
        let repository = Repository::of(&[("docs/adr/0001.md", ""), ("docs.txt", "")]);
        assert!(repository.has("docs/adr/0001.md"));
        assert!(repository.has("docs/adr"));
        assert!(repository.has("docs"));
        assert!(repository.has(""));
        assert!(!repository.has("doc"));
        assert!(!repository.has("docs/ad"));
    }
}
