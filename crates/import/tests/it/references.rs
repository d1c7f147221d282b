//! References: their limits, what they ask of the files beside a definition, and that they mean
//! what they would mean had it been written where they stand.

use std::fmt::Write;

use portico_import::openapi::{self, Imported, Options};
use portico_model::Finding;

use crate::openapi::{Files, print_deployment};

fn read(text: &str, files: &[(&str, &[u8])]) -> Imported {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.to_vec()));
    let mut files = Files(files.collect());
    openapi::read_with("dir/a.yaml", text.as_bytes(), Options::new(&mut files))
}

fn definition(rest: &str) -> String {
    format!("openapi: 3.0.1\ninfo: {{title: T}}\n{rest}")
}

/// A definition with one method, which has one parameter.
fn with_parameter(reference: &str) -> String {
    definition(&format!(
        "paths: {{/a: {{get: {{parameters: [{{$ref: '{reference}'}}], \
         x-amazon-apigateway-integration: {{type: mock}}}}}}}}\n"
    ))
}

/// Kinds and places of findings.
fn kinds(imported: &Imported) -> Vec<String> {
    let kind = |finding: &Finding| format!("{} {}", finding.place.as_ref().unwrap(), finding.kind);
    imported.findings.iter().map(kind).collect()
}

#[test]
fn what_is_wrong_with_another_file_has_its_place_there() {
    let check = |text: &[u8], expected: &str| {
        let imported = read(&with_parameter("b.yaml#/P"), &[("b.yaml", text)]);
        let kinds = kinds(&imported);
        assert!(kinds.iter().any(|kind| kind == expected), "{expected}: {kinds:?}");
        assert_eq!(imported.touched, ["b.yaml"]);
    };
    check(b"P: {name: \xFF}", "dir/b.yaml:1:11 encoding");
    check(b"\xFF\xFEP\0", "dir/b.yaml:1:1 encoding");
    check(b"", "dir/b.yaml:1:1 empty");
    check(b"P: {name: x", "dir/b.yaml:1:4 syntax");
    check(b"a: 1\na: 2\nP: {name: x, in: query}", "dir/b.yaml:2:1 duplicate-key");
    check("[".repeat(1000).as_bytes(), "dir/b.yaml:1:129 too-deep");
    check(b"P: [a]", "dir/b.yaml:1:1 type");
    check(b"P: {name: x, in: 7}", "dir/b.yaml:1:18 type");
    check(b"P: {$ref: '#/P'}", "dir/a.yaml:3:33 reference");
    check(b"P: {$ref: 'a.yaml#/paths/~1a/get/parameters/0'}", "dir/a.yaml:3:33 reference");
    check(b"P: {$ref: '../../x.yaml'}", "dir/b.yaml:1:11 reference");
}

#[test]
fn a_file_that_nothing_is_read_from_does_no_harm() {
    let text = definition(
        "paths: {/a: {get: {x-amazon-apigateway-integration: {type: mock}}}}\n\
         x-example: [{$ref: broken.yaml}, {$ref: missing.yaml}, {$ref: 'http://h/'}]\n",
    );
    let imported = read(&text, &[("broken.yaml", b"{")]);
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    assert_eq!(imported.touched, ["broken.yaml", "missing.yaml"]);
}

#[test]
fn chains_have_a_limit() {
    let chain = |links: usize| {
        let mut text = with_parameter("#/x-0");
        for link in 0..links {
            writeln!(text, "x-{link}: {{$ref: '#/x-{}'}}", link + 1).unwrap();
        }
        writeln!(text, "x-{links}: {{name: q, in: query}}").unwrap();
        kinds(&read(&text, &[]))
    };
    assert_eq!(chain(30), [""; 0]);
    assert_eq!(chain(31), ["dir/a.yaml:3:33 reference"]);
    assert_eq!(chain(10_000), ["dir/a.yaml:3:33 reference"]);
}

