//! Where lines are written: a file that can be opened anew, or a stream.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// An open file or stream.
#[derive(Debug)]
pub(crate) struct Target {
    file: File,
    /// Of what is opened anew.
    path: Option<PathBuf>,
    /// What was written last ends in the midst of a line.
    is_torn: bool,
}

/// Writing failed.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) error: io::Error,
    /// Lines that are not written, or not whole.
    pub(super) lines: u64,
}

impl Target {
    /// A file that lines are appended to; it is made if it is not there.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        Ok(Self { path: Some(path.to_owned()), ..Self::of(open(path)?) })
    }

    /// A stream that stays open.
    pub(crate) fn of(file: File) -> Self {
        Self { file, path: None, is_torn: false }
    }

    /// This process's standard output.
    pub(crate) fn stdout() -> io::Result<Self> {
        Ok(Self::of(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
    }

    /// This process's standard error.
    pub(crate) fn stderr() -> io::Result<Self> {
        Ok(Self::of(File::from(io::stderr().as_fd().try_clone_to_owned()?)))
    }

    /// Opens the file anew: after a rename, another with the same name.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        if let Some(path) = &self.path {
            self.file = open(path)?;
            self.is_torn = false;
        }
        Ok(())
    }

    /// Writes whole lines.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), Failed> {
        let count = |lines: &[u8]| memchr::memchr_iter(b'\n', lines).count() as u64;
        if self.is_torn {
            self.file.write_all(b"\n").map_err(|error| Failed { error, lines: count(lines) })?;
            self.is_torn = false;
        }
        let mut rest = lines;
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(0) => return Err(self.failed(lines, rest, io::ErrorKind::WriteZero.into())),
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(lines, rest, error)),
            }
        }
        Ok(())
    }

    fn failed(&mut self, lines: &[u8], rest: &[u8], error: io::Error) -> Failed {
        let written = &lines[..lines.len() - rest.len()];
        self.is_torn = written.last().is_some_and(|byte| *byte != b'\n');
        Failed { error, lines: memchr::memchr_iter(b'\n', rest).count() as u64 }
    }
}

fn open(path: &Path) -> io::Result<File> {
    // To open a pipe waits for its reader.
    if fs::metadata(path).is_ok_and(|data| data.file_type().is_fifo()) {
        return Err(io::Error::other("it is a named pipe"));
    }
    // Whom the log is about is nobody else's business.
    OpenOptions::new().append(true).create(true).mode(0o640).open(path)
}
