//! Warns of mappings that set header fields which the other side never gets, or not by this name.

use portico_model::{Class, DocumentPath, Finding};

use super::compiler::Compiler;
use crate::reserved;

/// Whether a mapped field goes to the origin; a warning is made where it does not.
pub(super) fn reaches_origin(compiler: &mut Compiler<'_>, path: &DocumentPath, name: &str) -> bool {
    let reaches = reserved::reaches_origin(name);
    if !reaches {
        let message = format!("{name} never reaches an origin: the mapping has no effect");
        compiler.report(Finding::new(Class::Ignored, "reserved-header", path.clone(), message));
    }
    reaches
}

/// The name under which a mapped field goes to the client, if it does; a warning is made of another
/// one, and where it does not.
pub(super) fn name_for_client(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    name: &str,
) -> Option<Box<str>> {
    let seen = reserved::name_for_client(name);
    let message = match &seen {
        Some(seen) if *seen == name => return Some(name.into()),
        Some(renamed) => format!("{name} reaches clients as {renamed}"),
        None => format!("{name} never reaches a client: the mapping has no effect"),
    };
    compiler.report(Finding::new(Class::Ignored, "reserved-header", path.clone(), message));
    seen.map(|name| name.into_owned().into())
}
