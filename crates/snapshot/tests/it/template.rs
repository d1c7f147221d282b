//! The service's objects in templates: `$input`, `$util`, `$context`, `$stageVariables`.
//! Source: AWS, "Mapping template and access logging variable reference", and recorded answers.

use std::collections::BTreeMap;

use portico_snapshot::{
    Bounds, CompiledTemplate, ContextVariable, Given, Overrides, Parameter, ParameterPlace, Plain,
    PlainSurroundings, Rendered, mock_status,
};

fn surroundings() -> PlainSurroundings {
    let parameter = |place, name: &str, value: &str| Parameter {
        place,
        name: name.as_bytes().into(),
        value: value.as_bytes().into(),
    };
    PlainSurroundings {
        context: vec![
            (ContextVariable::RequestId, (*b"r-1").into()),
            (ContextVariable::Stage, (*b"prod").into()),
            (ContextVariable::IdentitySourceIp, (*b"203.0.113.7").into()),
            (ContextVariable::IdentityUserAgent, (*b"a\xffb").into()),
        ],
        parameters: vec![
            parameter(ParameterPlace::Path, "id", "7"),
            parameter(ParameterPlace::Path, "both", "path"),
            parameter(ParameterPlace::QueryString, "both", "query"),
            parameter(ParameterPlace::QueryString, "q", "1"),
            parameter(ParameterPlace::QueryString, "q", "2"),
            parameter(ParameterPlace::Header, "X-Own", "mine"),
            parameter(ParameterPlace::Header, "both", "header"),
        ],
    }
}

fn try_render(template: &str, body: &str, carried: Overrides) -> Option<Rendered> {
    let variables = BTreeMap::from([("color".to_owned(), "green".to_owned())]);
    let (template, surroundings) = (CompiledTemplate::parse(template).unwrap(), surroundings());
    template.render(Given::new(body, &surroundings, &variables, carried)).ok()
}

/// The text, unless it takes more units than there are.
fn render_within(template: &str, body: &str, units: u64) -> Option<String> {
    let (template, surroundings) = (CompiledTemplate::parse(template).unwrap(), surroundings());
    let variables = BTreeMap::from([("color".to_owned(), "green".to_owned())]);
    let mut given = Given::new(body, &surroundings, &variables, Overrides::default());
    given.bounds.units = units;
    template.render(given).ok().map(|rendered| rendered.text)
}

fn check(template: &str, body: &str, expected: &str) {
    let rendered = try_render(template, body, Overrides::default());
    assert_eq!(rendered.map(|it| it.text).as_deref(), Some(expected), "{template} of {body}");
}

fn fails(template: &str, body: &str) {
    assert_eq!(try_render(template, body, Overrides::default()), None, "{template} of {body}");
}

