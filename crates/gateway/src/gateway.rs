//! The handler of one worker: it answers every request, whatever happens, and tells of it once.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use portico_cluster::Counters;
use portico_net::{
    Handler, IpText, Name, Peer, Refusal, Request, RequestHead, Response, Sent, Worker,
};
use portico_snapshot::{Captures, Snapshot};

use crate::account::Account;
use crate::event::{Emit, Event};
use crate::facts::Facts;
use crate::fault::Fault;
use crate::ids::{IdGenerator, RequestIds};
use crate::recorder::{Audience, Notes};
use crate::rest;
use crate::runtime::Runtime;

/// Captures that are kept for the next request.
const SPARE_CAPTURES: usize = 1024;

/// Tells whoever asked for an explanation where it is.
const EXPLANATION: &str = "x-portico-explanation";

/// What answers the requests of one worker.
pub struct Gateway<E> {
    pub(crate) account: Arc<Account>,
    counters: Arc<dyn Counters>,
    emit: E,
    pub(crate) ids: IdGenerator,
    runtime: RefCell<Rc<Runtime>>,
    /// Boxed, so that an open connection has less room for them.
    #[expect(clippy::vec_box, reason = "a box goes from here to a request and back")]
    captures: RefCell<Vec<Box<Captures>>>,
}

/// What is remembered of a request until its last byte is sent.
pub struct Entry {
    runtime: Rc<Runtime>,
    ids: RequestIds,
    trail: Trail,
    notes: Notes,
    /// Boxed, as few requests have one.
    fault: Option<Box<Fault>>,
    status: u16,
}

/// What the steps found out on their way.
pub(crate) struct Trail {
    pub(crate) stage: Option<usize>,
    pub(crate) method: Option<usize>,
    /// Where in the request's path that of the stage begins.
    pub(crate) path_at: usize,
    /// Whether the stage stands in the path that the client sees.
    pub(crate) names_stage: bool,
    /// When the request came, since the Unix epoch.
    pub(crate) wall: Duration,
    pub(crate) integration_status: Option<u16>,
    pub(crate) integration_latency: Option<Duration>,
}

impl<E: Emit> Gateway<E> {
    /// A gateway that serves `snapshot` until it is handed another.
    pub fn new(
        account: Arc<Account>,
        counters: Arc<dyn Counters>,
        emit: E,
        snapshot: Arc<Snapshot>,
        worker: &Rc<Worker>,
    ) -> Self {
        let runtime = Rc::new(Runtime::new(snapshot, worker, &*counters));
        Self {
            account,
            counters,
            emit,
            ids: IdGenerator::new(),
            runtime: RefCell::new(runtime),
            captures: RefCell::default(),
        }
    }

    fn begin(&self, sent_id: Option<&[u8]>, explain_key: Option<&[u8]>, worker: &Worker) -> Entry {
        Entry {
            runtime: self.runtime.borrow().clone(),
            ids: self.ids.request(sent_id),
            trail: Trail {
                stage: None,
                method: None,
                path_at: 0,
                names_stage: false,
                wall: worker.clock.wall(),
                integration_status: None,
                integration_latency: None,
            },
            notes: Notes::begin(worker.clock.now(), self.emit.audience(explain_key)),
            fault: None,
            status: 0,
        }
    }
}

impl<E: Emit> Handler for Gateway<E> {
    type Update = Arc<Snapshot>;
    type Entry = Entry;

    fn update(&self, snapshot: Arc<Snapshot>, worker: &Rc<Worker>) {
        // The new runtime is made while the old one still holds its limits, so they keep state.
        let runtime = Rc::new(Runtime::new(snapshot, worker, &*self.counters));
        self.runtime.replace(runtime);
    }

