//! What a worker does with requests: the seam between the door and the rooms.

use std::future::Future;
use std::time::Duration;

use crate::h1::Malformed;
use crate::head::RequestHead;
use crate::request::{Peer, Request};
use crate::response::Response;
use crate::worker::Worker;

/// How an answer went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Bytes of the body, without framing.
    pub body_bytes: u64,
    /// Whether the client was sent the whole answer.
    pub complete: bool,
    /// From the last byte of the request's head to the last of the answer.
    pub elapsed: Duration,
}

/// Why bytes that came in were no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They break a rule of HTTP.
    Malformed(Malformed),
    /// The head did not arrive in time.
    HeadTimeout,
}

impl Refusal {
    /// The status that says so (RFC 9110, section 15.5).
    pub fn status(&self) -> u16 {
        match self {
            Self::HeadTimeout => 408,
            Self::Malformed(malformed) => match malformed {
                Malformed::TargetTooLong => 414,
                Malformed::HeadTooLarge
                | Malformed::TooManyFields
                | Malformed::FieldValuesTooLong => 431,
                Malformed::Expectation => 417,
                Malformed::UnknownCoding | Malformed::Method => 501,
                Malformed::Version => 505,
                _ => 400,
            },
        }
    }
}

/// Answers the requests of one worker. Its futures never leave the worker's thread.
pub trait Handler: 'static {
    /// What the control side sends to every worker, for example a new snapshot.
    type Update: Clone + Send + 'static;

    /// What is remembered of a request until its last byte is sent.
    type Entry;

    /// Takes what the control side published.
    fn update(&self, update: Self::Update, worker: &std::rc::Rc<Worker>);

    /// Answers one request; it cannot fail.
    fn answer(&self, request: &mut Request<'_>) -> impl Future<Output = (Response, Self::Entry)>;

    /// The answer to something that never became a request. The connection ends after it.
    fn refuse(&self, refusal: Refusal, peer: &Peer, worker: &Worker) -> (Response, Self::Entry);

    /// The answer is sent, or cannot be. `head` is empty where there was no request.
    fn finish(&self, entry: Self::Entry, head: &RequestHead, peer: &Peer, sent: Sent);
}
