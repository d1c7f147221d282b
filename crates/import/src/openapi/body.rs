//! Bodies of requests and answers: their media types and models, in every version's words.

use std::collections::BTreeMap;

use super::reader::{At, Reader};
use super::schema::Models;
use super::version::Dialect;
use crate::tree::Value;

/// Media type to the name of a model.
pub(super) type ByMediaType = BTreeMap<String, String>;

/// The models of an operation's request: of its `requestBody`, or of the parameter that is the
/// body, its own or that of its path item.
pub(super) fn request_models<'d>(
    reader: &mut Reader<'d>,
    operation: &At<'d>,
    items: &[&At<'d>],
    models: &mut Models<'d>,
) -> ByMediaType {
    if reader.dialect != Dialect::Swagger20 {
        let Some(body) = operation.get("requestBody") else { return ByMediaType::new() };
        let body = reader.mapping(&body).and_then(|_| reader.resolve(body));
        return body.map(|body| models.of_content(reader, &body)).unwrap_or_default();
    }
    let lists = [operation].into_iter().chain(items.iter().rev().copied());
    let parameter = lists.into_iter().find_map(|at| body_parameter(reader, at));
    let schema = parameter.and_then(|parameter| parameter.get("schema"));
    match schema {
        Some(schema) => by_type(reader, operation, "consumes", &schema, models),
        None => ByMediaType::new(),
    }
}

/// The models of an answer.
pub(super) fn response_models<'d>(
    reader: &mut Reader<'d>,
    operation: &At<'d>,
    response: &At<'d>,
    models: &mut Models<'d>,
) -> ByMediaType {
    match (reader.dialect, response.get("schema")) {
        (Dialect::Swagger20, Some(schema)) => {
            by_type(reader, operation, "produces", &schema, models)
        }
        (Dialect::Swagger20, None) => ByMediaType::new(),
        _ => models.of_content(reader, response),
    }
}

/// Checks the lists of media types that an operation or a Swagger definition has.
pub(super) fn check_media_types<'d>(reader: &mut Reader<'d>, at: &At<'d>) {
    for list in ["consumes", "produces"].into_iter().filter_map(|key| at.get(key)) {
        for (index, node) in reader.sequence(&list).unwrap_or_default().iter().enumerate() {
            reader.string(&At { node, path: list.path.join(&index.to_string()) });
        }
    }
}

/// The parameter of a list that is the body. Other parameters are read elsewhere.
fn body_parameter<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<At<'d>> {
    let list = at.get("parameters")?;
    let Value::Sequence(items) = &list.node.value else { return None };
    let mut body = None;
    for (index, node) in items.iter().enumerate() {
        let item = At { node, path: list.path.join(&index.to_string()) };
        let Some(parameter) = reader.resolve(item) else { continue };
        let is_body = parameter.get("in").is_some_and(|place| match &place.node.value {
            Value::String(text) => **text == *"body",
            _ => false,
        });
        if is_body && body.is_some() {
            let message = "the parameter is ignored: another one is the body";
            reader.ignored("parameter", &parameter.path, message);
        } else if is_body {
            body = Some(parameter);
        }
    }
    body
}

/// One schema for each media type of the operation's list, or of the whole definition's.
fn by_type<'d>(
    reader: &mut Reader<'d>,
    operation: &At<'d>,
    list: &str,
    schema: &At<'d>,
    models: &mut Models<'d>,
) -> ByMediaType {
    let Some(name) = models.of_schema(reader, schema) else { return ByMediaType::new() };
    let Ok(list) = reader.inherited(operation, list) else { return ByMediaType::new() };
    let mut by_type = ByMediaType::new();
    // What is wrong with the list has been told.
    if let Some(Value::Sequence(items)) = list.as_ref().map(|list| &list.node.value) {
        for item in items.iter() {
            if let Value::String(media) = &item.value {
                by_type.insert(media.to_string(), name.clone());
            }
        }
    }
    if by_type.is_empty() {
        by_type.insert("application/json".to_owned(), name);
    }
    by_type
}
