//! Which bodies fit a model, and what is told of those that do not.

use std::sync::Arc;

use portico_model::Method;
use portico_snapshot::Model;

use crate::validation::{compiled, model};

/// The model `Main` of these.
fn models(schemas: &[(&str, &str)]) -> Arc<Model> {
    let models: Vec<_> = schemas.iter().map(|(name, schema)| model(name, schema)).collect();
    let change = |method: &mut Method| {
        method.request_models = [("a/b".to_owned(), "Main".to_owned())].into();
    };
    let compiled = compiled("body", &models, change);
    assert!(compiled.findings.is_empty(), "{:?}", compiled.findings);
    let validation = compiled.stage.unwrap().methods.remove(0).validation.unwrap();
    validation.model_of(b"a/b").unwrap().clone()
}

fn fits(schema: &str, body: &[u8]) -> bool {
    models(&[("Main", schema)]).check(body).is_ok()
}

#[test]
fn bodies_that_are_no_json_fit_nothing() {
    let check = |body: &[u8], expected: bool| {
        let text = String::from_utf8_lossy(body);
        assert_eq!(fits("{}", body), expected, "{}", &text[..text.len().min(80)]);
    };
    check(b" ", false);
    check(b"{", false);
    check(b"{'a': 1}", false);
    check(b"{\"a\": 1,}", false);
    check(b"{} {}", false);
    check(b"NaN", false);
    check(b"\xef\xbb\xbf{}", false);
    check(b"", true);
    check(b" [1.5e3, null] ", true);
    check(b"{\"a\": 1, \"a\": 2}", true);
    check(b"\"\\ud800\"", true);
    check(b"\"\xff\"", true);
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    check(nested(127).as_bytes(), true);
    check(nested(128).as_bytes(), false);
    check(nested(10_000).as_bytes(), false);
    check("[".repeat(5_000_000).as_bytes(), false);
}

