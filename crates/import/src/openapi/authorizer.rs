//! `x-amazon-apigateway-authorizer` and `-authtype` of security schemes to authorizers.
//! Source: AWS, "x-amazon-apigateway-authorizer object"; recorded imports.

use std::collections::BTreeMap;

use portico_model::{Authorizer, AuthorizerType, DEFAULT_AUTHORIZER_TTL_SECONDS, JwtConfiguration};

use super::extension::{self, Place};
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::typed;
use crate::tree::{Member, Value};

const MEMBERS: Table = &[
    ("type", Meaning::Read),
    ("authorizerUri", Meaning::Read),
    ("authorizerCredentials", Meaning::Read),
    ("authorizerPayloadFormatVersion", Meaning::Read),
    ("authorizerResultTtlInSeconds", Meaning::Read),
    ("enableSimpleResponses", Meaning::Read),
    ("identitySource", Meaning::Read),
    ("identityValidationExpression", Meaning::Read),
    ("jwtConfiguration", Meaning::Read),
    ("providerARNs", Meaning::Read),
];

const JWT_MEMBERS: Table = &[("issuer", Meaning::Read), ("audience", Meaning::Read)];

const TYPES: [(&str, AuthorizerType); 4] = [
    ("TOKEN", AuthorizerType::Token),
    ("REQUEST", AuthorizerType::Request),
    ("COGNITO_USER_POOLS", AuthorizerType::CognitoUserPools),
    ("JWT", AuthorizerType::Jwt),
];

/// The seconds that a decision may be kept.
const TTL_MAX: u32 = 3600;

/// The authorizers of a mapping of security schemes, each under the name of its scheme.
pub(super) fn read_all<'d>(
    reader: &mut Reader<'d>,
    schemes: &At<'d>,
) -> BTreeMap<String, Authorizer> {
    let mut authorizers = BTreeMap::new();
    for Member { key, node, .. } in reader.mapping(schemes).unwrap_or_default() {
        let scheme = At { node, path: schemes.path.join(key) };
        if !matches!(scheme.node.value, Value::Mapping(_)) {
            continue;
        }
        extension::check_all(reader, &scheme, Place::SecurityScheme);
        let auth_type = extension::get(&scheme, "authtype");
        let auth_type = auth_type.and_then(|at| reader.string(&at)).map(str::to_owned);
        let Some(at) = extension::get(&scheme, "authorizer") else { continue };
        if reader.mapping(&at).is_some() {
            authorizers.insert(key.to_string(), read(reader, at, auth_type));
        }
    }
    authorizers
}

/// Reads one; where it is invalid, a finding says so and the rest is read for its findings.
fn read<'d>(reader: &mut Reader<'d>, at: At<'d>, auth_type: Option<String>) -> Authorizer {
    member::check(reader, &at, Place::Elsewhere, MEMBERS, Others::NotRunnable);
    let kind = match at.get("type") {
        Some(kind) => typed::choice(reader, &kind, "authorizer", &TYPES),
        None => {
            reader.invalid("missing", &at.path, "the authorizer has no \"type\"");
            None
        }
    };
    let ttl = at.get("authorizerResultTtlInSeconds");
    let ttl = ttl.and_then(|ttl| typed::number(reader, &ttl, "authorizer", 0..=TTL_MAX));
    let version = at.get("authorizerPayloadFormatVersion");
    let jwt = at.get("jwtConfiguration").and_then(|jwt| read_jwt(reader, &jwt));
    Authorizer {
        kind: kind.unwrap_or(AuthorizerType::Request),
        auth_type,
        uri: typed::string(reader, &at, "authorizerUri"),
        credentials: typed::string(reader, &at, "authorizerCredentials"),
        identity_source: typed::string(reader, &at, "identitySource"),
        identity_validation_expression: typed::string(reader, &at, "identityValidationExpression"),
        result_ttl_seconds: ttl.unwrap_or(DEFAULT_AUTHORIZER_TTL_SECONDS),
        provider_arns: typed::string_list(reader, &at, "providerARNs"),
        payload_format_version: version.and_then(|at| reader.text(&at)).map(str::to_owned),
        enable_simple_responses: typed::flag(reader, &at, "enableSimpleResponses"),
        jwt,
        path: at.path,
    }
}

fn read_jwt<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<JwtConfiguration> {
    reader.mapping(at)?;
    member::check(reader, at, Place::Elsewhere, JWT_MEMBERS, Others::NotRunnable);
    Some(JwtConfiguration {
        issuer: typed::string(reader, at, "issuer"),
        audience: typed::string_list(reader, at, "audience"),
    })
}
