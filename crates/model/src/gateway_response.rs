//! GatewayResponse: what a client gets when the gateway answers instead of the integration.
//! Source: AWS, "Gateway response types for API Gateway"; API Gateway API Reference,
//! `PutGatewayResponse`.

use std::collections::BTreeMap;

use crate::DocumentPath;

macro_rules! response_types {
    ($($(#[$comment:meta])* $variant:ident = $name:literal, $status:expr;)*) => {
        /// Why the gateway answers itself, and the two defaults.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum GatewayResponseType {
            $($(#[$comment])* $variant,)*
        }

        impl GatewayResponseType {
            /// Every type; `response_type as usize` is its index here.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// AWS's name, for example `THROTTLED`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The status of an answer that nobody customised; the defaults have none.
            pub fn default_status(self) -> Option<u16> {
                match self {
                    $(Self::$variant => $status,)*
                }
            }

            /// The type of this name, which is in capitals.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

response_types! {
    AccessDenied = "ACCESS_DENIED", Some(403);
    ApiConfigurationError = "API_CONFIGURATION_ERROR", Some(500);
    AuthorizerConfigurationError = "AUTHORIZER_CONFIGURATION_ERROR", Some(500);
    AuthorizerFailure = "AUTHORIZER_FAILURE", Some(500);
    BadRequestBody = "BAD_REQUEST_BODY", Some(400);
    BadRequestParameters = "BAD_REQUEST_PARAMETERS", Some(400);
    /// What is said of every type with a status from 400 to 499 that has no response of its own.
    Default4xx = "DEFAULT_4XX", None;
    /// The same from 500 on.
    Default5xx = "DEFAULT_5XX", None;
    ExpiredToken = "EXPIRED_TOKEN", Some(403);
    IntegrationFailure = "INTEGRATION_FAILURE", Some(504);
    IntegrationTimeout = "INTEGRATION_TIMEOUT", Some(504);
    InvalidApiKey = "INVALID_API_KEY", Some(403);
    InvalidSignature = "INVALID_SIGNATURE", Some(403);
    MissingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN", Some(403);
    QuotaExceeded = "QUOTA_EXCEEDED", Some(429);
    /// No customisation of it has an effect.
    RequestTooLarge = "REQUEST_TOO_LARGE", Some(413);
    ResourceNotFound = "RESOURCE_NOT_FOUND", Some(404);
    Throttled = "THROTTLED", Some(429);
    Unauthorized = "UNAUTHORIZED", Some(401);
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", Some(415);
    WafFiltered = "WAF_FILTERED", Some(403);
}

impl GatewayResponseType {
    /// The type whose response this one has where it has none of its own.
    pub fn falls_back_to(self) -> Option<Self> {
        match self.default_status()? {
            400..=499 => Some(Self::Default4xx),
            _ => Some(Self::Default5xx),
        }
    }
}

/// A GatewayResponse document. What it does not say is as for an answer nobody customised.
#[derive(Clone, Debug)]
pub struct GatewayResponse {
    pub path: DocumentPath,
    pub response_type: GatewayResponseType,
    pub status_code: Option<u16>,
    /// `gatewayresponse.header.NAME` to mapping expression.
    pub response_parameters: BTreeMap<String, String>,
    /// Content type to template.
    pub response_templates: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: AWS, "Gateway response types for API Gateway".
    #[test]
    fn every_type_has_the_status_and_the_default_of_its_class() {
        let types: Vec<_> = GatewayResponseType::ALL
            .iter()
            .map(|it| {
                let status = it.default_status().map_or("-".to_owned(), |it| it.to_string());
                let default = it.falls_back_to().map_or("-", GatewayResponseType::as_str);
                format!("{} {status} {default}", it.as_str())
            })
            .collect();
        let expected = [
            "ACCESS_DENIED 403 DEFAULT_4XX",
            "API_CONFIGURATION_ERROR 500 DEFAULT_5XX",
            "AUTHORIZER_CONFIGURATION_ERROR 500 DEFAULT_5XX",
            "AUTHORIZER_FAILURE 500 DEFAULT_5XX",
            "BAD_REQUEST_BODY 400 DEFAULT_4XX",
            "BAD_REQUEST_PARAMETERS 400 DEFAULT_4XX",
            "DEFAULT_4XX - -",
            "DEFAULT_5XX - -",
            "EXPIRED_TOKEN 403 DEFAULT_4XX",
            "INTEGRATION_FAILURE 504 DEFAULT_5XX",
            "INTEGRATION_TIMEOUT 504 DEFAULT_5XX",
            "INVALID_API_KEY 403 DEFAULT_4XX",
            "INVALID_SIGNATURE 403 DEFAULT_4XX",
            "MISSING_AUTHENTICATION_TOKEN 403 DEFAULT_4XX",
            "QUOTA_EXCEEDED 429 DEFAULT_4XX",
            "REQUEST_TOO_LARGE 413 DEFAULT_4XX",
            "RESOURCE_NOT_FOUND 404 DEFAULT_4XX",
            "THROTTLED 429 DEFAULT_4XX",
            "UNAUTHORIZED 401 DEFAULT_4XX",
            "UNSUPPORTED_MEDIA_TYPE 415 DEFAULT_4XX",
            "WAF_FILTERED 403 DEFAULT_4XX",
        ];
        assert_eq!(types, expected);
        let found = |it: &GatewayResponseType| GatewayResponseType::parse(it.as_str()) == Some(*it);
        assert!(GatewayResponseType::ALL.iter().all(found));
        assert_eq!(GatewayResponseType::parse("throttled"), None);
    }

    #[test]
    fn an_index_is_a_position() {
        let indices = GatewayResponseType::ALL.iter().map(|it| *it as usize);
        assert!(indices.eq(0..GatewayResponseType::ALL.len()));
    }
}
