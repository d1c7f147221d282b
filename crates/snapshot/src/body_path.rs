//! BodyPath: a JSONPath into a body, as parameter mappings write it.
//! Source: AWS, "Parameter mapping source examples for REST APIs", `JSONPath_EXPRESSION`.

use std::sync::Arc;

use portico_vtl::json::{Document, Leniency, NodeRef, Slashes};
use portico_vtl::json_path::{JsonPath, JsonPathError, Selected};

/// Values that a path may look at; a mapping waits for it. One that looks at more leads nowhere.
const VISITS: u64 = 1_000_000;

/// Bytes beside a JSON text that each of its values takes, and each name of a member, while paths and
/// templates read it.
pub const BYTES_A_VALUE: usize = Document::BYTES_A_VALUE;

/// A path into a body, for example `$.order['id'][0]`.
#[derive(Clone, Debug)]
pub struct BodyPath {
    text: Arc<str>,
    path: Arc<JsonPath>,
}

impl BodyPath {
    /// Reads what a mapping has behind `body`: `.name`, `['name']`, or `.$.name`.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        let text = match text.strip_prefix('.').filter(|text| text.starts_with('$')) {
            Some(whole) => whole.to_owned(),
            None => format!("${text}"),
        };
        Ok(Self { path: JsonPath::parse(&text)?.into(), text: text.into() })
    }

    /// The path from `$` on.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What each of these paths leads to in a JSON text, which is read once for all of them: the
    /// content of a string, or compact JSON. `None` if there is nothing, if it is longer than `most`
    /// bytes, or if the text is no JSON.
    pub fn find(paths: &[Self], text: &[u8], most: usize) -> Vec<Option<Vec<u8>>> {
        let text = str::from_utf8(text).ok();
        let document = text.and_then(|text| Document::parse(text, Leniency::Strict).ok());
        let find = |path: &Self| {
            let value = path.value(document.as_ref()?.root())?;
            Some(value).filter(|value| value.len() <= most)
        };
        paths.iter().map(find).collect()
    }

    fn value(&self, root: NodeRef<'_>) -> Option<Vec<u8>> {
        let selected = match self.path.select(root, VISITS) {
            Ok(Selected::Missing | Selected::Null) | Err(_) => return None,
            Ok(selected) => selected,
        };
        let string = match &selected {
            Selected::Node(node) => node.string(),
            Selected::Text(text) => Some(text.as_str()),
            _ => None,
        };
        match string {
            Some(string) => Some(string.as_bytes().to_vec()),
            None => {
                let mut json = String::new();
                selected.write_json(Slashes::Plain, &mut json);
                Some(json.into_bytes())
            }
        }
    }
}

