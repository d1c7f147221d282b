//! What the client reads when the gateway answers instead of the integration.

use std::borrow::Cow;

use portico_net::{Body, Response, Worker};

use crate::fault::Fault;
use crate::ids::RequestIds;

/// Renders a fault; nothing here can fail.
pub(crate) fn render(fault: &Fault, ids: &RequestIds, worker: &Worker) -> Response {
    let wire = fault.wire();
    let mut response = Response::new(worker, wire.status);
    write_ids(&mut response, ids);
    response.own_field("x-amzn-ErrorType", wire.error_type.as_bytes());
    response.own_field("Content-Type", wire.content_type.as_bytes());
    if fault.ends_connection() {
        response.close_after();
    }
    response.with_body(match wire.body {
        Cow::Borrowed(text) => Body::Static(text.as_bytes()),
        Cow::Owned(text) => Body::Buffer(text.into_bytes()),
    })
}

/// The two fields of every answer of a REST API.
pub(crate) fn write_ids(response: &mut Response, ids: &RequestIds) {
    response.own_field("x-amzn-RequestId", ids.request_bytes());
    response.own_field("x-amz-apigw-id", ids.extended_bytes());
}
