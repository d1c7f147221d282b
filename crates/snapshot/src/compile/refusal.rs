//! What documents ask for and nothing here runs yet: a finding at each field. The methods concerned
//! answer an error where the definition is served in spite of it.

use portico_model::{
    Authorization, Class, Connection, Deployment, DocumentPath, Finding, Integration, Method,
    RestApi,
};

use super::compiler::Compiler;

/// Reports what the whole API asks for.
pub(super) fn of_api(compiler: &mut Compiler<'_>, api: &RestApi) {
    if let Some(policy) = &api.policy {
        let message = "the resource policy cannot run yet";
        not_runnable(compiler, "resource-policy", &policy.path, message, "policies come later");
    }
    if let Some(endpoint) = &api.endpoint {
        if endpoint.value.is_guard() {
            let message = "a private or disabled endpoint cannot run yet";
            let help = "private and disabled endpoints come with domains";
            not_runnable(compiler, "endpoint-configuration", &endpoint.path, message, help);
        } else if !endpoint.value.types.is_empty() {
            let message =
                "the endpoint configuration is ignored: the gateway answers where it listens";
            ignored(compiler, "ignored-extension", &endpoint.path, message);
        }
    }
}

/// Reports what a method asks for of its callers.
pub(super) fn of_method(compiler: &mut Compiler<'_>, deployment: &Deployment, method: &Method) {
    let paths = &method.guard_paths;
    match &method.authorization {
        Authorization::None => {}
        Authorization::AwsIam => {
            let message = "methods are guarded by IAM authorization, which cannot run yet";
            let help = "IAM authorization comes with authorizers";
            not_runnable(compiler, "iam-authorization", &paths.authorization, message, help);
        }
        Authorization::Custom { authorizer }
        | Authorization::CognitoUserPools { authorizer, .. } => {
            let (message, help) = if deployment.authorizers.contains_key(authorizer) {
                (", which cannot run yet", "authorizers come in a later version")
            } else {
                (
                    ": nothing defines it",
                    "give its security scheme an x-amazon-apigateway-authorizer",
                )
            };
            let message =
                format!("methods are guarded by the authorizer \"{authorizer}\"{message}");
            not_runnable(compiler, "authorizer", &paths.authorization, message, help);
        }
    }
    if method.api_key_required {
        let message = "methods are guarded by an API key, which cannot run yet";
        not_runnable(compiler, "api-key", &paths.api_key, message, "keys come with usage plans");
    }
}

/// Reports what an integration asks for.
pub(super) fn of_integration(compiler: &mut Compiler<'_>, integration: &Integration) {
    let path = |member: &str| integration.path.join(member);
    if let Some(credentials) = &integration.credentials {
        let path = path("credentials");
        if credentials.starts_with("arn:") || credentials.contains("${") {
            let message = "the credentials of an integration cannot be used yet";
            let help = "credentials come with functions";
            not_runnable(compiler, "credentials", &path, message, help);
        } else {
            compiler.invalid("credentials", &path, "Invalid ARN specified in the request".into());
        }
    }
    if !integration.cache_key_parameters.is_empty() {
        let message = "caching by parameters cannot run yet";
        let help = "caching comes in a later version";
        not_runnable(compiler, "cache", &path("cacheKeyParameters"), message, help);
    }
    if integration.cache_namespace.is_some() {
        let message = "\"cacheNamespace\" is ignored: the stage has no cache";
        ignored(compiler, "ignored-member", &path("cacheNamespace"), message);
    }
    if integration.integration_target.is_some() {
        let message = match integration.connection {
            Connection::VpcLink { .. } => {
                "\"integrationTarget\" is ignored: a call goes to the host of the URI, or to where \
                 the VPC link is led"
            }
            Connection::Internet => {
                "\"integrationTarget\" is ignored: the connection is no VPC_LINK"
            }
        };
        ignored(compiler, "ignored-member", &path("integrationTarget"), message);
    }
}

pub(super) fn not_runnable(
    compiler: &mut Compiler<'_>,
    kind: &'static str,
    path: &DocumentPath,
    message: impl Into<String>,
    help: &str,
) {
    compiler.report(Finding::new(Class::NotRunnable, kind, path.clone(), message).help(help));
}

fn ignored(
    compiler: &mut Compiler<'_>,
    kind: &'static str,
    path: &DocumentPath,
    message: impl Into<String>,
) {
    compiler.report(Finding::new(Class::Ignored, kind, path.clone(), message));
}
