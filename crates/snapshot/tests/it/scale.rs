//! Large APIs.

use std::time::{Duration, Instant};

use portico_model::{HttpMethod, IntegrationType, Stage};
use portico_snapshot::{Captures, Inputs, compile};

use crate::documents::{deployment, http, map, method, method_response, resource, rule};

/// What compiling 10,000 routes may take, in a build with or without optimizations.
const COMPILE: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(30) } else { Duration::from_millis(300) };

#[test]
#[expect(clippy::disallowed_methods, reason = "the figure is a duration")]
fn ten_thousand_routes_compile_and_match() {
    let route = |index: usize| {
        let mut document =
            method(http(IntegrationType::Http, &format!("http://h{}/{{id}}", index % 7)));
        document.request_parameters = map(&[("method.request.path.id", true)]);
        document.integration.request_parameters =
            map(&[("integration.request.path.id", "method.request.path.id".to_owned())]);
        document.responses = vec![method_response(200, &[]), method_response(500, &[])];
        document.integration.responses = vec![rule(None, 200), rule(Some("5\\d{2}"), 500)];
        resource(&format!("/r{index}/{{id}}"), vec![document])
    };
    let deployment = deployment((0..10_000).map(route).collect());
    let started = Instant::now();
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()));
    let elapsed = started.elapsed();
    assert!(elapsed < COMPILE, "{elapsed:?}");
    let stage = compiled.stage.unwrap();
    let mut captures = Captures::default();
    for index in 0..10_000 {
        let path = format!("/r{index}/x");
        let found = stage.routes.find(path.as_bytes(), Some(HttpMethod::Get), &mut captures);
        assert_eq!(found.map(|found| found.0), Some(index));
    }
}
