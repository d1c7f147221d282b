//! Security requirements of operations: guards that cannot run yet, each told apart.
//!
//! An operation without `security` of its own has that of the whole definition, also as
//! `x-amazon-apigateway-any-method`; an empty list asks for nothing. Source: recorded imports.

use portico_model::Authorization;

use super::reader::{At, Reader};
use super::version::Section;
use crate::tree::{Member, Node, Value};

/// What an operation is guarded by.
#[derive(Default)]
pub(super) struct Guards {
    pub(super) authorization: Authorization,
    pub(super) api_key_required: bool,
}

/// Reads what an operation's `security` asks for, its own or that of the whole definition. All of
/// it is reported; of several authorizers the first is kept.
pub(super) fn read<'d>(reader: &mut Reader<'d>, operation: &At<'d>) -> Guards {
    let mut guards = Guards::default();
    if operation
        .get("x-amazon-apigateway-auth")
        .is_some_and(|auth| has_text(&auth, "type", "AWS_IAM"))
    {
        guards.authorization = Authorization::AwsIam;
    }
    let own = operation.get("security");
    let inherited = own.is_none().then(|| reader.root().get("security")).flatten();
    let subject = if own.is_some() { "the operation" } else { "each operation without its own" };
    let Some(security) = own.or(inherited) else { return guards };
    let Some(items) = reader.sequence(&security) else { return guards };
    for (index, node) in items.iter().enumerate() {
        let requirement = At { node, path: security.path.join(&index.to_string()) };
        for Member { key, node, .. } in reader.mapping(&requirement).unwrap_or_default() {
            let scheme = scheme(reader, key);
            let (kind, what, help) = guard(scheme.as_ref());
            let message = format!("{subject} is guarded by {what} \"{key}\", which cannot run yet");
            let path = requirement.path.join(key);
            reader.not_runnable(kind, &path, message).help = Some(help.to_owned());
            if kind == "api-key" {
                guards.api_key_required = true;
            } else if guards.authorization == Authorization::None {
                guards.authorization = authorization(scheme.as_ref(), kind, key, node);
            }
        }
    }
    guards
}

/// The authorization that a scheme other than an API key gives.
fn authorization(scheme: Option<&At<'_>>, kind: &str, name: &str, scopes: &Node) -> Authorization {
    let authorizer = scheme.and_then(|scheme| scheme.get("x-amazon-apigateway-authorizer"));
    if kind == "iam-authorization" {
        Authorization::AwsIam
    } else if authorizer.is_some_and(|at| has_text(&at, "type", "cognito_user_pools")) {
        let scopes = match &scopes.value {
            Value::Sequence(items) => items,
            _ => &[][..],
        };
        let scopes = scopes.iter().filter_map(|scope| match &scope.value {
            Value::String(text) => Some(text.to_string()),
            _ => None,
        });
        let authorizer = name.to_owned();
        Authorization::CognitoUserPools { authorizer, scopes: scopes.collect() }
    } else {
        Authorization::Custom { authorizer: name.to_owned() }
    }
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

/// Kind of finding, what the scheme is called, and help.
fn guard(scheme: Option<&At<'_>>) -> (&'static str, &'static str, &'static str) {
    let Some(scheme) = scheme else {
        return ("authorizer", "the undefined security scheme", "define it in the components");
    };
    if has_text(scheme, "x-amazon-apigateway-authtype", "awsSigv4") {
        ("iam-authorization", "the IAM scheme", "IAM authorization comes with authorizers")
    } else if scheme.get("x-amazon-apigateway-authorizer").is_some() {
        ("authorizer", "the authorizer", "authorizers come in a later version")
    } else if has_text(scheme, "type", "apiKey") {
        ("api-key", "the API key", "API keys come with usage plans")
    } else {
        ("authorizer", "the security scheme", "authorizers come in a later version")
    }
}
