//! Values of JSON bodies that mappings write into fields, paths and queries. A body is read once for all
//! of them, a long one beside the worker, which goes on with its other requests.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::Arc;

use portico_net::limits::OFFLOAD_BYTES;
use portico_net::{Collected, Effort, NoRoom, Worker};
use portico_snapshot::{BodyPath, Integration, Method};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::scope::Held;

/// Bytes of a value from a body; a longer one is none. It is AWS's limit of all header fields.
pub(crate) const BODY_VALUE_BYTES: usize = 10_240;

/// What paths lead to in a body, by their texts; a path that leads nowhere is not among them.
#[derive(Debug, Default)]
pub(crate) struct BodyValues(BTreeMap<Box<str>, Vec<u8>>);

/// What mappings read in the body that came back, and that body, where it had to leave its place.
#[derive(Debug)]
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
        paths: &Arc<[BodyPath]>,
        body: B,
        worker: &Worker,
    ) -> Result<(Self, B), Fault> {
        if body.borrow().bytes().len() <= OFFLOAD_BYTES {
            return Ok((Self::read(paths, body.borrow().bytes()), body));
        }
        let (paths, budget) = (Arc::clone(paths), worker.budget());
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
    let body = Arc::new(body);
    let values = match &method.integration {
        Integration::HttpProxy(call) | Integration::Http { call, .. }
            if !call.body_paths.is_empty() =>
        {
            BodyValues::read_of(&call.body_paths, Arc::clone(&body), worker).await?.0
        }
        _ => BodyValues::default(),
    };
    Ok(Box::new(Held { body, is_coded, values }))
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
