//! AWS's limits that one request or one document can observe, with their units.
//! Source: AWS, "Amazon API Gateway quotas".

use std::time::Duration;

/// Shortest integration timeout a document can ask for.
pub const INTEGRATION_TIMEOUT_MIN: Duration = Duration::from_millis(50);

/// Longest integration timeout that every API may have.
pub const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(29);

/// Longest integration timeout; AWS raises it to this on request for Regional APIs.
pub const INTEGRATION_TIMEOUT_MAX: Duration = Duration::from_secs(300);

/// Longest timeout of an integration whose answer is streamed.
pub const STREAM_TIMEOUT_MAX: Duration = Duration::from_secs(900);

/// Payload of a request or an answer, in bytes.
pub const PAYLOAD_BYTES: u64 = 10_485_760;

/// Bytes of a mapping template: 300 KB.
pub const TEMPLATE_BYTES: usize = 300 * 1024;

/// Bytes of one API definition.
pub const DEFINITION_BYTES: usize = 6 * 1024 * 1024;

/// Bytes of a request's URL at a Regional endpoint.
pub const URL_BYTES: usize = 10_240;
