//! Input that is too deep, too large, or wants to become so.

use std::time::{Duration, Instant};

use portico_import::openapi::{self, NoFiles, Options};

/// The one finding of a text as `line:column kind`.
fn only_finding(file: &str, text: &[u8]) -> String {
    let imported = openapi::read(file, text);
    assert!(imported.deployment.is_none());
    assert_eq!(imported.findings.len(), 1, "{:?}", imported.findings);
    let finding = &imported.findings[0];
    let place = finding.place.as_ref().unwrap();
    format!("{}:{} {}", place.line, place.column, finding.kind)
}

#[test]
fn nesting_has_a_limit() {
    let block: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let sequences: String = (0..1000).map(|_| "- ").collect();
    let check = |file: &str, text: &str, expected: &str| {
        assert_eq!(only_finding(file, text.as_bytes()), expected, "{file}");
    };
    check("flow.yaml", &"[".repeat(1000), "1:129 too-deep");
    check("flow.yaml", &"{a: ".repeat(1000), "1:513 too-deep");
    check("flow.json", &"[".repeat(1000), "1:129 too-deep");
    check("flow.json", &"{\"a\":".repeat(100_000), "1:641 too-deep");
    check("block.yaml", &block, "129:129 too-deep");
    check("sequences.yaml", &sequences, "1:257 too-deep");
    check("tags.yaml", &"!Join [x, ".repeat(1000), "1:1287 too-deep");
    // A tag makes one value two, so that what is as deep as can be is twice as deep.
    let tags = format!("a: {}1{}", "!Join ['', [".repeat(63), "]]".repeat(63));
    let text = format!("openapi: 3.0.1\ninfo: {{title: T}}\npaths: {{}}\nx-{tags}");
    assert!(openapi::read("tags.yaml", text.as_bytes()).deployment.is_some());
    let open = format!("x-{}", "a: !Select [0, ".to_owned() + &"!Select [0, ".repeat(120));
    let text =
        format!("openapi: 3.0.1\ninfo: {{title: T}}\npaths: {{}}\n{open}1{}", "]".repeat(121));
    assert!(openapi::read("tags.yaml", text.as_bytes()).deployment.is_some());
    let aliases: String = (1..200).fold("a0: &a0 [x]\n".to_owned(), |text, index| {
        format!("{text}a{index}: &a{index} [*a{}]\n", index - 1)
    });
    check("aliases.yaml", &aliases, "128:14 too-deep");
}

#[test]
fn aliases_are_counted_as_often_as_they_stand() {
    let bomb: String = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, index| {
        let before = index - 1;
        format!("{text}a{index}: &a{index} [*a{before}, *a{before}]\n")
    });
    assert_eq!(only_finding("bomb.yaml", bomb.as_bytes()), "17:11 too-many-values");
    let merges: String = (1..40).fold("a0: &a0 {x: 1}\n".to_owned(), |text, index| {
        let before = index - 1;
        format!("{text}a{index}: &a{index} {{<<: [*a{before}, *a{before}], y: *a{before}}}\n")
    });
    assert!(only_finding("merges.yaml", merges.as_bytes()).ends_with("too-many-values"));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), "*a, ".repeat(400_000));
    // Forty gigabytes if each alias were a copy.
    let imported = openapi::read("long.yaml", long.as_bytes());
    assert!(imported.deployment.is_none());
}

#[test]
fn files_have_a_size_and_an_encoding() {
    let check = |text: &[u8], expected: &str| {
        assert_eq!(only_finding("a.yaml", text), expected);
    };
    check(&vec![b' '; 6 * 1024 * 1024 + 1], "1:1 too-large");
    check(b"", "1:1 empty");
    check(b"  \n\t\n", "1:1 empty");
    check(b"# nothing\n", "1:1 empty");
    check(b"\xEF\xBB\xBF", "1:1 empty");
    check(b"a: b\nc: \xC3\xA9\xFF\n", "2:5 encoding");
    check(b"\xFF\xFEa\0", "1:1 encoding");
    let bom = b"\xEF\xBB\xBFopenapi: 3.0.1\ninfo: {title: T}\npaths: {}\n";
    assert!(openapi::read("a.yaml", bom).deployment.is_some());
    let bom = b"\xEF\xBB\xBF{\"openapi\": \"3.0.1\", \"info\": {\"title\": \"T\"}, \"paths\": {}}";
    assert!(openapi::read("a.json", bom).deployment.is_some());
}

