//! Parameters to `requestParameters` of a method.

use std::collections::BTreeMap;

use portico_model::ResourcePath;

use super::reader::{At, Reader};
use super::version::Dialect;

/// `method.request.{header|path|querystring}.NAME` to whether it is required.
pub(super) type Parameters = BTreeMap<String, bool>;

/// The parameters that a path has by itself: its variables.
pub(super) fn of_path(path: Option<&ResourcePath>) -> Parameters {
    let variables = path.into_iter().flat_map(ResourcePath::variables);
    variables.map(|name| (format!("method.request.path.{name}"), true)).collect()
}

/// Reads `parameters` of a path item or an operation.
pub(super) fn read_all<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Parameters {
    let mut parameters = Parameters::new();
    let Some(list) = at.get("parameters") else { return parameters };
    let Some(items) = reader.sequence(&list) else { return parameters };
    for (index, node) in items.iter().enumerate() {
        let item = At { node, path: list.path.join(&index.to_string()) };
        let Some((name, required)) = read(reader, item.clone()) else { continue };
        if parameters.insert(name, required).is_some() {
            reader.invalid("parameter", &item.path, "the parameter stands twice in this list");
        }
    }
    parameters
}

fn read<'d>(reader: &mut Reader<'d>, item: At<'d>) -> Option<(String, bool)> {
    reader.mapping(&item)?;
    let at = reader.resolve(item)?;
    reader.mapping(&at)?;
    let mut missing = false;
    for key in ["name", "in"] {
        if at.get(key).is_none() {
            missing = true;
            reader.invalid("missing", &at.path, format!("the parameter has no \"{key}\""));
        }
    }
    if missing {
        return None;
    }
    let name = reader.string_member(&at, "name")?;
    let place = at.get("in")?;
    let is_swagger = reader.dialect == Dialect::Swagger20;
    let location = match reader.string(&place)? {
        "header" => "header",
        "path" => "path",
        "query" => "querystring",
        // The body is read for its model.
        "body" if is_swagger => return None,
        "formData" if is_swagger => {
            let message = format!("the form parameter \"{name}\" is ignored: it is part of a body");
            reader.ignored("parameter", &at.path, message);
            return None;
        }
        "cookie" if !is_swagger => {
            let message = format!("the cookie parameter \"{name}\" is ignored");
            reader.ignored("cookie-parameter", &at.path, message);
            return None;
        }
        other => {
            let others = if is_swagger { "body, formData" } else { "cookie" };
            let message = format!("\"{other}\" is not one of header, path, query, {others}");
            reader.invalid("parameter", &place.path, message);
            return None;
        }
    };
    let required = match at.get("required") {
        Some(required) => reader.boolean(&required)?,
        None => false,
    };
    Some((format!("method.request.{location}.{name}"), required))
}
