//! What documents ask for and nothing runs: findings at their fields.

use portico_model::{
    Authorization, Authorizer, AuthorizerType, Class, Connection, Deployment, DocumentPath,
    EndpointConfiguration, EndpointType, GuardPaths, IntegrationType, Located, Method,
    RequestValidator, Stage,
};
use portico_snapshot::{Inputs, compile};

use crate::documents::{compile_one, deployment, http, method, print, resource, stage};

fn at(name: &str) -> DocumentPath {
    DocumentPath::root().join(name)
}

fn proxy() -> Method {
    let guard_paths = GuardPaths {
        authorization: at("authorization"),
        api_key: at("key"),
        request_validator: at("validator"),
    };
    Method { guard_paths, ..method(http(IntegrationType::HttpProxy, "http://h/")) }
}

/// The findings of a deployment with two methods that are alike.
fn findings(change: impl Fn(&mut Deployment), method: impl Fn(&mut Method)) -> Vec<String> {
    let mut proxy = proxy();
    method(&mut proxy);
    let resources = ["/a", "/b"].map(|path| resource(path, vec![proxy.clone()]));
    let mut deployment = deployment(resources.to_vec());
    change(&mut deployment);
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()));
    let is_fatal = compiled.findings.iter().any(|finding| finding.class != Class::Ignored);
    assert_eq!(compiled.stage.is_none(), is_fatal);
    compiled.findings.iter().map(print).collect()
}

#[test]
fn an_api_is_not_served_without_what_guards_it() {
    let check = |change: &dyn Fn(&mut Deployment), expected: &[&str]| {
        assert_eq!(findings(change, |_| {}), expected);
    };
    check(&|_| {}, &[]);
    check(
        &|it| it.api.policy = Some(Located::new(at("policy"), "{}".to_owned())),
        &["NotRunnable resource-policy /policy: the resource policy cannot run yet"],
    );
    check(&|it| it.api.minimum_compression_size = Some(Located::new(at("size"), 0)), &[]);
    let endpoint = |endpoint: EndpointConfiguration, expected: &[&str]| {
        let located = Located::new(at("endpoint"), endpoint);
        check(&|it| it.api.endpoint = Some(located.clone()), expected);
    };
    let refused = ["NotRunnable endpoint-configuration /endpoint: a private or disabled endpoint \
                    cannot run yet"];
    let of = |types: &[EndpointType]| EndpointConfiguration {
        types: types.to_vec(),
        ..EndpointConfiguration::default()
    };
    endpoint(EndpointConfiguration::default(), &[]);
    endpoint(of(&[EndpointType::Private]), &refused);
    endpoint(
        EndpointConfiguration { disable_execute_api_endpoint: true, ..of(&[EndpointType::Edge]) },
        &refused,
    );
    endpoint(
        EndpointConfiguration { vpc_endpoint_ids: vec!["vpce-1".to_owned()], ..of(&[]) },
        &refused,
    );
    endpoint(
        of(&[EndpointType::Regional]),
        &[
            "Ignored ignored-extension /endpoint: the endpoint configuration is ignored: the gateway \
           answers where it listens",
        ],
    );
}

fn authorizer() -> Authorizer {
    Authorizer {
        path: at("authorizer"),
        kind: AuthorizerType::Token,
        auth_type: None,
        uri: None,
        credentials: None,
        identity_source: None,
        identity_validation_expression: None,
        result_ttl_seconds: 300,
        provider_arns: Vec::new(),
        payload_format_version: None,
        enable_simple_responses: false,
        jwt: None,
    }
}

#[test]
fn a_method_is_not_served_without_what_guards_it() {
    let authorizer = authorizer();
    let validator = |body, parameters| RequestValidator {
        path: at("validators"),
        validate_request_body: body,
        validate_request_parameters: parameters,
    };
    let change = |it: &mut Deployment| {
        it.authorizers.insert("own".to_owned(), authorizer.clone());
        for (name, body, parameters) in
            [("none", false, false), ("body", true, false), ("parameters", false, true)]
        {
            it.request_validators.insert(name.to_owned(), validator(body, parameters));
        }
    };
    // Two methods that ask for the same at the same place are told of once.
    let check = |method: &dyn Fn(&mut Method), expected: &[&str]| {
        assert_eq!(findings(change, method), expected);
    };
    let custom = |name: &str| Authorization::Custom { authorizer: name.to_owned() };
    check(&|_| {}, &[]);
    check(
        &|it| it.authorization = Authorization::AwsIam,
        &["NotRunnable iam-authorization /authorization: methods are guarded by IAM \
           authorization, which cannot run yet"],
    );
    check(
        &|it| it.authorization = custom("own"),
        &["NotRunnable authorizer /authorization: methods are guarded by the authorizer \"own\", \
           which cannot run yet"],
    );
    check(
        &|it| it.authorization = custom("other"),
        &["NotRunnable authorizer /authorization: methods are guarded by the authorizer \
           \"other\": nothing defines it"],
    );
    check(
        &|it| it.api_key_required = true,
        &["NotRunnable api-key /key: methods are guarded by an API key, which cannot run yet"],
    );
    let validated = |name: &str, expected: &[&str]| {
        check(&|it| it.request_validator = Some(name.to_owned()), expected);
    };
    validated("none", &[]);
    validated("body", &[]);
    validated("parameters", &[]);
    validated(
        "nowhere",
        &[
            "NotRunnable request-validator /validator: the request validator \"nowhere\" is defined \
           nowhere",
        ],
    );
}

#[test]
fn an_integration_is_not_called_without_what_it_asks_for() {
    let check = |change: &dyn Fn(&mut Method), expected: &[&str]| {
        let mut method = proxy();
        change(&mut method);
        let findings = compile_one("/a", method, &stage()).findings;
        assert_eq!(findings.iter().map(print).collect::<Vec<_>>(), expected);
    };
    let credentials = |text: &str, expected: &[&str]| {
        check(&|it| it.integration.credentials = Some(text.to_owned()), expected);
    };
    let refused = ["NotRunnable credentials /integration/credentials: the credentials of an \
                    integration cannot be used yet"];
    credentials("arn:aws:iam::000000000000:role/r", &refused);
    credentials("${stageVariables.role}", &refused);
    credentials(
        "role",
        &["Invalid credentials /integration/credentials: Invalid ARN specified in the request"],
    );
    check(
        &|it| it.integration.cache_key_parameters = vec!["method.request.path.id".to_owned()],
        &[
            "NotRunnable cache /integration/cacheKeyParameters: caching by parameters cannot run yet",
        ],
    );
    check(
        &|it| it.integration.cache_namespace = Some("n".to_owned()),
        &[
            "Ignored ignored-member /integration/cacheNamespace: \"cacheNamespace\" is ignored: the \
           stage has no cache",
        ],
    );
    check(
        &|it| it.integration.integration_target = Some("arn".to_owned()),
        &["Ignored ignored-member /integration/integrationTarget: \"integrationTarget\" is \
           ignored: the connection is no VPC_LINK"],
    );
    check(
        &|it| {
            it.integration.integration_target = Some("arn".to_owned());
            it.integration.connection = Connection::VpcLink { id: Some("l".to_owned()) };
        },
        &["Ignored ignored-member /integration/integrationTarget: \"integrationTarget\" is \
           ignored: a call goes to the host of the URI, or to where the VPC link is led"],
    );
}
