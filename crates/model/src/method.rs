//! Method: what clients may ask of a Resource.
//! Source: API Gateway API Reference, `PutMethod` and `PutMethodResponse`.

use std::collections::BTreeMap;

use crate::{Authorization, DocumentPath, HttpMethod, Integration};

/// A Method document with its integration.
#[derive(Clone, Debug)]
pub struct Method {
    pub path: DocumentPath,
    pub http_method: HttpMethod,
    pub operation_name: Option<String>,
    /// `method.request.{header|path|querystring}.NAME` to whether it is required.
    pub request_parameters: BTreeMap<String, bool>,
    pub authorization: Authorization,
    pub api_key_required: bool,
    /// Name of the RequestValidator.
    pub request_validator: Option<String>,
    /// Where the three are asked for.
    pub guard_paths: GuardPaths,
    /// Media type to the name of the Model of the request's body.
    pub request_models: BTreeMap<String, String>,
    pub integration: Integration,
    /// Kinds of what it asks for and no document holds. Such a method is compiled for what else there
    /// is to say about it, and never served without what it asks for.
    pub refusals: Vec<&'static str>,
    pub responses: Vec<MethodResponse>,
}

/// Where a method's guards are asked for: in its own fields, or in those of the whole definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardPaths {
    pub authorization: DocumentPath,
    pub api_key: DocumentPath,
    pub request_validator: DocumentPath,
}

/// A MethodResponse document: a status that clients may see.
#[derive(Clone, Debug)]
pub struct MethodResponse {
    pub path: DocumentPath,
    pub status_code: u16,
    /// `method.response.header.NAME` to whether it is required.
    pub response_parameters: BTreeMap<String, bool>,
    /// Media type to the name of the Model of the answer's body.
    pub response_models: BTreeMap<String, String>,
}
