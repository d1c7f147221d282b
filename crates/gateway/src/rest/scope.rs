//! What mappings can read, and how each value is written.

use std::sync::Arc;
use std::time::Duration;

use portico_net::{Collected, Field, Peer, RequestHead, Worker};
use portico_snapshot::{ContextVariable, Source};

use crate::account::Account;
use crate::event::Emit;
use crate::facts::Facts;
use crate::gateway::Gateway;
use crate::ids::{IdGenerator, RequestIds};
use crate::recorder::Notes;
use crate::rest::body_values::{BODY_VALUE_BYTES, BodyValues};
use crate::rest::encode::{
    is_query_name, query_pairs, write_encoded, write_path_as_query, write_query_as_path,
    write_query_decoded,
};
use crate::rest::route::Matched;

/// Everything a mapping of this request can name.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) account: &'a Account,
    pub(crate) ids: &'a RequestIds,
    notes: &'a Notes,
    pub(crate) generator: &'a IdGenerator,
    pub(crate) matched: Matched<'a>,
    pub(crate) head: &'a RequestHead,
    pub(crate) peer: &'a Peer,
    pub(crate) worker: &'a Worker,
    /// The request's body, where the method needs it whole.
    held: Option<&'a Held>,
    /// When the request came, since the Unix epoch.
    pub(crate) wall: Duration,
}

/// A request's body that is held whole.
pub(crate) struct Held {
    pub(crate) body: Arc<Collected>,
    /// Whether it has kept its content coding.
    pub(crate) is_coded: bool,
    /// What mappings read in it.
    pub(crate) values: BodyValues,
}

/// Where a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Field,
}

impl<'a> Scope<'a> {
    pub(crate) fn new<E: Emit>(
        gateway: &'a Gateway<E>,
        (ids, notes, wall): (&'a RequestIds, &'a Notes, Duration),
        matched: Matched<'a>,
        head: &'a RequestHead,
        peer: &'a Peer,
        worker: &'a Worker,
    ) -> Self {
        Self {
            account: &gateway.account,
            ids,
            notes,
            generator: &gateway.ids,
            matched,
            head,
            peer,
            worker,
            held: None,
            wall,
        }
    }

    /// From now on mappings and templates read this body.
    pub(crate) fn hold(&mut self, held: Option<&'a Held>) {
        self.held = held;
    }

    /// Whether somebody looks at the steps.
    pub(crate) fn is_watched(&self) -> bool {
        self.notes.recorder().is_some()
    }

    /// Notes that a step is over; see [`crate::recorder`].
    pub(crate) fn note(&self, name: &'static str, outcome: impl FnOnce() -> String) {
        self.notes.note(name, &self.worker.clock, outcome);
    }

    /// The request's body, where the method needs it whole.
    pub(crate) fn body(&self) -> Option<&'a Arc<Collected>> {
        self.held.map(|held| &held.body)
    }

    /// Whether that body has kept its content coding.
    pub(crate) fn is_coded(&self) -> bool {
        self.held.is_some_and(|held| held.is_coded)
    }

    /// The request's body as far as it was collected.
    fn body_bytes(&self) -> &'a [u8] {
        self.body().map(|body| body.bytes()).unwrap_or_default()
    }

    /// Appends the value of `source`; false if the request has none. Captures and query values
    /// are encoded already, as far as their own place needs it; everything else is text.
    pub(crate) fn write(&self, source: &Source, place: Place, out: &mut Vec<u8>) -> bool {
        match source {
            Source::Literal(text) => write_text(text, place, out),
            Source::Path(index) => {
                let range = self.matched.captures.get(*index);
                let Some(raw) = range.and_then(|range| self.matched.path.get(range)) else {
                    return false;
                };
                match place {
                    Place::Query => write_path_as_query(raw, out),
                    Place::Path | Place::Field => out.extend_from_slice(raw),
                }
            }
            Source::Query(name) => {
                let pairs = query_pairs(self.head.query().unwrap_or_default());
                let Some((_, raw)) = pairs.filter(|(raw, _)| is_query_name(raw, name)).last()
                else {
                    return false;
                };
                write_query_value(raw, place, out);
            }
            Source::Header(name) => {
                let Some(field) = named(self.head.fields(), name).last() else { return false };
                write_text(field.value(), place, out);
            }
            Source::Headers(_) | Source::Queries(_) => {
                let mut any = false;
                self.each(source, place, &mut |value| {
                    if any {
                        out.push(b',');
                    }
                    any = true;
                    out.extend_from_slice(value);
                });
                return any;
            }
            Source::Body => return write_body(self.body_bytes(), place, out),
            Source::BodyPath(path) => {
                let Some(text) = self.held.and_then(|held| held.values.get(path)) else {
                    return false;
                };
                write_text(text, place, out);
            }
            Source::Context(variable) if place == Place::Field => {
                return self.write_context(variable, out);
            }
            Source::Context(variable) => {
                let mut text = self.worker.buffers.take();
                let written = self.write_context(variable, &mut text);
                write_text(&text, place, out);
                self.worker.buffers.put(text);
                return written;
            }
        }
        true
    }

    /// Calls `write` with each value of `source`; not at all if the request has none.
    pub(crate) fn each(&self, source: &Source, place: Place, write: &mut dyn FnMut(&[u8])) {
        let mut value = self.worker.buffers.take();
        match source {
            Source::Headers(name) => {
                for field in named(self.head.fields(), name) {
                    value.clear();
                    write_text(field.value(), place, &mut value);
                    write(&value);
                }
            }
            Source::Queries(name) => {
                let pairs = query_pairs(self.head.query().unwrap_or_default());
                for (_, raw) in pairs.filter(|(raw, _)| is_query_name(raw, name)) {
                    value.clear();
                    write_query_value(raw, place, &mut value);
                    write(&value);
                }
            }
            single => {
                if self.write(single, place, &mut value) {
                    write(&value);
                }
            }
        }
        self.worker.buffers.put(value);
    }

    /// Appends the text of a context variable; false if the request has none.
    pub(crate) fn write_context(&self, variable: &ContextVariable, out: &mut Vec<u8>) -> bool {
        let facts = Facts {
            account: self.account,
            ids: self.ids,
            stage: Some(&self.matched.stage.rest),
            method: Some(self.matched.method),
            head: self.head,
            peer: self.peer,
            wall: self.wall,
            path: self.matched.path,
            names_stage: self.matched.names_stage,
            fault: None,
        };
        super::context::write(&facts, variable, out)
    }
}

/// Appends a whole body, if it is no longer than a value; an empty one stands for `{}`.
fn write_body(body: &[u8], place: Place, out: &mut Vec<u8>) -> bool {
    let text = if body.is_empty() { b"{}" } else { body };
    let fits = text.len() <= BODY_VALUE_BYTES;
    if fits {
        write_text(text, place, out);
    }
    fits
}

/// The fields of this name, in any case.
pub(crate) fn named<'a>(
    fields: impl Iterator<Item = Field<'a>>,
    name: &str,
) -> impl Iterator<Item = Field<'a>> {
    fields.filter(|field| field.name().eq_ignore_ascii_case(name.as_bytes()))
}

fn write_query_value(raw: &[u8], place: Place, out: &mut Vec<u8>) {
    match place {
        Place::Path => write_query_as_path(raw, out),
        Place::Query => out.extend_from_slice(raw),
        Place::Field => write_query_decoded(raw, out),
    }
}

fn write_text(text: &[u8], place: Place, out: &mut Vec<u8>) {
    match place {
        Place::Path | Place::Query => write_encoded(text, out),
        Place::Field => out.extend_from_slice(text),
    }
}
