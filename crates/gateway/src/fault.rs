//! Why the gateway answers instead of the integration, and with what.

mod wire;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use portico_model::GatewayResponseType;
use portico_net::upstream::CallError;
use portico_net::{Abandoned, BodyError, Refusal};
use portico_snapshot::{Misfit, TemplateError};

use wire::{INTERNAL, INTERNAL_BODY, bad, bad_request, missing_parameters, too_large};

pub(crate) use wire::Wire;

/// Why the gateway answered instead of the integration. `Display` is what the operator must
/// know; what the client may read is in [`Fault::wire`]. Steps of every request make one only where they
/// fail: `ok_or` would make it, and look how to drop it, for requests that pass as well.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error("no resource and method match")]
    NoSuchMethod,
    #[error("no API and stage match")]
    NoSuchStage,
    #[error("the limit of {name} is {per_second} requests a second and {burst} at once")]
    Throttled { name: Arc<str>, per_second: f64, burst: u32 },
    #[error("required parameters are missing: {}", names.join(", "))]
    MissingParameters { names: Vec<Box<str>> },
    /// Our own: AWS lets such a request pass.
    #[error("{0}")]
    BadParameter(&'static str),
    #[error("the body does not fit its model: {}", misfit.place)]
    InvalidBody { misfit: Misfit },
    #[error("no template takes the content type, and the integration passes none through")]
    UnsupportedMediaType,
    #[error("the body's content coding is neither gzip nor deflate, or more than one")]
    UnknownCoding,
    #[error("the body is not what its content coding says")]
    Undecodable(#[source] io::Error),
    #[error("the payload is larger than {limit} bytes")]
    RequestTooLarge { limit: u64 },
    #[error("the request did not arrive whole")]
    BadRequest(#[source] BodyError),
    #[error("not a request")]
    Refused(Refusal),
    #[error("{0}")]
    Configuration(String),
    #[error("working on the body failed")]
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

impl Fault {
    /// Response type, status and texts; no other code mentions them. The spaces in the bodies
    /// are AWS's own.
    /// Source: AWS, "Gateway response types for API Gateway".
    pub(crate) fn wire(&self) -> Wire {
        use GatewayResponseType as Type;
        let internal = |kind, status, body| Wire::json(kind, status, INTERNAL, body);
        match self {
            Self::NoSuchMethod => Wire::json(
                Type::MissingAuthenticationToken,
                403,
                "MissingAuthenticationTokenException",
                r#"{"message":"Missing Authentication Token"}"#,
            ),
            Self::NoSuchStage => Wire::json(
                Type::AccessDenied,
                403,
                "ForbiddenException",
                r#"{"message":"Forbidden"}"#,
            ),
            Self::Throttled { .. } => Wire::json(
                Type::Throttled,
                429,
                "TooManyRequestsException",
                r#"{"message":"Too Many Requests"}"#,
            ),
            Self::MissingParameters { names } => missing_parameters(names),
            Self::BadParameter(_) => {
                bad(Type::BadRequestParameters, 400, r#"{"message": "Bad Request"}"#)
            }
            Self::InvalidBody { .. } => {
                bad(Type::BadRequestBody, 400, r#"{"message": "Invalid request body"}"#)
            }
            Self::UnsupportedMediaType | Self::UnknownCoding | Self::Undecodable(_) => {
                bad(Type::UnsupportedMediaType, 415, r#"{"message": "Unsupported Media Type"}"#)
            }
            Self::RequestTooLarge { limit } => too_large(*limit),
            Self::BadRequest(BodyError::TooSlow) => bad_request(408),
            Self::BadRequest(_) => bad_request(400),
            Self::Refused(refusal) => bad_request(refusal.status()),
            Self::Configuration(_)
            | Self::Abandoned(Abandoned::Panicked(_) | Abandoned::Closed(_))
            | Self::Template { .. }
            | Self::UnknownOrigin(_)
            | Self::WrongCertificate(_) => {
                internal(Type::ApiConfigurationError, 500, INTERNAL_BODY)
            }
            Self::Overloaded(_) | Self::Abandoned(Abandoned::Late) => Wire::json(
                Type::Default5xx,
                503,
                "ServiceUnavailableException",
                r#"{"message": "Service Unavailable"}"#,
            ),
            Self::MalformedAnswer(_) => internal(Type::IntegrationFailure, 502, INTERNAL_BODY),
            Self::IntegrationFailure(_) => {
                let body = r#"{"message": "Network error communicating with endpoint"}"#;
                internal(Type::IntegrationFailure, 504, body)
            }
            Self::IntegrationTimeout { .. } => {
                let body = r#"{"message": "Endpoint request timed out"}"#;
                internal(Type::IntegrationTimeout, 504, body)
            }
        }
    }

    /// What of the request does not fit, in detail: `$context.error.validationErrorString`.
    pub(crate) fn validation_error(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::MissingParameters { .. } | Self::BadParameter(_) => {
                Some(self.wire().message()?.to_owned().into())
            }
            Self::InvalidBody { misfit } => Some(Cow::Borrowed(&misfit.detail)),
            _ => None,
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
    fn the_operator_reads_where_a_template_failed_and_nothing_of_the_request() {
        let check = |template: &str, expected: &str| {
            let template = CompiledTemplate::parse(template).unwrap();
            let (surroundings, variables) = Default::default();
            let body = r#"{"l": [0], "t": "secret"}"#;
            let surroundings: &PlainSurroundings = &surroundings;
            let given = Given::new(body, surroundings, &variables, Overrides::default());
            let error = template.render(given).unwrap_err();
            let media_type = "a/b".into();
            let fault = Fault::Template { side: "request template", media_type, error };
            let expected = format!("the request template for a/b failed: {expected}");
            assert_eq!(fault.explain(), expected);
            assert_eq!((fault.wire().status, fault.wire().body), (500, INTERNAL_BODY.into()));
        };
        let expected = "line 2, column 21: index 1 is out of bounds for length 1";
        check("a\n  $input.path('$.l').get(1)", expected);
        let expected = "line 1, column 15: a text of 6 bytes is not a number";
        check("#set($n = 1)$n.parseInt($input.path('$.t'))", expected);
    }

    /// Its place in the list of faults below: a fault that is new has to be given one.
    fn place(fault: &Fault) -> usize {
        match fault {
            Fault::NoSuchMethod => 0,
            Fault::NoSuchStage => 1,
            Fault::Throttled { .. } => 2,
            Fault::UnsupportedMediaType => 3,
            Fault::RequestTooLarge { .. } => 4,
            Fault::BadRequest(_) => 5,
            Fault::Refused(_) => 6,
            Fault::Configuration(_) => 7,
            Fault::UnknownOrigin(_) => 8,
            Fault::WrongCertificate(_) => 9,
            Fault::IntegrationTimeout { .. } => 10,
            Fault::IntegrationFailure(_) => 11,
            Fault::Overloaded(_) => 12,
            Fault::MalformedAnswer(_) => 13,
            Fault::MissingParameters { .. } => 14,
            Fault::InvalidBody { .. } => 15,
            Fault::UnknownCoding => 16,
            Fault::Undecodable(_) => 17,
            Fault::Template { .. } => 18,
            Fault::Abandoned(_) => 19,
            Fault::BadParameter(_) => 20,
        }
    }

    #[test]
    fn every_fault_has_its_response_type_and_status() {
        let io = || std::io::Error::other("why");
        let of_call = |error| Fault::of_call(error, Duration::from_secs(29));
        let throttled = Fault::Throttled { name: "a".into(), per_second: 1.0, burst: 1 };
        let malformed = portico_net::h1::Malformed::Host;
        let error = TemplateError::Overrides;
        let template = Fault::Template { side: "why", media_type: "why".into(), error };
        let misfit = Misfit { detail: "why".to_owned(), place: "/a".to_owned() };
        let cases = [
            (Fault::NoSuchMethod, "MISSING_AUTHENTICATION_TOKEN", 403),
            (Fault::NoSuchStage, "ACCESS_DENIED", 403),
            (throttled, "THROTTLED", 429),
            (Fault::UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", 415),
            (Fault::MissingParameters { names: vec!["a".into()] }, "BAD_REQUEST_PARAMETERS", 400),
            (Fault::BadParameter("why"), "BAD_REQUEST_PARAMETERS", 400),
            (Fault::InvalidBody { misfit }, "BAD_REQUEST_BODY", 400),
            (Fault::UnknownCoding, "UNSUPPORTED_MEDIA_TYPE", 415),
            (Fault::Undecodable(io()), "UNSUPPORTED_MEDIA_TYPE", 415),
            (Fault::RequestTooLarge { limit: 7 }, "REQUEST_TOO_LARGE", 413),
            (Fault::BadRequest(BodyError::Closed), "DEFAULT_4XX", 400),
            (Fault::BadRequest(BodyError::TooSlow), "DEFAULT_4XX", 408),
            (Fault::Refused(Refusal::HeadTimeout), "DEFAULT_4XX", 408),
            (Fault::Refused(Refusal::Malformed(malformed)), "DEFAULT_4XX", 400),
            (Fault::Configuration("why".to_owned()), "API_CONFIGURATION_ERROR", 500),
            (template, "API_CONFIGURATION_ERROR", 500),
            (of_call(CallError::Resolve(io())), "API_CONFIGURATION_ERROR", 500),
            (of_call(CallError::Untrusted(io())), "API_CONFIGURATION_ERROR", 500),
            (of_call(CallError::Timeout), "INTEGRATION_TIMEOUT", 504),
            (of_call(CallError::Connect(io())), "INTEGRATION_FAILURE", 504),
            (of_call(CallError::ConnectTimeout), "INTEGRATION_FAILURE", 504),
            (of_call(CallError::Tls(io())), "INTEGRATION_FAILURE", 504),
            (of_call(CallError::Closed(io())), "INTEGRATION_FAILURE", 504),
            (of_call(CallError::TooManyConnections), "DEFAULT_5XX", 503),
            (Fault::Abandoned(Abandoned::Late), "DEFAULT_5XX", 503),
            (of_call(CallError::TooManyBytes), "DEFAULT_5XX", 503),
            (of_call(CallError::Malformed(malformed)), "INTEGRATION_FAILURE", 502),
            (
                of_call(CallError::Client(BodyError::TooLarge { limit: 7 })),
                "REQUEST_TOO_LARGE",
                413,
            ),
            (of_call(CallError::Client(BodyError::Closed)), "DEFAULT_4XX", 400),
        ];
        let mut places = std::collections::BTreeSet::new();
        for (fault, response_type, status) in &cases {
            let wire = fault.wire();
            let shown = (fault.response_type(), wire.status);
            assert_eq!(shown, (*response_type, *status), "{fault:?}");
            assert!(wire.error_type.ends_with("Exception"), "{fault:?}");
            assert!(!fault.explain().is_empty(), "{fault:?}");
            let is_internal = wire.body.contains("why") || wire.body.contains("origin");
            assert!(!is_internal, "{fault:?} tells the client what is the operator's: {wire:?}");
            places.insert(place(fault));
        }
        assert!(places.into_iter().eq(0..21), "every fault has a case");
    }

    #[test]
    fn names_of_parameters_cannot_break_out_of_the_message() {
        let check = |names: &[&str], expected: &str| {
            let names = names.iter().map(|name| Box::from(*name)).collect();
            let fault = Fault::MissingParameters { names };
            let body =
                format!("{{\"message\": \"Missing required request parameters: {expected}\"}}");
            assert_eq!(fault.wire().body, body);
        };
        check(&["x-header-param", "issuer", "qs1"], "[x-header-param, issuer, qs1]");
        check(&["a\"b\\"], "[a\\\"b\\\\]");
    }
}
