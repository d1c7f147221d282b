//! Laws that hold for any input.

use portico_import::openapi::{self, Options, Unreadable};
use portico_model::Finding;
use proptest::prelude::*;

/// Pieces that YAML, JSON and definitions are made of.
const PIECES: &[&str] = &[
    "\n",
    "\n  ",
    "\n    ",
    " ",
    "\t",
    ": ",
    ":",
    "- ",
    "? ",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "#",
    "&a ",
    "*a",
    "&b ",
    "*b ",
    "<<: ",
    "!Ref ",
    "!!str ",
    "|\n",
    ">-\n",
    "'",
    "\"",
    "\\",
    "---",
    "\n---\n",
    "\n...\n",
    "%YAML 1.2\n",
    "~",
    "null",
    "true",
    "200",
    "1e3",
    "é",
    "\u{1F600}",
    "\u{FEFF}",
    "\u{2028}",
    "\0",
    "\\u12",
    "openapi: 3.0.1\n",
    "info: {title: T}\n",
    "paths:",
    "/a",
    "/{b}",
    "/{c+}",
    "get",
    "responses",
    "parameters",
    "name: x",
    "in: path",
    "$ref",
    "$ref: '#/paths/~1a'",
    "$ref: a.yaml",
    "$ref: '../b/c.json#/get'",
    "$ref: '#/components/schemas/A'",
    "schema: ",
    "requestBody: {content: {a/b: ",
    "components: {schemas: {A: ",
    "definitions: {A: ",
    "in: body",
    "consumes: [a/b]",
    "basePath: /v1",
    "swagger: '2.0'\n",
    "openapi: 3.1.0\n",
    "!Sub ",
    "!Join [",
    "!GetAtt a.b",
    "Fn::Sub: ",
    "Ref: A",
    "${A}",
    "${AWS::Region}",
    "AWS::NoValue",
    "x-amazon-apigateway-integration",
    "type: mock",
    "statusCode",
];

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PIECES)
}

/// Every file there could be is this one.
struct Same<'t>(&'t [u8]);

impl openapi::Files for Same<'_> {
    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, Unreadable> {
        let legal = |part: &str| !matches!(part, "" | "." | "..");
        assert!(path.split('/').all(legal) && !path.contains('\0'), "{path:?}");
        assert!(self.0.len() <= limit);
        Ok(self.0.to_vec())
    }
}

/// Whatever was read, every finding has a place in a file, and in order.
fn check(file: &str, text: &[u8]) {
    let set = [("A".to_owned(), "a".to_owned())].into();
    let mut files = Same(text);
    let base_path = openapi::BasePath::Prepend;
    let options = Options { set: &set, base_path, ..Options::new(&mut files) };
    let imported = openapi::read_with(file, text, options);
    let places: Vec<_> = imported.findings.iter().map(|finding| finding.place.clone()).collect();
    assert!(places.iter().all(Option::is_some), "{:?}", imported.findings);
    assert!(places.is_sorted());
    assert!(imported.deployment.is_some() || imported.findings.iter().any(Finding::is_fatal));
}

proptest! {
    #[test]
    fn bytes_never_panic(text in prop::collection::vec(any::<u8>(), 0..256)) {
        check("a.yaml", &text);
        check("a.json", &text);
        check("a", &text);
    }

    #[test]
    fn pieces_never_panic(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        check("a.yaml", text.as_bytes());
        check("a.json", text.as_bytes());
        let prefix = "openapi: 3.0.1\ninfo: {title: T}\npaths:\n  ";
        check("a.yaml", format!("{prefix}{text}").as_bytes());
        let prefix = "swagger: 2.0\ninfo: {title: T}\npaths:\n  /a:\n    get:\n      ";
        check("a.yaml", format!("{prefix}{text}").as_bytes());
    }

    #[test]
    fn json_is_read_alike_as_yaml(value in json()) {
        let text = format!("{{\"openapi\": \"3.0.1\", \"x\": {value}, \"info\": {{\"title\": \"T\"}}}}");
        let read = |file| {
            let findings = openapi::read(file, text.as_bytes()).findings;
            findings.into_iter().map(|finding| (finding.kind, finding.message)).collect::<Vec<_>>()
        };
        prop_assert_eq!(read("a.json"), read("a.yaml"), "{}", text);
    }
}

/// JSON values as text.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "-1.5e+3",
        "0",
        "\"\"",
        "\"a\\/b\\u00e9\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\\"\"",
        "\"a: b # c\"",
        "[]",
        "{}",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(",\t\n"))),
            inner.prop_map(|value| format!("{{\"k\" :\t{value}}}")),
        ]
    })
}
