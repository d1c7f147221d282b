//! Responses of operations to method responses.

use std::collections::BTreeMap;

use portico_model::MethodResponse;

use super::body;
use super::reader::{At, Reader};
use super::schema::Models;
use crate::tree::Member;

/// Reads `responses` of an operation.
pub(super) fn read_all<'d>(
    reader: &mut Reader<'d>,
    operation: &At<'d>,
    models: &mut Models<'d>,
) -> Vec<MethodResponse> {
    let mut responses = Vec::new();
    let Some(at) = operation.get("responses") else { return responses };
    let Some(members) = reader.mapping(&at) else { return responses };
    for Member { key, node, .. } in members {
        let path = at.path.join(key);
        // `default` documents what has no status of its own.
        if key.starts_with("x-") || &**key == "default" {
            continue;
        }
        if let Some(status_code) = status(key) {
            responses.extend(read(reader, operation, At { node, path }, status_code, models));
        } else if is_range(key) {
            let message = format!("the range \"{key}\" is ignored: method responses have a status");
            reader.ignored("method-response", &path, message);
        } else {
            reader.invalid("status-code", &path, format!("\"{key}\" is not a status code"));
        }
    }
    responses
}

/// A status as AWS takes it: `[1-5]\d\d`.
pub(super) fn status(text: &str) -> Option<u16> {
    let legal = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|status| legal && (100..=599).contains(status))
}

/// `4XX` and the like.
fn is_range(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'X' | b'x', b'X' | b'x'])
}

fn read<'d>(
    reader: &mut Reader<'d>,
    operation: &At<'d>,
    at: At<'d>,
    status_code: u16,
    models: &mut Models<'d>,
) -> Option<MethodResponse> {
    reader.mapping(&at)?;
    let path = at.path.clone();
    let at = reader.resolve(at)?;
    reader.mapping(&at)?;
    let mut response_parameters = BTreeMap::new();
    if let Some(headers) = at.get("headers") {
        for Member { key, .. } in reader.mapping(&headers)? {
            response_parameters.insert(format!("method.response.header.{key}"), false);
        }
    }
    if let Some(links) = at.get("links").filter(|links| !links.is_empty()) {
        reader.ignored("ignored-member", &links.path, "\"links\" is ignored: API Gateway has none");
    }
    let response_models = body::response_models(reader, operation, &at, models);
    Some(MethodResponse { path, status_code, response_parameters, response_models })
}
