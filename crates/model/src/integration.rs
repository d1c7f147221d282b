//! Integration: what answers a Method.
//! Source: API Gateway API Reference, `PutIntegration` and `PutIntegrationResponse`.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::DocumentPath;

/// What an integration waits for its answer when the document says nothing: 29 s.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(29);

/// The backend kind of a Method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationType {
    /// The origin's answer goes through templates.
    Http,
    /// The origin's answer is passed on.
    HttpProxy,
    /// The gateway answers itself.
    Mock,
    /// An AWS service, or a function, whose answer goes through templates.
    Aws,
    /// A function that is told of the whole request.
    AwsProxy,
}

/// What happens to a request body whose content type has no template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassthroughBehavior {
    /// Pass it through unless a template matches.
    #[default]
    WhenNoMatch,
    /// Pass it through only if there are no templates at all, else 415.
    WhenNoTemplates,
    /// 415 unless a template matches.
    Never,
}

/// What becomes of content between text and binary; without it AWS decides by media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentHandling {
    /// Text is decoded from Base64.
    ConvertToBinary,
    /// Bytes are encoded as Base64.
    ConvertToText,
}

/// How the origin is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    #[default]
    Internet,
    /// Through the VpcLink with this id, which may be a stage variable.
    VpcLink { id: Option<String> },
}

/// When an answer goes to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransferMode {
    #[default]
    Buffered,
    Stream,
}

/// An Integration document.
#[derive(Clone, Debug)]
pub struct Integration {
    pub path: DocumentPath,
    pub kind: IntegrationType,
    /// The origin's URI with `{path}` and `${stageVariables.name}` parts; mock has none.
    pub uri: Option<String>,
    /// Method of the origin's request; `None` is the client's own.
    pub http_method: Option<String>,
    /// `integration.request.{header|path|querystring}.NAME` to mapping expression.
    pub request_parameters: BTreeMap<String, String>,
    /// Content type to template.
    pub request_templates: BTreeMap<String, String>,
    pub passthrough_behavior: PassthroughBehavior,
    pub timeout: Duration,
    pub tls_config: Option<TlsConfig>,
    /// ARN of the role that calls AWS.
    pub credentials: Option<String>,
    /// Of the request.
    pub content_handling: Option<ContentHandling>,
    pub connection: Connection,
    pub response_transfer_mode: TransferMode,
    /// `method.request.{header|path|querystring}.NAME` that make two requests different ones.
    pub cache_key_parameters: Vec<String>,
    /// Integrations with the same one share their cache; without it the resource has its own.
    pub cache_namespace: Option<String>,
    /// ARN of the load balancer behind a VpcLink.
    pub integration_target: Option<String>,
    /// In document order.
    pub responses: Vec<IntegrationResponse>,
}

/// A TlsConfig document: how an origin behind `https://` proves who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Believe a certificate whoever issued it.
    pub insecure_skip_verification: bool,
    /// The name its certificate has; without it the host of the URI.
    pub server_name_to_verify: Option<String>,
}

/// An IntegrationResponse document: how one kind of answer becomes the method's.
#[derive(Clone, Debug)]
pub struct IntegrationResponse {
    pub path: DocumentPath,
    /// Java regular expression on the origin's status; `None` is the default response.
    pub selection_pattern: Option<String>,
    pub status_code: u16,
    /// `method.response.header.NAME` to mapping expression.
    pub response_parameters: BTreeMap<String, String>,
    /// Content type to template.
    pub response_templates: BTreeMap<String, String>,
    pub content_handling: Option<ContentHandling>,
}
