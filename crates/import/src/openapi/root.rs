//! The document itself: its version, its title, its paths.

use portico_model::{Deployment, DocumentPath, Finding, RestApi, RestApiId};

use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::{extension, path_item, rest_api};
use crate::tree::{Node, Value};

const MEMBERS: Table = &[
    ("openapi", Meaning::Read),
    ("info", Meaning::Read),
    ("paths", Meaning::Read),
    ("servers", Meaning::Read),
    ("security", Meaning::Read),
    ("components", Meaning::Silent),
    ("tags", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
];

/// Reads a whole document.
pub(super) fn read(file_name: &str, root: &Node) -> (Option<Deployment>, Vec<Finding>) {
    let mut reader = Reader::new(root);
    let at = reader.root();
    let deployment = is_openapi_30(&mut reader, &at).then(|| {
        member::check(&mut reader, &at, extension::Place::Root, MEMBERS, Others::Ignored);
        check_servers(&mut reader, &at);
        if let Some(security) = at.get("security") {
            reader.sequence(&security);
        }
        let api = read_info(&mut reader, &at, file_name);
        let id = api.id.clone();
        let mut deployment = Deployment::new(api);
        rest_api::read(&mut reader, &at, &mut deployment);
        let mut refusals = reader.refusals_since(0);
        let resources = path_item::read_all(&mut reader, &at, &id);
        if path_item::has_reference(&at) {
            // Nobody knows which methods a path item that is not read would have had.
            refusals.push("reference");
        }
        Deployment { resources, refusals, ..deployment }
    });
    (deployment, reader.findings)
}

/// Whether the document is of the version this importer reads; else the one finding says so.
fn is_openapi_30<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> bool {
    if reader.mapping(at).is_none() {
        return false;
    }
    if let Some(swagger) = at.get("swagger") {
        let message = "Swagger 2.0 definitions cannot be read yet";
        let finding = reader.not_runnable("openapi-version", &swagger.path, message);
        finding.help = Some("convert it to OpenAPI 3.0, or export it from AWS as oas30".into());
        return false;
    }
    let Some(version) = at.get("openapi") else {
        let message = "Invalid OpenAPI input: the file has no \"openapi\" member";
        let finding = reader.invalid("openapi-version", &at.path, message);
        finding.help = Some("an OpenAPI 3.0 definition begins with openapi: 3.0.1".into());
        return false;
    };
    let Some(text) = reader.text(&version) else { return false };
    if text == "3.0" || text.starts_with("3.0.") {
        return true;
    }
    let message = format!("OpenAPI {text} cannot be read: this version reads 3.0");
    reader.not_runnable("openapi-version", &version.path, message);
    false
}

fn read_info<'d>(reader: &mut Reader<'d>, at: &At<'d>, file_name: &str) -> RestApi {
    let info = at.get("info").filter(|info| reader.mapping(info).is_some());
    if at.get("info").is_none() {
        let path = DocumentPath::root().join("info");
        reader.invalid("missing", &path, "the definition has no \"info\" with a title");
    }
    let mut name = "";
    let (mut description, mut version) = (None, None);
    if let Some(info) = info {
        match info.get("title") {
            Some(title) => name = reader.text(&title).unwrap_or_default(),
            None => {
                reader.invalid("missing", &info.path, "the definition has no title");
            }
        }
        description = info.get("description").and_then(|at| reader.text(&at)).map(str::to_owned);
        version = info.get("version").and_then(|at| reader.text(&at)).map(str::to_owned);
    }
    let base_name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    RestApi { description, version, ..RestApi::new(RestApiId::derive(base_name, name), name) }
}

/// A base path is prepended by AWS only when the import asks for it.
fn check_servers<'d>(reader: &mut Reader<'d>, at: &At<'d>) {
    let Some(servers) = at.get("servers") else { return };
    let Value::Sequence(items) = &servers.node.value else {
        let message = "\"servers\" is ignored: it is not a list";
        reader.ignored("base-path", &servers.path, message);
        return;
    };
    for (index, node) in items.iter().enumerate() {
        let server = At { node, path: servers.path.join(&index.to_string()) };
        let Some(url) = server.get("url") else { continue };
        let Some(text) = reader.string(&url) else { continue };
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        let base_path = server.get("variables").and_then(|at| at.get("basePath"));
        if !path.is_empty() || base_path.is_some() {
            let message = "the base path of a server is ignored: paths begin after the stage";
            reader.ignored("base-path", &url.path, message);
        }
    }
}
