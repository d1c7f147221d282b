//! One thing that is untidy: where it stands, what is wrong and what to do.

use std::fmt;

/// Prints as `path:line: text`, the form editors and terminals can follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Relative to the root of the repository.
    pub path: String,
    /// Counts from 1.
    pub line: usize,
    /// What is wrong, then what to do.
    pub text: String,
}

impl Problem {
    pub fn new(path: impl Into<String>, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.into(), line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.text)
    }
}
