//! Security requirements of operations: guards that cannot run yet, each told apart.
//!
//! An operation without `security` of its own has that of the whole definition, also as
//! `x-amazon-apigateway-any-method`; an empty list asks for nothing. Source: recorded imports.

use super::reader::{At, Reader};
use crate::tree::{Member, Value};

/// Reports what an operation's `security` asks for, its own or that of the whole definition.
pub(super) fn check<'d>(reader: &mut Reader<'d>, operation: &At<'d>) {
    let own = operation.get("security");
    let inherited = own.is_none().then(|| reader.root().get("security")).flatten();
    let subject = if own.is_some() { "the operation" } else { "each operation without its own" };
    let Some(security) = own.or(inherited) else { return };
    let Some(items) = reader.sequence(&security) else { return };
    for (index, node) in items.iter().enumerate() {
        let requirement = At { node, path: security.path.join(&index.to_string()) };
        for Member { key, .. } in reader.mapping(&requirement).unwrap_or_default() {
            let scheme = scheme(reader, key);
            let (kind, what, help) = guard(scheme.as_ref());
            let message = format!("{subject} is guarded by {what} \"{key}\", which cannot run yet");
            let path = requirement.path.join(key);
            reader.not_runnable(kind, &path, message).help = Some(help.to_owned());
        }
    }
}

fn scheme<'d>(reader: &Reader<'d>, name: &str) -> Option<At<'d>> {
    reader.root().get("components")?.get("securitySchemes")?.get(name)
}

/// Kind of finding, what the scheme is called, and help.
fn guard(scheme: Option<&At<'_>>) -> (&'static str, &'static str, &'static str) {
    let Some(scheme) = scheme else {
        return ("authorizer", "the undefined security scheme", "define it in the components");
    };
    let text_is = |key: &str, expected: &str| {
        scheme.get(key).is_some_and(
            |at| matches!(&at.node.value, Value::String(text) if text.eq_ignore_ascii_case(expected)),
        )
    };
    if text_is("x-amazon-apigateway-authtype", "awsSigv4") {
        ("iam-authorization", "the IAM scheme", "IAM authorization comes with authorizers")
    } else if scheme.get("x-amazon-apigateway-authorizer").is_some() {
        ("authorizer", "the authorizer", "authorizers come in a later version")
    } else if text_is("type", "apiKey") {
        ("api-key", "the API key", "API keys come with usage plans")
    } else {
        ("authorizer", "the security scheme", "authorizers come in a later version")
    }
}
