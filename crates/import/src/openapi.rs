//! Swagger 2.0, OpenAPI 3.0 and 3.1 with API Gateway's extensions to the documents of one
//! deployment. Source: Swagger 2.0 Specification; OpenAPI Specification 3.0.4 and 3.1.1; AWS,
//! "OpenAPI extensions for API Gateway".

mod authorizer;
mod base_path;
mod body;
mod documentation;
mod extension;
mod gateway_response;
mod integration;
mod intrinsic;
mod library;
mod member;
mod operation;
mod options;
mod parameter;
mod path_item;
mod pointer;
mod reader;
mod reference;
mod response;
mod rest_api;
mod root;
mod schema;
mod security;
mod typed;
mod version;

use portico_model::{Deployment, Finding};

pub use options::{BasePath, Files, NoFiles, Options, Unreadable};

use crate::Places;
use intrinsic::Values;
use library::Library;

/// What became of a definition.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The documents, without the methods that are invalid; `None` when the file is no definition
    /// at all. With any fatal finding it must not be served.
    pub deployment: Option<Deployment>,
    /// Everything there is to say, by place.
    pub findings: Vec<Finding>,
    /// Gives findings that later steps make their place.
    pub places: Places,
    /// The other files that were asked for, by their paths from the definition's directory, whether
    /// they were there or not: a change of one changes the definition.
    pub touched: Vec<String>,
}

/// Reads a definition that stands alone, with the default options.
pub fn read(file_name: &str, text: &[u8]) -> Imported {
    read_with(file_name, text, Options::new(&mut NoFiles))
}

/// Reads a definition. The file's name without its directories, and the title, make the API's id;
/// with them it begins the name of each other file in places.
pub fn read_with(file_name: &str, text: &[u8], mut options: Options<'_>) -> Imported {
    let library = Library::load(file_name, text, &mut options);
    let mut findings = Vec::new();
    let mut deployment = None;
    if let Some(definition) = library.get("") {
        findings.extend(definition.findings.iter().cloned());
        if let Some(root) = &definition.root {
            let reader = reader::Reader::new(&library, root, Values::new(&options));
            deployment = root::read(reader, file_name, options.base_path, &mut findings);
        }
    }
    let places = library.places();
    for finding in &mut findings {
        places.locate(finding);
    }
    let key = |finding: &Finding| {
        let Finding { place, class, kind, message, .. } = finding;
        (place.clone(), *class, *kind, message.clone())
    };
    findings.sort_by_cached_key(key);
    // What a reference or an alias names is read at each of its uses.
    findings.dedup_by(|a, b| key(a) == key(b));
    Imported { deployment, findings, places, touched: library.touched }
}
