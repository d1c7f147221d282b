//! Times the validation of a body of 1 KiB by a model of 20 properties: reading the JSON and
//! checking it, as the step of the pipeline does. Prints microseconds of CPU time, a round a line.
#![expect(clippy::unwrap_used, reason = "a panic is how a measurement fails")]

use std::fs::read_to_string;
use std::hint::black_box;
use std::sync::Arc;

use portico_model::{
    Authorization, Connection, DEFAULT_TIMEOUT, Deployment, DocumentPath, GuardPaths, HttpMethod,
    Integration, IntegrationType, Method, Model, PassthroughBehavior, RequestValidator, Resource,
    ResourceId, RestApi, RestApiId, Stage, TransferMode,
};
use portico_snapshot::{Inputs, compile};

const ROUNDS: usize = 9;
const CHECKS: u32 = 20_000;

const ORDER: &str = r##"{
    "type": "object",
    "additionalProperties": false,
    "required": ["id", "customer", "email", "created", "currency", "total", "lines"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}$"},
        "customer": {"type": "string", "minLength": 1, "maxLength": 80},
        "email": {"type": "string", "maxLength": 254},
        "phone": {"type": "string", "pattern": "^\\+?[0-9 ]{5,20}$"},
        "created": {"type": "string", "format": "date-time"},
        "currency": {"type": "string", "enum": ["EUR", "USD", "GBP", "CHF"]},
        "total": {"type": "number", "minimum": 0},
        "discount": {"type": "number", "minimum": 0, "maximum": 100},
        "priority": {"type": "integer", "minimum": 0, "maximum": 9},
        "paid": {"type": "boolean"},
        "gift": {"type": "boolean"},
        "note": {"type": "string", "maxLength": 500},
        "coupon": {"type": "string", "maxLength": 20},
        "channel": {"type": "string", "enum": ["web", "shop", "phone"]},
        "tags": {"type": "array", "maxItems": 10, "items": {"type": "string"}},
        "weight": {"type": "number"},
        "street": {"type": "string"},
        "city": {"type": "string"},
        "country": {"type": "string", "minLength": 2, "maxLength": 2},
        "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/Line"}}
    }
}"##;

const LINE: &str = r#"{
    "type": "object",
    "required": ["sku", "quantity", "price"],
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
        "quantity": {"type": "integer", "minimum": 1},
        "price": {"type": "number"},
        "text": {"type": "string"}
    }
}"#;

/// A body of 1024 bytes that fits.
const BODY: &str = r#"{
  "id": "0f3c9a71-4be2", "customer": "Ada Lovelace", "email": "ada@example.org",
  "phone": "+44 20 7946 0018", "created": "2026-11-23T01:30:00Z", "currency": "GBP",
  "total": 1249.85, "discount": 7.5, "priority": 3, "paid": true, "gift": false,
  "note": "Please ring twice and leave the parcel with the neighbour if nobody is at home.",
  "coupon": "AUTUMN26", "channel": "web", "tags": ["books", "engines", "returning"],
  "weight": 12.25, "street": "12 St James's Square", "city": "London", "country": "GB",
  "lines": [
    {"sku": "ENG-1843", "quantity": 1, "price": 999.5, "text": "Analytical engine, kit of cards"},
    {"sku": "BOK-77", "quantity": 3, "price": 49.95, "text": "Sketch of the engine, translated"},
    {"sku": "BOK-78", "quantity": 2, "price": 25.0, "text": "Notes upon the memoir, A to G"},
    {"sku": "CRD-500", "quantity": 1, "price": 50.5, "text": "Punched cards, five hundred"}
  ]
}"#;

fn main() {
    let model = model();
    let body = format!("{BODY}{}", " ".repeat(1024_usize.saturating_sub(BODY.len())));
    assert_eq!(body.len(), 1024, "the body is that of the target");
    model.check(body.as_bytes()).expect("the body fits");
    for _ in 0..ROUNDS {
        let began = cpu_nanoseconds();
        for _ in 0..CHECKS {
            black_box(model.check(black_box(body.as_bytes()))).unwrap();
        }
        let spent = cpu_nanoseconds() - began;
        println!("{:.3}", spent as f64 / 1000.0 / f64::from(CHECKS));
    }
}

/// What this thread has run so far: other processes do not count.
fn cpu_nanoseconds() -> u64 {
    let text = read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The model of the orders' bodies, compiled with their method.
fn model() -> Arc<portico_snapshot::Model> {
    let id = RestApiId::derive("orders", "Orders");
    let document = |name: &str, schema: &str| Model {
        path: DocumentPath::root(),
        name: name.to_owned(),
        content_type: "application/json".to_owned(),
        schema: schema.to_owned(),
        description: None,
    };
    let validator = RequestValidator {
        path: DocumentPath::root(),
        validate_request_body: true,
        validate_request_parameters: false,
    };
    let path = "/orders".parse().unwrap();
    let resource = Resource {
        document: DocumentPath::root(),
        id: ResourceId::derive(&id, "/orders"),
        path,
        methods: vec![method()],
    };
    let deployment = Deployment {
        request_validators: [("body".to_owned(), validator)].into(),
        models: vec![document("Order", ORDER), document("Line", LINE)],
        resources: vec![resource],
        ..Deployment::new(RestApi::new(id, "Orders"))
    };
    let compiled = compile(&Inputs::new(&deployment, &"prod".parse().unwrap(), &Stage::default()));
    let stage = compiled.stage.expect("the documents compile");
    let validation = stage.methods[0].validation.as_ref().expect("the method is validated");
    validation.model_of(b"application/json").expect("its body has a model").clone()
}

/// A method that validates by the model `Order`.
fn method() -> Method {
    let integration = Integration {
        path: DocumentPath::root(),
        kind: IntegrationType::HttpProxy,
        uri: Some("http://127.0.0.1/".to_owned()),
        http_method: None,
        request_parameters: [].into(),
        request_templates: [].into(),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        timeout: DEFAULT_TIMEOUT,
        tls_config: None,
        credentials: None,
        content_handling: None,
        connection: Connection::Internet,
        response_transfer_mode: TransferMode::Buffered,
        cache_key_parameters: Vec::new(),
        cache_namespace: None,
        integration_target: None,
        responses: Vec::new(),
    };
    Method {
        path: DocumentPath::root(),
        http_method: HttpMethod::Post,
        operation_name: None,
        request_parameters: [].into(),
        integration,
        authorization: Authorization::None,
        api_key_required: false,
        request_validator: Some("body".to_owned()),
        guard_paths: GuardPaths::default(),
        request_models: [("application/json".to_owned(), "Order".to_owned())].into(),
        refusals: Vec::new(),
        responses: Vec::new(),
    }
}
