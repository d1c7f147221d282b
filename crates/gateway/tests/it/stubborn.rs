//! Renderings that take long, whatever they are of: the worker goes on with its other requests.

use std::sync::mpsc;

use portico_net::Limit;
use portico_testkit::http::Answer;
use portico_testkit::origin::Origin;
use portico_testkit::raw::Client;
use portico_testkit::server::Running;

use crate::support::gateway;

const DEFINITION: &str = r##"
openapi: 3.0.1
info: {title: Stubborn, version: "1"}
paths:
  /loops:
    post: &post
      responses: {"200": {description: Ok}}
      x-amazon-apigateway-integration: &mock
        type: mock
        requestTemplates: {application/json: "{statusCode: 200}"}
        responses:
          default:
            statusCode: "200"
            responseTemplates:
              application/json: "#set($n = 0)#foreach($i in [1..600])#foreach($j in [1..400])#set($n = $n + 1)#end#end$n"
  /pattern:
    post:
      <<: *post
      x-amazon-apigateway-integration:
        <<: *mock
        requestTemplates:
          application/json: "#set($context.responseOverride.header.X-Found = $input.path('$').matches('(a|aa)+(?!b)\\1c')){statusCode: 200}"
        responses: {default: {statusCode: "200"}}
  /replace:
    post:
      <<: *post
      x-amazon-apigateway-integration:
        <<: *mock
        requestTemplates:
          application/json: "#set($context.responseOverride.header.X-Left = $input.path('$').replaceAll('(a|aa)+(?!b)\\1c', 'd').length()){statusCode: 200}"
        responses: {default: {statusCode: "200"}}
  /path:
    post:
      <<: *post
      x-amazon-apigateway-integration:
        <<: *mock
        requestTemplates:
          application/json: "#set($context.responseOverride.header.X-Found = $input.path('$..*..*').size()){statusCode: 200}"
        responses: {default: {statusCode: "200"}}
  /quick:
    post:
      <<: *post
      x-amazon-apigateway-integration:
        <<: *mock
        responses: {default: {statusCode: "200"}}
  /model:
    post:
      <<: *post
      x-amazon-apigateway-request-validator: body
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pattern'}}}}
      x-amazon-apigateway-integration:
        <<: *mock
        responses: {default: {statusCode: "200"}}
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true}}
components:
  schemas:
    Pattern: {type: array, items: {type: string, pattern: '^(a|aa)+(?!b)\1c$'}}
"##;

fn send(gateway: &Running, path: &str, body: &str) -> Client {
    let mut client = Client::connect(gateway.address());
    let length = body.len();
    client
        .send(format!("POST {path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n{body}"));
    client
}

fn post(gateway: &Running, path: &str, body: &str) -> Answer {
    send(gateway, path, body).answer("POST")
}

#[test]
fn what_ends_on_the_worker_goes_on_beside_it() {
    let origin = Origin::echo();
    let gateway = gateway(&origin).start(DEFINITION);
    let loops = post(&gateway, "/loops", "");
    assert_eq!((loops.status, &*loops.text()), (200, "240000"));

    let found = |path: &str, body: &str, name: &str| {
        let answer = post(&gateway, path, body);
        (answer.status, answer.field(name).map(str::to_owned))
    };
    let text = |text: String| format!("\"{text}\"");
    // More steps back than the worker waits for, and fewer than there may be.
    let some = text("a".repeat(18));
    assert_eq!(found("/pattern", &some, "x-found"), (200, Some("false".to_owned())));
    assert_eq!(found("/replace", &text("aac".repeat(3)), "x-left"), (200, Some("3".to_owned())));
    assert_eq!(found("/replace", &some, "x-left"), (200, Some("18".to_owned())));
    // More than there may be.
    assert_eq!(found("/pattern", &text("a".repeat(50)), "x-found"), (500, None));
    let nested = format!("{}1{}", "[".repeat(400), "]".repeat(400));
    assert_eq!(found("/path", &nested, "x-found"), (200, Some("79800".to_owned())));
    assert_eq!(gateway.hits(Limit::BufferedBytes), 0);
}

#[test]
fn nobody_waits_for_a_burst_of_stubborn_requests() {
    let origin = Origin::echo();
    let gateway = gateway(&origin).start(DEFINITION);
    let body = format!("[{}\"a\"]", format!("\"{}\",", "a".repeat(40)).repeat(20));
    let (ended, endings) = mpsc::channel();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        for (path, body) in [("/model", &*body), ("/loops", "")] {
            let (mut client, ended) = (send(&gateway, path, body), ended.clone());
            waiting.push(std::thread::spawn(move || {
                let status = client.answer("POST").status;
                ended.send(status).unwrap();
            }));
        }
    }
    // On the same worker, and behind them all.
    assert_eq!(post(&gateway, "/quick", "").status, 200);
    assert_eq!(post(&gateway, "/quick", &"x".repeat(300_000)).status, 200);
    let before = endings.try_iter().count();
    assert!(before < 6, "all of them ended first");
    drop(ended);
    let mut statuses: Vec<u16> = endings.iter().collect();
    statuses.sort_unstable();
    assert_eq!(statuses.len() + before, 6);
    assert!(statuses.iter().all(|status| [200, 400].contains(status)), "{statuses:?}");
    waiting.into_iter().for_each(|client| client.join().unwrap());
}
