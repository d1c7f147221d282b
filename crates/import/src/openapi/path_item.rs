//! Path items to resources.

use std::collections::HashMap;

use portico_model::{HttpMethod, PathSegment, Resource, ResourceId, ResourcePath, RestApiId};

use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::{extension, operation, parameter};
use crate::tree::{Node, Value};

const MEMBERS: Table = &[
    ("get", Meaning::Read),
    ("put", Meaning::Read),
    ("post", Meaning::Read),
    ("delete", Meaning::Read),
    ("options", Meaning::Read),
    ("head", Meaning::Read),
    ("patch", Meaning::Read),
    ("parameters", Meaning::Read),
    ("summary", Meaning::Silent),
    ("description", Meaning::Silent),
    ("trace", Meaning::Ignored("API Gateway has no method TRACE")),
    ("servers", Meaning::Ignored("requests come to the gateway")),
    ("$ref", Meaning::NotRunnable("reference", "write the path item where the reference stands")),
];

const METHODS: [(&str, HttpMethod); 8] = [
    ("get", HttpMethod::Get),
    ("put", HttpMethod::Put),
    ("post", HttpMethod::Post),
    ("delete", HttpMethod::Delete),
    ("options", HttpMethod::Options),
    ("head", HttpMethod::Head),
    ("patch", HttpMethod::Patch),
    ("x-amazon-apigateway-any-method", HttpMethod::Any),
];

/// The variable child of each path that has one: only one is allowed.
type Variables = HashMap<String, String>;

/// Reads `paths`.
pub(super) fn read_all<'d>(
    reader: &mut Reader<'d>,
    root: &At<'d>,
    api: &RestApiId,
) -> Vec<Resource> {
    let Some(paths) = root.get("paths") else {
        let path = root.path.join("paths");
        reader.invalid("missing", &path, "the definition has no \"paths\"");
        return Vec::new();
    };
    let Some(members) = reader.mapping(&paths) else { return Vec::new() };
    let mut variables = Variables::new();
    let mut resources = Vec::new();
    let mut operations = 0;
    let before = reader.findings.len();
    for member in members.iter().filter(|member| !member.key.starts_with("x-")) {
        let item = At { node: &member.node, path: paths.path.join(&member.key) };
        operations += METHODS.iter().filter(|(key, _)| item.get(key).is_some()).count();
        let path = resource_path(reader, &item, &member.key, &mut variables);
        resources.extend(read(reader, item, path, api));
    }
    if operations == 0 && !reader.failed_since(before) {
        let message = "The REST API doesn't contain any methods";
        reader.invalid("no-methods", &paths.path, message);
    }
    resources
}

/// Whether a path item is a reference, which is not followed.
pub(super) fn has_reference(root: &At<'_>) -> bool {
    let Some(Value::Mapping(items)) = root.get("paths").map(|paths| &paths.node.value) else {
        return false;
    };
    let is_reference =
        |node: &Node| matches!(&node.value, Value::Mapping(item) if item.get("$ref").is_some());
    items.iter().any(|item| is_reference(&item.node))
}

/// Reads one path item. Its operations are read even if its path is refused, for their findings.
fn read<'d>(
    reader: &mut Reader<'d>,
    item: At<'d>,
    path: Option<ResourcePath>,
    api: &RestApiId,
) -> Option<Resource> {
    let before = reader.findings.len();
    reader.mapping(&item)?;
    member::check(reader, &item, extension::Place::PathItem, MEMBERS, Others::Ignored);
    // The variables of the path are parameters even where no list has them.
    let mut shared = parameter::of_path(path.as_ref());
    shared.extend(parameter::read_all(reader, &item));
    let refusals = reader.refusals_since(before);
    let mut methods = Vec::new();
    for (key, method) in METHODS {
        if let Some(at) = item.get(key) {
            methods.extend(operation::read(reader, &at, method, &shared));
        }
    }
    // What a path item asks for, each of its methods asks for.
    for method in &mut methods {
        method.refusals.extend(&refusals);
    }
    let path = path?;
    let id = ResourceId::derive(api, path.as_str());
    Some(Resource { document: item.path, id, path, methods })
}

/// Checks the path of a path item, by itself and against its siblings.
fn resource_path<'d>(
    reader: &mut Reader<'d>,
    item: &At<'d>,
    text: &str,
    variables: &mut Variables,
) -> Option<ResourcePath> {
    let path: ResourcePath = match text.parse() {
        Ok(path) => path,
        Err(error) => {
            let message = format!("Unable to create resource at path '{text}': {error}");
            reader.invalid("path", &item.path, message);
            return None;
        }
    };
    let mut parent = String::new();
    for segment in path.segments() {
        let part = match segment {
            PathSegment::Literal(text) => text.to_owned(),
            PathSegment::Variable(name) => format!("{{{name}}}"),
            PathSegment::Greedy(name) => format!("{{{name}+}}"),
        };
        if !matches!(segment, PathSegment::Literal(_)) {
            let first = variables.entry(parent.clone()).or_insert_with(|| part.clone());
            if *first != part {
                let message = format!(
                    "Unable to create resource at path '{text}': A sibling ({first}) of this \
                     resource already has a variable path part -- only one is allowed"
                );
                reader.invalid("path", &item.path, message);
                return None;
            }
        }
        parent.push('/');
        parent.push_str(&part);
    }
    Some(path)
}