    #[expect(
        clippy::manual_async_fn,
        reason = "such a function has room twice for what it is given"
    )]
    fn answer(&self, request: &mut Request<'_>) -> impl Future<Output = (Response, Entry)> {
        async move {
            let sent_id = request.head.known(Name::XAmznRequestId);
            let mut entry = self.begin(sent_id, request.head.explain_key(), request.worker);
            let mut captures = self.captures.borrow_mut().pop().unwrap_or_default();
            let answered = rest::handle(self, entry.life(), request, &mut captures).await;
            let response = match answered {
                Ok(response) => response,
                Err(fault) => self.answer_fault(fault, &mut entry, &captures, request),
            };
            let mut spare = self.captures.borrow_mut();
            if spare.len() < SPARE_CAPTURES {
                spare.push(captures);
            }
            drop(spare);
            let response = entry.hand_out(response);
            if entry.is_told_of() {
                let elapsed = entry.notes.elapsed(&request.worker.clock);
                let sent = Sent { body_bytes: 0, complete: false, elapsed };
                let begin = |event: &Event<'_>| self.emit.begin(event);
                self.tell(&entry, request.head, request.peer, &sent, begin);
            }
            (response, entry)
        }
    }

    fn refuse(&self, refusal: Refusal, _: &Peer, worker: &Worker) -> (Response, Entry) {
        let mut entry = self.begin(None, None, worker);
        let fault = Fault::Refused(refusal);
        let response = rest::gateway_response::uncustomised(&fault, &entry.ids, worker);
        entry.notes.note("gateway response", &worker.clock, || fault.explain());
        entry.fault = Some(Box::new(fault));
        (entry.hand_out(response), entry)
    }

    fn finish(&self, entry: Entry, head: &RequestHead, peer: &Peer, sent: Sent) {
        self.tell(&entry, head, peer, &sent, |event| self.emit.emit(event));
    }
}

impl<E: Emit> Gateway<E> {
    /// The answer to a request that ended with a fault.
    #[cold]
    fn answer_fault(
        &self,
        fault: Fault,
        entry: &mut Entry,
        captures: &Captures,
        request: &Request<'_>,
    ) -> Response {
        let facts = entry.facts(&self.account, request.head, request.peer, Some(&fault));
        let response = rest::gateway_response::render(&fault, &facts, captures, request.worker);
        entry.notes.note("gateway response", &request.worker.clock, || fault.explain());
        entry.fault = Some(Box::new(fault));
        response
    }

    /// Tells of a request as far as it is.
    fn tell(
        &self,
        entry: &Entry,
        head: &RequestHead,
        peer: &Peer,
        sent: &Sent,
        to: impl FnOnce(&Event<'_>),
    ) {
        let facts = entry.facts(&self.account, head, peer, entry.fault.as_deref());
        let Entry { runtime, ids, trail, notes, fault, status } = entry;
        let mut text = IpText::default();
        to(&Event {
            ids,
            revision: runtime.snapshot.revision(),
            stage: trail.stage.zip(facts.stage),
            method: trail.method.zip(facts.method),
            request_method: head.method(),
            request_path: head.path(),
            client_ip: peer.client_ip(head, &mut text),
            status: *status,
            fault: fault.as_deref(),
            integration_status: trail.integration_status,
            integration_latency: trail.integration_latency,
            latency: sent.elapsed,
            response_bytes: sent.body_bytes,
            complete: sent.complete,
            recorder: notes.recorder(),
            facts,
        });
    }
}

/// What the pipeline of one request works with.
pub(crate) struct Life<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) ids: &'a RequestIds,
    pub(crate) notes: &'a Notes,
    pub(crate) trail: &'a mut Trail,
}

impl Entry {
    fn life(&mut self) -> Life<'_> {
        let Self { runtime, ids, notes, trail, .. } = self;
        Life { runtime, ids, notes, trail }
    }

    /// The answer is made.
    fn hand_out(&mut self, response: Response) -> Response {
        self.status = response.status();
        if self.is_told_of() { self.tell(response) } else { response }
    }

    /// Whether the client is told where the explanation is.
    fn is_told_of(&self) -> bool {
        self.notes.recorder().is_some_and(|recorder| recorder.audience == Audience::Client)
    }

    /// The answer says where its explanation is. Apart, so that other answers stay in their
    /// place.
    #[cold]
    fn tell(&self, mut response: Response) -> Response {
        let path = format!("/explain/{}", self.ids.request());
        response.own_field(EXPLANATION, path.as_bytes());
        response
    }

    fn facts<'a>(
        &'a self,
        account: &'a Account,
        head: &'a RequestHead,
        peer: &'a Peer,
        fault: Option<&'a Fault>,
    ) -> Facts<'a> {
        let Trail { path_at, names_stage, wall, .. } = self.trail;
        let stage = self.trail.stage.map(|index| &*self.runtime.stage(index).rest);
        let method = stage.zip(self.trail.method).map(|(stage, index)| &stage.methods[index]);
        let path = head.path().get(path_at..).unwrap_or_default();
        Facts { account, ids: &self.ids, stage, method, head, peer, wall, path, names_stage, fault }
    }
}
