//! The base path of a definition, which stands before its paths when the import asks for it.
//! Source: API Gateway API Reference, `ImportRestApi`, parameter `basepath`; AWS, "Set the OpenAPI
//! basePath property"; recorded imports.

use portico_model::{DocumentPath, PathSegment, ResourcePath};

use super::options::BasePath;
use super::reader::{At, Reader};
use super::version::Dialect;
use crate::tree::Value;

/// What stands before each path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) path: ResourcePath,
    /// Where the document says so.
    pub(super) document: DocumentPath,
}

impl Base {
    /// The path of a path item below it.
    pub(super) fn join(&self, path: &str) -> String {
        let below = if path == "/" { "" } else { path };
        format!("{}{below}", self.path.as_str())
    }

    /// Itself and what leads to it: `/a` and `/a/b`.
    pub(super) fn resources(&self) -> impl Iterator<Item = ResourcePath> {
        let text = self.path.as_str();
        let ends = text.match_indices('/').skip(1).map(|(at, _)| at).chain([text.len()]);
        ends.filter_map(|end| text[..end].parse().ok())
    }
}

/// Reads the base path as far as the import asks for it.
pub(super) fn read<'d>(reader: &mut Reader<'d>, root: &At<'d>, mode: BasePath) -> Option<Base> {
    let (text, document) = match reader.dialect {
        Dialect::Swagger20 => {
            let at = root.get("basePath")?;
            (reader.string(&at)?.to_owned(), at.path)
        }
        _ => of_servers(reader, root)?,
    };
    let text = match text.trim().trim_matches('/') {
        "" => return None,
        text => format!("/{text}"),
    };
    let text = match mode {
        BasePath::Ignore => {
            let message =
                format!("the base path \"{text}\" is ignored: paths begin after the stage");
            reader.ignored("base-path", &document, message).help =
                Some("--base-path prepend puts it before each path, as AWS's import does".into());
            return None;
        }
        BasePath::Prepend => text,
        BasePath::Split => text[1..].split_once('/').map(|(_, rest)| format!("/{rest}"))?,
    };
    let path: Result<ResourcePath, _> = text.parse();
    match path {
        Ok(path) if path.segments().all(|part| matches!(part, PathSegment::Literal(_))) => {
            Some(Base { path, document })
        }
        Ok(_) => {
            let message = format!("the base path \"{text}\" has a variable");
            reader.invalid("base-path", &document, message);
            None
        }
        Err(error) => {
            let message = format!("Unable to create resource at path '{text}': {error}");
            reader.invalid("base-path", &document, message);
            None
        }
    }
}

/// The first server variable `basePath`, used even if no URL has it; without one the path of the
/// first server's URL. Documents have one server in place of a list, too.
fn of_servers<'d>(reader: &mut Reader<'d>, root: &At<'d>) -> Option<(String, DocumentPath)> {
    let servers = root.get("servers")?;
    let all: Vec<At<'d>> = match &servers.node.value {
        Value::Sequence(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, node)| At { node, path: servers.path.join(&at.to_string()) }).collect()
        }
        Value::Mapping(_) => vec![servers],
        _ => {
            let message = "\"servers\" is ignored: it is not a list";
            reader.ignored("base-path", &servers.path, message);
            return None;
        }
    };
    for server in &all {
        reader.mapping(server);
    }
    for server in &all {
        let variable = server.get("variables").and_then(|at| at.get("basePath"));
        if let Some(default) = variable.and_then(|at| at.get("default")) {
            return Some((reader.text(&default)?.to_owned(), default.path));
        }
    }
    let url = all.first()?.get("url")?;
    let text = reader.string(&url)?;
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let path = rest.split_once('/')?.1;
    Some((path.split(['?', '#']).next()?.to_owned(), url.path))
}
