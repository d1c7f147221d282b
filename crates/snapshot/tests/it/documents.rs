//! Small documents to compile, and what they become.

use std::collections::BTreeMap;

use portico_model::{
    Authorization, Connection, DEFAULT_TIMEOUT, Deployment, DocumentPath, Finding, GuardPaths,
    HttpMethod, Integration, IntegrationResponse, IntegrationType, Method, MethodResponse,
    PassthroughBehavior, Resource, ResourceId, ResourcePath, RestApi, RestApiId, Stage,
    TransferMode,
};

use portico_snapshot::{Compiled, Inputs, RestStage, compile};

/// `[("a", "b")]` as a map.
pub(crate) fn map<V: Clone>(pairs: &[(&str, V)]) -> BTreeMap<String, V> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// An integration without anything but its type, at `/integration`.
pub(crate) fn integration(kind: IntegrationType) -> Integration {
    Integration {
        path: DocumentPath::root().join("integration"),
        kind,
        uri: None,
        http_method: None,
        request_parameters: BTreeMap::new(),
        request_templates: BTreeMap::new(),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        timeout: DEFAULT_TIMEOUT,
        tls_config: None,
        credentials: None,
        content_handling: None,
        connection: Connection::Internet,
        response_transfer_mode: TransferMode::Buffered,
        cache_key_parameters: Vec::new(),
        cache_namespace: None,
        integration_target: None,
        responses: Vec::new(),
    }
}

/// An HTTP integration with a URI.
pub(crate) fn http(kind: IntegrationType, uri: &str) -> Integration {
    Integration { uri: Some(uri.to_owned()), ..integration(kind) }
}

/// A GET method, at `/method`.
pub(crate) fn method(integration: Integration) -> Method {
    Method {
        path: DocumentPath::root().join("method"),
        http_method: HttpMethod::Get,
        operation_name: None,
        request_parameters: BTreeMap::new(),
        integration,
        authorization: Authorization::None,
        api_key_required: false,
        request_validator: None,
        guard_paths: GuardPaths::default(),
        request_models: BTreeMap::new(),
        refusals: Vec::new(),
        responses: Vec::new(),
    }
}

/// A method response with header fields.
pub(crate) fn method_response(status_code: u16, headers: &[&str]) -> MethodResponse {
    let header = |name: &&str| (format!("method.response.header.{name}"), false);
    MethodResponse {
        path: DocumentPath::root().join("response"),
        status_code,
        response_parameters: headers.iter().map(header).collect(),
        response_models: BTreeMap::new(),
    }
}

/// An integration response, at `/rule`.
pub(crate) fn rule(pattern: Option<&str>, status_code: u16) -> IntegrationResponse {
    IntegrationResponse {
        path: DocumentPath::root().join("rule"),
        selection_pattern: pattern.map(str::to_owned),
        status_code,
        response_parameters: BTreeMap::new(),
        response_templates: BTreeMap::new(),
        content_handling: None,
    }
}

/// A resource.
pub(crate) fn resource(path: &str, methods: Vec<Method>) -> Resource {
    let path: ResourcePath = path.parse().unwrap();
    let id = ResourceId::derive(&RestApiId::derive("t", "T"), path.as_str());
    Resource { document: DocumentPath::root().join(path.as_str()), id, path, methods }
}

/// An API.
pub(crate) fn deployment(resources: Vec<Resource>) -> Deployment {
    let id = RestApiId::derive("t", "T");
    Deployment { resources, ..Deployment::new(RestApi::new(id, "T")) }
}

/// Compiles a stage with one method.
pub(crate) fn compile_one(path: &str, method: Method, stage: &Stage) -> Compiled {
    let deployment = deployment(vec![resource(path, vec![method])]);
    compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), stage))
}

/// A stage with variables.
pub(crate) fn stage() -> Stage {
    let variables = map(&[("host", "books.local:9000"), ("page", "p/q?r=s"), ("v", "1.2")]);
    let variables = variables.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    Stage { variables, ..Stage::default() }
}

/// A finding as `class kind path: message`.
pub(crate) fn print(finding: &Finding) -> String {
    let Finding { class, kind, path, message, .. } = finding;
    format!("{class:?} {kind} {path}: {message}")
}

/// The one method's integration.
pub(crate) fn only(stage: &RestStage) -> &portico_snapshot::Integration {
    assert_eq!(stage.methods.len(), 1);
    &stage.methods[0].integration
}
