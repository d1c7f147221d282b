//! Why the gateway answers instead of the integration, and with what.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use portico_model::GatewayResponseType;
use portico_model::limits::PAYLOAD_BYTES;
use portico_net::upstream::CallError;
use portico_net::{Abandoned, BodyError, Refusal};
use portico_snapshot::TemplateError;

/// Why the gateway answered instead of the integration. `Display` is what the operator must
/// know; what the client may read is in [`Fault::wire`].
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("no resource and method match")]
    NoSuchMethod,
    #[error("no API and stage match")]
    NoSuchStage,
    #[error("the limit of {name} is {per_second} requests a second and {burst} at once")]
    Throttled { name: Arc<str>, per_second: f64, burst: u32 },
    #[error("no template takes the content type, and the integration passes none through")]
    UnsupportedMediaType,
    #[error("the payload is larger than {limit} bytes")]
    RequestTooLarge { limit: u64 },
    #[error("the request did not arrive whole")]
    BadRequest(#[source] BodyError),
    #[error("not a request")]
    Refused(Refusal),
    #[error("{0}")]
    Configuration(String),
    #[error("reading the body failed")]
    Abandoned(#[source] Abandoned),
    #[error("the {side} for {media_type} failed")]
    Template {
        side: &'static str,
        media_type: Box<str>,
        #[source]
        error: TemplateError,
    },
    #[error("the origin's name has no address")]
    UnknownOrigin(#[source] CallError),
    #[error("the origin did not prove who it is")]
    WrongCertificate(#[source] CallError),
    #[error("the integration gave no answer within {after:?}")]
    IntegrationTimeout { after: Duration },
    #[error("the origin cannot be reached")]
    IntegrationFailure(#[source] CallError),
    #[error("a limit of this process is reached")]
    Overloaded(#[source] CallError),
    #[error("the origin gave no proper answer")]
    MalformedAnswer(#[source] CallError),
}

/// What a client may read of a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) response_type: GatewayResponseType,
    pub(crate) status: u16,
    /// Value of `x-amzn-ErrorType`.
    pub(crate) error_type: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: Cow<'static, str>,
}

impl Wire {
    const fn json(
        response_type: GatewayResponseType,
        status: u16,
        error_type: &'static str,
        body: &'static str,
    ) -> Self {
        Self {
            response_type,
            status,
            error_type,
            content_type: "application/json",
            body: Cow::Borrowed(body),
        }
    }

    /// The words for the client, as they stand in the body; `None` is `null`.
    pub(crate) fn message(&self) -> Option<&str> {
        let Some(value) = self.body.strip_prefix(r#"{"message":"#) else { return Some(&self.body) };
        let value = value.strip_suffix('}').unwrap_or(value).trim_start();
        value.strip_prefix('"').and_then(|text| text.strip_suffix('"'))
    }
}

const INTERNAL: &str = "InternalServerErrorException";
const INTERNAL_BODY: &str = r#"{"message": "Internal server error"}"#;

impl Fault {
    /// Response type, status and texts; no other code mentions them. The spaces in the bodies
    /// are AWS's own.
    /// Source: AWS, "Gateway response types for API Gateway".
    pub(crate) fn wire(&self) -> Wire {
        match self {
            Self::NoSuchMethod => Wire::json(
                GatewayResponseType::MissingAuthenticationToken,
                403,
                "MissingAuthenticationTokenException",
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            Self::NoSuchStage => Wire::json(
                GatewayResponseType::AccessDenied,
                403,
                "ForbiddenException",
                r#"{"message":"Forbidden"}"#,
            ),
            Self::Throttled { .. } => Wire::json(
                GatewayResponseType::Throttled,
                429,
                "TooManyRequestsException",
                r#"{"message":"Too Many Requests"}"#,
            ),
            Self::UnsupportedMediaType => Wire::json(
                GatewayResponseType::UnsupportedMediaType,
                415,
                "BadRequestException",
                r#"{"message": "Unsupported Media Type"}"#,
            ),
            Self::RequestTooLarge { limit } => Wire {
                response_type: GatewayResponseType::RequestTooLarge,
                status: 413,
                error_type: "RequestEntityTooLargeException",
                content_type: "text/plain",
                body: match *limit {
                    PAYLOAD_BYTES => "HTTP content length exceeded 10485760 bytes.".into(),
                    limit => format!("HTTP content length exceeded {limit} bytes.").into(),
                },
            },
            Self::BadRequest(BodyError::TooSlow) => bad_request(408),
            Self::BadRequest(_) => bad_request(400),
            Self::Refused(refusal) => bad_request(refusal.status()),
            Self::Configuration(_)
            | Self::Abandoned(_)
            | Self::Template { .. }
            | Self::UnknownOrigin(_)
            | Self::WrongCertificate(_) => {
                Wire::json(GatewayResponseType::ApiConfigurationError, 500, INTERNAL, INTERNAL_BODY)
            }
            Self::Overloaded(_) => Wire::json(
                GatewayResponseType::Default5xx,
                503,
                "ServiceUnavailableException",
                r#"{"message": "Service Unavailable"}"#,
            ),
            Self::MalformedAnswer(_) => {
                Wire::json(GatewayResponseType::IntegrationFailure, 502, INTERNAL, INTERNAL_BODY)
            }
            Self::IntegrationFailure(_) => Wire::json(
                GatewayResponseType::IntegrationFailure,
                504,
                INTERNAL,
                r#"{"message": "Network error communicating with endpoint"}"#,
            ),
            Self::IntegrationTimeout { .. } => Wire::json(
                GatewayResponseType::IntegrationTimeout,
                504,
                INTERNAL,
                r#"{"message": "Endpoint request timed out"}"#,
            ),
        }
    }

    /// Name of the gateway response type, for example `THROTTLED`.
    pub fn response_type(&self) -> &'static str {
        self.wire().response_type.as_str()
    }

    /// Whether gateway responses of an API apply: not before one is found, and not to what breaks
    /// HTTP itself, which AWS answers before API Gateway sees it.
    pub(crate) fn may_be_customised(&self) -> bool {
        !matches!(self, Self::NoSuchStage | Self::BadRequest(_) | Self::Refused(_))
    }

    /// Whether the call of the integration failed.
    pub(crate) fn is_of_integration(&self) -> bool {
        matches!(
            self,
            Self::UnknownOrigin(_)
                | Self::WrongCertificate(_)
                | Self::IntegrationTimeout { .. }
                | Self::IntegrationFailure(_)
                | Self::Overloaded(_)
                | Self::MalformedAnswer(_)
        )
    }

    /// What the operator must know: the fault and its causes, in one line.
    pub fn explain(&self) -> String {
        let mut text = self.to_string();
        if let Self::Refused(Refusal::Malformed(reason)) = self {
            text = format!("{text}: {reason}");
        }
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }

    /// Whether nothing but the end of the connection is left to the client.
    pub(crate) fn ends_connection(&self) -> bool {
        matches!(self, Self::BadRequest(_) | Self::Refused(_) | Self::RequestTooLarge { .. })
    }

    /// What a failed call is, if it was given `after` for its answer.
    pub(crate) fn of_call(error: CallError, after: Duration) -> Self {
        match error {
            CallError::Client(BodyError::TooLarge { limit }) => Self::RequestTooLarge { limit },
            CallError::Client(error) => Self::BadRequest(error),
            CallError::Resolve(_) => Self::UnknownOrigin(error),
            CallError::Timeout => Self::IntegrationTimeout { after },
            CallError::WrongName { .. } | CallError::Untrusted(_) => Self::WrongCertificate(error),
            CallError::Connect(_)
            | CallError::ConnectTimeout
            | CallError::Tls(_)
            | CallError::Closed(_) => Self::IntegrationFailure(error),
            CallError::Malformed(_) => Self::MalformedAnswer(error),
            CallError::TooManyConnections | CallError::TooManyBytes => Self::Overloaded(error),
        }
    }
}

/// Requests that break HTTP itself. AWS answers them before API Gateway sees them.
fn bad_request(status: u16) -> Wire {
    let (error_type, body) = match status {
        408 => ("RequestTimeoutException", r#"{"message":"Request Timeout"}"#),
        414 => ("RequestUriTooLongException", r#"{"message":"Request URI too long"}"#),
        417 => ("BadRequestException", r#"{"message":"Expectation Failed"}"#),
        431 => (
            "RequestHeaderFieldsTooLargeException",
            r#"{"message":"Request Header Fields Too Large"}"#,
        ),
        501 => ("NotImplementedException", r#"{"message":"Not Implemented"}"#),
        505 => ("HttpVersionNotSupportedException", r#"{"message":"HTTP Version Not Supported"}"#),
        _ => ("BadRequestException", r#"{"message":"Bad Request"}"#),
    };
    Wire::json(GatewayResponseType::Default4xx, status, error_type, body)
}

#[cfg(test)]
mod tests {
    use portico_snapshot::{CompiledTemplate, Given, Overrides, PlainSurroundings};

    use super::*;

    #[test]
    fn the_message_is_that_of_the_body() {
        let check = |body: &'static str, expected: Option<&str>| {
            let wire = Wire::json(GatewayResponseType::Unauthorized, 401, "E", body);
            assert_eq!(wire.message(), expected, "{body}");
        };
        check(r#"{"message":"Forbidden"}"#, Some("Forbidden"));
        check(INTERNAL_BODY, Some("Internal server error"));
        check(r#"{"message":null}"#, None);
        check(
            "HTTP content length exceeded 7 bytes.",
            Some("HTTP content length exceeded 7 bytes."),
        );
    }

    #[test]
    fn the_operator_reads_where_a_template_failed() {
        let template = CompiledTemplate::parse("a\n  $input.path('$.l').get(1)").unwrap();
        let (surroundings, variables) = Default::default();
        let given = Given::new(
            "{\"l\": [0]}",
            &surroundings as &PlainSurroundings,
            &variables,
            Overrides::default(),
        );
        let error = template.render(given).unwrap_err();
        let fault = Fault::Template { side: "request template", media_type: "a/b".into(), error };
        assert_eq!(
            fault.explain(),
            "the request template for a/b failed: line 2, column 21: index 1 is out of bounds for \
             length 1"
        );
        assert_eq!((fault.wire().status, fault.wire().body), (500, INTERNAL_BODY.into()));
    }
}
