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
    /// Media type to the name of the Model of the request's body.
    pub request_models: BTreeMap<String, String>,
    pub integration: Integration,
    /// Kinds of what it asks for and cannot run here. Such a method is compiled for what else there
    /// is to say about it, and never served without what it asks for.
    pub refusals: Vec<&'static str>,
    pub responses: Vec<MethodResponse>,
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
