//! Stage documents compiled: variables, method settings, and what of them cannot run.

use std::collections::BTreeMap;

use portico_model::{CanarySettings, HttpMethod, IntegrationType, Method, MethodSetting, Stage};
use portico_snapshot::{Inputs, RestStage, compile};

use crate::documents::{deployment, http, map, method, print, resource};

fn get() -> Method {
    method(http(IntegrationType::HttpProxy, "http://h/"))
}

/// The stage `prod` of an API with `GET /`, `GET /a`, `PUT /a` and `ANY /b/{id}`, or its findings.
fn serve(stage: &Stage) -> (Option<RestStage>, Vec<String>) {
    let put = Method { http_method: HttpMethod::Put, ..get() };
    let any = Method { http_method: HttpMethod::Any, ..get() };
    let deployment = deployment(vec![
        resource("/", vec![get()]),
        resource("/a", vec![get(), put]),
        resource("/b/{id}", vec![any]),
    ]);
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), stage));
    let findings = compiled.findings.iter().map(|finding| {
        let help = finding.help.as_ref().map_or(String::new(), |help| format!("; {help}"));
        format!("{}{help}", print(finding)).replace("/stages/prod", "~")
    });
    (compiled.stage, findings.collect())
}

fn findings(stage: &Stage) -> Vec<String> {
    serve(stage).1
}

fn settings(settings: &[(&str, MethodSetting)]) -> Stage {
    Stage { method_settings: map(settings), ..Stage::default() }
}

fn throttle(rate: f64, burst: i32) -> MethodSetting {
    MethodSetting {
        throttling_rate_limit: Some(rate),
        throttling_burst_limit: Some(burst),
        ..MethodSetting::default()
    }
}

#[test]
fn a_limit_is_a_rate_and_a_burst() {
    let check =
        |rate: Option<f64>, burst: Option<i32>, expected: Result<Option<(f64, u32)>, &str>| {
            let setting = MethodSetting {
                throttling_rate_limit: rate,
                throttling_burst_limit: burst,
                ..MethodSetting::default()
            };
            let (stage, findings) = serve(&settings(&[("*/*", setting)]));
            let limit = |stage: RestStage| stage.throttles.first().map(|it| (it.rate, it.burst));
            let found = stage.map(limit).ok_or_else(|| findings[0].clone());
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{rate:?} {burst:?}"),
                (Err(found), Err(part)) => assert!(found.contains(part), "{found}"),
                (found, _) => panic!("{rate:?} {burst:?}: {found:?}"),
            }
        };
    check(Some(10.5), Some(5), Ok(Some((10.5, 5))));
    check(Some(0.0), Some(0), Ok(Some((0.0, 0))));
    check(None, None, Ok(None));
    check(Some(-1.0), Some(-1), Ok(None));
    check(Some(-1.0), None, Ok(None));
    let one = "NotRunnable throttle ~/methodSettings/*~1*: of throttlingRateLimit and";
    check(Some(1.0), None, Err(one));
    check(Some(1.0), Some(-1), Err(one));
    check(None, Some(1), Err(one));
    let number = "Invalid throttle ~/methodSettings/*~1*/throttlingRateLimit: the rate is not";
    check(Some(f64::NAN), Some(1), Err(number));
}

#[test]
fn a_method_has_its_own_settings_or_those_of_all() {
    let check = |stage: &Stage, expected: &[(&str, Option<&str>, bool)]| {
        let (stage, findings) = serve(stage);
        let stage = stage.unwrap_or_else(|| panic!("{findings:?}"));
        let api = format!("{}/prod", stage.api_id);
        let shown: Vec<_> = stage
            .methods
            .iter()
            .map(|method| {
                let limit =
                    method.throttle.map(|index| stage.throttles[index].name.replace(&api, "~"));
                let name = format!("{} {}", method.http_method, method.resource_path);
                (name, limit, method.has_metrics)
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, limit, metrics)| ((*name).to_owned(), limit.map(str::to_owned), *metrics))
            .collect();
        assert_eq!(shown, expected);
    };
    check(
        &Stage::default(),
        &[
            ("GET /", None, false),
            ("GET /a", None, false),
            ("PUT /a", None, false),
            ("ANY /b/{id}", None, false),
        ],
    );
    let metrics = MethodSetting { metrics_enabled: Some(true), ..MethodSetting::default() };
    check(
        &settings(&[
            ("*/*", MethodSetting { metrics_enabled: Some(true), ..throttle(9.0, 9) }),
            ("~1a/GET", throttle(1.0, 1)),
            ("b/{id}/ANY", metrics),
        ]),
        &[
            ("GET /", Some("~"), true),
            ("GET /a", Some("~/GET /a"), false),
            ("PUT /a", Some("~"), true),
            ("ANY /b/{id}", None, true),
        ],
    );
    check(
        &settings(&[("/GET", throttle(1.0, 1)), ("a/PUT", throttle(2.0, 2))]),
        &[
            ("GET /", Some("~/GET /"), false),
            ("GET /a", None, false),
            ("PUT /a", Some("~/PUT /a"), false),
            ("ANY /b/{id}", None, false),
        ],
    );
}

