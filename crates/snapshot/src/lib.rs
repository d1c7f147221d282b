//! What the gateway serves: documents compiled to a runtime in which nothing is left to parse.
//!
//! `compile` turns the documents of one deployment and one stage into a `RestStage`, or reports
//! every problem with the path of its document field. A `Snapshot` joins the stages of all APIs.
//! Everything is immutable once built; a request borrows it from first byte to last.

mod access_log;
mod body_path;
mod compile;
mod content;
mod context;
mod gateway_response;
mod integration;
mod method;
mod part;
pub mod reserved;
mod responses;
mod rest_stage;
mod route_tree;
mod schema;
mod segment_map;
mod snapshot;
mod template;
mod validation;

pub use access_log::{ABSENT, AccessLog, LogFormat};
pub use body_path::{BYTES_A_VALUE, BodyPath};
pub use compile::{Compiled, Inputs, compile};
pub use content::{BinaryMediaTypes, Content, Conversion};
pub use context::{
    CONTEXT_MEMBERS, ContextMember, ContextMembers, ContextPlace, ContextVariable,
    NoContextVariable, REQUEST_OVERRIDE, RESPONSE_OVERRIDE,
};
pub use gateway_response::{GatewayResponse, GatewayResponses};
pub use integration::{
    Choice, HeaderPart, HttpCall, Integration, MockTemplate, PathPart, QueryPart, QueryValue,
    RequestTemplates, Source, Wait,
};
pub use method::Method;
pub use part::{Part, RequestParameter};
pub use portico_vtl::Bounds;
pub use responses::{ResponseRule, ResponseSource, Responses};
pub use rest_stage::{Origin, OriginTls, RestStage, Throttle};
pub use route_tree::{Captures, MethodIndex, Nearness, RouteConflict, RouteTree};
pub use schema::{Misfit, Model};
pub use snapshot::{Snapshot, StageIndex};
pub use template::{
    CompiledTemplate, Given, MappingTemplate, Members, Overrides, Parameter, ParameterPlace, Plain,
    PlainSurroundings, Rendered, Surroundings, TemplateError, mock_status,
};
pub use validation::{RequiredParameter, RequiredPlace, Validation};
