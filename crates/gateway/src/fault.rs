//! Why the gateway answers instead of the integration, and with what.

use std::borrow::Cow;
use std::time::Duration;

use portico_model::limits::PAYLOAD_BYTES;
use portico_net::upstream::CallError;
use portico_net::{BodyError, Refusal};

/// Why the gateway answered instead of the integration. `Display` is what the operator must
/// know; what the client may read is in [`Fault::wire`].
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("no resource and method match")]
    NoSuchMethod,
    #[error("no API and stage match")]
    NoSuchStage,
    #[error("the stage admits {per_second} requests a second and {burst} at once")]
    Throttled { per_second: f64, burst: u32 },
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
    /// Gateway response type, for example `THROTTLED`.
    pub(crate) response_type: &'static str,
    pub(crate) status: u16,
    /// Value of `x-amzn-ErrorType`.
    pub(crate) error_type: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: Cow<'static, str>,
}

impl Wire {
    const fn json(
        response_type: &'static str,
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
                "MISSING_AUTHENTICATION_TOKEN",
                403,
                "MissingAuthenticationTokenException",
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            Self::NoSuchStage => {
                Wire::json("ACCESS_DENIED", 403, "ForbiddenException", r#"{"message":"Forbidden"}"#)
            }
            Self::Throttled { .. } => Wire::json(
                "THROTTLED",
                429,
                "TooManyRequestsException",
                r#"{"message":"Too Many Requests"}"#,
            ),
            Self::UnsupportedMediaType => Wire::json(
                "UNSUPPORTED_MEDIA_TYPE",
                415,
                "BadRequestException",
                r#"{"message": "Unsupported Media Type"}"#,
            ),
            Self::RequestTooLarge { limit } => Wire {
                response_type: "REQUEST_TOO_LARGE",
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
            Self::Configuration(_) | Self::UnknownOrigin(_) | Self::WrongCertificate(_) => {
                Wire::json("API_CONFIGURATION_ERROR", 500, INTERNAL, INTERNAL_BODY)
            }
            Self::Overloaded(_) => Wire::json(
                "DEFAULT_5XX",
                503,
                "ServiceUnavailableException",
                r#"{"message": "Service Unavailable"}"#,
            ),
            Self::MalformedAnswer(_) => {
                Wire::json("INTEGRATION_FAILURE", 502, INTERNAL, INTERNAL_BODY)
            }
            Self::IntegrationFailure(_) => Wire::json(
                "INTEGRATION_FAILURE",
                504,
                INTERNAL,
                r#"{"message": "Network error communicating with endpoint"}"#,
            ),
            Self::IntegrationTimeout { .. } => Wire::json(
                "INTEGRATION_TIMEOUT",
                504,
                INTERNAL,
                r#"{"message": "Endpoint request timed out"}"#,
            ),
        }
    }

    /// Name of the gateway response type, for example `THROTTLED`.
    pub fn response_type(&self) -> &'static str {
        self.wire().response_type
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
    Wire::json("DEFAULT_4XX", status, error_type, body)
}