#[test]
fn what_cannot_be_rendered_fails() {
    fails("$input.path('$.a[')", "{}");
    fails("$input.path('')", "{}");
    fails("$input.json('$..')", "{}");
    fails("$util.urlDecode('%zz')", "");
    fails("$util.parseJson('{')", "");
    fails("$input.path('$.a').get(1)", r#"{"a": [0]}"#);
    // A map that holds itself cannot be kept for the response template.
    fails("#set($context.requestOverride.path.x = $context.requestOverride)", "");
    fails("#set($context.responseOverride.me = $context)", "");
}

/// What functions make is counted, however few steps make it.
#[test]
fn what_functions_make_has_a_bound() {
    let body = format!("[{}1]", "1,".repeat(100_000));
    let once = "#set($it = $util.parseJson($input.body))$it.size()";
    check(once, &body, "100001");
    let often = format!("#foreach($i in [1..900]){once}#end");
    let counted = || try_render(&often, &body, Overrides::default());
    assert!(counted().is_none());
    // Each time the text gets twice as long.
    let doubles = "#set($x = '\"')#foreach($i in [1..60])#set($x = $util.escapeJavaScript($x))#end";
    assert!(try_render(doubles, "", Overrides::default()).is_none());
}

/// The examples of the sheet on JSONPaths with `$input`, and its table on `$input`.
#[test]
fn input_is_the_body() {
    let p = r#"{"p": {"x": [{"y": 1}], "z": "s"}}"#;
    check("$input.path('$.p')", p, r#"{x=[{"y":1}], z=s}"#);
    check("$input.path('$.p.x') $input.path('$.p.x[0]')", p, r#"[{"y":1}] {y=1}"#);
    check(
        "$input.json('$.p') $input.json('$.p.z') [$input.json('$.none')]",
        p,
        r#"{"x":[{"y":1}],"z":"s"} "s" [""]"#,
    );
    check(
        "[$input.path('$.none')] [$input.path('$.none').deeper] \
         #if($input.path('$.none') == '')eq#end",
        r#"{"p": 1}"#,
        "[] [] eq",
    );
    let a = r#"{"a": [4, 5, 6]}"#;
    check("$input.path('$.a').size() $input.path('$.a[1]') $input.path('$.a[-1]')", a, "3 5 6");
    let k = r#"{"a": [{"k": "u"}, {"k": "w"}]}"#;
    check("#foreach($e in $input.path('$.a'))$e.k;#end", k, "u;w;");
    check(
        "#foreach($k in $input.path('$.m').keySet())$k #end",
        r#"{"m": {"z": 1, "a": 2}}"#,
        "z a ",
    );
    check(
        "$input.path('$..k') $input.path('$..none')",
        r#"{"a": [{"k": 1}, {"k": 2}]}"#,
        "[1,2] []",
    );
    check("[$input.body] [$input.path('$')] [$input.json('$')]", "", r#"[{}] [] [""]"#);
    check(
        "$input.path('$.f') $input.path('$.w') $input.json('$.f')",
        r#"{"f":1.50,"w":10.0}"#,
        "1.5 10.0 1.5",
    );
    check("[$input.path('$.n')] [$input.json('$.n')]", r#"{"n": null}"#, r#"[] [""]"#);
    check("$input.path(\"$['a','c']\")", r#"{"a": 1, "b": 2, "c": "x"}"#, "{a=1, c=x}");
    check("$input.path('$.a.length()')", a, "3");
    check("#set($p = '$.a[0]')$input.path($p)", a, "4");
    check("[$input.path(5)] [$input.path()] [$input.none] [$input]", a, "[] [] [] []");
    check("[$input.body.a] $input.body.length()", "{}", "[] 2");
    check("[$input.path('$.x')] $input.body", "some text", "[] some text");
}

#[test]
fn input_has_the_parameters() {
    check("$input.params('id') $input.params('q') $input.params('X-Own')", "", "7 2 mine");
    check("$input.params('x-own') [$input.params('none')]", "", "mine []");
    check("$input.params('both')", "", "path");
    check("$input.params().keySet()", "", "[path, querystring, header]");
    check(
        "$input.params().querystring $input.params().header",
        "",
        "{both=query, q=2} {X-Own=mine, both=header}",
    );
    check("$input.params().get('path').get('id') $input.params().path.id", "", "7 7");
    check("#set($input.params().path.id = 8)$input.params().path.id", "", "8");
}

#[test]
fn util_has_its_functions() {
    check(r#"$util.escapeJavaScript("it's") $util.escapeJavaScript('a/b')"#, "", r"it\'s a\/b");
    check("$util.urlEncode('x y/&') $util.urlDecode('x+y%2F')", "", "x+y%2F%26 x y/");
    check("$util.parseJson('{\"a\":[1,{\"b\":2}]}').a[1].b", "", "2");
    check("$util.base64Encode('ab') $util.base64Decode('YWI=')", "", "YWI= ab");
    check(
        "[$util.urlEncode($none)] [$util.parseJson('')] [$util.base64Decode('')]",
        "",
        "[] [] []",
    );
    check("$util.urlEncode(1.50) $util.escapeJavaScript(true)", "", "1.5 true");
    check("[$util.none('a')] [$util.urlEncode('a', 'b')] [$util]", "", "[] [] []");
}

#[test]
fn context_is_a_map_of_maps() {
    check(
        "$context.requestId $context['stage'] ${context.identity.sourceIp}",
        "",
        "r-1 prod 203.0.113.7",
    );
    check("[$context.apiId] [$context.none] [$context.identity.user]", "", "[] [] []");
    check("$context.identity.userAgent", "", "a\u{fffd}b");
    check("[$context.identity] [$context.get('identity')] [$context]", "", "[] [] []");
    check(
        "$context.keySet()",
        "",
        "[resourceId, resourcePath, httpMethod, extendedRequestId, requestTime, path, accountId, \
         protocol, requestOverride, stage, domainPrefix, requestTimeEpoch, requestId, identity, \
         domainName, deploymentId, responseOverride, apiId]",
    );
    check(
        "$stageVariables.color $stageVariables['color'] ${stageVariables['color']}",
        "",
        "green green green",
    );
    check("[$stageVariables.none]", "", "[]");
}

/// What is printed where it stands is what a variable keeps and prints later, also in a loop, in a
/// definition, and when a template has changed the map before.
#[test]
fn what_the_host_prints_is_what_it_would_keep() {
    let body = r#"{"t": "a/b 'Zo\u00eb'", "p": "plain", "l": [1, [2, {"k": []}], "x"], "n": null}"#;
    let check = |reference: &str, expected: &str| {
        let quiet = reference.replacen('$', "$!", 1);
        let with = |template: String, expected: &str| check(&template, body, expected);
        with(format!("[{reference}]"), &format!("[{expected}]"));
        with(format!("[{quiet}]"), &format!("[{expected}]"));
        with(format!("#set($k = {reference})[$k]"), &format!("[{expected}]"));
        with(format!("#set($k = \"<{reference}>\")$k"), &format!("<{expected}>"));
        with(format!("#define($d){reference}#end$d$d"), &format!("{expected}{expected}"));
        let loops = format!("#foreach($i in [1, 2]){reference},#end");
        with(loops, &format!("{expected},{expected},"));
        for change in ["$context.put('own', 1)", "$!stageVariables.put('own', 1)"] {
            with(format!("#set($x = {change}){reference}"), expected);
        }
    };
    check("$util.escapeJavaScript($input.path('$.t'))", r"a\/b \'Zo\u00EB\'");
    check("$util.escapeJavaScript($input.path('$.p'))", "plain");
    check("$util.escapeJavaScript($input.path('$.l[0]'))", "1");
    check("$util.urlEncode($input.path('$.t'))", "a%2Fb+%27Zo%C3%AB%27");
    check("$util.nothing('x')", "");
    check("$util.base64Encode('a', 'b')", "");
    check("$input.json('$.l')", r#"[1,[2,{"k":[]}],"x"]"#);
    check("$input.json('$.n')", "\"\"");
    check("$input.path('$').p.toUpperCase()", "PLAIN");
    check("$input.path('$.n')", "");
    check("$input.path('$.l')", r#"[1,[2,{"k":[]}],"x"]"#);
    check("$input.params('q')", "2");
    check("$input.params('x-own')", "mine");
    check("$input.params('none')", "");
    check("$context.stage", "prod");
    check("$context.identity.sourceIp", "203.0.113.7");
    check("$context.identity.userAgent", "a\u{fffd}b");
    check("$context.identity.caller", "");
    check("$context.identity", "");
    check("$context.none.at.all", "");
    check("$context.stage.none", "");
    check("$context.stage.length()", "4");
    check("$context['stage']", "prod");
    check("$context.requestOverride.header.none", "");
    check("$stageVariables.color", "green");
    check("$stageVariables.none", "");
    check("$stageVariables.color.none", "");
}

/// A map on the way costs something where it is made.
#[test]
fn what_the_host_prints_costs_what_it_would_if_kept() {
    let body = r#"{"t": "a/b 'Zo\u00eb'", "p": "plain", "l": [1, [2, {"k": []}], "x"], "n": null}"#;
    let check = |reference: &str| {
        let kept = format!("#set($k = {reference})$k");
        for units in 0..300 {
            let printed = render_within(reference, body, units);
            assert_eq!(printed, render_within(&kept, body, units), "{reference} of {units}");
        }
    };
    check("$util.escapeJavaScript($input.path('$.t'))");
    check("$util.escapeJavaScript($input.path('$.p'))");
    check("$util.escapeJavaScript($input.path('$.l'))");
    check("$util.escapeJavaScript('')");
    check("$util.urlEncode($input.path('$.t'))");
    check("$util.nothing('x')");
    check("$input.json('$.l')");
    check("$input.json('$.n')");
    check("$input.path('$.l')");
    check("$input.path('$').p.toUpperCase()");
    check("$input.params('q')");
    check("$input.params('none')");
    check("$context.stage");
    check("$context.none");
    check("$stageVariables.color");
    check("$stageVariables.none");
}

#[test]
fn what_a_template_sets_is_what_it_reads() {
    check("$context.stage#set($context.stage = 's')$context.stage", "", "prods");
    check("#set($context.identity.caller = 'c')$context.identity.caller", "", "c");
    let identity = "#set($i = $context.identity)#set($i.sourceIp = '::1')";
    check(&format!("{identity}$context.identity.sourceIp"), "", "::1");
    check(
        "$stageVariables #set($stageVariables.color = 1)$stageVariables",
        "",
        "{color=green}{color=1}",
    );
    check("$stageVariables.remove('color')$stageVariables.color|", "", "green|");
}

#[test]
fn what_templates_override_is_plain_data() {
    let text = |text: &str| Plain::Text(text.into());
    let check = |template: &str, request: &[(&str, Plain)], response: &[(&str, Plain)]| {
        let rendered = try_render(template, "", Overrides::default()).unwrap();
        let show = |members: &[(Box<str>, Plain)]| -> Vec<(String, Plain)> {
            let is_set = |it: &&(Box<str>, Plain)| it.1 != Plain::Map(Vec::new());
            members.iter().filter(is_set).map(|(name, it)| (name.to_string(), it.clone())).collect()
        };
        let expected = |members: &[(&str, Plain)]| -> Vec<(String, Plain)> {
            members.iter().map(|(name, it)| ((*name).to_owned(), it.clone())).collect()
        };
        assert_eq!(show(&rendered.overrides.request), expected(request), "{template}");
        assert_eq!(show(&rendered.overrides.response), expected(response), "{template}");
    };
    let map = |name: &str, value: Plain| Plain::Map(vec![(name.into(), value)]);
    check("plain $context.stage", &[], &[]);
    check(
        "#set($context.requestOverride.header.X-A = 'a')",
        &[("header", map("X-A", text("a")))],
        &[],
    );
    check(
        "$!context['requestOverride'].path.put('id', 7)",
        &[("path", map("id", Plain::Integer(7)))],
        &[],
    );
    check(
        "#set($context.responseOverride.status = 201)#set($context.responseOverride.custom = [1, 'x'])",
        &[],
        &[
            ("status", Plain::Integer(201)),
            ("custom", Plain::List(vec![Plain::Integer(1), text("x")], false)),
        ],
    );
    check("#set($context.stage = 'x')#set($c = {'requestOverride': 1})", &[], &[]);
}

#[test]
fn a_later_template_reads_what_was_written() {
    let first = "#set($context.requestOverride.path.x = {'a': [1.5, true]})\
                 #set($context.responseOverride.list = $util.parseJson('[{\"b\": 1}]'))";
    let carried = try_render(first, "", Overrides::default()).unwrap().overrides;
    let second = "$context.requestOverride.path.x.a[0] $context.requestOverride.path.x \
                  $context.responseOverride.list [$context.requestOverride.path]";
    let rendered = try_render(second, "", carried.clone()).unwrap();
    assert_eq!(rendered.text, r#"1.5 {a=[1.5, true]} [{"b":1}] []"#);
    assert_eq!(rendered.overrides, carried);
    assert_eq!(try_render("x $input.body", "", carried.clone()).unwrap().overrides, carried);
}

#[test]
fn a_mock_has_the_status_of_its_template() {
    for (text, expected) in [("{statusCode: 200,}", Some(200)), ("{}", None), ("[", None)] {
        assert_eq!(mock_status(text), expected, "{text}");
    }
}

#[test]
fn a_map_with_a_text_that_is_too_long_is_an_error_and_not_empty() {
    let variables = BTreeMap::new();
    for text in ["$context.identity.size()", "#if($context.identity.isEmpty())none#end"] {
        let (template, surroundings) = (CompiledTemplate::parse(text).unwrap(), surroundings());
        let rendered = |output_bytes: usize| {
            let mut given = Given::new("{}", &surroundings, &variables, Overrides::default());
            given.bounds = Bounds { output_bytes, ..Bounds::default() };
            template.render(given).is_ok()
        };
        assert!(rendered(100) && !rendered(10), "{text}");
    }
}
