//! `net`'s server on one thread for answers that are a function of a few parts of the request's
//! head: the management port and the example origins.

use std::net::SocketAddr;
use std::rc::Rc;
use std::str;
use std::sync::Arc;
use std::time::Duration;

use portico_net::{
    Body, Handler, Listeners, Name, Peer, Refusal, Request, RequestHead, Response, Sent, Server,
    Settings, Worker,
};

use crate::failure::Failure;
use crate::reply::Reply;

/// What of a request the answer depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// Without the query.
    pub(crate) path: &'a str,
    /// The Host field, with or without a port.
    pub(crate) host: &'a str,
    /// The Accept field; empty without one.
    pub(crate) accept: &'a str,
}

/// What a small server answers.
pub(crate) type Answer = Arc<dyn Fn(&Asked<'_>) -> Reply + Send + Sync>;

/// A running small server.
pub(crate) struct SmallServer {
    server: Server<Plain>,
}

impl SmallServer {
    /// Answers clients of these listeners, which are for one worker.
    pub(crate) fn start(listeners: Vec<Listeners>, answer: Answer) -> Result<Self, Failure> {
        let make = move |_: &Rc<Worker>| Plain { answer: Arc::clone(&answer) };
        let server = portico_net::start(listeners, &Settings::default(), make)
            .map_err(|error| Failure::new(format!("cannot start a thread: {error}")))?;
        Ok(Self { server })
    }

    /// Where it answers.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.local_addr()
    }

    /// Ends it, as another process has its sockets; see [`Server::hand_over`].
    pub(crate) fn hand_over(self, deadline: Duration) {
        self.server.hand_over(deadline);
    }
}

/// The handler of a small server. A request body is never read: no page takes one.
pub(crate) struct Plain {
    answer: Answer,
}

impl Plain {
    fn respond(reply: &Reply, worker: &Worker) -> Response {
        let mut response = Response::new(worker, reply.status);
        response.own_field("Content-Type", reply.content_type.as_bytes());
        response.own_field("Cache-Control", b"no-store");
        if let Some(methods) = reply.allow {
            response.own_field("Allow", methods.as_bytes());
        }
        response.with_body(Body::Buffer(reply.body.to_vec()))
    }
}

impl Handler for Plain {
    type Update = ();
    type Entry = ();

    fn update(&self, (): (), _: &Rc<Worker>) {}

    async fn answer(&self, request: &mut Request<'_>) -> (Response, ()) {
        let head = request.head;
        let texts = (
            str::from_utf8(head.method()),
            str::from_utf8(head.path()),
            str::from_utf8(head.host()),
        );
        let accept = str::from_utf8(head.known(Name::Accept).unwrap_or_default());
        let reply = match texts {
            (Ok(method), Ok(path), Ok(host)) => {
                let accept = accept.unwrap_or_default();
                (self.answer)(&Asked { method, path, host, accept })
            }
            _ => Reply::message(400, "method, path and host are UTF-8 here"),
        };
        (Self::respond(&reply, request.worker), ())
    }

    fn refuse(&self, refusal: Refusal, _: &Peer, worker: &Worker) -> (Response, ()) {
        let reply = Reply::message(refusal.status(), "this is no request that can be answered");
        (Self::respond(&reply, worker), ())
    }

    fn finish(&self, (): (), _: &RequestHead, _: &Peer, _: Sent) {}
}
