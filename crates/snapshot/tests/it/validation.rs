//! Validators of methods: what of a request is checked.

use portico_model::{
    Deployment, DocumentPath, GuardPaths, IntegrationType, Method, Model, RequestValidator, Stage,
};
use portico_snapshot::{Compiled, Inputs, RequiredPlace, Validation, compile};

use crate::documents::{deployment, http, map, method, print, resource};

/// A model at `/NAME`.
pub(crate) fn model(name: &str, schema: &str) -> Model {
    Model {
        path: DocumentPath::root().join(name),
        name: name.to_owned(),
        content_type: "application/json".to_owned(),
        schema: schema.to_owned(),
        description: None,
    }
}

/// Compiles POST /pets/{id} with the validators `all`, `body`, `parameters` and `none`, of which it
/// asks for one.
pub(crate) fn compiled(
    validator: &str,
    models: &[Model],
    change: impl Fn(&mut Method),
) -> Compiled {
    let guard_paths = GuardPaths {
        request_validator: DocumentPath::root().join("validator"),
        ..GuardPaths::default()
    };
    let mut method = Method {
        guard_paths,
        request_validator: Some(validator.to_owned()),
        ..method(http(IntegrationType::HttpProxy, "http://h/"))
    };
    change(&mut method);
    let request_validators = map(&[("all", (true, true)), ("body", (true, false))])
        .into_iter()
        .chain(map(&[("parameters", (false, true)), ("none", (false, false))]))
        .map(|(name, (validate_request_body, validate_request_parameters))| {
            let path = DocumentPath::root();
            let validator =
                RequestValidator { path, validate_request_body, validate_request_parameters };
            (name, validator)
        })
        .collect();
    let deployment = Deployment {
        request_validators,
        models: models.to_vec(),
        ..deployment(vec![resource("/pets/{id}", vec![method])])
    };
    compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()))
}

fn validation(validator: &str, change: impl Fn(&mut Method)) -> Option<Validation> {
    let stage = compiled(validator, &[model("Pet", r#"{"type": "object"}"#)], change).stage;
    stage.unwrap().methods.remove(0).validation.map(|validation| *validation)
}

#[test]
fn required_parameters_come_by_place_and_name() {
    let change = |method: &mut Method| {
        method.request_parameters = map(&[
            ("method.request.querystring.b", true),
            ("method.request.querystring.a", true),
            ("method.request.querystring.c", false),
            ("method.request.path.id", true),
            ("method.request.path.gone", true),
            ("method.request.header.X-Z", true),
            ("method.request.header.A.B", true),
        ]);
    };
    for validator in ["none", "body"] {
        assert!(validation(validator, change).is_none(), "{validator}");
    }
    for validator in ["all", "parameters"] {
        let parameters = validation(validator, change).unwrap().parameters;
        let found: Vec<_> = parameters.iter().map(|it| (&*it.name, it.place)).collect();
        let expected = [
            ("A.B", RequiredPlace::Header),
            ("X-Z", RequiredPlace::Header),
            ("gone", RequiredPlace::Path(None)),
            ("id", RequiredPlace::Path(Some(0))),
            ("a", RequiredPlace::Query),
            ("b", RequiredPlace::Query),
        ];
        assert_eq!(found, expected, "{validator}");
    }
}

#[test]
fn bodies_have_the_model_of_their_media_type() {
    let change = |method: &mut Method| {
        let models = [("Application/JSON; charset=utf-8", "Pet"), ("text/x", "Pet")];
        method.request_models = models.map(|(media, name)| (media.into(), name.into())).into();
    };
    assert!(validation("parameters", change).is_none());
    let validation = validation("body", change).unwrap();
    let check = |media_type: &str, expected: bool| {
        let found = validation.model_of(media_type.as_bytes()).is_some();
        assert_eq!(found, expected, "{media_type}");
    };
    check("application/json", true);
    check("APPLICATION/json", true);
    check("text/x", true);
    check("text/y", false);
    check("", false);
    check("*/*", false);
}

#[test]
fn a_method_is_not_served_without_its_model() {
    let check = |models: &[(&str, &str)], expected: &[&str]| {
        let models: Vec<_> = models.iter().map(|(name, schema)| model(name, schema)).collect();
        let change = |method: &mut Method| {
            method.request_models = [("a/b".to_owned(), "Pet".to_owned())].into();
        };
        let compiled = compiled("body", &models, change);
        let found: Vec<_> = compiled.findings.iter().map(print).collect();
        assert_eq!(found, expected);
        assert_eq!(compiled.stage.is_none(), !expected.is_empty());
    };
    let own = "https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Pet";
    let refers = |to: &str| format!(r#"{{"properties": {{"a": {{"$ref": "{to}"}}}}}}"#);
    let fits = |schema: &str| check(&[("Pet", schema), ("Owner", "{}")], &[]);
    fits("{}");
    fits(&refers("#"));
    fits(&refers(own));
    fits(&refers("https://apigateway.amazonaws.com/restapis/0/models/Owner"));
    fits(&refers("#/definitions/Owner"));
    fits(&refers("#/components/schemas/Owner"));
    let refused = |schema: &str, reason: &str| {
        let expected = format!(
            "NotRunnable request-validator /Pet: the model \"Pet\" cannot be checked: {reason}"
        );
        check(&[("Pet", schema)], &[&expected]);
    };
    check(
        &[],
        &[
            "NotRunnable request-validator /validator: the model \"Pet\" cannot be checked: there is \
           no model \"Pet\"",
        ],
    );
    refused(r#"{"type": "strin"}"#, "it is no schema: \"strin\" is no type (at /type)");
    refused("{", "its schema is no JSON: EOF while parsing an object at line 1 column 1");
    for to in ["other.json", "http://127.0.0.1:1/a", "file:///etc/passwd", "#/definitions/Gone"] {
        refused(&refers(to), &format!("\"{to}\" is no schema of this API"));
    }
    let endless = "it refers to itself without end, or through more than 32 schemas for one value";
    refused(r##"{"$ref": "#"}"##, endless);
    refused(&refers("#/properties/a"), endless);
    refused(r##"{"allOf": [{"anyOf": [{"not": {"$ref": "#"}}]}]}"##, endless);
    refused(&format!(r#"{{"oneOf": [{{"$ref": "{own}"}}]}}"#), endless);
    refused(r##"{"dependencies": {"a": {"$ref": "#"}}}"##, endless);
}

#[test]
fn findings_say_what_to_do() {
    let help = |validator: &str, schema: &str| {
        let change = |method: &mut Method| {
            method.request_models = [("a/b".to_owned(), "Pet".to_owned())].into();
        };
        let compiled = compiled(validator, &[model("Pet", schema)], change);
        compiled.findings.into_iter().next().and_then(|finding| finding.help).unwrap_or_default()
    };
    let check = |validator: &str, schema: &str, expected: &str| {
        let help = help(validator, schema);
        assert!(help.contains(expected), "{validator} {schema}: {help}");
    };
    check("boddy", "{}", "did you mean \"body\"?");
    check("body", "{", "JSON schemas of draft 4");
    check("body", r#"{"type": "strin"}"#, "JSON schemas of draft 4");
    check("body", r##"{"$ref": "#/definitions/Gone"}"##, "define it among the schemas");
    check("body", r##"{"$ref": "#"}"##, "below properties or items");
}
