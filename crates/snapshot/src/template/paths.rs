//! The JSONPaths of a template: those that stand in it are compiled with it, others when a request
//! asks for them.

use portico_vtl::json_path::JsonPath;

/// Paths that are kept; a template with more of them compiles the rest for each request.
const MOST: usize = 1024;

/// Compiled paths by their texts, the shorter ones first: lengths are compared sooner than texts.
#[derive(Debug, Default)]
pub(super) struct Paths(Vec<(Box<str>, JsonPath)>);

impl Paths {
    /// The texts in quotes that stand behind `path(` and `json(` in a template. Whatever else is
    /// found there does no harm.
    pub(super) fn of(template: &str) -> Self {
        let calls = [".path(", ".json("].into_iter().flat_map(|call| template.split(call).skip(1));
        let mut texts: Vec<&str> = calls.filter_map(quoted).collect();
        texts.sort_unstable_by_key(|text| (text.len(), *text));
        texts.dedup();
        texts.truncate(MOST);
        let compiled = |text: &str| Some((text.into(), JsonPath::parse(text).ok()?));
        Self(texts.into_iter().filter_map(compiled).collect())
    }

    /// The path of a text, if it is compiled.
    #[inline]
    pub(super) fn find(&self, text: &str) -> Option<&JsonPath> {
        let order = |(known, _): &(Box<str>, _)| (known.len(), &**known).cmp(&(text.len(), text));
        self.0.binary_search_by(order).ok().map(|index| &self.0[index].1)
    }
}

/// The text in quotes that the text begins with.
fn quoted(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text[1..].split_once(quote).map(|(text, _)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_templates_are_compiled() {
        let check = |template: &str, expected: &[&str]| {
            let Paths(paths) = Paths::of(template);
            assert_eq!(paths.iter().map(|(text, _)| &**text).collect::<Vec<_>>(), expected);
        };
        check("", &[]);
        check("$input.path('$.a') $input.json( \"$.b\" )", &["$.a", "$.b"]);
        check("$input.path('$.a')$input.json('$.a')", &["$.a"]);
        check("$input.path('$.bb')$input.json('$.c')$input.json('$.aa')", &["$.c", "$.aa", "$.bb"]);
        check("$input.path($p) $input.path('$.a", &[]);
        check("$input.path('$[') $input.path('$.é')", &["$.é"]);
        check(".path(", &[]);
    }
}
