//! What a reference names: a file, and a JSON Pointer in it.
//! Source: RFC 3986, section 5; RFC 6901, sections 3 to 6.

use portico_model::percent_decoded;

/// Why a reference names no file of the definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It is the address of something on a network.
    Address,
    /// It leads out of the definition's directory.
    Outside,
    /// No file can be called so.
    Nameless,
}

/// The file and the pointer that a reference in `file` names. Files are named by their path from
/// the definition's directory, which is empty for the definition itself.
pub(super) fn target(file: &str, reference: &str) -> Result<(String, String), Elsewhere> {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let fragment = percent_decoded(fragment);
    if path.is_empty() {
        return Ok((file.to_owned(), fragment));
    }
    if path.starts_with("//") || has_scheme(path) {
        return Err(Elsewhere::Address);
    }
    let path = percent_decoded(path);
    if path.contains(['#', '\0']) {
        return Err(Elsewhere::Nameless);
    }
    if path.starts_with('/') {
        return Err(Elsewhere::Outside);
    }
    let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
    let mut segments: Vec<&str> = directory.split('/').filter(|text| !text.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." if segments.pop().is_none() => return Err(Elsewhere::Outside),
            ".." => {}
            segment => segments.push(segment),
        }
    }
    if segments.is_empty() || path.ends_with('/') {
        return Err(Elsewhere::Nameless);
    }
    Ok((segments.join("/"), fragment))
}

/// `http:`, `file:` and the like; a drive of Windows as well.
fn has_scheme(path: &str) -> bool {
    let Some((scheme, _)) = path.split_once(':') else { return false };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_a_file_and_a_pointer() {
        let check = |file: &str, reference: &str, expected: Result<(&str, &str), Elsewhere>| {
            let found = target(file, reference);
            let found = found.as_ref().map(|(path, pointer)| (path.as_str(), pointer.as_str()));
            assert_eq!(found, expected.as_ref().map(|it| *it), "{reference} in {file}");
        };
        check("", "#/components/schemas/A%20b%2Fc", Ok(("", "/components/schemas/A b/c")));
        check("", "", Ok(("", "")));
        check("", "pet.yaml", Ok(("pet.yaml", "")));
        check("", "./a/../b/pet.yaml#/Pet", Ok(("b/pet.yaml", "/Pet")));
        check("b/pet.yaml", "#/Name", Ok(("b/pet.yaml", "/Name")));
        check("b/pet.yaml", "name.yaml", Ok(("b/name.yaml", "")));
        check("b/pet.yaml", "../api.yaml#/x", Ok(("api.yaml", "/x")));
        check("", "a%2fb.yaml#/100%", Ok(("a/b.yaml", "/100%")));
        check("", "../x.yaml", Err(Elsewhere::Outside));
        check("b/pet.yaml", "../../x.yaml", Err(Elsewhere::Outside));
        check("", "a/%2e%2e/../x.yaml", Err(Elsewhere::Outside));
        check("", "/etc/passwd", Err(Elsewhere::Outside));
        check("", "%2Fetc/passwd", Err(Elsewhere::Outside));
        check("", "https://h/x.yaml", Err(Elsewhere::Address));
        check("", "//h/x.yaml", Err(Elsewhere::Address));
        check("", "file:x.yaml", Err(Elsewhere::Address));
        check("", "C:\\x.yaml", Err(Elsewhere::Address));
        check("", "schemas/", Err(Elsewhere::Nameless));
        check("", ".", Err(Elsewhere::Nameless));
        check("", "a%23b", Err(Elsewhere::Nameless));
    }
}
