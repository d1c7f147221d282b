//! Facts: what is known of a request whatever became of it.

use std::time::Duration;

use portico_model::HttpMethod;
use portico_net::{Name, Peer, RequestHead};
use portico_snapshot::{Method, RestStage};

use crate::account::Account;
use crate::fault::Fault;
use crate::ids::RequestIds;

/// What context variables have their values from. A mapping has them while the request is answered,
/// a gateway response when it ends with a fault, an access log afterwards.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    pub(crate) account: &'a Account,
    pub(crate) ids: &'a RequestIds,
    /// None if no stage matched.
    pub(crate) stage: Option<&'a RestStage>,
    /// The method that matched.
    pub(crate) method: Option<&'a Method>,
    pub(crate) head: &'a RequestHead,
    pub(crate) peer: &'a Peer,
    /// When the request came, since the Unix epoch.
    pub(crate) wall: Duration,
    /// Path after the stage; the whole path if none matched.
    pub(crate) path: &'a [u8],
    /// Whether the stage stands in the path that the client sees.
    pub(crate) names_stage: bool,
    /// Why the gateway answers itself.
    pub(crate) fault: Option<&'a Fault>,
}

impl<'a> Facts<'a> {
    /// The method that the request asks for: its own, or what X-HTTP-Method-Override has instead.
    pub(crate) fn verb(&self) -> &'a [u8] {
        verb(self.head)
    }

    /// The same as one of API Gateway's; none if it is another.
    pub(crate) fn http_method(&self) -> Option<HttpMethod> {
        HttpMethod::from_wire(self.verb())
    }
}

/// See [`Facts::verb`].
pub(crate) fn verb(head: &RequestHead) -> &[u8] {
    head.known(Name::XHttpMethodOverride).unwrap_or(head.method())
}