#[test]
fn settings_without_effect_are_told() {
    let check = |keys: &[&str], expected: &[&str]| {
        let keys: Vec<_> = keys.iter().map(|key| (*key, throttle(-1.0, -1))).collect();
        assert_eq!(findings(&settings(&keys)), expected, "{keys:?}");
    };
    let base = "method-settings ~/methodSettings";
    let none =
        format!("Ignored {base}/aa~1GET: the settings have no effect: there is no method GET /aa");
    check(&["aa/GET"], &[&format!("{none}; did you mean \"a/GET\"?")]);
    let any = "the settings have no effect: there is no method GET /b/{id}; the resource has the \
               method ANY: write \"b/{id}/ANY\"";
    check(&["b/{id}/GET"], &[&format!("Ignored {base}/b~1{{id}}~1GET: {any}")]);
    check(
        &["*/GET"],
        &[&format!(
            "Invalid {base}/*~1GET: \"*/GET\": only */* is for several methods: \
        name the resource and the method"
        )],
    );
    check(
        &["a/TRACE"],
        &[&format!(
            "Invalid {base}/a~1TRACE: \"a/TRACE\": the method is none of ANY, \
        DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT"
        )],
    );
    check(
        &["a/GET", "~1a/GET"],
        &[&format!("Invalid {base}/~01a~1GET: GET /a has its settings twice")],
    );
    check(&["a/GET", "~1a/PUT", "//GET", "b/{id}/ANY"], &[]);

    let stage = settings(&[("*/*", throttle(1.0, 1)), ("a/GET", MethodSetting::default())]);
    let lost =
        "the throttle of */* is not that of GET /a: settings of a method replace those of all";
    let help = "repeat the throttle, or set it to -1";
    assert_eq!(findings(&stage), [format!("Ignored {base}/a~1GET: {lost}; {help}")]);
}

#[test]
fn a_throttle_that_is_lifted_on_purpose_is_not_told() {
    let stage = settings(&[("*/*", throttle(1.0, 1)), ("a/GET", throttle(-1.0, -1))]);
    assert_eq!(findings(&stage), Vec::<String>::new());
}

#[test]
fn a_thousand_settings_without_a_method_cost_little() {
    let keys: Vec<_> = (0..1000).map(|index| format!("none{index}/GET")).collect();
    let keys: Vec<_> = keys.iter().map(|key| (key.as_str(), throttle(1.0, 1))).collect();
    assert_eq!(findings(&settings(&keys)).len(), 1000);
}

#[test]
fn values_of_settings_are_checked() {
    let check = |setting: MethodSetting, expected: &str| {
        let found = findings(&settings(&[("*/*", setting)]));
        let found: Vec<_> =
            found.iter().map(|it| it.replace("~/methodSettings/*~1*/", "")).collect();
        assert_eq!(found, expected.split('|').filter(|it| !it.is_empty()).collect::<Vec<_>>());
    };
    let logs = |level: &str| MethodSetting {
        logging_level: Some(level.into()),
        ..MethodSetting::default()
    };
    check(logs("OFF"), "");
    let written = "is ignored: no execution logs are written here";
    check(logs("INFO"), &format!("Ignored execution-log loggingLevel: loggingLevel {written}"));
    check(logs("info"), "Invalid method-settings loggingLevel: loggingLevel is OFF, ERROR or INFO");
    let traces = MethodSetting { data_trace_enabled: Some(true), ..MethodSetting::default() };
    check(traces, &format!("Ignored execution-log dataTraceEnabled: dataTraceEnabled {written}"));
    let caches = MethodSetting { caching_enabled: Some(true), ..MethodSetting::default() };
    check(
        caches,
        "Ignored cache cachingEnabled: cachingEnabled is ignored: the stage has no cache \
        cluster",
    );
    let ttl = MethodSetting { cache_ttl_in_seconds: Some(3601), ..MethodSetting::default() };
    check(ttl, "Invalid method-settings cacheTtlInSeconds: cacheTtlInSeconds is from 0 to 3600");
    let strategy = Some("FAIL".to_owned());
    let strategy = MethodSetting {
        unauthorized_cache_control_header_strategy: strategy,
        ..MethodSetting::default()
    };
    check(
        strategy,
        "Invalid method-settings unauthorizedCacheControlHeaderStrategy: \
        unauthorizedCacheControlHeaderStrategy is one of FAIL_WITH_403, \
        SUCCEED_WITH_RESPONSE_HEADER, SUCCEED_WITHOUT_RESPONSE_HEADER",
    );
}

