//! Times the validation of a body of 1 KiB by a model of 20 properties: reading the JSON and
//! checking it, as the step of the pipeline does. Prints microseconds, a round a line.
#![expect(clippy::unwrap_used, reason = "a panic is how a measurement fails")]
#![expect(clippy::disallowed_methods, reason = "a measurement looks at the clock itself")]

use std::hint::black_box;
use std::time::Instant;

use portico_model::Stage;

const ROUNDS: usize = 9;
const CHECKS: u32 = 20_000;

const DEFINITION: &str = r##"
openapi: 3.0.1
info: {title: Orders, version: "1"}
paths:
  /orders:
    post:
      x-amazon-apigateway-request-validator: body
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200"}}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
components:
  schemas:
    Order:
      type: object
      additionalProperties: false
      required: [id, customer, email, created, currency, total, lines]
      properties:
        id: {type: string, pattern: '^[0-9a-f]{8}-[0-9a-f]{4}$'}
        customer: {type: string, minLength: 1, maxLength: 80}
        email: {type: string, maxLength: 254}
        phone: {type: string, pattern: '^\+?[0-9 ]{5,20}$'}
        created: {type: string, format: date-time}
        currency: {type: string, enum: [EUR, USD, GBP, CHF]}
        total: {type: number, minimum: 0}
        discount: {type: number, minimum: 0, maximum: 100}
        priority: {type: integer, minimum: 0, maximum: 9}
        paid: {type: boolean}
        gift: {type: boolean}
        note: {type: string, maxLength: 500}
        coupon: {type: string, maxLength: 20}
        channel: {type: string, enum: [web, shop, phone]}
        tags: {type: array, maxItems: 10, items: {type: string}}
        weight: {type: number}
        street: {type: string}
        city: {type: string}
        country: {type: string, minLength: 2, maxLength: 2}
        lines: {type: array, minItems: 1, items: {$ref: "#/components/schemas/Line"}}
    Line:
      type: object
      required: [sku, quantity, price]
      properties:
        sku: {type: string, pattern: '^[A-Z]{3}-[0-9]+$'}
        quantity: {type: integer, minimum: 1}
        price: {type: number}
        text: {type: string}
"##;

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
    let stage =
        portico_testkit::server::compile(DEFINITION, &"prod".parse().unwrap(), &Stage::default());
    let stage = stage.expect("the definition compiles");
    let validation = stage.methods[0].validation.as_ref().expect("the method is validated");
    let model = validation.model_of(b"application/json").expect("its body has a model");
    let body = format!("{BODY}{}", " ".repeat(1024_usize.saturating_sub(BODY.len())));
    assert_eq!(body.len(), 1024, "the body is that of the target");
    model.check(body.as_bytes()).expect("the body fits");
    for _ in 0..ROUNDS {
        let began = Instant::now();
        for _ in 0..CHECKS {
            black_box(model.check(black_box(body.as_bytes()))).unwrap();
        }
        println!("{:.3}", began.elapsed().as_secs_f64() * 1e6 / f64::from(CHECKS));
    }
}
