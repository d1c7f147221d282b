//! What guards an operation: authorization, an API key, a request validator.
//!
//! An operation without `security` of its own has that of the whole definition, also as
//! `x-amazon-apigateway-any-method`; an empty list asks for nothing. So it is with the validator.
//! Source: recorded imports.

use portico_model::{Authorization, DocumentPath, GuardPaths};

use super::extension::{self, Place};
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::typed;
use super::version::Section;
use crate::tree::{Member, Value};

const AUTH_MEMBERS: Table = &[("type", Meaning::Read)];

/// What an operation is guarded by.
#[derive(Default)]
pub(super) struct Guards {
    pub(super) authorization: Authorization,
    pub(super) api_key_required: bool,
    pub(super) request_validator: Option<String>,
    pub(super) paths: GuardPaths,
}

/// Reads what guards an operation. What a method cannot hold of it is a finding.
pub(super) fn read<'d>(reader: &mut Reader<'d>, operation: &At<'d>) -> Guards {
    let mut guards = Guards::default();
    read_auth(reader, operation, &mut guards);
    let own = operation.get("security");
    if let Some(security) = own.or_else(|| reader.root().get("security"))
        && let Some(items) = reader.sequence(&security)
    {
        for (index, node) in items.iter().enumerate() {
            let requirement = At { node, path: security.path.join(&index.to_string()) };
            read_requirement(reader, &requirement, &mut guards);
        }
    }
    let own = extension::get(operation, "request-validator");
    let validator = own.or_else(|| extension::get(&reader.root(), "request-validator"));
    if let Some(at) = validator {
        guards.request_validator = reader.string(&at).map(str::to_owned);
        guards.paths.request_validator = at.path;
    }
    guards
}

/// `x-amazon-apigateway-auth`.
fn read_auth<'d>(reader: &mut Reader<'d>, operation: &At<'d>, guards: &mut Guards) {
    let Some(auth) = extension::get(operation, "auth") else { return };
    if reader.mapping(&auth).is_none() {
        return;
    }
    member::check(reader, &auth, Place::Elsewhere, AUTH_MEMBERS, Others::NotRunnable);
    let Some(kind) = auth.get("type") else {
        reader.invalid("missing", &auth.path, "the authorization has no \"type\"");
        return;
    };
    match reader.string(&kind).map(str::to_ascii_uppercase).as_deref() {
        None | Some("NONE") => {}
        Some("AWS_IAM") => guards.authorize(reader, kind.path, Authorization::AwsIam),
        Some(text) => {
            let message = format!("authorization of type \"{text}\" cannot run yet");
            let finding = reader.not_runnable("authorization", &kind.path, message);
            finding.help = Some("it is one of AWS_IAM, NONE".into());
        }
    }
}

/// One security requirement: all of its schemes are asked for.
fn read_requirement<'d>(reader: &mut Reader<'d>, requirement: &At<'d>, guards: &mut Guards) {
    for Member { key, node, .. } in reader.mapping(requirement).unwrap_or_default() {
        let at = At { node, path: requirement.path.join(key) };
        let scheme = scheme(reader, key);
        if scheme.as_ref().is_some_and(is_api_key) {
            guards.api_key_required = true;
            guards.paths.api_key = at.path;
        } else {
            let authorization = authorization(reader, scheme.as_ref(), key, &at);
            guards.authorize(reader, at.path, authorization);
        }
    }
}

impl Guards {
    /// Notes an authorization. A method has one; which of several AWS takes is not known.
    fn authorize(&mut self, reader: &mut Reader<'_>, path: DocumentPath, what: Authorization) {
        if self.authorization == Authorization::None {
            self.authorization = what;
            self.paths.authorization = path;
        } else if self.authorization != what {
            let message = "the operation has more than one authorization, a method has one";
            let finding = reader.not_runnable("authorizer", &path, message);
            finding.help = Some("name one authorizer; an API key may stand beside it".into());
        }
    }
}

/// The authorization that a scheme other than an API key gives; one that nothing defines is left
/// to whoever looks for the authorizer.
fn authorization<'d>(
    reader: &mut Reader<'d>,
    scheme: Option<&At<'d>>,
    name: &str,
    scopes: &At<'d>,
) -> Authorization {
    let authorizer = name.to_owned();
    let Some(scheme) = scheme else { return Authorization::Custom { authorizer } };
    if has_text(scheme, "x-amazon-apigateway-authtype", "awsSigv4") {
        return Authorization::AwsIam;
    }
    let extension = extension::get(scheme, "authorizer");
    if extension.is_some_and(|at| has_text(&at, "type", "cognito_user_pools")) {
        let scopes = typed::strings(reader, scopes);
        return Authorization::CognitoUserPools { authorizer, scopes };
    }
    Authorization::Custom { authorizer }
}

/// Whether a scheme is an API key of API Gateway's own. Source: AWS, "API key source".
fn is_api_key(scheme: &At<'_>) -> bool {
    let is_plain = |name: &str| extension::get(scheme, name).is_none();
    has_text(scheme, "type", "apiKey")
        && has_text(scheme, "name", "x-api-key")
        && is_plain("authorizer")
        && !has_text(scheme, "x-amazon-apigateway-authtype", "awsSigv4")
}

/// Whether a member is this text, compared without case.
fn has_text(at: &At<'_>, key: &str, expected: &str) -> bool {
    at.get(key).is_some_and(
        |at| matches!(&at.node.value, Value::String(text) if text.eq_ignore_ascii_case(expected)),
    )
}

fn scheme<'d>(reader: &Reader<'d>, name: &str) -> Option<At<'d>> {
    reader.section(Section::SecuritySchemes)?.get(name)
}
