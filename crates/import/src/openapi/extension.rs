//! API Gateway's extensions: where each may stand, and what each means for us.
//! Source: AWS, "OpenAPI extensions for API Gateway".

use portico_model::suggestion;

use super::reader::{At, Reader};
use crate::tree::Value;

/// What the name of every extension of API Gateway begins with.
pub(super) const PREFIX: &str = "x-amazon-apigateway-";

/// A mapping that extensions stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    PathItem,
    Operation,
    /// Anywhere else: none belongs there.
    Elsewhere,
}

/// What an extension is to the importer.
#[derive(Clone, Copy)]
enum Meaning {
    /// Read elsewhere, or documentation.
    Read,
    /// It has no effect on a REST API, or none here.
    Ignored(&'static str),
    /// AWS acts on it: kind and help.
    NotRunnable(&'static str, &'static str),
    /// Not runnable unless it is this text, which is the default.
    Default(&'static str, &'static str, &'static str),
    /// What kind of endpoint the API has.
    Endpoint,
}

const HTTP_API: &str = "it belongs to HTTP APIs";

/// Name without the prefix, place, meaning.
const TABLE: &[(&str, Place, Meaning)] = &[
    ("any-method", Place::PathItem, Meaning::Read),
    (
        "api-key-source",
        Place::Root,
        Meaning::Default("HEADER", "api-key", "API keys come with usage plans"),
    ),
    (
        "auth",
        Place::Operation,
        Meaning::NotRunnable("authorization", "authorization comes with authorizers"),
    ),
    ("binary-media-types", Place::Root, Meaning::Read),
    ("cors", Place::Root, Meaning::Ignored(HTTP_API)),
    ("documentation", Place::Root, Meaning::Read),
    ("endpoint-access-mode", Place::Root, Meaning::NotRunnable("tls", "TLS comes with the edge")),
    ("endpoint-configuration", Place::Root, Meaning::Endpoint),
    ("gateway-responses", Place::Root, Meaning::Read),
    ("importexport-version", Place::Root, Meaning::Ignored(HTTP_API)),
    ("integration", Place::Operation, Meaning::Read),
    (
        "minimum-compression-size",
        Place::Root,
        Meaning::NotRunnable("compression", "compression comes with transformations"),
    ),
    (
        "policy",
        Place::Root,
        Meaning::NotRunnable("resource-policy", "resource policies come with authorizers"),
    ),
    // Each operation without its own has that of the whole definition.
    ("request-validator", Place::Root, Meaning::Read),
    (
        "request-validator",
        Place::Operation,
        Meaning::NotRunnable("request-validator", "request validation comes with models"),
    ),
    ("request-validators", Place::Root, Meaning::Read),
    (
        "security-policy",
        Place::Root,
        Meaning::NotRunnable("tls", "it is the listener's: name it in portico.toml, [tls] policy"),
    ),
];

/// Reports what there is to say about one extension in one place.
pub(super) fn check<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str, place: Place) {
    let name = &key[PREFIX.len()..];
    let mut known = TABLE.iter().filter(|(known, _, _)| *known == name).peekable();
    if known.peek().is_none() {
        let names = TABLE.iter().map(|(name, _, _)| *name);
        let help = suggestion(name, names).map(|text| text.replace("\"", ""));
        let help =
            help.map(|text| text.replace("did you mean ", &format!("did you mean {PREFIX}")));
        let message = format!("there is no extension {key}");
        reader.not_runnable("unknown-extension", &at.path, message).help = help;
        return;
    }
    let Some((_, _, meaning)) = known.find(|(_, known, _)| *known == place) else {
        let message = format!("{key} is ignored: it does not belong here");
        reader.ignored("misplaced-extension", &at.path, message);
        return;
    };
    apply(reader, at, key, *meaning);
}

/// The validator of an operation: its own, or that of the whole definition, which is reported here.
pub(super) fn validator<'d>(reader: &mut Reader<'d>, operation: &At<'d>) -> Option<String> {
    let key = "x-amazon-apigateway-request-validator";
    let own = operation.get(key);
    if own.is_none()
        && let Some(inherited) = reader.root().get(key)
    {
        check(reader, &inherited, key, Place::Operation);
    }
    match &own.or_else(|| reader.root().get(key))?.node.value {
        Value::String(name) => Some(name.to_string()),
        _ => None,
    }
}

fn apply<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str, meaning: Meaning) {
    match meaning {
        Meaning::Read => {}
        Meaning::Ignored(why) => {
            reader.ignored("ignored-extension", &at.path, format!("{key} is ignored: {why}"));
        }
        Meaning::NotRunnable(kind, help) => refuse(reader, at, key, kind, help),
        Meaning::Default(default, kind, help) => {
            if reader.string(at).is_some_and(|text| text != default) {
                refuse(reader, at, key, kind, help);
            }
        }
        Meaning::Endpoint => endpoint(reader, at, key),
    }
}

fn refuse<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    key: &str,
    kind: &'static str,
    help: &'static str,
) {
    let asks_nothing = at.is_empty() || is_no_auth(at, key);
    if !asks_nothing {
        let message = format!("{key} cannot run yet");
        reader.not_runnable(kind, &at.path, message).help = Some(help.to_owned());
    }
}

/// `x-amazon-apigateway-auth: {type: NONE}`: the method is open, as it would be without.
fn is_no_auth(at: &At<'_>, key: &str) -> bool {
    let kind = at.get("type");
    key.ends_with("-auth")
        && kind.is_some_and(
            |at| matches!(&at.node.value, Value::String(text) if text.eq_ignore_ascii_case("NONE")),
        )
}

/// Types other than PRIVATE differ in how AWS is reached, not in what it answers.
pub(super) fn endpoint<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) {
    let Some(members) = reader.mapping(at) else { return };
    let is_private = at.get("types").is_some_and(|types| match &types.node.value {
        Value::Sequence(items) => items.iter().any(
            |item| matches!(&item.value, Value::String(text) if text.eq_ignore_ascii_case("PRIVATE")),
        ),
        _ => false,
    });
    let disabled = at.get("disableExecuteApiEndpoint");
    let is_disabled = disabled.is_some_and(|at| !matches!(at.node.value, Value::Bool(false)));
    let has_endpoints = at.get("vpcEndpointIds").is_some_and(|at| !at.is_empty());
    if is_private || is_disabled || has_endpoints {
        let help = "private and disabled endpoints come with domains";
        refuse(reader, at, key, "endpoint-configuration", help);
    } else if !members.is_empty() {
        let message = format!("{key} is ignored: the gateway answers where it listens");
        reader.ignored("ignored-extension", &at.path, message);
    }
}
