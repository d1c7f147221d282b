//! Bodies of requests and answers: their media types and models, in every version's words.

use std::collections::BTreeMap;

use super::reader::{At, Reader};
use super::schema::Models;
use super::version::Dialect;

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

/// The parameter of a list that is the body. Other parameters are read elsewhere.
fn body_parameter<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<At<'d>> {
    let list = at.get("parameters")?;
    let crate::tree::Value::Sequence(items) = &list.node.value else { return None };
    for (index, node) in items.iter().enumerate() {
        let item = At { node, path: list.path.join(&index.to_string()) };
        let Some(parameter) = reader.resolve(item) else { continue };
        let place = parameter.get("in");
        if place.is_some_and(
            |at| matches!(&at.node.value, crate::tree::Value::String(text) if **text == *"body"),
        ) {
            return Some(parameter);
        }
    }
    None
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
    let list = operation.get(list).or_else(|| reader.root().get(list));
    let items = list.and_then(|list| Some((reader.sequence(&list)?, list)));
    let mut by_type = ByMediaType::new();
    for (index, node) in items.iter().flat_map(|(items, _)| items.iter().enumerate()) {
        let path = items.as_ref().map(|(_, list)| list.path.join(&index.to_string()));
        let media = path.and_then(|path| reader.string(&At { node, path }));
        by_type.extend(media.map(|media| (media.to_owned(), name.clone())));
    }
    if by_type.is_empty() {
        by_type.insert("application/json".to_owned(), name);
    }
    by_type
}
