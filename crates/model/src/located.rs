//! Located: a value of a document that others have to point at.

use crate::DocumentPath;

/// A value with the path of the field that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    pub path: DocumentPath,
    pub value: T,
}

impl<T> Located<T> {
    pub fn new(path: DocumentPath, value: T) -> Self {
        Self { path, value }
    }
}