#[test]
fn files_have_a_number_and_a_size() {
    let references: String =
        (0..100).map(|file| format!("{{$ref: 'f{file:02}.yaml#/P'}}, ")).collect();
    let text = definition(&format!(
        "paths: {{/a: {{get: {{parameters: [{references}], \
         x-amazon-apigateway-integration: {{type: mock}}}}}}}}\n"
    ));
    let names: Vec<String> = (0..100).map(|file| format!("f{file:02}.yaml")).collect();
    let texts: Vec<String> =
        (0..100).map(|file| format!("P: {{name: p{file}, in: query}}")).collect();
    let files: Vec<_> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let imported = read(&text, &files);
    assert_eq!(imported.touched.len(), 63);
    assert_eq!(imported.findings.len(), 37);

    let filler = vec![b'#'; 4 * 1024 * 1024];
    let with =
        |name: &str| [format!("P: {{name: {name}, in: query}}\n").as_bytes(), &filler].concat();
    let (b, c) = (with("b"), with("c"));
    let both = definition(
        "paths: {/a: {get: {parameters: [{$ref: 'b.yaml#/P'}, {$ref: 'c.yaml#/P'}], \
         x-amazon-apigateway-integration: {type: mock}}}}\n",
    );
    let imported = read(&both, &[("b.yaml", &b), ("c.yaml", &c)]);
    assert_eq!(kinds(&imported), ["dir/a.yaml:3:61 reference"]);
    let message = &imported.findings[0].message;
    assert!(message.contains("6291456 bytes"), "{message}");
}

#[test]
fn values_of_all_files_are_counted_together() {
    let mut bomb = "P: {name: x, in: query}\na0: &a0 [x, x]\n".to_owned();
    for level in 1..18 {
        let before = level - 1;
        writeln!(bomb, "a{level}: &a{level} [*a{before}, *a{before}]").unwrap();
    }
    let imported = read(&with_parameter("b.yaml#/P"), &[("b.yaml", bomb.as_bytes())]);
    let last = kinds(&imported).pop().unwrap();
    assert!(last.ends_with(" too-many-values"), "{last}");
    // A part of it passes, in one file; in eight of them it does not.
    let part = bomb.lines().take(17).collect::<Vec<_>>().join("\n");
    let imported = read(&with_parameter("b.yaml#/P"), &[("b.yaml", part.as_bytes())]);
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    let linked =
        |next: usize| part.replacen("P:", &format!("P: {{$ref: 'f{next}.yaml#/P'}}\nQ:"), 1);
    let files: Vec<_> = (0..8).map(|at| (format!("f{at}.yaml"), linked(at + 1))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    let imported = read(&with_parameter("f0.yaml#/P"), &files);
    let last = kinds(&imported).pop().unwrap();
    assert!(last.ends_with(" too-many-values"), "{last}");
}

#[test]
fn references_are_counted_as_often_as_they_stand() {
    let parameters: String =
        (0..5000).map(|index| format!("    - {{name: p{index}, in: query}}\n")).collect();
    let shared = format!(
        "  Shared:\n    parameters:\n{parameters}    get: {{x-amazon-apigateway-integration: \
         {{type: mock}}}}\n"
    );
    let items: String =
        (0..5000).map(|index| format!("  /p{index}: {{$ref: '#/x-items/Shared'}}\n")).collect();
    let imported = read(&definition(&format!("paths:\n{items}x-items:\n{shared}")), &[]);
    let kinds = kinds(&imported);
    assert!(kinds.iter().all(|kind| kind.ends_with(" too-many-values")), "{:?}", kinds[0]);
    assert!((4000..5000).contains(&kinds.len()), "{}", kinds.len());
}

#[test]
fn what_operations_inherit_is_counted_for_each() {
    let check = |rest: &str, operation: &str| {
        let paths: String = (0..3000)
            .map(|index| {
                format!(
                    "  /p{index}: {{post: {{{operation}x-amazon-apigateway-integration: {{type: \
                     mock}}}}}}\n"
                )
            })
            .collect();
        let imported = read(&format!("info: {{title: T}}\n{rest}\npaths:\n{paths}"), &[]);
        let last = imported.findings.iter().filter(|finding| finding.kind == "too-many-values");
        assert!(last.count() > 1000, "{:?}", imported.findings.last());
    };
    let requirements = "{k: []}, ".repeat(2000);
    check(&format!("openapi: 3.0.1\nsecurity: [{requirements}]"), "");
    let types: String = (0..3000).map(|index| format!("a/b{index}, ")).collect();
    let body = "parameters: [{in: body, name: b, schema: {type: string}}], ";
    check(&format!("swagger: 2.0\nconsumes: [{types}]"), body);
}

#[test]
fn schemas_may_go_round_in_circles_over_files() {
    let text = definition(
        "paths: {/a: {post: {requestBody: {content: {a/b: {schema: {$ref: 'b.yaml#/B'}}}}, \
         x-amazon-apigateway-integration: {type: mock}}}}\n\
         components: {schemas: {A: {items: {$ref: 'b.yaml#/B'}}, Self: {$ref: '#/components/schemas/Self'}}}\n",
    );
    let imported =
        read(&text, &[("b.yaml", b"B: {items: {$ref: 'a.yaml#/components/schemas/A'}}")]);
    assert!(imported.findings.is_empty(), "{:?}", imported.findings);
    let deployment = imported.deployment.unwrap();
    let names: Vec<_> = deployment.models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["A", "Self", "B"]);
    assert_eq!(deployment.resources[0].methods[0].request_models["a/b"], "B");
}

