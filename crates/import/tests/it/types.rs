//! Values of the wrong type: each is told, wherever it stands.

use portico_import::openapi;

/// Documents in which `@` stands for one value, and the nouns that belong there.
const PLACES: &[(&str, &[&str])] = &[
    ("openapi: @", &["text"]),
    ("openapi: 3.0.1, info: @", &["mapping"]),
    ("openapi: 3.0.1, info: {title: @}", &["text", "number", "flag"]),
    ("openapi: 3.0.1, info: {title: T, description: @}", &["text", "number", "flag"]),
    ("openapi: 3.0.1, info: {title: T, version: @}", &["text", "number", "flag"]),
    ("openapi: 3.0.1, servers: @", &["list", "mapping"]),
    ("openapi: 3.0.1, servers: [@]", &["mapping"]),
    ("openapi: 3.0.1, servers: [{url: @}]", &["text"]),
    ("openapi: 3.0.1, security: @", &["list"]),
    ("openapi: 3.0.1, security: [@]", &["mapping"]),
    ("openapi: 3.0.1, paths: @", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: @}", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: {$ref: @}}", &["text"]),
    ("openapi: 3.0.1, paths: {/b: {get: @}}", &[]),
    ("openapi: 3.0.1, paths: {/b: {parameters: @}}", &["list"]),
    ("openapi: 3.0.1, paths: {/b: {parameters: [@]}}", &[]),
    ("openapi: 3.0.1, paths: {/b: {parameters: [{name: @, in: query}]}}", &["text"]),
    ("openapi: 3.0.1, paths: {/b: {parameters: [{name: q, in: @}]}}", &[]),
    ("openapi: 3.0.1, paths: {/b: {parameters: [{name: q, in: query, required: @}]}}", &["flag"]),
    ("openapi: 3.0.1, components: @", &["mapping"]),
    ("openapi: 3.0.1, components: {schemas: @}", &["mapping"]),
    ("openapi: 3.0.1, components: {schemas: {A: @}}", &["mapping"]),
    ("openapi: 3.1.0, components: {schemas: {A: @}}", &["mapping", "flag"]),
    ("openapi: 3.0.1, paths: {/b: {get: {operationId: @, !}}}", &["text"]),
    ("openapi: 3.0.1, paths: {/b: {get: {security: @, !}}}", &["list"]),
    ("openapi: 3.0.1, paths: {/b: {get: {responses: @, !}}}", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: {get: {responses: {200: @}, !}}}", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: {get: {responses: {200: {headers: @}}, !}}}", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: {get: {responses: {200: {content: @}}, !}}}", &["mapping"]),
    (
        "openapi: 3.0.1, paths: {/b: {get: {responses: {200: {content: {a/b: @}}}, !}}}",
        &["mapping"],
    ),
    ("openapi: 3.0.1, paths: {/b: {get: {requestBody: @, !}}}", &["mapping"]),
    ("openapi: 3.0.1, paths: {/b: {get: {requestBody: {content: @}, !}}}", &["mapping"]),
    (
        "openapi: 3.0.1, paths: {/b: {get: {requestBody: {content: {a/b: {schema: @}}}, !}}}",
        &["mapping"],
    ),
    ("swagger: @", &["number"]),
    ("swagger: '2.0', basePath: @", &["text"]),
    ("swagger: '2.0', consumes: @", &["list"]),
    ("swagger: '2.0', consumes: [@]", &["text"]),
    ("swagger: '2.0', produces: @", &["list"]),
    ("swagger: '2.0', definitions: @", &["mapping"]),
    ("swagger: '2.0', definitions: {A: @}", &["mapping"]),
    ("swagger: '2.0', securityDefinitions: @", &["mapping"]),
    ("swagger: '2.0', paths: {/b: {get: {consumes: @, !}}}", &["list"]),
    ("swagger: '2.0', paths: {/b: {get: {produces: @, !}}}", &["list"]),
    ("swagger: '2.0', paths: {/b: {get: {responses: {200: {schema: @}}, !}}}", &["mapping"]),
    (
        "swagger: '2.0', paths: {/b: {get: {parameters: [{in: body, name: b, schema: @}], !}}}",
        &["mapping"],
    ),
];

/// One value of each type.
const VALUES: &[(&str, &str)] = &[
    ("null", "null"),
    ("flag", "true"),
    ("number", "2.0"),
    ("text", "'x'"),
    ("list", "[]"),
    ("list", "[1]"),
    ("mapping", "{}"),
];

#[test]
fn no_value_of_a_wrong_type_passes_in_silence() {
    let integration = "x-amazon-apigateway-integration: {type: mock}";
    let mut silent = Vec::new();
    for (document, right) in PLACES {
        for (noun, value) in VALUES {
            let mut text = document.replace('@', value).replace('!', integration);
            if !document.contains("info:") {
                text.push_str(", info: {title: T}");
            }
            if !document.contains("paths:") {
                text.push_str(&format!(", paths: {{/a: {{get: {{{integration}}}}}}}"));
            }
            let imported = openapi::read("a.yaml", format!("{{{text}}}").as_bytes());
            assert!(imported.findings.iter().all(|finding| finding.place.is_some()), "{text}");
            let told = imported.findings.iter().any(|finding| finding.kind != "no-methods");
            if !told && !right.contains(noun) {
                silent.push(text);
            }
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}
