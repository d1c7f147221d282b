//! RequestValidator: what of a request is checked before the integration is asked.
//! Source: API Gateway API Reference, `CreateRequestValidator`.

use crate::DocumentPath;

/// A RequestValidator document. Its name is the key it stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestValidator {
    pub path: DocumentPath,
    pub validate_request_body: bool,
    pub validate_request_parameters: bool,
}
