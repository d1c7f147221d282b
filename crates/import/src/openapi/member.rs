//! The members that a mapping may have, and what each means for us: one table a mapping.

use portico_model::Class;

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
        let path = at.path.join(key);
        if key.starts_with(extension::PREFIX) {
            extension::check(reader, &At { node, path }, key, place);
            continue;
        }
        let known = table.iter().find(|(name, _)| *name == &**key);
        match known.map(|(_, meaning)| *meaning) {
            Some(Meaning::Read | Meaning::Silent) => {}
            Some(Meaning::Ignored(why)) => {
                reader.ignored("ignored-member", &path, format!("\"{key}\" is ignored: {why}"));
            }
            None if extension::is_misspelt(reader, &At { node, path: path.clone() }, key) => {}
            None if key.starts_with("x-") => {}
            None => {
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
}

/// "did you mean", when a known name is at most two edits away.
pub(super) fn suggestion(name: &str, known: impl Iterator<Item = &'static str>) -> Option<String> {
    let distances = known.map(|known| (distance(name, known), known));
    let (distance, known) = distances.min()?;
    (distance <= 2 && distance < known.len()).then(|| format!("did you mean \"{known}\"?"))
}

/// Levenshtein distance; names of very different length are simply far.
pub(super) fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let check = |name: &str, expected: Option<&str>| {
            let found = suggestion(name, ["uri", "requestTemplates", "type"].into_iter());
            let expected = expected.map(|name| format!("did you mean \"{name}\"?"));
            assert_eq!(found, expected, "{name}");
        };
        check("URI", Some("uri"));
        check("requestTemplate", Some("requestTemplates"));
        check("tpye", Some("type"));
        check("something", None);
        check("", None);
    }
}