#[test]
fn models_are_schemas_of_draft_4() {
    let check = |schema: &str, body: &str, expected: bool| {
        assert_eq!(fits(schema, body.as_bytes()), expected, "{schema} {body}");
    };
    check(r#"{"type": "integer"}"#, "1", true);
    check(r#"{"type": "integer"}"#, "1.0", false);
    check(r#"{"type": ["string", "null"]}"#, "null", true);
    check(r#"{"minimum": 1, "exclusiveMinimum": true}"#, "1", false);
    check(r#"{"minimum": 1}"#, "1", true);
    check(r#"{"enum": ["a", {"id": "x"}]}"#, r#"{"id": "x"}"#, true);
    check(r#"{"enum": ["a", {"id": "x"}]}"#, "{}", false);
    check(r#"{"properties": {"id": {"type": "string"}}}"#, r#"{"id": 1}"#, false);
    check(r#"{"properties": {"$ref": {"type": "string"}}}"#, r#"{"$ref": 1}"#, false);
    check(r#"{"properties": {"enum": {"type": "string"}}}"#, r#"{"enum": 1}"#, false);
    let other =
        r##"{"id": "http://h/", "properties": {"a": {"$ref": "#/x"}}, "x": {"type": "null"}}"##;
    check(other, r#"{"a": 1}"#, false);
    check(other, r#"{"a": null}"#, true);
    check(r#"{"$schema": "http://json-schema.org/draft-07/schema#", "const": 1}"#, "2", true);
    check(r#"{"pattern": "^[a-c]+$"}"#, r#""abc""#, true);
    check(r#"{"pattern": "^[a-c]+$"}"#, r#""abd""#, false);
    check(r#"{"pattern": "^(?=.*\\d)(?=.*[a-z]).{3,}$"}"#, r#""ab1""#, true);
    check(r#"{"pattern": "^(?=.*\\d)(?=.*[a-z]).{3,}$"}"#, r#""abc""#, false);
    check(r#"{"format": "date-time"}"#, r#""2026-11-23T00:00:00Z""#, true);
    check(r#"{"format": "date-time"}"#, r#""tomorrow""#, false);
    check(r#"{"format": "email"}"#, r#""nobody""#, true);
    check(r#"{"format": "of our own"}"#, r#""x""#, true);
    check(
        r#"{"properties": {"a": {"nullable": true, "type": "string"}}}"#,
        r#"{"a": null}"#,
        false,
    );
}

#[test]
fn models_refer_to_each_other() {
    let base = "https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models";
    let list = format!(
        r#"{{"type": "array", "items": {{"$ref": "{base}/Tree"}}, "definitions": {{"a/b": {{"type": "null"}}}}}}"#
    );
    let tree = format!(
        r##"{{
            "type": "object",
            "properties": {{
                "young": {{"$ref": "{base}/Main"}},
                "old": {{"$ref": "#"}},
                "kind": {{"$ref": "#/definitions/Kind"}},
                "none": {{"$ref": "{base}/Main#/definitions/a~1b"}}
            }},
            "definitions": {{"Kind": {{"enum": ["oak"]}}}}
        }}"##
    );
    let kind = r#"{"enum": ["never"]}"#;
    let model = models(&[("Main", &list), ("Tree", &tree), ("Kind", kind)]);
    let check = |body: &str, expected: bool| {
        assert_eq!(model.check(body.as_bytes()).is_ok(), expected, "{body}");
    };
    check("[]", true);
    check("{}", false);
    check("[{}, 1]", false);
    check(r#"[{"young": [{"old": {"kind": "oak"}}]}]"#, true);
    check(r#"[{"young": [{"old": {"kind": "never"}}]}]"#, false);
    check(r#"[{"none": null}]"#, true);
    check(r#"[{"none": 1}]"#, false);
}

#[test]
fn neither_depth_nor_patterns_keep_a_model_busy() {
    // As deep as a body may be, through as many schemas as may hold for one value.
    let chain = |inner: String| format!(r#"{{"allOf": [{inner}]}}"#);
    let mut schema = r##"{"items": {"$ref": "#"}}"##.to_owned();
    for _ in 0..29 {
        schema = chain(schema);
    }
    let deep = ["[".repeat(127), "]".repeat(127)].concat();
    assert!(fits(&schema, deep.as_bytes()));

    let hungry = r#"{"pattern": "^(?=(a+)+b)a+$"}"#;
    let body = format!("\"{}\"", "a".repeat(50_000));
    assert!(!fits(hungry, body.as_bytes()));
    let many = format!("[{}1]", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",".repeat(1000));
    let model = models(&[("Main", &format!(r#"{{"items": {hungry}}}"#))]);
    assert!(model.takes_long(1));
    assert!(model.check(many.as_bytes()).is_err());
    let linear = models(&[("Main", r#"{"pattern": "^(a+)+b$"}"#)]);
    assert!(!linear.takes_long(1000));
    assert!(linear.takes_long(262_145));
    assert!(linear.check(body.as_bytes()).is_err());
}

#[test]
fn what_does_not_fit_is_told_in_a_list() {
    let told = |schema: &str, body: &str| {
        let misfit = models(&[("Main", schema)]).check(body.as_bytes()).unwrap_err();
        misfit.detail
    };
    let check = |schema: &str, body: &str, expected: &str| {
        assert_eq!(told(schema, body), expected, "{schema} {body}");
    };
    check(
        r#"{"required": ["foo", "bar", "baz"]}"#,
        r#"{"foo": 1}"#,
        r#"[object has missing required properties (["bar","baz"])]"#,
    );
    check(
        r#"{"type": "string"}"#,
        "1.5",
        r#"[instance type (number) does not match any allowed primitive type (allowed: ["string"])]"#,
    );
    check(
        r#"{"type": ["number", "null"]}"#,
        "{}",
        r#"[instance type (object) does not match any allowed primitive type (allowed: ["integer","null","number"])]"#,
    );
    check(
        r#"{"enum": ["a", 1]}"#,
        r#""b\"""#,
        r#"[instance value ("b\"") not found in enum (possible values: ["a",1])]"#,
    );
    check(
        r#"{"additionalProperties": false, "properties": {"b": {"type": "null"}}}"#,
        r#"{"z": 1, "b": [], "a": 2}"#,
        r#"[object instance has properties which are not allowed by the schema: ["a","z"], instance type (array) does not match any allowed primitive type (allowed: ["null"])]"#,
    );
    check(
        r#"{"items": {"maximum": 20}, "maxItems": 1}"#,
        "[97, 3, 21]",
        "[array is too long: must have at most 1 elements but instance has 3 elements, numeric \
         instance is greater than the required maximum (maximum: 20, found: 97), numeric instance \
         is greater than the required maximum (maximum: 20, found: 21)]",
    );
    check(
        r#"{"minLength": 3, "pattern": "^a"}"#,
        r#""é""#,
        r#"[string "é" is too short (length: 1, required minimum: 3), ECMA 262 regex "^a" does not match input string "é"]"#,
    );
    check(
        r#"{"anyOf": [{"type": "null"}, {"type": "array"}]}"#,
        "1",
        "[instance failed to match at least one required schema among 2]",
    );
    check(
        r#"{"oneOf": [{"type": "integer"}, {"minimum": 0}, {"type": "null"}]}"#,
        "1",
        "[instance failed to match exactly one schema (matched 2 out of 3)]",
    );
    check("{}", "{", "[the body is no JSON: EOF while parsing an object at line 1 column 1]");
    let long = format!("[{}]", vec!["1"; 5000].join(","));
    let detail = told(r#"{"items": {"type": "null"}}"#, &long);
    assert!(detail.len() <= 2048 && detail.ends_with(")]"), "{}", detail.len());
    let huge = format!("\"{}\"", "é".repeat(1_000_000));
    let detail = told(r#"{"maxLength": 1}"#, &huge);
    assert!(detail.len() <= 2048, "{}", detail.len());
}

#[test]
fn the_operator_is_told_where_and_not_what() {
    let model = models(&[("Main", r#"{"properties": {"a/b": {"items": {"maxLength": 2}}}}"#)]);
    let misfit = model.check(br#"{"a/b": ["secret"]}"#).unwrap_err();
    assert_eq!(misfit.place, "maxLength at /a~1b/0");
    assert_eq!(model.check(b"").map_err(|it| it.place), Ok(()));
}

#[test]
fn many_models_in_a_row_do_not_exhaust_the_stack() {
    let check = |count: usize, last: &str| {
        let name = |index: usize| match index {
            0 => "Main".to_owned(),
            index => format!("M{index}"),
        };
        let schema = |index: usize| match name(index + 1) {
            _ if index + 1 == count => last.to_owned(),
            next => format!(r##"{{"properties": {{"a": {{"$ref": "#/definitions/{next}"}}}}}}"##),
        };
        let schemas: Vec<_> = (0..count).map(|index| (name(index), schema(index))).collect();
        let schemas: Vec<_> = schemas.iter().map(|(name, text)| (&**name, &**text)).collect();
        let model = models(&schemas);
        let body = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        assert!(model.check(body(100).as_bytes()).is_ok(), "{count}");
    };
    check(2000, r#"{"type": "object"}"#);
    check(2000, r##"{"$ref": "#/definitions/Main"}"##);
}
