//! The nouns of API Gateway as documents: what an importer writes, what a store keeps, what
//! `snapshot` compiles. One file each, no behaviour beyond their own invariants, no I/O.

mod allow;
mod authorization;
mod authorizer;
mod documentation;
mod endpoint;
mod finding;
mod gateway_response;
mod http_method;
mod ids;
mod integration;
mod kinds;
pub mod limits;
mod located;
mod method;
mod method_key;
mod model;
mod percent;
mod request_validator;
mod resource;
mod resource_path;
mod rest_api;
mod stage;
mod suggestion;

pub use allow::{Allow, NotAllowable};
pub use authorization::Authorization;
pub use authorizer::{
    Authorizer, AuthorizerType, DEFAULT_AUTHORIZER_TTL_SECONDS, JwtConfiguration,
};
pub use documentation::{Documentation, DocumentationLocation, DocumentationPart};
pub use endpoint::{EndpointConfiguration, EndpointType};
pub use finding::{Class, DocumentPath, Finding, Place};
pub use gateway_response::{GatewayResponse, GatewayResponseType};
pub use http_method::{HttpMethod, UnknownHttpMethod};
pub use ids::{DeploymentId, InvalidStageName, ResourceId, RestApiId, StageName};
pub use integration::{
    Connection, ContentHandling, DEFAULT_TIMEOUT, Integration, IntegrationResponse,
    IntegrationType, PassthroughBehavior, TlsConfig, TransferMode,
};
pub use kinds::{KINDS, Kind, kind};
pub use located::Located;
pub use method::{GuardPaths, Method, MethodResponse};
pub use method_key::{InvalidMethodKey, MethodKey};
pub use model::Model;
pub use percent::percent_decoded;
pub use request_validator::RequestValidator;
pub use resource::Resource;
pub use resource_path::{InvalidResourcePath, PathSegment, ResourcePath};
pub use rest_api::{ApiKeySource, Deployment, RestApi};
pub use stage::{AccessLogSettings, CanarySettings, MethodSetting, Stage};
pub use suggestion::{distance, nearest, suggestion};
