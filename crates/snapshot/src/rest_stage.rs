//! RestStage: one stage of one REST API, ready to serve.

use std::collections::BTreeMap;
use std::sync::Arc;

use portico_model::{DeploymentId, RestApiId, StageName};

use crate::{AccessLog, GatewayResponses, Method, RouteTree};

/// One stage of one REST API, ready to serve.
pub struct RestStage {
    pub api_id: RestApiId,
    pub api_name: String,
    pub deployment_id: DeploymentId,
    pub stage: StageName,
    /// Path and method to an index into `methods`.
    pub routes: RouteTree,
    pub methods: Vec<Method>,
    /// Every origin once; `HttpCall::origin` is an index here.
    pub origins: Vec<Origin>,
    /// Every limit once; `Method::throttle` is an index here.
    pub throttles: Vec<Throttle>,
    /// Bytes from which on an answer is compressed for clients that ask for it; without it none is.
    pub minimum_compression_size: Option<u32>,
    pub gateway_responses: GatewayResponses,
    /// Where a line for each request goes, and what it says.
    pub access_log: Option<AccessLog>,
    /// The stage variables, for templates; mappings have their values already.
    pub variables: Arc<BTreeMap<String, String>>,
}

impl RestStage {
    /// A stage without methods.
    pub fn empty(api_id: RestApiId, api_name: &str, stage: StageName) -> Self {
        Self {
            deployment_id: DeploymentId::derive(&api_id),
            api_id,
            api_name: api_name.to_owned(),
            stage,
            routes: RouteTree::default(),
            methods: Vec::new(),
            origins: Vec::new(),
            throttles: Vec::new(),
            minimum_compression_size: None,
            gateway_responses: GatewayResponses::default(),
            access_log: None,
            variables: Arc::default(),
        }
    }
}

/// A server that integrations call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// A name, or an IP literal without brackets.
    pub host: Box<str>,
    pub port: u16,
    /// What it has to prove, if it speaks TLS.
    pub tls: Option<OriginTls>,
}

/// What an origin that speaks TLS has to prove.
/// Source: AWS, "x-amazon-apigateway-integration.tlsConfig object".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginTls {
    /// The name of its certificate: the host, or `serverNameToVerify`.
    pub server_name: Box<str>,
    /// Whoever issued the certificate is believed: `insecureSkipVerification`.
    pub any_issuer: bool,
}

impl Origin {
    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// The value of a Host field, for example `127.0.0.1:9000`, `books.example` (the default
    /// port of the scheme is left out) or `[::1]:9000`.
    /// Source: RFC 9110, section 7.2; RFC 3986, section 3.2.
    pub fn authority(&self) -> String {
        let Self { host, port, tls } = self;
        let default = if tls.is_some() { 443 } else { 80 };
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        if *port == default { host } else { format!("{host}:{port}") }
    }
}

/// A limit of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Throttle {
    /// What it limits: `a1b2c3d4e5/prod`, or one method, `a1b2c3d4e5/prod/GET /books`.
    pub name: Arc<str>,
    /// Requests a second in the long run.
    pub rate: f64,
    /// Requests at once.
    pub burst: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_host_field_values() {
        let check = |host: &str, port: u16, expected: &str| {
            assert_eq!(Origin { host: host.into(), port, tls: None }.authority(), expected);
        };
        check("127.0.0.1", 9000, "127.0.0.1:9000");
        check("books.example", 80, "books.example");
        check("::1", 9000, "[::1]:9000");
        check("::1", 80, "[::1]");
        check("books.example", 443, "books.example:443");
        let tls = Some(OriginTls { server_name: "h".into(), any_issuer: false });
        let of = |port| Origin { host: "h".into(), port, tls: tls.clone() }.authority();
        assert_eq!((of(443), of(80)), ("h".to_owned(), "h:80".to_owned()));
    }
}
