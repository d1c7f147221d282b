//! RestStage: one stage of one REST API, ready to serve.

use portico_model::{RestApiId, StageName};

use crate::{Method, RouteTree};

/// One stage of one REST API, ready to serve.
pub struct RestStage {
    pub api_id: RestApiId,
    pub api_name: String,
    pub stage: StageName,
    /// Path and method to an index into `methods`.
    pub routes: RouteTree,
    pub methods: Vec<Method>,
    /// Every origin once; `HttpCall::origin` is an index here.
    pub origins: Vec<Origin>,
    /// The limit of the stage, from its method settings for `*/*`.
    pub throttle: Option<Throttle>,
}

/// A server that integrations call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// A name, or an IP literal without brackets.
    pub host: Box<str>,
    pub port: u16,
}

impl Origin {
    /// The value of a Host field, for example `127.0.0.1:9000`, `books.example` (the default port
    /// 80 is left out) or `[::1]:9000`.
    /// Source: RFC 9110, section 7.2; RFC 3986, section 3.2.
    pub fn authority(&self) -> String {
        let Self { host, port } = self;
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_string() };
        if *port == 80 { host } else { format!("{host}:{port}") }
    }
}

/// A limit of requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throttle {
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
            assert_eq!(Origin { host: host.into(), port }.authority(), expected);
        };
        check("127.0.0.1", 9000, "127.0.0.1:9000");
        check("books.example", 80, "books.example");
        check("::1", 9000, "[::1]:9000");
        check("::1", 80, "[::1]");
    }
}