impl PartialEq for BodyPath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for BodyPath {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, path: &str, expected: Option<&str>) {
        let paths = [BodyPath::parse(path).unwrap()];
        let found = BodyPath::find(&paths, text.as_bytes(), 1000).remove(0);
        let found = found.map(|value| String::from_utf8(value).unwrap());
        assert_eq!(found.as_deref(), expected, "{path} of {text}");
    }

    #[test]
    fn paths_are_read() {
        for path in
            ["", ".a", ".$.a", "[0]", "['d e']", ".a.b-c[0][\"d e\"]['f.g']", "..a", "[?(@.a)]"]
        {
            assert!(BodyPath::parse(path).is_ok(), "{path}");
        }
        for path in
            [".", ".a.", "[", "['a'", "[]", "[+1]", "$.a", ".a b", "[99999999999999999999999]"]
        {
            assert!(BodyPath::parse(path).is_err(), "{path}");
        }
        assert_eq!(BodyPath::parse(".a").unwrap(), BodyPath::parse(".$.a").unwrap());
        assert_ne!(BodyPath::parse(".a").unwrap(), BodyPath::parse(".b").unwrap());
    }

    #[test]
    fn values_are_found() {
        check(r#"{"a": "b"}"#, ".a", Some("b"));
        check(r#" {"a":{"b":[1, {"c":true}]}} "#, ".a.b[1].c", Some("true"));
        check(r#"{"a":{"b":[1, {"c":true}]}}"#, ".a", Some(r#"{"b":[1,{"c":true}]}"#));
        check(r#"{"a":{"b":[1, {"c":true}]}}"#, ".a.b[0]", Some("1"));
        check(r#"[[0],[1,-2.5]]"#, "[1][1]", Some("-2.5"));
        check(r#"{"a":null}"#, ".a", Some("null"));
        check(r#"{"a":""}"#, ".a", Some(""));
        check(r#"{"a":[]}"#, ".a", Some("[]"));
        check(r#"{"a b":{"c.d":1}}"#, "['a b'][\"c.d\"]", Some("1"));
        // Of members with the same name the last counts, whatever is in it.
        check(r#"{"a":1,"a":2}"#, ".a", Some("2"));
        check(r#"{"a":{"b":1},"a":{"c":2}}"#, ".a.b", None);
        check(r#"{"a":1,"A":2}"#, ".a", Some("1"));
        check(r#"{"b":1}"#, ".a", None);
        check(r#"{"a":1}"#, "[0]", None);
        check(r#"[1]"#, ".a", None);
        check(r#"[1]"#, "[1]", None);
        check(r#"{"a":"x"}"#, ".a.b", None);
        check("{}", ".a", None);
    }

    #[test]
    fn several_values_are_a_list() {
        let text = r#"{"a":[{"b":"x"},{"b":2}]}"#;
        check(text, "..b", Some(r#"["x",2]"#));
        check(text, ".a[*].c", Some("[]"));
        check(text, ".a[?(@.b == 2)]", Some(r#"[{"b":2}]"#));
        check(text, ".a[0]['b','c']", Some(r#"{"b":"x"}"#));
        check(text, ".a.length()", Some("2"));
        check(text, ".a[0].b.length()", None);
        check(text, ".a.sum()", None);
    }

    #[test]
    fn strings_are_unescaped() {
        let quoted = r#"{"a":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#;
        check(quoted, ".a", Some("\"\\/\u{8}\u{c}\n\r\té😀"));
        check(r#"{"\u0061\"":1}"#, ".a", None);
        check(r#"{"\u0061":1}"#, ".a", Some("1"));
        check(r#"{"a":"\ud83d"}"#, ".a", Some("\u{fffd}"));
        check(r#"{"a":"\ud83dx"}"#, ".a", Some("\u{fffd}x"));
        check(r#"{"a":"\ud83d\u0041"}"#, ".a", Some("\u{fffd}A"));
    }

    #[test]
    fn what_is_no_json_has_no_values() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\":1",
            "{\"a\":1}x",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":tru}",
            "{\"a\":01x}",
            "{\"a\":.5}",
            "{\"a\":-}",
            "{\"a\":NaN}",
            "{\"a\":1e}",
            "{\"a\":\"",
            "{\"a\":\"\\",
            "{\"a\":\"\n\"}",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "]",
            r#"{"a":"\u00zz"}"#,
            r#"{"a":"\x"}"#,
        ] {
            check(text, ".a", None);
        }
        check(&format!("{{\"a\":1,\"b\":{}", "[".repeat(1_000_000)), ".a", None);
        let paths = [BodyPath::parse(".a").unwrap()];
        assert_eq!(BodyPath::find(&paths, b"{\"a\":\"\xff\"}", 1000), [None]);
    }

    #[test]
    fn several_paths_find_their_values() {
        let check = |most: usize, expected: [Option<&str>; 3]| {
            let paths = [".a", ".b", ".c"].map(|path| BodyPath::parse(path).unwrap());
            let found = BodyPath::find(&paths, br#"{"a":"x","c":[1,2]}"#, most);
            assert_eq!(found, expected.map(|value| value.map(|it| it.as_bytes().to_vec())));
        };
        check(0, [None, None, None]);
        check(4, [Some("x"), None, None]);
        check(5, [Some("x"), None, Some("[1,2]")]);
        assert!(BodyPath::find(&[], b"{}", 5).is_empty());
    }
}
