//! What a client reads of a fault: AWS's words, with AWS's spaces.
//! Source: AWS, "Gateway response types for API Gateway", and recorded answers.

use std::borrow::Cow;

use portico_model::GatewayResponseType;
use portico_model::limits::PAYLOAD_BYTES;

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
    pub(super) const fn json(
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

pub(super) const INTERNAL: &str = "InternalServerErrorException";
pub(super) const INTERNAL_BODY: &str = r#"{"message": "Internal server error"}"#;

/// Requests that do not fit the API.
pub(super) fn bad(response_type: GatewayResponseType, status: u16, body: &'static str) -> Wire {
    Wire::json(response_type, status, "BadRequestException", body)
}

/// The names come from the definition, where they may have any character.
pub(super) fn missing_parameters(names: &[Box<str>]) -> Wire {
    let names = names.join(", ").replace('\\', "\\\\").replace('"', "\\\"");
    let body = format!(r#"{{"message": "Missing required request parameters: [{names}]"}}"#);
    Wire { body: body.into(), ..bad(GatewayResponseType::BadRequestParameters, 400, "") }
}

pub(super) fn too_large(limit: u64) -> Wire {
    Wire {
        response_type: GatewayResponseType::RequestTooLarge,
        status: 413,
        error_type: "RequestEntityTooLargeException",
        content_type: "text/plain",
        body: match limit {
            PAYLOAD_BYTES => "HTTP content length exceeded 10485760 bytes.".into(),
            limit => format!("HTTP content length exceeded {limit} bytes.").into(),
        },
    }
}

/// Requests that break HTTP itself. AWS answers them before API Gateway sees them.
pub(super) fn bad_request(status: u16) -> Wire {
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
