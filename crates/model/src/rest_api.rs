//! RestApi, and the Deployment that freezes it.

use crate::{GatewayResponse, Model, Resource, RestApiId};

/// A RestApi document.
#[derive(Clone, Debug)]
pub struct RestApi {
    pub id: RestApiId,
    /// The title of the definition.
    pub name: String,
    pub description: Option<String>,
    pub version: Option<String>,
    /// Media types whose content is binary, in document order.
    pub binary_media_types: Vec<String>,
}

/// The documents of one API as a deployment froze them.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub api: RestApi,
    pub resources: Vec<Resource>,
    /// Of each type at most one.
    pub gateway_responses: Vec<GatewayResponse>,
    pub models: Vec<Model>,
    /// Kinds of what the whole API asks for and cannot run here: no method is served without it.
    pub refusals: Vec<&'static str>,
}
