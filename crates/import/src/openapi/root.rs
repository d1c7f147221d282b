//! The document itself: its title, its paths, and what concerns them all.

use portico_model::{Deployment, DocumentPath, Finding, RestApi, RestApiId};

use super::member::{self, Meaning, Others, Table};
use super::options::BasePath;
use super::reader::{At, Reader};
use super::schema::Models;
use super::version::{self, Dialect};
use super::{base_path, body, extension, gateway_response, path_item, rest_api};
use crate::tree::Value;

const OPENAPI_30: Table = &[
    ("openapi", Meaning::Read),
    ("info", Meaning::Read),
    ("paths", Meaning::Read),
    ("servers", Meaning::Read),
    ("security", Meaning::Read),
    ("components", Meaning::Silent),
    ("tags", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
];

const OPENAPI_31: Table = &[
    ("openapi", Meaning::Read),
    ("info", Meaning::Read),
    ("jsonSchemaDialect", Meaning::Silent),
    ("paths", Meaning::Read),
    ("webhooks", Meaning::Ignored("API Gateway makes no calls of its own")),
    ("servers", Meaning::Read),
    ("security", Meaning::Read),
    ("components", Meaning::Silent),
    ("tags", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
];

const SWAGGER_20: Table = &[
    ("swagger", Meaning::Read),
    ("info", Meaning::Read),
    ("host", Meaning::Silent),
    ("basePath", Meaning::Read),
    ("schemes", Meaning::Silent),
    ("consumes", Meaning::Read),
    ("produces", Meaning::Read),
    ("paths", Meaning::Read),
    ("definitions", Meaning::Silent),
    ("parameters", Meaning::Silent),
    ("responses", Meaning::Silent),
    ("securityDefinitions", Meaning::Silent),
    ("security", Meaning::Read),
    ("tags", Meaning::Silent),
    ("externalDocs", Meaning::Silent),
];

/// Reads a whole document, and adds what there is to say to the findings.
pub(super) fn read(
    mut reader: Reader<'_>,
    file_name: &str,
    base_path: BasePath,
    findings: &mut Vec<Finding>,
) -> Option<Deployment> {
    let at = reader.root();
    let dialect = version::read(&mut reader, &at);
    let deployment = dialect.map(|dialect| {
        reader.dialect = dialect;
        read_dialect(&mut reader, &at, file_name, base_path)
    });
    for file in reader.followed.iter().filter(|file| !file.is_empty()) {
        let file = reader.library.get(file);
        findings.extend(file.into_iter().flat_map(|file| file.findings.iter().cloned()));
    }
    findings.append(&mut reader.findings);
    deployment
}

fn read_dialect<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    file_name: &str,
    base_path: BasePath,
) -> Deployment {
    let table = match reader.dialect {
        Dialect::Swagger20 => SWAGGER_20,
        Dialect::OpenApi30 => OPENAPI_30,
        Dialect::OpenApi31 => OPENAPI_31,
    };
    member::check(reader, at, extension::Place::Root, table, Others::Ignored);
    check_definitions(reader, at);
    let base = base_path::read(reader, at, base_path);
    if let Some(security) = at.get("security") {
        reader.sequence(&security);
    }
    let mut deployment = Deployment::new(read_info(reader, at, file_name));
    rest_api::read(reader, at, &mut deployment);
    deployment.gateway_responses = gateway_response::read_all(reader, at);
    let id = &deployment.api.id;
    let mut refusals = reader.refusals_since(0);
    let mut models = Models::new(id);
    models.read_defined(reader);
    let resources = path_item::read_all(reader, at, id, base.as_ref(), &mut models);
    // Which methods a model is for, nobody asks.
    let before = reader.findings.len();
    let models = models.finish(reader);
    reader.unplaced.extend(reader.refusals_since(before));
    for kind in &reader.unplaced {
        if !refusals.contains(kind) {
            refusals.push(kind);
        }
    }
    Deployment { resources, models, refusals, ..deployment }
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

/// What is defined once for all stands in mappings. One that is null is as if it were not there.
fn check_definitions<'d>(reader: &mut Reader<'d>, at: &At<'d>) {
    let mut sections = Vec::new();
    if reader.dialect == Dialect::Swagger20 {
        body::check_media_types(reader, at);
        let names = ["definitions", "parameters", "responses", "securityDefinitions"];
        sections.extend(names.into_iter().filter_map(|name| at.get(name)));
    } else if let Some(components) = at.get("components") {
        if let Value::Mapping(members) = &components.node.value {
            let members = members.iter().filter(|member| !member.key.starts_with("x-"));
            sections.extend(members.filter_map(|member| components.get(&member.key)));
        }
        sections.push(components);
    }
    for section in sections {
        if matches!(section.node.value, Value::Null) {
            reader.ignored("type", &section.path, "it is ignored: it is null");
        } else {
            reader.mapping(&section);
        }
    }
}
