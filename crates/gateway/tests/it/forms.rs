//! Requests byte by byte: what is a request, what is refused, and what of it reaches the origin.
//!
//! Every form names its rule. It is sent whole, and in two writes split at every byte, each time
//! on a new connection; the outcome must be the same.

mod chunks;
mod connection;
mod fields;
mod framing;
mod large;
mod request_line;
mod target;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use portico_testkit::origin::Origin;
use portico_testkit::raw::Client;
use portico_testkit::server::Running;

use crate::support::{foreign, proxy};

/// A form and its outcome.
#[derive(Clone, Copy, Debug)]
struct Form {
    /// Section of RFC 9112, unless it says otherwise.
    rule: &'static str,
    lead: &'static [u8],
    /// Sent between `lead` and `tail`.
    bytes: &'static [u8],
    tail: &'static [u8],
    /// Statuses of the answers in their order, interim ones left out; none is a 200 for each
    /// request that reaches the origin.
    answers: &'static [u16],
    /// Whether the connection can carry another request.
    open: bool,
    /// What reaches the origin, without the gateway's own fields.
    reached: &'static [&'static str],
}

impl Form {
    /// Refused; nothing reaches the origin and the connection ends.
    const fn refused(rule: &'static str, bytes: &'static [u8], status: &'static [u16]) -> Self {
        Self { rule, lead: b"", bytes, tail: b"", answers: status, open: false, reached: &[] }
    }

    /// Answered by the gateway; nothing reaches the origin and the connection stays open.
    const fn answered(rule: &'static str, bytes: &'static [u8], status: &'static [u16]) -> Self {
        Self { rule, lead: b"", bytes, tail: b"", answers: status, open: true, reached: &[] }
    }

    /// Proxied, and the connection stays open.
    const fn passed(
        rule: &'static str,
        bytes: &'static [u8],
        reached: &'static [&'static str],
    ) -> Self {
        Self { rule, lead: b"", bytes, tail: b"", answers: &[], open: true, reached }
    }

    /// The same with bytes around it.
    const fn within(mut self, lead: &'static [u8], tail: &'static [u8]) -> Self {
        (self.lead, self.tail) = (lead, tail);
        self
    }

    /// The same, but the connection ends.
    const fn closing(mut self) -> Self {
        self.open = false;
        self
    }

    /// The same with other answers.
    const fn answering(mut self, answers: &'static [u16]) -> Self {
        self.answers = answers;
        self
    }

    fn all_bytes(&self) -> Vec<u8> {
        [self.lead, self.bytes, self.tail].concat()
    }

    fn expected(&self) -> Outcome {
        let answers = match self.answers {
            [] => vec![200; self.reached.len()],
            answers => answers.to_vec(),
        };
        let reached = self.reached.iter().map(|text| (*text).to_owned()).collect();
        Outcome { answers, open: self.open, reached }
    }

    fn failure(&self, how: &str, outcome: &Outcome) -> String {
        let (rule, bytes, expected) = (self.rule, self.all_bytes(), self.expected());
        let bytes = bytes[..bytes.len().min(500)].escape_ascii();
        format!("{rule}, {how}: {bytes}\n  expected {expected:?}\n  found    {outcome:?}")
    }
}

/// What came of a form.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    answers: Vec<u16>,
    open: bool,
    reached: Vec<String>,
}

/// A gateway with one worker, an origin that echoes, and a connection to wait on.
struct Bench {
    origin: Origin,
    gateway: Running,
    barrier: Client,
}

const PROBE: &[u8] = b"GET /mock HTTP/1.1\r\nHost: probe\r\n\r\n";

impl Bench {
    fn new() -> Self {
        let origin = Origin::echo();
        let gateway = proxy(&origin);
        let barrier = Client::connect(gateway.address());
        Self { origin, gateway, barrier }
    }

    /// Waits until the worker has read what was sent before. It takes up what has arrived in the
    /// order of arrival, so one answer tells that a known connection has been read, and one more
    /// that a new one has been accepted first.
    fn wait_until_read(&mut self) {
        for _ in 0..2 {
            self.barrier.send(PROBE);
            assert_eq!(self.barrier.answer("GET").status, 202);
        }
    }

    fn try_form(&mut self, form: &Form, split: Option<usize>) -> Outcome {
        let bytes = form.all_bytes();
        let mut client = Client::connect(self.gateway.address());
        let (first, second) = bytes.split_at(split.unwrap_or(bytes.len()));
        client.send(first);
        if split.is_some() {
            self.wait_until_read();
            // It may have been refused by now.
            client.try_send(second);
        }
        let method = if bytes.starts_with(b"HEAD") { "HEAD" } else { "GET" };
        let mut answers = Vec::new();
        while answers.len() < form.expected().answers.len() {
            match client.try_answer(method) {
                Ok(answer) if answer.status < 200 => {}
                Ok(answer) => answers.push(answer.status),
                Err(_) => break,
            }
        }
        let mut open = client.try_send(PROBE);
        match client.try_answer("GET") {
            Ok(answer) => assert_eq!((answer.status, answer.text().as_str()), (202, "mocked")),
            Err(cut) => {
                open = false;
                // The probe may meet a closed socket, so that a reset says nothing here.
                assert_eq!(String::from_utf8_lossy(&cut.bytes), "", "{}", form.rule);
            }
        }
        let reached = std::iter::from_fn(|| self.origin.received());
        Outcome { answers, open, reached: reached.map(|seen| foreign(&seen)).collect() }
    }
}

/// Where to split: at every byte, or at some 200 places of a long form and around its ends.
fn splits(length: usize) -> impl Iterator<Item = usize> {
    let stride = (length / 200).max(1);
    (1..length).filter(move |at| at % stride == 0 || *at < 20 || at + 20 > length)
}

#[test]
fn forms_have_one_outcome_however_they_arrive() {
    let large = large::forms();
    let tables = [
        request_line::FORMS,
        target::FORMS,
        fields::FORMS,
        framing::FORMS,
        chunks::FORMS,
        connection::FORMS,
        &large,
    ];
    let forms = tables.concat();
    assert!(forms.len() >= 110, "{} forms", forms.len());
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut bench = Bench::new();
                while let Some(form) = forms.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let whole = bench.try_form(form, None);
                    if whole != form.expected() {
                        failures.lock().unwrap().push(form.failure("whole", &whole));
                        continue;
                    }
                    for at in splits(form.all_bytes().len()) {
                        let outcome = bench.try_form(form, Some(at));
                        if outcome != whole {
                            let how = format!("split at {at}");
                            failures.lock().unwrap().push(form.failure(&how, &outcome));
                            break;
                        }
                    }
                }
                assert!(bench.gateway.is_alive());
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} forms fail\n{}", failures.len(), failures.join("\n"));
}
