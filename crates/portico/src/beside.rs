//! The files that a definition refers to: they lie in its directory or below.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use portico_import::openapi::{Files, Unreadable};

use crate::source::Source;

/// The files beside a definition.
pub(crate) struct Beside {
    directory: PathBuf,
    /// What was read of them, to show lines of.
    pub(crate) read: Vec<Source>,
}

impl Beside {
    /// The files beside the definition with this path.
    pub(crate) fn new(definition: &Path) -> Self {
        let directory = definition.parent().unwrap_or(Path::new("")).to_owned();
        Self { directory, read: Vec::new() }
    }
}

impl Files for Beside {
    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        let path = self.directory.join(path);
        let unreadable = |error: std::io::Error| {
            Unreadable(match error.kind() {
                ErrorKind::NotFound => "there is no such file".to_owned(),
                ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
                _ => error.to_string(),
            })
        };
        // A link out of the directory would show lines of files that nobody meant.
        let directory = match self.directory.as_os_str().is_empty() {
            true => Path::new("."),
            false => &self.directory,
        };
        let directory = directory.canonicalize().map_err(unreadable)?;
        if !path.canonicalize().map_err(unreadable)?.starts_with(directory) {
            return Err(Unreadable("it is a link out of the definition's directory".to_owned()));
        }
        // A pipe or a device would be waited for.
        if !fs::metadata(&path).map_err(unreadable)?.is_file() {
            return Err(Unreadable("it is no regular file".to_owned()));
        }
        let mut bytes = Vec::new();
        File::open(&path)
            // One byte over the limit tells a file that is too long.
            .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let name = path.display().to_string();
            self.read.push(Source { name: name.into(), text: text.into() });
        }
        Ok(bytes)
    }
}
