//! Checks of a request what its method's validator names. Parameters come first: of a body that is
//! wrong as well nothing is told.
//! Source: AWS, "Request validation for REST APIs in API Gateway", and recorded answers.

use std::sync::Arc;

use portico_net::{Collected, Effort, RequestHead};
use portico_snapshot::{Model, RequiredPlace, Validation};

use crate::fault::Fault;
use crate::rest::body;
use crate::rest::encode::{is_query_name, query_pairs, write_query_decoded};
use crate::rest::route::Matched;
use crate::rest::scope::{Scope, named};

/// Bytes that a value of a body takes while it is checked, about: the name of a member is one, too.
const VALUE_BYTES: usize = 64;

/// Every required parameter is there and not blank.
pub(crate) fn parameters(
    validation: &Validation,
    matched: &Matched<'_>,
    head: &RequestHead,
) -> Result<(), Fault> {
    let required = validation.parameters.iter();
    let missing: Vec<_> = required
        .filter(|parameter| !is_given(matched, head, &parameter.name, parameter.place))
        .map(|parameter| parameter.name.clone())
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::MissingParameters { names: missing }) }
}

fn is_given(matched: &Matched<'_>, head: &RequestHead, name: &str, place: RequiredPlace) -> bool {
    match place {
        RequiredPlace::Header => {
            named(head.fields(), name).any(|field| !field.value().trim_ascii().is_empty())
        }
        RequiredPlace::Path(index) => {
            let range = index.and_then(|index| matched.captures.get(index));
            range.and_then(|range| matched.path.get(range)).is_some_and(|raw| !is_blank(raw))
        }
        RequiredPlace::Query => {
            let mut pairs = query_pairs(head.query().unwrap_or_default());
            pairs.any(|(raw, value)| is_query_name(raw, name) && !is_blank(value))
        }
    }
}

/// Whether a part of a URI stands for nothing but blanks.
fn is_blank(raw: &[u8]) -> bool {
    if !raw.iter().all(|byte| b"+%2009".contains(byte)) {
        return false;
    }
    let mut decoded = Vec::with_capacity(raw.len());
    write_query_decoded(raw, &mut decoded);
    decoded.trim_ascii().is_empty()
}

/// The model that the request's body has to fit; none if no body of its type is checked.
pub(crate) fn model<'a>(matched: &Matched<'a>, head: &RequestHead) -> Option<&'a Arc<Model>> {
    let validation = matched.method.validation.as_ref()?;
    validation.model_of(body::media_type(head))
}

/// The body fits its model. One that takes long to read leaves the worker for it.
pub(crate) async fn body(
    model: &Arc<Model>,
    body: Option<Collected>,
    scope: &Scope<'_>,
) -> Result<Option<Collected>, Fault> {
    let bytes = body.as_ref().map(Collected::bytes).unwrap_or_default();
    let (body, checked) = if model.takes_long(bytes.len()) {
        let (model, budget) = (model.clone(), scope.worker.budget());
        let effort = if model.backtracks() { Effort::Stubborn } else { Effort::Long };
        let check = move || {
            let bytes = body.as_ref().map(Collected::bytes).unwrap_or_default();
            let _room = budget.room(VALUE_BYTES * body::most_values(bytes))?;
            let checked = model.check(bytes);
            Ok((body, checked))
        };
        let done = scope.worker.offload(effort, check).await.map_err(Fault::Abandoned)?;
        done.map_err(|full| Fault::Overloaded(scope.worker.no_room(full)))?
    } else {
        let checked = model.check(bytes);
        (body, checked)
    };
    checked.map_err(|misfit| Fault::InvalidBody { misfit })?;
    scope.note("validation", || "the body fits its model".to_owned());
    Ok(body)
}
