//! API Gateway's extensions: where each may stand, and what each means for us.
//! Source: AWS, "OpenAPI extensions for API Gateway".

use portico_model::suggestion;

use super::reader::{At, Reader};
use crate::tree::{Member, Value};

/// What the name of every extension of API Gateway begins with.
pub(super) const PREFIX: &str = "x-amazon-apigateway-";

/// A mapping that extensions stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    Server,
    Tag,
    Components,
    SecurityScheme,
    PathItem,
    Operation,
    /// Anywhere else: none belongs there.
    Elsewhere,
}

/// What an extension is to the importer.
#[derive(Clone, Copy)]
enum Meaning {
    /// Read elsewhere.
    Read,
    /// It has no effect on a REST API.
    Ignored(&'static str),
    /// Not runnable unless it is this text, which is the default.
    Default(&'static str, &'static str, &'static str),
}

const HTTP_API: &str = "it belongs to HTTP APIs";

/// Name without the prefix, place, meaning.
const TABLE: &[(&str, Place, Meaning)] = &[
    ("any-method", Place::PathItem, Meaning::Read),
    ("api-key-source", Place::Root, Meaning::Read),
    ("auth", Place::Operation, Meaning::Read),
    ("authorizer", Place::SecurityScheme, Meaning::Read),
    ("authtype", Place::SecurityScheme, Meaning::Read),
    ("binary-media-types", Place::Root, Meaning::Read),
    ("cors", Place::Root, Meaning::Ignored(HTTP_API)),
    ("documentation", Place::Root, Meaning::Read),
    (
        "endpoint-access-mode",
        Place::Root,
        Meaning::Default(
            "BASIC",
            "tls",
            "TLS of the API's address is the listener's: portico.toml, [tls]",
        ),
    ),
    ("endpoint-configuration", Place::Root, Meaning::Read),
    ("endpoint-configuration", Place::Server, Meaning::Read),
    ("gateway-responses", Place::Root, Meaning::Read),
    ("importexport-version", Place::Root, Meaning::Ignored(HTTP_API)),
    ("integration", Place::Operation, Meaning::Read),
    ("integrations", Place::Components, Meaning::Ignored(HTTP_API)),
    ("minimum-compression-size", Place::Root, Meaning::Read),
    ("policy", Place::Root, Meaning::Read),
    // Each operation without its own has that of the whole definition.
    ("request-validator", Place::Root, Meaning::Read),
    ("request-validator", Place::Operation, Meaning::Read),
    ("request-validators", Place::Root, Meaning::Read),
    (
        "security-policy",
        Place::Root,
        Meaning::Default("", "tls", "it is the listener's: name it in portico.toml, [tls] policy"),
    ),
    ("tag-value", Place::Tag, Meaning::Read),
];

/// The extension of this name, given without the prefix.
pub(super) fn get<'d>(at: &At<'d>, name: &str) -> Option<At<'d>> {
    at.get(&format!("{PREFIX}{name}"))
}

/// Reports what there is to say about the extensions in a mapping.
pub(super) fn check_all<'d>(reader: &mut Reader<'d>, at: &At<'d>, place: Place) {
    let Value::Mapping(members) = &at.node.value else { return };
    for Member { key, node, .. } in members.iter() {
        let at = At { node, path: at.path.join(key) };
        if key.starts_with(PREFIX) {
            check(reader, &at, key, place);
        } else {
            is_misspelt(reader, &at, key);
        }
    }
}

/// Reports an extension that is none of API Gateway's, but nearly has the name of one; whether
/// it is.
pub(super) fn is_misspelt<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> bool {
    let legal = key.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-"));
    if !legal || key.len() < PREFIX.len() {
        return false;
    }
    let names: Vec<_> = TABLE.iter().map(|(name, _, _)| format!("{PREFIX}{name}")).collect();
    let near = suggestion(key, names.iter().map(String::as_str));
    if let Some(near) = &near {
        let message = format!("{key} is ignored: it is no extension of API Gateway");
        let finding = reader.ignored("ignored-extension", &at.path, message);
        finding.help = Some(near.replace('"', ""));
    }
    near.is_some()
}

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

fn apply<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str, meaning: Meaning) {
    match meaning {
        Meaning::Read => {}
        Meaning::Ignored(why) => {
            reader.ignored("ignored-extension", &at.path, format!("{key} is ignored: {why}"));
        }
        Meaning::Default(default, kind, help) => {
            if reader.string(at).is_some_and(|text| text != default) {
                refuse(reader, at, key, kind, help);
            }
        }
    }
}

fn refuse<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    key: &str,
    kind: &'static str,
    help: &'static str,
) {
    if !at.is_empty() {
        let message = format!("{key} cannot run yet");
        reader.not_runnable(kind, &at.path, message).help = Some(help.to_owned());
    }
}