/// A definition of about two megabytes with every part there is.
fn large() -> String {
    let mut text = "openapi: 3.0.1\ninfo:\n  title: Large\npaths:\n".to_owned();
    for index in 0..2200 {
        text.push_str(&format!(
            "  /r{index}/{{id}}:
    get:
      operationId: get{index}
      description: >-
        A sentence about what this does, which is folded over more than one line, as such
        sentences are in definitions that people write.
      parameters:
        - {{name: id, in: path, required: true, schema: {{type: string}}}}
        - name: q
          in: query
          schema: {{type: string}}
      responses:
        '200':
          description: \"\"
          headers: {{X-Count: {{schema: {{type: integer}}}}}}
        404: {{description: none}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: GET
        uri: http://127.0.0.1:9000/r/{{id}}
        requestParameters:
          integration.request.path.id: method.request.path.id
          integration.request.querystring.q: method.request.querystring.q
        responses:
          default: {{statusCode: '200'}}
          '4\\d{{2}}': {{statusCode: 404}}
"
        ));
    }
    text
}

/// The same with references and functions wherever they may be, out of a template.
fn large_with_references() -> String {
    let text = large().replace(
        "{name: id, in: path, required: true, schema: {type: string}}",
        "$ref: '#/components/parameters/Id'",
    );
    let text =
        text.replace("404: {description: none}", "404: {$ref: '#/components/responses/None'}");
    let text = text.replace(
        "uri: http://127.0.0.1:9000/r/{id}",
        "uri: {Fn::Sub: 'http://${Host}/${AWS::Region}/{id}'}",
    );
    let text = text.replace(
        "description: \"\"",
        "description: \"\"\n          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}",
    );
    let text = text.replace("A sentence", "A sentence in ${AWS::Region} ${this}");
    format!(
        "{text}components:
  parameters: {{Id: {{$ref: '#/components/parameters/Path'}}, Path: {{name: id, in: path, required: true}}}}
  responses: {{None: {{description: none, headers: {{X-Why: {{}}}}}}}}
  schemas: {{Pet: {{type: object, properties: {{mother: {{$ref: '#/components/schemas/Pet'}}}}}}}}
"
    )
}

#[test]
fn two_megabytes_load_at_once() {
    check_two_megabytes(&large());
    check_two_megabytes(&large_with_references());
}

#[expect(clippy::disallowed_methods, reason = "the figure is a duration")]
fn check_two_megabytes(text: &str) {
    assert!(text.len() > 1_900_000, "{}", text.len());
    let set = [("Host".to_owned(), "127.0.0.1:9000".to_owned())].into();
    let mut files = NoFiles;
    let options = Options { set: &set, ..Options::new(&mut files) };
    let started = Instant::now();
    let imported = openapi::read_with("large.yaml", text.as_bytes(), options);
    let elapsed = started.elapsed();
    assert!(imported.findings.is_empty(), "{:?}", imported.findings[0]);
    assert_eq!(imported.deployment.unwrap().resources.len(), 2200);
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
    assert!(elapsed < limit, "{elapsed:?}");
}

#[test]
fn one_long_line_is_read_in_linear_time() {
    let member = |index: usize| format!("\"x-{index}\":[1,2,\"three\",{{\"a\":null}}]");
    let members: Vec<_> = (0..40_000).map(member).collect();
    let text = format!(
        "{{\"openapi\":\"3.0.1\",\"info\":{{\"title\":\"T\"}},{},\"paths\":{{}}}}",
        members.join(",")
    );
    assert!(openapi::read("line.json", text.as_bytes()).deployment.is_some());
}

#[test]
fn twenty_thousand_findings_are_told() {
    let members: String = (0..20_000).map(|index| format!("m{index}: 0\n")).collect();
    let text = format!("openapi: 3.0.1\ninfo: {{title: T}}\n{members}");
    let findings = openapi::read("a.yaml", text.as_bytes()).findings;
    assert_eq!(findings.len(), 20_001);
    assert_eq!(findings[20_000].place.as_ref().unwrap().line, 20_002);
}
