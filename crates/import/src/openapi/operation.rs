//! Operations to methods.

use std::collections::BTreeMap;

use portico_model::{Class, HttpMethod, Method};

use super::member::{self, Meaning, Others, Table};
use super::parameter::Parameters;
use super::reader::{At, Reader};
use super::schema::Models;
use super::security::{self, Guards};
use super::version::Dialect;
use super::{body, extension, integration, parameter, response};

const OPENAPI: Table = &[
    ("parameters", Meaning::Read),
    ("responses", Meaning::Read),
    ("security", Meaning::Read),
    ("operationId", Meaning::Read),
    ("tags", Meaning::Silent),
    ("summary", Meaning::Silent),
    ("description", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
    ("requestBody", Meaning::Read),
    ("deprecated", Meaning::Silent),
    ("callbacks", Meaning::Ignored("API Gateway makes no calls of its own")),
    ("servers", Meaning::Ignored("requests come to the gateway")),
];

const SWAGGER: Table = &[
    ("parameters", Meaning::Read),
    ("responses", Meaning::Read),
    ("security", Meaning::Read),
    ("operationId", Meaning::Read),
    ("consumes", Meaning::Read),
    ("produces", Meaning::Read),
    ("schemes", Meaning::Silent),
    ("tags", Meaning::Silent),
    ("summary", Meaning::Silent),
    ("description", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
    ("deprecated", Meaning::Silent),
];

/// Reads one operation; `items` is what its path item is made of. One that is invalid gives no method, as part of it is unread; one that
/// asks for more than can be done gives a refused method: it is not served with less.
pub(super) fn read<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    http_method: HttpMethod,
    shared: &Parameters,
    items: &[&At<'d>],
    models: &mut Models<'d>,
) -> Option<Method> {
    let before = reader.findings.len();
    reader.mapping(at)?;
    let table = if reader.dialect == Dialect::Swagger20 { SWAGGER } else { OPENAPI };
    member::check(reader, at, extension::Place::Operation, table, Others::Ignored);
    // One that inherits too much is refused as a whole.
    reader.inherited(at, "security").ok()?;
    let guards = security::read(reader, at);
    let Guards { authorization, api_key_required, request_validator, paths } = guards;
    let mut parameters = shared.clone();
    parameters.extend(parameter::read_all(reader, at));
    let request_parameters: BTreeMap<String, bool> = parameters.into_iter().collect();
    if reader.dialect == Dialect::Swagger20 {
        body::check_media_types(reader, at);
    }
    let request_models = body::request_models(reader, at, items, models);
    let responses = response::read_all(reader, at, models);
    let operation_name = reader.string_member(at, "operationId").map(str::to_owned);
    let Some(extension) = at.get("x-amazon-apigateway-integration") else {
        let message = format!("No integration defined for method: {http_method} has none");
        let finding = reader.invalid("no-integration", &at.path, message);
        finding.help = Some("give the operation an x-amazon-apigateway-integration".into());
        return None;
    };
    let integration = integration::read(reader, &extension)?;
    let worst = reader.worst_since(before);
    (worst != Some(Class::Invalid)).then(|| Method {
        refusals: reader.refusals_since(before),
        path: at.path.clone(),
        http_method,
        operation_name,
        request_parameters,
        authorization,
        api_key_required,
        request_validator,
        guard_paths: paths,
        request_models,
        integration,
        responses,
    })
}
