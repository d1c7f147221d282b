//! The members that a mapping may have, and what each means for us: one table a mapping.

use portico_model::{Class, suggestion};

use super::extension;
use super::reader::{At, Reader};
use crate::tree::Member;

/// What a member is to the importer.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// Read elsewhere.
    Read,
    /// Documentation, which changes no answer.
    Silent,
    /// AWS does not look at it.
    Ignored(&'static str),
}

/// What becomes of members that a table does not have.
#[derive(Clone, Copy)]
pub(super) enum Others {
    /// A warning: AWS reads past them.
    Ignored,
    /// Refused: nobody can tell what they would have done.
    NotRunnable,
}

/// A table of members.
pub(super) type Table = &'static [(&'static str, Meaning)];

/// Reports each member that is not simply read. API Gateway's extensions have a table of their
/// own; those of others are silent, unless they look like a misspelt one.
pub(super) fn check<'d>(
    reader: &mut Reader<'d>,
    at: &At<'d>,
    place: extension::Place,
    table: Table,
    others: Others,
) {
    let Some(members) = reader.mapping(at) else { return };
    for Member { key, node, .. } in members {
        let known = table.iter().find(|(name, _)| *name == &**key);
        let known = known.map(|(_, meaning)| *meaning);
        // Before its path is made: most members are read elsewhere.
        if let Some(Meaning::Read | Meaning::Silent) = known {
            continue;
        }
        let path = at.path.join(key);
        if let Some(Meaning::Ignored(why)) = known {
            reader.ignored("ignored-member", &path, format!("\"{key}\" is ignored: {why}"));
        } else if key.starts_with(extension::PREFIX) {
            extension::check(reader, &At { node, path }, key, place);
        } else if !extension::is_misspelt(reader, &At { node, path: path.clone() }, key)
            && !key.starts_with("x-")
        {
            let (class, message) = match others {
                Others::Ignored => {
                    (Class::Ignored, format!("\"{key}\" is ignored: it has no meaning here"))
                }
                Others::NotRunnable => {
                    (Class::NotRunnable, format!("\"{key}\" has no meaning here"))
                }
            };
            let help = suggestion(key, table.iter().map(|(name, _)| *name));
            reader.report(class, "unknown-member", &path, message).help = help;
        }
    }
}
