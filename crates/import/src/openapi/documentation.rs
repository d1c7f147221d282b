//! `x-amazon-apigateway-documentation`: kept, as it changes no answer.
//! Source: AWS, "x-amazon-apigateway-documentation object".

use portico_model::limits::DEFINITION_BYTES;
use portico_model::{Documentation, DocumentationLocation, DocumentationPart};

use super::extension::{self, Place};
use super::member::{self, Meaning, Others, Table};
use super::reader::{At, Reader};
use super::typed;

const MEMBERS: Table = &[
    ("version", Meaning::Read),
    ("createdDate", Meaning::Silent),
    ("documentationParts", Meaning::Read),
];

const PART_MEMBERS: Table = &[("location", Meaning::Read), ("properties", Meaning::Read)];

const LOCATION_MEMBERS: Table = &[
    ("type", Meaning::Read),
    ("path", Meaning::Read),
    ("method", Meaning::Read),
    ("statusCode", Meaning::Read),
    ("name", Meaning::Read),
];

/// Reads the documentation of the whole definition.
pub(super) fn read<'d>(reader: &mut Reader<'d>, root: &At<'d>) -> Option<Documentation> {
    let at = extension::get(root, "documentation")?;
    reader.mapping(&at)?;
    member::check(reader, &at, Place::Elsewhere, MEMBERS, Others::Ignored);
    if let Some(date) = at.get("createdDate") {
        reader.text(&date);
    }
    let version = text(reader, &at, "version");
    let mut parts = Vec::new();
    let mut left = DEFINITION_BYTES;
    if let Some(list) = at.get("documentationParts") {
        for (index, node) in reader.sequence(&list).unwrap_or_default().iter().enumerate() {
            let part = At { node, path: list.path.join(&index.to_string()) };
            parts.extend(read_part(reader, part, left));
            let written = parts.last().map_or(0, |part: &DocumentationPart| part.properties.len());
            left = left.saturating_sub(written);
        }
    }
    Some(Documentation { version, parts })
}

/// Reads one part; `left` is what all the parts together may still say, in bytes.
fn read_part<'d>(reader: &mut Reader<'d>, at: At<'d>, left: usize) -> Option<DocumentationPart> {
    reader.mapping(&at)?;
    member::check(reader, &at, Place::Elsewhere, PART_MEMBERS, Others::Ignored);
    let properties = at.get("properties").and_then(|properties| {
        reader.mapping(&properties)?;
        typed::json(reader, &properties, left)
    });
    let Some(location) = at.get("location") else {
        reader.invalid("missing", &at.path, "the documentation part has no \"location\"");
        return None;
    };
    reader.mapping(&location)?;
    member::check(reader, &location, Place::Elsewhere, LOCATION_MEMBERS, Others::Ignored);
    let Some(kind) = location.get("type") else {
        reader.invalid("missing", &location.path, "the location has no \"type\"");
        return None;
    };
    let location = DocumentationLocation {
        kind: reader.string(&kind)?.to_owned(),
        path: typed::string(reader, &location, "path"),
        method: typed::string(reader, &location, "method"),
        status_code: text(reader, &location, "statusCode"),
        name: typed::string(reader, &location, "name"),
    };
    Some(DocumentationPart { path: at.path, location, properties: properties.unwrap_or_default() })
}

fn text<'d>(reader: &mut Reader<'d>, at: &At<'d>, key: &str) -> Option<String> {
    at.get(key).and_then(|member| reader.text(&member)).map(str::to_owned)
}
