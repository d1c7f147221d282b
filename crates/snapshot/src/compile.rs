//! Documents to runtime: one pure function, which leaves nothing to parse for a request.
//!
//! It reports every problem it sees, each with the path of its document field, and yields a stage
//! only when none of them is fatal.

mod compiler;
mod http_call;
mod integration;
mod loose_json;
mod mapping;
mod mock;
mod percent;
mod response;
mod status_pattern;
mod throttle;
mod uri;

use std::collections::BTreeSet;

use portico_model::{Class, Deployment, Finding, Resource, Stage, StageName};

use crate::{Integration, Method, MethodIndex, RestStage, RouteTree};
use compiler::{Compiler, MethodScope};

/// What became of the documents.
pub struct Compiled {
    /// `None` when a finding is fatal.
    pub stage: Option<RestStage>,
    /// In document order. What concerns the Stage document has a path below `/stages`.
    pub findings: Vec<Finding>,
}

/// Compiles one stage of one deployment, or reports every problem.
pub fn compile(deployment: &Deployment, stage_name: &StageName, stage: &Stage) -> Compiled {
    let mut compiler = Compiler::new(&stage.variables);
    let throttle = throttle::compile(&mut compiler, stage_name, stage);
    let mut routes = RouteTree::default();
    let mut methods = Vec::new();
    for resource in &deployment.resources {
        compile_resource(&mut compiler, &mut routes, &mut methods, resource);
    }
    let Compiler { findings, origins, .. } = compiler;
    let stage = findings.iter().all(|finding| !finding.is_fatal()).then(|| RestStage {
        api_id: deployment.api.id.clone(),
        api_name: deployment.api.name.clone(),
        stage: stage_name.clone(),
        routes,
        methods,
        origins,
        throttle,
    });
    Compiled { stage, findings }
}

fn compile_resource(
    compiler: &mut Compiler<'_>,
    routes: &mut RouteTree,
    methods: &mut Vec<Method>,
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
        check_parameter_names(compiler, method);
        let scope = MethodScope { path_parameters: &path_parameters, method };
        if let Some(mut integration) = integration::compile(compiler, &scope) {
            if method.is_refused {
                let reason = "the method asks for something that cannot run here";
                integration = Integration::Broken(reason.to_owned());
            }
            methods.push(Method {
                resource_id: resource.id.clone(),
                resource_path: resource.path.as_str().into(),
                http_method: method.http_method,
                path_parameters: path_parameters.clone(),
                integration,
            });
        }
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
