//! EndpointConfiguration: from where AWS lets an API be called.
//! Source: API Gateway API Reference, `EndpointConfiguration`.

/// Where an API is called from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointType {
    Edge,
    Regional,
    /// From VPC endpoints only.
    Private,
}

/// An EndpointConfiguration document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointConfiguration {
    pub types: Vec<EndpointType>,
    pub vpc_endpoint_ids: Vec<String>,
    /// Whether only custom domain names lead to the API.
    pub disable_execute_api_endpoint: bool,
}

impl EndpointConfiguration {
    /// Whether it keeps out somebody who would be let in without it.
    pub fn is_guard(&self) -> bool {
        self.disable_execute_api_endpoint
            || !self.vpc_endpoint_ids.is_empty()
            || self.types.contains(&EndpointType::Private)
    }
}
