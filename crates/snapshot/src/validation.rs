//! Validation: what of a request is checked before its integration is asked.
//! Source: AWS, "Request validation for REST APIs in API Gateway".

use std::sync::Arc;

use crate::Model;

/// What a method's validator checks.
#[derive(Debug, Default)]
pub struct Validation {
    /// The required parameters, in the order in which missing ones are told: header fields, then
    /// path variables, then query parameters, each by name. Empty where parameters are not checked.
    pub parameters: Vec<RequiredParameter>,
    /// Media type in lower case, to the model of bodies of that type. Empty where bodies are not
    /// checked.
    pub models: Vec<(Box<str>, Arc<Model>)>,
}

/// A parameter that a request must have.
#[derive(Debug, PartialEq, Eq)]
pub struct RequiredParameter {
    /// As the definition writes it.
    pub name: Box<str>,
    pub place: RequiredPlace,
}

/// Where a required parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequiredPlace {
    Header,
    /// Index of a capture of the method's path; without one the parameter is always missing.
    Path(Option<usize>),
    Query,
}

impl Validation {
    /// The model of a body of this type, which has no parameters; without one it is not checked.
    pub fn model_of(&self, media_type: &[u8]) -> Option<&Arc<Model>> {
        let mut models = self.models.iter();
        models
            .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(media_type))
            .map(|(_, it)| it)
    }
}
