//! Path items to resources.

use std::collections::{HashMap, HashSet};

use portico_model::{HttpMethod, PathSegment, Resource, ResourceId, ResourcePath, RestApiId};

use super::base_path::Base;
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::schema::Models;
use super::version::Dialect;
use super::{extension, operation, parameter};

const OPENAPI: Table = &[
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
    ("$ref", Meaning::Read),
];

const SWAGGER: Table = &[
    ("get", Meaning::Read),
    ("put", Meaning::Read),
    ("post", Meaning::Read),
    ("delete", Meaning::Read),
    ("options", Meaning::Read),
    ("head", Meaning::Read),
    ("patch", Meaning::Read),
    ("parameters", Meaning::Read),
    ("$ref", Meaning::Read),
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

/// What all paths are read with.
struct Paths<'a, 'd> {
    api: &'a RestApiId,
    models: &'a mut Models<'d>,
    variables: Variables,
    operations: usize,
}

/// Reads `paths`.
pub(super) fn read_all<'d>(
    reader: &mut Reader<'d>,
    root: &At<'d>,
    api: &RestApiId,
    base: Option<&Base>,
    models: &mut Models<'d>,
) -> Vec<Resource> {
    let before = reader.findings.len();
    let paths = root.get("paths");
    if paths.is_none() && reader.dialect != Dialect::OpenApi31 {
        let path = root.path.join("paths");
        reader.invalid("missing", &path, "the definition has no \"paths\"");
        return Vec::new();
    }
    let members = match &paths {
        Some(paths) => reader.mapping(paths),
        None => None,
    };
    let mut all = Paths { api, models, variables: Variables::new(), operations: 0 };
    let mut resources = Vec::new();
    let of_paths = paths.as_ref().map_or_else(|| root.path.join("paths"), |at| at.path.clone());
    for member in members.unwrap_or_default().iter().filter(|member| !member.key.starts_with("x-"))
    {
        let item = At { node: &member.node, path: of_paths.join(&member.key) };
        let text = base.map_or_else(|| member.key.to_string(), |base| base.join(&member.key));
        let path = resource_path(reader, &item, &text, &mut all.variables);
        resources.extend(read(reader, item, path, &mut all));
    }
    if all.operations == 0 && !reader.failed_since(before) {
        let message = "The REST API doesn't contain any methods";
        reader.invalid("no-methods", &of_paths, message);
    }
    if let Some(base) = base {
        let known: HashSet<String> =
            resources.iter().map(|resource| resource.path.as_str().to_owned()).collect();
        let above = base.resources().filter(|path| !known.contains(path.as_str()));
        let above = above.map(|path| Resource {
            document: base.document.clone(),
            id: ResourceId::derive(api, path.as_str()),
            path,
            methods: Vec::new(),
        });
        resources = above.chain(resources).collect();
    }
    resources
}

/// Reads one path item. Its operations are read even if its path is refused, for their findings.
fn read<'d>(
    reader: &mut Reader<'d>,
    item: At<'d>,
    path: Option<ResourcePath>,
    all: &mut Paths<'_, 'd>,
) -> Option<Resource> {
    let before = reader.findings.len();
    reader.mapping(&item)?;
    // What a reference brings stands behind what is written here.
    let target = item.get("$ref").and_then(|reference| {
        let target = reader.follow(&reference).and_then(|target| reader.resolve(target));
        if target.is_none() {
            // Nobody knows which methods a path item that is not read would have had.
            reader.unplaced.extend(reader.refusals_since(before));
        }
        target
    });
    let target = target.filter(|target| reader.mapping(target).is_some());
    let parts: Vec<&At<'d>> = target.iter().chain([&item]).collect();
    let table = match reader.dialect {
        Dialect::Swagger20 => SWAGGER,
        _ => OPENAPI,
    };
    // The variables of the path are parameters even where no list has them.
    let mut shared = parameter::of_path(path.as_ref());
    for part in &parts {
        member::check(reader, part, extension::Place::PathItem, table, Others::Ignored);
        shared.extend(parameter::read_all(reader, part));
    }
    let refusals = reader.refusals_since(before);
    let mut methods = Vec::new();
    for (key, method) in METHODS {
        if let Some(at) = parts.iter().rev().find_map(|part| part.get(key)) {
            all.operations += 1;
            methods.extend(operation::read(reader, &at, method, &shared, &parts, all.models));
        }
    }
    // What a path item asks for, each of its methods asks for.
    for method in &mut methods {
        method.refusals.extend(&refusals);
    }
    let path = path?;
    let id = ResourceId::derive(all.api, path.as_str());
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
