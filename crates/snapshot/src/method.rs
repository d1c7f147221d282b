//! Method: what a route leads to.

use portico_model::{HttpMethod, ResourceId};

use crate::{Integration, Validation};

/// One method of one resource.
pub struct Method {
    pub resource_id: ResourceId,
    /// Template path, for example `/pets/{id}`.
    pub resource_path: Box<str>,
    /// As configured: may be `ANY`.
    pub http_method: HttpMethod,
    /// Names of the template's variables in its order; the index is that of the capture.
    pub path_parameters: Vec<Box<str>>,
    /// What is checked before the integration is asked; `None` where nothing is.
    pub validation: Option<Box<Validation>>,
    pub integration: Integration,
    /// Whether the type of a request's body says what becomes of it: which model checks it, which
    /// template takes it, whether it is converted.
    pub goes_by_type: bool,
    /// Index into `RestStage::throttles`.
    pub throttle: Option<usize>,
    /// Whether it has metrics of its own.
    pub has_metrics: bool,
}
