//! Resource: one path of an API.

use crate::{DocumentPath, Method, ResourceId, ResourcePath};

/// A Resource document with its methods.
#[derive(Clone, Debug)]
pub struct Resource {
    /// The path item it was read from.
    pub document: DocumentPath,
    pub id: ResourceId,
    /// Full template path, for example `/pets/{id}` or `/files/{proxy+}`.
    pub path: ResourcePath,
    pub methods: Vec<Method>,
}
