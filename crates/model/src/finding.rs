//! What is wrong with, ignored in, or not runnable from a definition, and where it stands.

use std::fmt;
use std::sync::Arc;

/// What a finding means for the definition it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// AWS would refuse the definition too.
    Invalid,
    /// Valid for AWS, but nothing here can run it yet.
    NotRunnable,
    /// AWS accepts and ignores it; so do we, with a warning.
    Ignored,
}

/// Path of a field inside the documents of one API, written as a JSON Pointer (RFC 6901), for
/// example `/paths/~1books/get/x-amazon-apigateway-integration/uri`. Paths of an imported file
/// are those of the file, so a person can follow them there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentPath(String);

impl DocumentPath {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The root of another file of the same definition, by its path from the definition's
    /// directory, which has no `#`. Paths below are written `schemas/pet.yaml#/Pet`.
    pub fn in_file(file: &str) -> Self {
        Self(format!("{file}#"))
    }

    /// The file; empty for the definition itself.
    pub fn file(&self) -> &str {
        match self.0.starts_with('/') {
            true => "",
            false => self.0.split_once('#').map_or("", |(file, _)| file),
        }
    }

    /// The JSON Pointer within the file.
    pub fn pointer(&self) -> &str {
        match self.0.starts_with('/') {
            true => &self.0,
            false => self.0.split_once('#').map_or("", |(_, pointer)| pointer),
        }
    }

    /// The path of the member `key` below this one; `~` and `/` in the key are escaped.
    #[must_use]
    pub fn join(&self, key: &str) -> Self {
        let mut path = String::with_capacity(self.0.len() + 1 + key.len());
        path.push_str(&self.0);
        path.push('/');
        // A reader makes a path for every value of a definition, and few keys need an escape.
        if !key.bytes().any(|byte| byte == b'~' || byte == b'/') {
            path.push_str(key);
            return Self(path);
        }
        for character in key.chars() {
            match character {
                '~' => path.push_str("~0"),
                '/' => path.push_str("~1"),
                _ => path.push(character),
            }
        }
        Self(path)
    }

    /// The path of the value that holds this one; the root has none.
    pub fn parent(&self) -> Option<Self> {
        let pointer = self.pointer();
        let start = self.0.len() - pointer.len();
        pointer.rfind('/').map(|at| Self(self.0[..start + at].to_owned()))
    }

    /// The pointer as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocumentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

/// A stretch of one line of a file. Lines and columns count from 1, columns and lengths in
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    pub line: u32,
    pub column: u32,
    pub length: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One thing to say about a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub class: Class,
    /// Stable name of the kind, for example `authorizer`; one of [`crate::KINDS`].
    pub kind: &'static str,
    /// The field concerned.
    pub path: DocumentPath,
    /// Where the field stands in a file, once known.
    pub place: Option<Place>,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    /// What to do about it, when there is something.
    pub help: Option<String>,
}

impl Finding {
    /// A finding without place and help.
    pub fn new(
        class: Class,
        kind: &'static str,
        path: DocumentPath,
        message: impl Into<String>,
    ) -> Self {
        debug_assert!(crate::kind(kind).is_some(), "the kind {kind} is not in the table");
        Self { class, kind, path, place: None, message: message.into(), help: None }
    }

    /// The same finding with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether the definition may not be served because of it.
    pub fn is_fatal(&self) -> bool {
        self.class != Class::Ignored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_json_pointers() {
        let uri = DocumentPath::root().join("paths").join("/a~b").join("get");
        assert_eq!(uri.as_str(), "/paths/~1a~0b/get");
        assert_eq!(uri.parent().unwrap().as_str(), "/paths/~1a~0b");
        assert_eq!(DocumentPath::root().parent(), None);
        assert_eq!(DocumentPath::root().to_string(), "/");
        assert_eq!((uri.file(), uri.pointer()), ("", "/paths/~1a~0b/get"));
        let pet = DocumentPath::in_file("a/b.yaml").join("#/x");
        assert_eq!(pet.as_str(), "a/b.yaml#/#~1x");
        assert_eq!((pet.file(), pet.pointer()), ("a/b.yaml", "/#~1x"));
        assert_eq!(pet.parent().unwrap().as_str(), "a/b.yaml#");
        assert_eq!(pet.parent().unwrap().parent(), None);
    }
}
