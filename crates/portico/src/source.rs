//! A text file as it was read, with the name under which it is shown.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::sync::Arc;

use portico_model::{Class, DocumentPath, Finding, Place};

use crate::failure::Failure;

/// A file's text and its name as the user wrote it.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
}

impl Source {
    /// Reads a file of at most `limit` bytes that is not empty; `noun` is what it should hold, for
    /// example `definition`.
    pub(crate) fn read(path: &Path, noun: &str, limit: usize) -> Result<Self, Failure> {
        let source = Self::read_any(path, noun, limit)?;
        if source.text.trim().is_empty() {
            return Err(Failure::new(format!("{} is empty", source.name))
                .help(format!("has it been saved? Name a file that holds a {noun}")));
        }
        Ok(source)
    }

    /// The same, and it may be empty.
    pub(crate) fn read_any(path: &Path, noun: &str, limit: usize) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let mut bytes = Vec::new();
        File::open(path)
            // One byte over the limit tells a file that is too long, also where it is a pipe.
            .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| unreadable(path, noun, &error))?;
        if bytes.len() > limit {
            let limit = limit / (1024 * 1024);
            return Err(Failure::new(format!("{name} has more than {limit} MiB"))
                .help(format!("a {noun} has at most {limit} MiB; is this the right file?")));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::new(format!("{name} is not text: byte {at} is not UTF-8"))
                .help(format!("name a {noun}, or save this one as UTF-8"))
        })?;
        Ok(Self { name: name.into(), text: text.into() })
    }

    /// A finding about the bytes `start..end` of this file.
    pub(crate) fn finding(&self, start: usize, end: usize, message: &str) -> Finding {
        let mut finding =
            Finding::new(Class::Invalid, "configuration", DocumentPath::root(), message);
        finding.place = Some(self.place(start, end));
        finding
    }

    /// The place of the bytes `start..end`, as far as they are on one line.
    pub(crate) fn place(&self, start: usize, end: usize) -> Place {
        let start = floor_char(&self.text, start);
        let line_start = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |at| start + at);
        let end = floor_char(&self.text, end.clamp(start, line_end));
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let lines = self.text[..start].bytes().filter(|b| *b == b'\n').count();
        Place {
            file: Arc::clone(&self.name),
            line: u32::try_from(lines + 1).unwrap_or(u32::MAX),
            column: count(&self.text[line_start..start]) + 1,
            length: count(&self.text[start..end]).max(1),
        }
    }
}

/// The nearest character boundary at or before a byte index.
fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn unreadable(path: &Path, noun: &str, error: &std::io::Error) -> Failure {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound => {
            let failure = Failure::new(format!("there is no file {name}"));
            match candidates(path.parent().unwrap_or(Path::new(""))) {
                Some(found) => failure.help(format!("beside it are: {found}")),
                None => failure.help(format!("name the file that holds the {noun}")),
            }
        }
        ErrorKind::IsADirectory => {
            let failure = Failure::new(format!("{name} is a directory, not a {noun}"));
            match candidates(path) {
                Some(found) => failure.help(format!("name a file in it: {found}")),
                None => failure.help(format!("name the file that holds the {noun}")),
            }
        }
        ErrorKind::PermissionDenied => {
            Failure::new(format!("this user may not read {name}")).help("check its permissions")
        }
        _ => Failure::new(format!("cannot read {name}: {error}")),
    }
}

/// Up to five files of a directory that could be definitions.
fn candidates(directory: &Path) -> Option<String> {
    const LOOKED_AT: usize = 1000;
    let entries = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
    let mut found: Vec<String> = std::fs::read_dir(entries)
        .ok()?
        .take(LOOKED_AT)
        .flatten()
        .map(|entry| directory.join(entry.file_name()))
        .filter(|path| {
            let end = path.extension();
            end.is_some_and(|end| end == "yaml" || end == "yml" || end == "json") && path.is_file()
        })
        .map(|path| path.display().to_string())
        .collect();
    found.sort();
    found.truncate(5);
    (!found.is_empty()).then(|| found.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_ranges_become_places_on_one_line() {
        let source = Source { name: "a".into(), text: "ä = 1\nbb = ö\n".into() };
        let check = |start, end, line, column, length| {
            let place = source.finding(start, end, "").place.unwrap();
            assert_eq!((place.line, place.column, place.length), (line, column, length));
        };
        check(0, 2, 1, 1, 1);
        check(5, 6, 1, 5, 1);
        check(7, 9, 2, 1, 2);
        check(12, 14, 2, 6, 1);
        check(7, 99, 2, 1, 6);
        check(99, 99, 3, 1, 1);
        check(13, 14, 2, 6, 1);
    }
}
