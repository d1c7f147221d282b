//! Documents of extensions as lines, for golden cases.

use std::fmt::Write;

use portico_model::{
    ApiKeySource, Authorization, Authorizer, AuthorizerType, Connection, Deployment, Documentation,
    Integration, Method, RestApi, TransferMode,
};

/// What a definition asks for outside its paths.
pub(crate) fn print_extensions(text: &mut String, deployment: &Deployment) -> std::fmt::Result {
    print_api(text, &deployment.api)?;
    for (name, authorizer) in &deployment.authorizers {
        print_authorizer(text, name, authorizer)?;
    }
    for (name, validator) in &deployment.request_validators {
        let body = validator.validate_request_body;
        let parameters = validator.validate_request_parameters;
        writeln!(text, "validator {name} body={body} parameters={parameters}")?;
    }
    if let Some(documentation) = &deployment.documentation {
        print_documentation(text, documentation)?;
    }
    if !deployment.refusals.is_empty() {
        writeln!(text, "refused {}", deployment.refusals.join(","))?;
    }
    Ok(())
}

fn print_api(text: &mut String, api: &RestApi) -> std::fmt::Result {
    if api.api_key_source == ApiKeySource::Authorizer {
        writeln!(text, "api-key-source AUTHORIZER")?;
    }
    if !api.binary_media_types.is_empty() {
        writeln!(text, "binary-media-types {}", api.binary_media_types.join(" "))?;
    }
    if let Some(size) = &api.minimum_compression_size {
        writeln!(text, "minimum-compression-size {}", size.value)?;
    }
    if let Some(policy) = &api.policy {
        writeln!(text, "policy {}", policy.value)?;
    }
    if let Some(endpoint) = &api.endpoint {
        let endpoint = &endpoint.value;
        let types: Vec<_> = endpoint.types.iter().map(|kind| format!(" {kind:?}")).collect();
        write!(text, "endpoint{}", types.concat())?;
        for id in &endpoint.vpc_endpoint_ids {
            write!(text, " {id}")?;
        }
        writeln!(text, "{}", if endpoint.disable_execute_api_endpoint { " disabled" } else { "" })?;
    }
    for (name, value) in &api.tags {
        writeln!(text, "tag {name} {value:?}")?;
    }
    Ok(())
}

fn print_authorizer(text: &mut String, name: &str, authorizer: &Authorizer) -> std::fmt::Result {
    let kind = match authorizer.kind {
        AuthorizerType::Token => "TOKEN",
        AuthorizerType::Request => "REQUEST",
        AuthorizerType::CognitoUserPools => "COGNITO_USER_POOLS",
        AuthorizerType::Jwt => "JWT",
    };
    write!(text, "authorizer {name} {kind}")?;
    if let Some(auth_type) = &authorizer.auth_type {
        write!(text, " {auth_type}")?;
    }
    write!(text, " ttl {}", authorizer.result_ttl_seconds)?;
    if let Some(source) = &authorizer.identity_source {
        write!(text, " source {source}")?;
    }
    writeln!(text, "{}", if authorizer.enable_simple_responses { " simple" } else { "" })?;
    let jwt = authorizer.jwt.as_ref();
    for (name, value) in [
        ("uri", &authorizer.uri),
        ("credentials", &authorizer.credentials),
        ("expression", &authorizer.identity_validation_expression),
        ("payload-format-version", &authorizer.payload_format_version),
        ("issuer", &jwt.and_then(|jwt| jwt.issuer.clone())),
    ] {
        if let Some(value) = value {
            writeln!(text, "  {name} {value}")?;
        }
    }
    for arn in &authorizer.provider_arns {
        writeln!(text, "  provider {arn}")?;
    }
    for audience in jwt.iter().flat_map(|jwt| &jwt.audience) {
        writeln!(text, "  audience {audience}")?;
    }
    Ok(())
}

fn print_documentation(text: &mut String, documentation: &Documentation) -> std::fmt::Result {
    writeln!(text, "documentation {}", documentation.version.as_deref().unwrap_or("-"))?;
    for part in &documentation.parts {
        let location = &part.location;
        write!(text, "  {}", location.kind)?;
        for value in [&location.path, &location.method, &location.status_code, &location.name] {
            write!(text, " {}", value.as_deref().unwrap_or("-"))?;
        }
        writeln!(text, " {}", part.properties)?;
    }
    Ok(())
}

/// What guards a method.
pub(crate) fn print_guards(text: &mut String, method: &Method) -> std::fmt::Result {
    match &method.authorization {
        Authorization::None => {}
        Authorization::AwsIam => writeln!(text, "    auth AWS_IAM")?,
        Authorization::Custom { authorizer } => writeln!(text, "    auth CUSTOM {authorizer}")?,
        Authorization::CognitoUserPools { authorizer, scopes } => {
            writeln!(text, "    auth COGNITO_USER_POOLS {authorizer} {}", scopes.join(" "))?;
        }
    }
    if method.api_key_required {
        writeln!(text, "    key")?;
    }
    if let Some(validator) = &method.request_validator {
        writeln!(text, "    validator {validator}")?;
    }
    if !method.refusals.is_empty() {
        writeln!(text, "    refused {}", method.refusals.join(","))?;
    }
    Ok(())
}

/// What an integration asks for beside its call.
pub(crate) fn print_asked(text: &mut String, integration: &Integration) -> std::fmt::Result {
    if let Connection::VpcLink { id } = &integration.connection {
        writeln!(text, "      vpc-link {}", id.as_deref().unwrap_or("-"))?;
    }
    if integration.response_transfer_mode == TransferMode::Stream {
        writeln!(text, "      stream")?;
    }
    for (name, value) in [
        ("target", &integration.integration_target),
        ("credentials", &integration.credentials),
        ("cache-namespace", &integration.cache_namespace),
    ] {
        if let Some(value) = value {
            writeln!(text, "      {name} {value}")?;
        }
    }
    if !integration.cache_key_parameters.is_empty() {
        writeln!(text, "      cache-key {}", integration.cache_key_parameters.join(" "))?;
    }
    Ok(())
}
