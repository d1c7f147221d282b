//! Values of JSON bodies that mappings write into fields, paths and queries. A body is read once for all
//! of them, a long one beside the worker, which goes on with its other requests.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

use portico_net::limits::OFFLOAD_BYTES;
use portico_net::{Collected, Effort, NoRoom, Worker};
use portico_snapshot::{
    BodyPath, HttpCall, Integration, Method, PathPart, QueryValue, ResponseRule, ResponseSource,
    Source,
};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::scope::Held;

/// Bytes of a value from a body; a longer one is none. It is AWS's limit of all header fields.
pub(crate) const BODY_VALUE_BYTES: usize = 10_240;

/// What paths lead to in a body, by their texts; a path that leads nowhere is not among them.
#[derive(Debug, Default)]
pub(crate) struct BodyValues(BTreeMap<Box<str>, Vec<u8>>);

/// The body that came back, where it had to leave its place, and what mappings read in it.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) body: Option<Collected>,
    pub(crate) values: BodyValues,
}

impl BodyValues {
    /// The value that a path leads to.
    pub(crate) fn get(&self, path: &BodyPath) -> Option<&[u8]> {
        self.0.get(path.as_str()).map(Vec::as_slice)
    }

    /// Those of a body that is short.
    pub(crate) fn read(paths: &[BodyPath], body: &[u8]) -> Self {
        let found = BodyPath::find(paths, body, BODY_VALUE_BYTES);
        let found = paths.iter().zip(found);
        Self(found.filter_map(|(path, value)| Some((path.as_str().into(), value?))).collect())
    }

    /// Those of a body of any length, which is given back.
    pub(crate) async fn read_of<B: Borrow<Collected> + Send + 'static>(
        paths: Vec<BodyPath>,
        body: B,
        worker: &Worker,
    ) -> Result<(Self, B), Fault> {
        if body.borrow().bytes().len() <= OFFLOAD_BYTES {
            return Ok((Self::read(&paths, body.borrow().bytes()), body));
        }
        let budget = worker.budget();
        let read = move || {
            let bytes = body.borrow().bytes();
            let _room = budget.room(body::reading_bytes(bytes))?;
            Ok((Self::read(&paths, bytes), body))
        };
        let done: Result<_, NoRoom> =
            worker.offload(Effort::Long, read).await.map_err(Fault::Abandoned)?;
        done.map_err(|full| Fault::Overloaded(worker.no_room(full)))
    }
}

/// A request's body with what its integration maps of it. It is boxed, as few requests have any.
pub(crate) async fn hold(
    method: &Method,
    body: Collected,
    is_coded: bool,
    worker: &Worker,
) -> Result<Box<Held>, Fault> {
    let (body, paths) = (Arc::new(body), paths_of_request(method));
    let values = match paths.is_empty() {
        true => BodyValues::default(),
        false => BodyValues::read_of(paths, Arc::clone(&body), worker).await?.0,
    };
    Ok(Box::new(Held { body, is_coded, values }))
}

/// The paths into the body of a request that its integration maps.
fn paths_of_request(method: &Method) -> Vec<BodyPath> {
    let (Integration::HttpProxy(call) | Integration::Http { call, .. }) = &method.integration
    else {
        return Vec::new();
    };
    let HttpCall { path, query, headers, .. } = call;
    let in_query = query.iter().flat_map(|part| match &part.value {
        QueryValue::Literal(_) => Vec::new(),
        QueryValue::Value(source) => of_source(source).into_iter().collect(),
        QueryValue::Parts(parts) => parts.iter().filter_map(of_part).collect(),
    });
    let in_headers = headers.iter().filter_map(|part| of_source(&part.source));
    path.iter().filter_map(of_part).chain(in_query).chain(in_headers).cloned().collect()
}

fn of_part(part: &PathPart) -> Option<&BodyPath> {
    match part {
        PathPart::Literal(_) => None,
        PathPart::Value(source) => of_source(source),
        PathPart::Variable(_, part) => of_part(part),
    }
}

fn of_source(source: &Source) -> Option<&BodyPath> {
    if let Source::BodyPath(path) = source { Some(path) } else { None }
}

/// The paths into the body of an answer that are mapped.
pub(crate) fn of_answer(rule: &ResponseRule) -> impl Iterator<Item = &BodyPath> {
    rule.headers.iter().filter_map(|(_, source)| match source {
        ResponseSource::BodyPath(path) => Some(path),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_their_paths() {
        let check = |body: &str, expected: [Option<&str>; 3]| {
            let paths = [".a", ".b", ".$.a"].map(|path| BodyPath::parse(path).unwrap());
            let values = BodyValues::read(&paths, body.as_bytes());
            let found = paths.each_ref().map(|path| values.get(path));
            assert_eq!(found, expected.map(|value| value.map(str::as_bytes)), "{body:.40}");
        };
        check("", [None; 3]);
        check("no JSON", [None; 3]);
        check(r#"{"a": 1}"#, [Some("1"), None, Some("1")]);
        check(r#"{"a": "", "b": null}"#, [Some(""), Some("null"), Some("")]);
        check(&format!(r#"{{"a": "{}", "b": 2}}"#, "x".repeat(10_241)), [None, Some("2"), None]);
    }
}
