//! OpenAPI 3.0 with API Gateway's extensions to the documents of one deployment.
//! Source: OpenAPI Specification 3.0.4; AWS, "OpenAPI extensions for API Gateway".

mod authorizer;
mod documentation;
mod extension;
mod integration;
mod member;
mod operation;
mod parameter;
mod path_item;
mod reader;
mod response;
mod rest_api;
mod root;
mod security;
mod typed;

use portico_model::{Deployment, Finding};

use crate::{Places, tree};

/// What became of a definition.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The documents, without the methods that have fatal findings; `None` when the file is no
    /// OpenAPI 3.0 document at all. With any fatal finding it must not be served.
    pub deployment: Option<Deployment>,
    /// Everything there is to say, by place.
    pub findings: Vec<Finding>,
    /// Gives findings that later steps make their place.
    pub places: Places,
}

/// Reads a definition. The file's name without its directories, and the title, make the API's id.
pub fn read(file_name: &str, text: &[u8]) -> Imported {
    let (places, root, mut findings) = tree::read(file_name, text);
    let deployment = root.and_then(|root| {
        let (deployment, found) = root::read(file_name, &root);
        findings.extend(found);
        deployment
    });
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
    Imported { deployment, findings, places }
}
