//! The extensions of the whole definition to the RestApi and what belongs to it.
//! Source: AWS, "OpenAPI extensions for API Gateway"; recorded imports.

use std::collections::BTreeMap;

use portico_model::limits::{DEFINITION_BYTES, PAYLOAD_BYTES};
use portico_model::{
    ApiKeySource, Deployment, EndpointConfiguration, EndpointType, Located, RequestValidator,
};

use super::extension::{self, Place};
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::version::Section;
use super::{authorizer, documentation, typed};
use crate::tree::{Member, Value};

const VALIDATOR_MEMBERS: Table =
    &[("validateRequestBody", Meaning::Read), ("validateRequestParameters", Meaning::Read)];

const ENDPOINT_MEMBERS: Table = &[
    ("types", Meaning::Read),
    ("vpcEndpointIds", Meaning::Read),
    ("disableExecuteApiEndpoint", Meaning::Read),
    ("ipAddressType", Meaning::Ignored("the gateway answers where it listens")),
];

const ENDPOINT_TYPES: [(&str, EndpointType); 3] = [
    ("EDGE", EndpointType::Edge),
    ("REGIONAL", EndpointType::Regional),
    ("PRIVATE", EndpointType::Private),
];

const KEY_SOURCES: [(&str, ApiKeySource); 2] =
    [("HEADER", ApiKeySource::Header), ("AUTHORIZER", ApiKeySource::Authorizer)];

/// Reads everything that is asked for outside the paths.
pub(super) fn read<'d>(reader: &mut Reader<'d>, root: &At<'d>, deployment: &mut Deployment) {
    let api = &mut deployment.api;
    if let Some(at) = extension::get(root, "api-key-source") {
        let source = typed::choice(reader, &at, "api-key", &KEY_SOURCES);
        api.api_key_source = source.unwrap_or_default();
    }
    if let Some(at) = extension::get(root, "binary-media-types") {
        api.binary_media_types = typed::strings(reader, &at);
    }
    if let Some(at) = extension::get(root, "minimum-compression-size") {
        let largest = u32::try_from(PAYLOAD_BYTES).unwrap_or(u32::MAX);
        let size = typed::number(reader, &at, "compression", 0..=largest);
        api.minimum_compression_size = size.map(|size| Located::new(at.path, size));
    }
    if let Some(at) = extension::get(root, "policy") {
        let policy = reader.mapping(&at).and_then(|_| typed::json(reader, &at, DEFINITION_BYTES));
        api.policy = policy.map(|policy| Located::new(at.path, policy));
    }
    if let Some(at) = extension::get(root, "request-validator") {
        // Each operation without its own has it.
        reader.string(&at);
    }
    api.endpoint = read_endpoints(reader, root);
    api.tags = read_tags(reader, root);
    deployment.request_validators = read_validators(reader, root);
    deployment.documentation = documentation::read(reader, root);
    if let Some(components) = root.get("components") {
        extension::check_all(reader, &components, Place::Components);
    }
    if let Some(schemes) = reader.section(Section::SecuritySchemes) {
        deployment.authorizers = authorizer::read_all(reader, &schemes);
    }
}

fn read_validators<'d>(
    reader: &mut Reader<'d>,
    root: &At<'d>,
) -> BTreeMap<String, RequestValidator> {
    let mut validators = BTreeMap::new();
    let Some(at) = extension::get(root, "request-validators") else { return validators };
    for Member { key, node, .. } in reader.mapping(&at).unwrap_or_default() {
        let at = At { node, path: at.path.join(key) };
        if reader.mapping(&at).is_none() {
            continue;
        }
        member::check(reader, &at, Place::Elsewhere, VALIDATOR_MEMBERS, Others::NotRunnable);
        let validator = RequestValidator {
            validate_request_body: typed::flag(reader, &at, "validateRequestBody"),
            validate_request_parameters: typed::flag(reader, &at, "validateRequestParameters"),
            path: at.path,
        };
        validators.insert(key.to_string(), validator);
    }
    validators
}

/// The endpoint configuration, which stands at the root or at a server; there is one.
fn read_endpoints<'d>(
    reader: &mut Reader<'d>,
    root: &At<'d>,
) -> Option<Located<EndpointConfiguration>> {
    let mut places = vec![root.clone()];
    if let Some(servers) = root.get("servers")
        && let Value::Sequence(items) = &servers.node.value
    {
        for (index, node) in items.iter().enumerate() {
            let server = At { node, path: servers.path.join(&index.to_string()) };
            extension::check_all(reader, &server, Place::Server);
            places.push(server);
        }
    }
    let mut first = None;
    for at in places.iter().filter_map(|at| extension::get(at, "endpoint-configuration")) {
        let endpoint = read_endpoint(reader, &at);
        if first.is_some() {
            let message = "the definition has more than one endpoint configuration";
            reader.not_runnable("endpoint-configuration", &at.path, message);
        }
        first = first.or(endpoint.map(|endpoint| Located::new(at.path, endpoint)));
    }
    first
}

fn read_endpoint<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<EndpointConfiguration> {
    reader.mapping(at)?;
    member::check(reader, at, Place::Elsewhere, ENDPOINT_MEMBERS, Others::NotRunnable);
    let mut types = Vec::new();
    if let Some(list) = at.get("types") {
        for (index, node) in reader.sequence(&list).unwrap_or_default().iter().enumerate() {
            let item = At { node, path: list.path.join(&index.to_string()) };
            types.extend(typed::choice(reader, &item, "endpoint-configuration", &ENDPOINT_TYPES));
        }
    }
    Some(EndpointConfiguration {
        types,
        vpc_endpoint_ids: typed::string_list(reader, at, "vpcEndpointIds"),
        disable_execute_api_endpoint: typed::flag(reader, at, "disableExecuteApiEndpoint"),
    })
}

/// The tags of the API: those of the definition's tags that have a value.
fn read_tags<'d>(reader: &mut Reader<'d>, root: &At<'d>) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let Some(list) = root.get("tags") else { return tags };
    let Value::Sequence(items) = &list.node.value else {
        reader.ignored("ignored-member", &list.path, "\"tags\" is ignored: it is not a list");
        return tags;
    };
    for (index, node) in items.iter().enumerate() {
        let tag = At { node, path: list.path.join(&index.to_string()) };
        if !matches!(tag.node.value, Value::Mapping(_)) {
            continue;
        }
        extension::check_all(reader, &tag, Place::Tag);
        let Some(value) = extension::get(&tag, "tag-value") else { continue };
        let value = reader.text(&value).map(str::to_owned);
        let name = tag.get("name").and_then(|name| reader.text(&name));
        if let (Some(name), Some(value)) = (name, value) {
            tags.insert(name.to_owned(), value);
        } else if tag.get("name").is_none() {
            reader.invalid("missing", &tag.path, "the tag has a value and no \"name\"");
        }
    }
    tags
}