#[test]
fn stage_variables_are_those_that_aws_takes() {
    let check = |name: &str, value: &str, expected: Option<&str>| {
        let variables = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let found = findings(&Stage { variables, ..Stage::default() });
        let expected: Vec<_> = expected
            .iter()
            .map(|message| format!("Invalid stage-variable ~/variables/{name}: {message}"))
            .collect();
        assert_eq!(found, expected, "{name}={value}");
    };
    check("a_1", "h-1.example:80/p?q=r&s=#~,_", None);
    check(&"n".repeat(64), &"v".repeat(512), None);
    let name =
        "Invalid stage variable name: owner:app.  Please use names with only word characters.";
    check("owner:app", "v", Some(name));
    let value = |value: &str| {
        format!(
            "Invalid stage variable value: {value}.  Please use values with alphanumeric characters \
             and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
        )
    };
    check("v", "<b>", Some(&value("<b>")));
    check("v", "ü", Some(&value("ü")));
    check("v", "", Some(&value("")));
    check(&"n".repeat(65), "v", Some("the name of a variable has at most 64 characters"));
    check("v", &"v".repeat(513), Some("the value of a variable has at most 512 characters"));
    let variables = (0..101).map(|index| (format!("v{index}"), "v".to_owned())).collect();
    assert_eq!(
        findings(&Stage { variables, ..Stage::default() }),
        ["Invalid stage-variable ~/variables: a stage has at most 100 variables"]
    );
}

#[test]
fn what_else_a_stage_asks_for_is_told() {
    let check = |stage: Stage, expected: &str| {
        let expected: Vec<_> = expected.split('|').filter(|it| !it.is_empty()).collect();
        assert_eq!(findings(&stage), expected);
    };
    let some = |text: &str| Some(text.to_owned());
    let stage = Stage::default;
    check(Stage { stage_name: some("prod"), description: some("x"), ..stage() }, "");
    check(Stage { client_certificate_id: some(""), web_acl_arn: some(""), ..stage() }, "");
    let name = "stageName is \"dev\", but the stage is called \"prod\"";
    let stage_name = some("dev");
    check(Stage { stage_name, ..stage() }, &format!("Invalid configuration ~/stageName: {name}"));
    let cannot = "NotRunnable cache ~/cacheClusterEnabled: cacheClusterEnabled cannot run yet; caching \
                  comes later";
    check(Stage { cache_cluster_enabled: true, ..stage() }, cannot);
    let acl = "NotRunnable waf ~/webAclArn: webAclArn cannot run yet; filter requests before they get \
               here";
    check(Stage { web_acl_arn: some("arn:aws:wafv2:x"), ..stage() }, acl);
    let certificate = "NotRunnable client-certificate ~/clientCertificateId: clientCertificateId \
                       cannot run yet; remove it, or set it to \"\"";
    check(Stage { client_certificate_id: some("a1"), ..stage() }, certificate);
    let traces = "Ignored tracing ~/tracingEnabled: tracingEnabled is ignored: no traces are written \
                  here";
    check(Stage { tracing_enabled: true, ..stage() }, traces);
    let canary = |percent_traffic: f64| Stage {
        canary_settings: Some(CanarySettings { percent_traffic, ..CanarySettings::default() }),
        ..stage()
    };
    check(
        canary(0.0),
        "Ignored canary ~/canarySettings: the canary is ignored: no request takes it",
    );
    let cannot = "canaries cannot run yet; remove it, or set percentTraffic to 0";
    check(canary(10.0), &format!("NotRunnable canary ~/canarySettings: {cannot}"));
    let range =
        "Invalid canary ~/canarySettings/percentTraffic: percentTraffic is not from 0 to 100";
    check(canary(101.0), range);
    check(canary(f64::NAN), range);
}
