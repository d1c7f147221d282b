//! Finds the method that a request asks for.

use portico_model::HttpMethod;
use portico_net::RequestHead;
use portico_snapshot::{Captures, Method, MethodIndex};

use crate::address::Addressed;
use crate::facts::verb;
use crate::fault::Fault;
use crate::gateway::Trail;
use crate::runtime::{Runtime, Stage};

/// A method, and what the request's path gave its variables.
#[derive(Clone, Copy)]
pub(crate) struct Matched<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) method: &'a Method,
    /// The request's method, or what X-HTTP-Method-Override has instead.
    pub(crate) verb: &'a [u8],
    /// Path after the stage.
    pub(crate) path: &'a [u8],
    /// Ranges of `path`.
    pub(crate) captures: &'a Captures,
    pub(crate) names_stage: bool,
}

pub(crate) fn find<'a>(
    runtime: &'a Runtime,
    addressed: Addressed<'a>,
    head: &'a RequestHead,
    captures: &'a mut Captures,
    trail: &mut Trail,
) -> Result<Matched<'a>, Fault> {
    let Addressed { stage: index, path, names_stage } = addressed;
    let stage = runtime.stage(index);
    trail.stage = Some(index);
    trail.path_at = head.path().len() - path.len();
    trail.names_stage = names_stage;
    let verb = verb(head);
    // `OPTIONS *` asks about the server itself, which is no resource (RFC 9112, section 3.2.4).
    let is_path = path != b"*";
    let found =
        stage.rest.routes.find(path, HttpMethod::from_wire(verb), captures).filter(|_| is_path);
    // No `ok_or`: see `Fault`.
    let Some(MethodIndex(index)) = found else { return Err(Fault::NoSuchMethod) };
    let method = &stage.rest.methods[index];
    trail.method = Some(index);
    Ok(Matched { stage, method, verb, path, captures, names_stage })
}
