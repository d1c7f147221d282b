//! What a definition is written in: Swagger 2.0, OpenAPI 3.0 or 3.1.
//! Source: Swagger 2.0 Specification; OpenAPI Specification 3.0.4 and 3.1.1.

use super::reader::{At, Reader};

/// The language of a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Swagger20,
    OpenApi30,
    OpenApi31,
}

/// What a definition defines once and uses by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Schemas,
    SecuritySchemes,
}

impl Section {
    /// The members that lead to it from the root.
    pub(super) fn names(self, dialect: Dialect) -> &'static [&'static str] {
        match (self, dialect) {
            (Self::Schemas, Dialect::Swagger20) => &["definitions"],
            (Self::Schemas, _) => &["components", "schemas"],
            (Self::SecuritySchemes, Dialect::Swagger20) => &["securityDefinitions"],
            (Self::SecuritySchemes, _) => &["components", "securitySchemes"],
        }
    }
}

/// The language of the document, if it is one that can be read; else the one finding says so.
pub(super) fn read<'d>(reader: &mut Reader<'d>, at: &At<'d>) -> Option<Dialect> {
    reader.mapping(at)?;
    let (swagger, openapi) = (at.get("swagger"), at.get("openapi"));
    let (version, name) = match (swagger, openapi) {
        (Some(version), None) => (version, "Swagger"),
        (None, Some(version)) => (version, "OpenAPI"),
        (Some(version), Some(_)) => {
            let message = "Invalid OpenAPI input: the file has both \"swagger\" and \"openapi\"";
            reader.invalid("openapi-version", &version.path, message);
            return None;
        }
        (None, None) => {
            let message = "Invalid OpenAPI input: the file has no \"openapi\" member";
            let finding = reader.invalid("openapi-version", &at.path, message);
            finding.help = Some("an OpenAPI 3.0 definition begins with openapi: 3.0.1".into());
            return None;
        }
    };
    // AWS takes a number as well: `swagger: 2.0`.
    let text = reader.text(&version)?;
    let is = |line: &str| {
        text.strip_prefix(line).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    match name {
        "Swagger" if text == "2" || is("2.0") => return Some(Dialect::Swagger20),
        "OpenAPI" if is("3.0") => return Some(Dialect::OpenApi30),
        "OpenAPI" if is("3.1") => return Some(Dialect::OpenApi31),
        _ => {}
    }
    let message = format!(
        "{name} {text} cannot be read: this version reads Swagger 2.0, OpenAPI 3.0 and 3.1"
    );
    reader.not_runnable("openapi-version", &version.path, message);
    None
}
