//! Documents to runtime: one pure function, which leaves nothing to parse for a request.
//!
//! It reports every problem it sees, each with the path of its document field, and yields a stage
//! only when none of them is fatal.

mod access_log;
mod aws;
mod compiler;
mod content;
mod gateway_response;
mod http_call;
mod integration;
mod mapping;
mod method_settings;
mod mock;
mod models;
mod origin_tls;
mod percent;
mod refusal;
mod reserved;
mod response;
mod stage;
mod status_pattern;
mod substitution;
mod template;
mod uri;
mod validation;
mod vpc_link;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use portico_model::{Allow, Class, Deployment, DeploymentId, Finding, Resource, Stage, StageName};

use crate::{BinaryMediaTypes, Integration, Method, MethodIndex, RestStage, RouteTree};
use compiler::{Compiler, MethodScope};
use method_settings::{MethodSettings, Rule};
use models::Models;

/// What became of the documents.
pub struct Compiled {
    /// `None` when a finding is fatal and not allowed.
    pub stage: Option<RestStage>,
    /// In document order. What concerns the Stage document has a path below `/stages`.
    pub findings: Vec<Finding>,
}

/// What one stage is compiled from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    pub deployment: &'a Deployment,
    pub stage_name: &'a StageName,
    pub stage: &'a Stage,
    /// Kinds of findings in spite of which there is a stage; [`Inputs::new`] allows none.
    pub allow: &'a Allow,
    /// Id of a VPC link to the URL it leads to; [`Inputs::new`] gives none, and a link without a
    /// URL leads to the host of the integration's URI.
    pub vpc_links: &'a BTreeMap<String, String>,
}

static NOTHING: Allow = Allow::NOTHING;
static NO_LINKS: BTreeMap<String, String> = BTreeMap::new();

impl<'a> Inputs<'a> {
    /// The documents, with nothing allowed and no VPC links given.
    pub fn new(deployment: &'a Deployment, stage_name: &'a StageName, stage: &'a Stage) -> Self {
        Self { deployment, stage_name, stage, allow: &NOTHING, vpc_links: &NO_LINKS }
    }
}

/// Compiles one stage of one deployment, or reports every problem. A method that asks for what
/// cannot run answers a configuration error, where the stage is served in spite of that.
pub fn compile(inputs: &Inputs<'_>) -> Compiled {
    let Inputs { deployment, stage_name, stage, allow, vpc_links } = *inputs;
    let types = deployment.api.binary_media_types.iter().map(String::as_str);
    let types = Arc::new(BinaryMediaTypes::new(types));
    let mut compiler = Compiler::new(&stage.variables, vpc_links, types);
    stage::check(&mut compiler, stage_name, stage);
    let settings = method_settings::compile(&mut compiler, deployment, stage_name, stage);
    let access_log = access_log::compile(&mut compiler, stage_name, stage);
    let gateway_responses = gateway_response::compile(&mut compiler, &deployment.gateway_responses);
    refusal::of_api(&mut compiler, &deployment.api);
    // What the API or the stage asks for, each method asks for.
    let mut refusals: BTreeSet<_> = deployment.refusals.iter().copied().collect();
    refusals.extend(compiler.refusals_since(0));
    let models = Models::new(deployment);
    let mut built = Built::new(&models);
    for resource in &deployment.resources {
        compile_resource(&mut compiler, &mut built, &settings, &refusals, deployment, resource);
    }
    let Compiler { mut findings, origins, .. } = compiler;
    let Built { routes, methods, .. } = built;
    // What the whole definition says of its methods is found at each of them.
    let mut seen = HashSet::new();
    findings.retain(|it| seen.insert((it.kind, it.path.clone(), it.message.clone())));
    let stage = findings.iter().all(|finding| !allow.forbids(finding)).then(|| RestStage {
        api_id: deployment.api.id.clone(),
        api_name: deployment.api.name.clone(),
        deployment_id: DeploymentId::derive(&deployment.api.id),
        stage: stage_name.clone(),
        routes,
        methods,
        origins,
        throttles: settings.throttles,
        minimum_compression_size: deployment
            .api
            .minimum_compression_size
            .as_ref()
            .map(|it| it.value),
        gateway_responses,
        access_log,
        variables: Arc::new(stage.variables.clone()),
    });
    Compiled { stage, findings }
}

/// The methods so far.
struct Built<'a> {
    routes: RouteTree,
    methods: Vec<Method>,
    models: &'a Models<'a>,
}

impl<'a> Built<'a> {
    fn new(models: &'a Models<'a>) -> Self {
        Self { routes: RouteTree::default(), methods: Vec::new(), models }
    }
}

fn compile_resource(
    compiler: &mut Compiler<'_>,
    Built { routes, methods, models }: &mut Built<'_>,
    settings: &MethodSettings,
    refusals: &BTreeSet<&'static str>,
    deployment: &Deployment,
    resource: &Resource,
) {
    let path_parameters: Vec<Box<str>> = resource.path.variables().map(Into::into).collect();
    for method in &resource.methods {
        let index = MethodIndex(methods.len());
        if let Err(conflict) = routes.insert(&resource.path, method.http_method, index) {
            let path = method.path.clone();
            compiler.report(Finding::new(Class::Invalid, "resource", path, conflict.to_string()));
            continue;
        }
        let before = compiler.findings.len();
        refusal::of_method(compiler, deployment, method);
        refusal::of_integration(compiler, &method.integration);
        check_parameter_names(compiler, method);
        let scope = MethodScope { path_parameters: &path_parameters, method };
        let validation = validation::compile(compiler, models, deployment, &scope);
        let compiled = integration::compile(compiler, &scope);
        let mut refusals = refusals.clone();
        refusals.extend(&method.refusals);
        refusals.extend(compiler.refusals_since(before));
        let is_whole = refusals.is_empty();
        let integration = compiled.filter(|_| is_whole).unwrap_or_else(|| {
            let kinds: Vec<_> = refusals.into_iter().collect();
            Integration::Broken(format!("what cannot run here: {}", kinds.join(", ")))
        });
        let validation = validation.filter(|_| is_whole);
        let is_checked = validation.as_ref().is_some_and(|it| !it.models.is_empty());
        let Rule { throttle, has_metrics } = settings.of(&resource.path, method.http_method);
        methods.push(Method {
            resource_id: resource.id.clone(),
            resource_path: resource.path.as_str().into(),
            http_method: method.http_method,
            path_parameters: path_parameters.clone(),
            validation,
            goes_by_type: is_checked || integration.goes_by_type(),
            integration,
            throttle,
            has_metrics,
        });
    }
}

/// A name may be a header, a path or a query parameter of a method, not two of them.
fn check_parameter_names(compiler: &mut Compiler<'_>, method: &portico_model::Method) {
    let mut names = BTreeSet::new();
    for parameter in method.request_parameters.keys() {
        let name = parameter.splitn(4, '.').nth(3).unwrap_or_default();
        if !names.insert(name) {
            let message = format!(
                "Parameter names must be unique across querystring, header and path: \"{name}\""
            );
            compiler.invalid("parameter", &method.path, message);
        }
    }
}
