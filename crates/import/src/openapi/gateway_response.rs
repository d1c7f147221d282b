//! `x-amazon-apigateway-gateway-responses` to gateway response documents.
//! Source: AWS, "x-amazon-apigateway-gateway-responses object"; AWS's error messages.

use std::collections::BTreeMap;

use portico_model::{GatewayResponse, GatewayResponseType, suggestion};

use super::extension;
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::response;
use crate::tree::{Member, Value};

const KEY: &str = "x-amazon-apigateway-gateway-responses";

const MEMBERS: Table = &[
    ("statusCode", Meaning::Read),
    ("responseParameters", Meaning::Read),
    ("responseTemplates", Meaning::Read),
];

/// Reads the gateway responses of a definition.
pub(super) fn read_all<'d>(reader: &mut Reader<'d>, root: &At<'d>) -> Vec<GatewayResponse> {
    let mut responses = Vec::new();
    let Some(at) = root.get(KEY) else { return responses };
    for Member { key, node, .. } in reader.mapping(&at).unwrap_or_default() {
        let at = At { node, path: at.path.join(key) };
        match GatewayResponseType::parse(key) {
            Some(response_type) => responses.extend(read(reader, &at, response_type)),
            None => {
                let names = GatewayResponseType::ALL.iter().map(|known| known.as_str());
                let message = format!("there is no gateway response type {key}");
                reader.invalid("gateway-response", &at.path, message).help = suggestion(key, names);
            }
        }
    }
    responses
}

fn read<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    response_type: GatewayResponseType,
) -> Option<GatewayResponse> {
    reader.mapping(at)?;
    member::check(reader, at, extension::Place::Elsewhere, MEMBERS, Others::NotRunnable);
    Some(GatewayResponse {
        path: at.path.clone(),
        response_type,
        status_code: read_status(reader, at),
        response_parameters: read_map(reader, at, "responseParameters"),
        response_templates: read_map(reader, at, "responseTemplates"),
    })
}

fn read_status<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<u16> {
    let at = at.get("statusCode")?;
    let text = reader.text(&at)?;
    let status = response::status(text);
    if status.is_none() {
        reader.invalid("status-code", &at.path, format!("\"{text}\" is not a status code"));
    }
    status
}

/// A mapping to texts that say something.
fn read_map<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    let Some(at) = at.get(key) else { return map };
    for Member { key: name, node, .. } in reader.mapping(&at).unwrap_or_default() {
        let at = At { node, path: at.path.join(name) };
        let is_null = matches!(at.node.value, Value::Null);
        let text = if is_null { Some("") } else { reader.text(&at) };
        match text {
            Some("") => {
                let message = format!("Invalid null or empty value in {key}");
                reader.invalid("gateway-response", &at.path, message);
            }
            Some(text) => drop(map.insert(name.to_string(), text.to_owned())),
            None => {}
        }
    }
    map
}