#[test]
fn schemas_of_models_have_a_size() {
    let long = "x".repeat(100_000);
    let uses = "*a, ".repeat(1000);
    let text = definition(&format!(
        "x-a: &a {long}\npaths: {{/a: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}}}\n\
         components: {{schemas: {{A: {{enum: [{uses}]}}, B: {{type: object}}}}}}\n"
    ));
    let imported = read(&text, &[]);
    let kinds = kinds(&imported);
    assert!(
        !kinds.is_empty() && kinds.iter().all(|kind| kind.ends_with(" too-large")),
        "{kinds:?}"
    );
}

#[test]
fn a_bundled_definition_means_the_same() {
    let integration =
        "x-amazon-apigateway-integration: {type: mock, requestTemplates: {a/b: '${AWS::Region}'}}";
    let parameter = "{name: id, in: path, required: true}";
    let pet = "{type: object, properties: {name: {type: string}}}";
    let item = |parameter: &str, pet: &str| {
        format!(
            "{{parameters: [{parameter}], put: {{requestBody: {{content: {{application/json: \
             {{schema: {pet}}}}}}}, security: [], responses: {{200: {{headers: {{X-A: {{}}}}}}}}, {integration}}}}}"
        )
    };
    let bundled = definition(&format!(
        "paths: {{'/a/{{id}}': {}}}\ncomponents: {{schemas: {{Pet: {pet}}}}}\n",
        item(parameter, "{$ref: '#/components/schemas/Pet'}")
    ));
    let split = definition(
        "paths: {'/a/{id}': {$ref: 'paths/a.yaml#/x/0'}}\ncomponents: {schemas: {Pet: {$ref: pet.yaml}}}\n",
    );
    let paths = format!(
        "x: [{}]",
        item("{$ref: '../shared/p.json#/a~1b'}", "{$ref: '../a.yaml#/components/schemas/Pet'}")
    );
    let files: [(&str, &[u8]); 2] = [
        ("paths/a.yaml", paths.as_bytes()),
        ("shared/p.json", br#"{"a/b": {"name": "id", "in": "path", "required": true}}"#),
    ];
    let print = |imported: Imported| {
        assert!(imported.findings.is_empty(), "{:?}", imported.findings);
        let mut deployment = imported.deployment.unwrap();
        // A model that is a reference is one here as well.
        deployment.models.clear();
        let mut text = String::new();
        print_deployment(&mut text, &deployment).unwrap();
        text
    };
    let with_pet: Vec<_> = files.into_iter().chain([("pet.yaml", pet.as_bytes())]).collect();
    assert_eq!(print(read(&bundled, &[])), print(read(&split, &with_pet)));
}
