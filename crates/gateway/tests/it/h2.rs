//! Clients that speak HTTP/2: that they are served as any other, and that none of them can harm
//! one.

mod bodies;
mod ends;
mod floods;
mod frames;
mod limits;
mod python;
mod rules;
mod tools;

use portico_testkit::h2::{Client, Outcome};
use portico_testkit::raw;
use portico_testkit::server::Running;

/// What the mock of the test's API answers.
fn mocked() -> Outcome {
    Outcome::Answer(202, b"mocked".to_vec())
}

/// Asks the mock, on a stream that is not open.
fn ask_mock(client: &mut Client, stream: u32) -> Outcome {
    client.request(stream, "GET", "/mock");
    client.outcome(stream)
}

/// Another client is served, whatever this one does.
fn assert_unharmed(gateway: &Running) {
    assert!(gateway.is_alive());
    let mut other = raw::Client::connect(gateway.address());
    other.send("GET /mock HTTP/1.1\r\nHost: other\r\n\r\n");
    assert_eq!(other.answer("GET").status, 202);
    let mut other = Client::connect(gateway.address());
    assert_eq!(ask_mock(&mut other, 1), mocked());
}
