//! The models of a deployment by which something checks bodies, each compiled once.

use std::collections::HashMap;
use std::sync::Arc;

use portico_model::{Deployment, DocumentPath, Method};

use crate::Model;
use crate::schema;

/// The models by name, and those of them that are compiled.
pub(super) struct Models<'a> {
    paths: HashMap<&'a str, &'a DocumentPath>,
    compiled: schema::Models,
}

/// Why bodies cannot be checked by a model.
pub(super) struct Unusable<'a> {
    /// Where the model stands, if it is defined.
    pub(super) path: Option<&'a DocumentPath>,
    pub(super) reason: &'a str,
    /// What to do about it.
    pub(super) help: &'static str,
}

impl<'a> Models<'a> {
    pub(super) fn new(deployment: &'a Deployment) -> Self {
        let models = deployment.models.iter();
        let texts = models.clone().map(|model| (model.name.as_str(), model.schema.as_str()));
        let methods = deployment.resources.iter().flat_map(|resource| &resource.methods);
        let checked = methods.filter(|method| checks_bodies(deployment, method));
        let wanted = checked.flat_map(|method| method.request_models.values());
        Self {
            paths: models.map(|model| (model.name.as_str(), &model.path)).collect(),
            compiled: schema::compile(texts, wanted.map(String::as_str)),
        }
    }

    /// The model of this name, which a method checks bodies by.
    pub(super) fn compiled(&self, name: &str) -> Result<Arc<Model>, Unusable<'_>> {
        let path = self.paths.get(name).copied();
        match self.compiled.get(name) {
            Some(Ok(model)) => Ok(Arc::clone(model)),
            Some(Err(schema::Unusable { reason, help })) => Err(Unusable { path, reason, help }),
            None => Err(Unusable { path, reason: "it was not compiled", help: "report this" }),
        }
    }
}

/// Whether a method has its bodies checked.
fn checks_bodies(deployment: &Deployment, method: &Method) -> bool {
    let validator = method.request_validator.as_ref();
    let validator = validator.and_then(|name| deployment.request_validators.get(name));
    validator.is_some_and(|validator| validator.validate_request_body)
}
