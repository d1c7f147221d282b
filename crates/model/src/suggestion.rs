//! "Did you mean": the known name that is nearest to one that nobody knows.

/// Edits after which a name is another one.
const EDITS: usize = 2;

/// "did you mean", when a known name is near.
pub fn suggestion<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    nearest(name, known).map(|known| format!("did you mean \"{known}\"?"))
}

/// The known name that is at most two edits away, and fewer than it has letters; case is none.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // Names of very different length are simply far.
    let near = known.into_iter().filter(|known| name.len().abs_diff(known.len()) <= EDITS);
    let (distance, known) =
        near.map(|known| (distance(name.as_bytes(), known.as_bytes()), known)).min()?;
    (distance <= EDITS && distance < known.len()).then_some(known)
}

/// How many bytes have to be put in, taken out or replaced (Levenshtein's distance); case is none.
/// It takes time by the product of the lengths.
pub fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
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
        assert_eq!((distance(b"kitten", b"sittin"), distance(b"", b"ab")), (2, 2));
    }
}
