//! RestApi, and the Deployment that freezes it.
//! Source: API Gateway API Reference, `CreateRestApi`.

use std::collections::BTreeMap;

use crate::{
    Authorizer, Documentation, EndpointConfiguration, GatewayResponse, Located, Model,
    RequestValidator, Resource, RestApiId,
};

/// Who brings the API key of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiKeySource {
    /// The client, in the field `X-API-Key`.
    #[default]
    Header,
    /// The authorizer, as its `usageIdentifierKey`.
    Authorizer,
}

/// A RestApi document.
#[derive(Clone, Debug)]
pub struct RestApi {
    pub id: RestApiId,
    /// The title of the definition.
    pub name: String,
    pub description: Option<String>,
    pub version: Option<String>,
    pub api_key_source: ApiKeySource,
    /// Media types whose content is binary, in document order.
    pub binary_media_types: Vec<String>,
    /// Bytes from which on an answer is compressed for clients that accept it; without it none is.
    pub minimum_compression_size: Option<Located<u32>>,
    /// The resource policy: a JSON object.
    pub policy: Option<Located<String>>,
    pub endpoint: Option<Located<EndpointConfiguration>>,
    pub tags: BTreeMap<String, String>,
}

/// The documents of one API as a deployment froze them.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub api: RestApi,
    /// By name.
    pub authorizers: BTreeMap<String, Authorizer>,
    /// By name.
    pub request_validators: BTreeMap<String, RequestValidator>,
    pub documentation: Option<Documentation>,
    pub resources: Vec<Resource>,
    /// Of each type at most one.
    pub gateway_responses: Vec<GatewayResponse>,
    pub models: Vec<Model>,
    /// Kinds of what the whole API asks for and no document holds: no method is served without it.
    pub refusals: Vec<&'static str>,
}

impl RestApi {
    /// An API of which no more is known.
    pub fn new(id: RestApiId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            description: None,
            version: None,
            api_key_source: ApiKeySource::default(),
            binary_media_types: Vec::new(),
            minimum_compression_size: None,
            policy: None,
            endpoint: None,
            tags: BTreeMap::new(),
        }
    }
}

impl Deployment {
    /// An API without anything in it.
    pub fn new(api: RestApi) -> Self {
        Self {
            api,
            authorizers: BTreeMap::new(),
            request_validators: BTreeMap::new(),
            documentation: None,
            resources: Vec::new(),
            gateway_responses: Vec::new(),
            models: Vec::new(),
            refusals: Vec::new(),
        }
    }
}
