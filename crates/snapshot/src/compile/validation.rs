//! Validators of methods: which parameters a request must have, and which models bodies must fit.

use std::sync::Arc;

use portico_model::{Deployment, DocumentPath, RequestValidator, suggestion};

use super::compiler::{Compiler, MethodScope};
use super::models::Models;
use super::refusal::not_runnable;
use crate::{RequiredParameter, RequiredPlace, Validation};

/// What is checked of a method's requests; `None` where nothing is, or a finding has been made.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    models: &Models<'_>,
    deployment: &Deployment,
    scope: &MethodScope<'_>,
) -> Option<Box<Validation>> {
    let name = scope.method.request_validator.as_deref()?;
    let path = &scope.method.guard_paths.request_validator;
    let Some(validator) = deployment.request_validators.get(name) else {
        let message = format!("the request validator \"{name}\" is defined nowhere");
        let near = suggestion(name, deployment.request_validators.keys().map(String::as_str));
        let near = near.map(|near| format!("; {near}")).unwrap_or_default();
        let help = format!("define it in x-amazon-apigateway-request-validators{near}");
        not_runnable(compiler, "request-validator", path, message, &help);
        return None;
    };
    let RequestValidator { validate_request_body, validate_request_parameters, .. } = validator;
    let mut validation = Validation::default();
    if *validate_request_parameters {
        validation.parameters = required(scope);
    }
    if *validate_request_body {
        validation.models = bodies(compiler, models, scope, path);
    }
    let is_empty = validation.parameters.is_empty() && validation.models.is_empty();
    (!is_empty).then(|| Box::new(validation))
}

/// The parameters that are marked as required. The names of documents sort as AWS tells them.
fn required(scope: &MethodScope<'_>) -> Vec<RequiredParameter> {
    let parameters = scope.method.request_parameters.iter();
    let marked = parameters.filter(|(_, is_required)| **is_required);
    marked.filter_map(|(parameter, _)| place(scope, parameter)).collect()
}

fn place(scope: &MethodScope<'_>, parameter: &str) -> Option<RequiredParameter> {
    let (kind, name) = parameter.strip_prefix("method.request.")?.split_once('.')?;
    let place = match kind {
        "header" => RequiredPlace::Header,
        "path" => {
            let mut variables = scope.path_parameters.iter();
            RequiredPlace::Path(variables.position(|variable| **variable == *name))
        }
        "querystring" => RequiredPlace::Query,
        _ => return None,
    };
    Some(RequiredParameter { name: name.into(), place })
}

fn bodies(
    compiler: &mut Compiler<'_>,
    models: &Models<'_>,
    scope: &MethodScope<'_>,
    path: &DocumentPath,
) -> Vec<(Box<str>, Arc<crate::Model>)> {
    let mut bodies = Vec::new();
    for (media_type, name) in &scope.method.request_models {
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        match models.compiled(name) {
            Ok(model) => bodies.push((media_type.to_ascii_lowercase().into(), model)),
            Err(problem) => {
                let path = problem.path.unwrap_or(path);
                let message = format!("the model \"{name}\" cannot be checked: {}", problem.reason);
                not_runnable(compiler, "request-validator", path, message, problem.help);
            }
        }
    }
    bodies
}
