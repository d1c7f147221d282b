//! Model: the shape of a body, as a JSON schema.
//! Source: API Gateway API Reference, `CreateModel`.

use crate::DocumentPath;

/// A Model document.
#[derive(Clone, Debug)]
pub struct Model {
    pub path: DocumentPath,
    /// Alphanumeric.
    pub name: String,
    pub content_type: String,
    /// JSON text, in which references to other models are
    /// `https://apigateway.amazonaws.com/restapis/{api}/models/{name}`.
    pub schema: String,
    pub description: Option<String>,
}
