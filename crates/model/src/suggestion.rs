//! "Did you mean": the known name that is nearest to one that nobody knows.

/// Edits after which a name is another one.
const EDITS: usize = 2;

/// "did you mean", when a known name is near.
pub fn suggestion<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(name, known).map(|known| format!("did you mean \"{known}\"?"))
}

/// The known name that is at most two edits away, and fewer than it has letters; case is none.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let distances = known.into_iter().map(|known| (distance(name, known), known));
    let (distance, known) = distances.min()?;
    (distance <= EDITS && distance < known.len()).then_some(known)
}

/// Levenshtein distance; names of very different length are simply far.
fn distance(a: &str, b: &str) -> usize {
    if a.len().abs_diff(b.len()) > EDITS {
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
            let found = suggestion(name, ["uri", "requestTemplates", "type"]);
            let expected = expected.map(|name| format!("did you mean \"{name}\"?"));
            assert_eq!(found, expected, "{name}");
        };
        check("URI", Some("uri"));
        check("requestTemplate", Some("requestTemplates"));
        check("tpye", Some("type"));
        check("something", None);
        check("", None);
        assert_eq!((distance("kitten", "sittin"), distance("", "ab")), (2, 2));
    }
}
