//! A whole answer of the small servers in this binary: the management port, example origins.

use std::sync::Arc;

/// Status, media type and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Arc<[u8]>,
    /// The Allow field of a 405.
    pub(crate) allow: Option<&'static str>,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into().into(), allow: None }
    }

    /// `{"message": ...}`, as AWS's errors are.
    pub(crate) fn message(status: u16, message: &str) -> Self {
        let body = serde_json::json!({ "message": message }).to_string();
        Self::new(status, "application/json", body)
    }

    /// The same answer with an Allow field.
    pub(crate) fn allow(mut self, methods: &'static str) -> Self {
        self.allow = Some(methods);
        self
    }
}
