//! The parameters of a request as `$input.params()` has them.

use portico_vtl::{Heap, Map, Value};

use super::{ParameterPlace, Surroundings};

/// Names and values of one place, each name once.
#[derive(Debug, Default)]
pub(super) struct Texts(Vec<(String, String)>);

impl Texts {
    /// Those of one place. Of several values the last one counts, at the place of the first; bytes
    /// that are no UTF-8 become U+FFFD.
    pub(super) fn of(surroundings: &dyn Surroundings, place: ParameterPlace) -> Self {
        let mut texts: Vec<(String, String)> = Vec::new();
        surroundings.each_parameter(place, &mut |name, value| {
            let name = String::from_utf8_lossy(name);
            let value = String::from_utf8_lossy(value).into_owned();
            // Names of header fields are one name in any case.
            let is_header = place == ParameterPlace::Header;
            let is_it =
                |known: &str| known == name || (is_header && known.eq_ignore_ascii_case(&name));
            match texts.iter_mut().find(|(known, _)| is_it(known)) {
                Some((_, known)) => *known = value,
                None => texts.push((name.into_owned(), value)),
            }
        });
        Self(texts)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A map of texts; `None` if the rendering has used up what it may.
pub(super) fn map<'a>(
    heap: &'a Heap<'a>,
    texts: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<Map<'a>> {
    let map = Map::new(heap).ok()?;
    for (name, value) in texts {
        map.put_text(heap, name, Value::from(value)).ok()?;
    }
    Some(map)
}

/// Appends the value of the parameter with this name: of the path, else of the query, else of the
/// header, where a name in another case is taken last. False, and nothing is appended, if there is
/// none.
pub(super) fn write(surroundings: &dyn Surroundings, name: &str, out: &mut String) -> bool {
    let before = out.len();
    let mut in_place = |place, is_it: &dyn Fn(&[u8]) -> bool| {
        let mut is_found = false;
        surroundings.each_parameter(place, &mut |known, value| {
            if is_it(known) {
                // Of several values the last one counts.
                out.truncate(before);
                push_lossy(value, out);
                is_found = true;
            }
        });
        is_found
    };
    let exactly = |known: &[u8]| known == name.as_bytes();
    let in_any_case = |known: &[u8]| known.eq_ignore_ascii_case(name.as_bytes());
    ParameterPlace::ALL.into_iter().any(|place| in_place(place, &exactly))
        || in_place(ParameterPlace::Header, &in_any_case)
}

/// Appends a text of the client's; bytes that are no UTF-8 become U+FFFD.
pub(super) fn push_lossy(bytes: &[u8], out: &mut String) {
    match str::from_utf8(bytes) {
        Ok(text) => out.push_str(text),
        Err(_) => out.push_str(&String::from_utf8_lossy(bytes)),
    }
}
