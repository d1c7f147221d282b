//! Documentation: what is told about the parts of an API; it changes no answer.
//! Source: API Gateway API Reference, `DocumentationPart`, `DocumentationVersion`.

use crate::DocumentPath;

/// The documentation of a definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documentation {
    pub version: Option<String>,
    /// In document order.
    pub parts: Vec<DocumentationPart>,
}

/// A DocumentationPart document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentationPart {
    pub path: DocumentPath,
    pub location: DocumentationLocation,
    /// A JSON value.
    pub properties: String,
}

/// What a part is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentationLocation {
    /// `API`, `METHOD`, `RESPONSE` and so on.
    pub kind: String,
    /// Path of the resource.
    pub path: Option<String>,
    pub method: Option<String>,
    pub status_code: Option<String>,
    pub name: Option<String>,
}
