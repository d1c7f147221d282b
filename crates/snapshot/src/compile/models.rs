//! The models of a deployment, each compiled once and only if something checks bodies by it.

use std::collections::HashMap;
use std::sync::Arc;

use portico_model::{Deployment, DocumentPath};

use crate::Model;
use crate::schema::{SchemaSet, UnusableSchema};

/// The models by name, and those of them that are compiled.
pub(super) struct Models<'a> {
    paths: HashMap<&'a str, &'a DocumentPath>,
    schemas: SchemaSet<'a>,
    compiled: HashMap<String, Result<Arc<Model>, String>>,
}

/// Why bodies cannot be checked by a model.
pub(super) struct Unusable<'a> {
    /// Where the model stands, if it is defined.
    pub(super) path: Option<&'a DocumentPath>,
    pub(super) reason: String,
}

impl<'a> Models<'a> {
    pub(super) fn new(deployment: &'a Deployment) -> Self {
        let models = deployment.models.iter();
        let texts = models.clone().map(|model| (model.name.as_str(), model.schema.as_str()));
        Self {
            paths: models.map(|model| (model.name.as_str(), &model.path)).collect(),
            schemas: SchemaSet::new(texts),
            compiled: HashMap::new(),
        }
    }

    /// The model of this name.
    pub(super) fn compiled(&mut self, name: &str) -> Result<Arc<Model>, Unusable<'a>> {
        let schemas = &mut self.schemas;
        let compiled = self.compiled.entry(name.to_owned()).or_insert_with(|| {
            let compiled = schemas.compile(name).map(Arc::new);
            compiled.map_err(|error: UnusableSchema| error.to_string())
        });
        let path = self.paths.get(name).copied();
        compiled.clone().map_err(|reason| Unusable { path, reason })
    }
}
