//! Header fields that mappings cannot set, or that the other side gets under another name.
//! Source: AWS, "Amazon API Gateway important notes" (REST APIs), and recorded answers.

use portico_model::{Class, DocumentPath, Finding};

use super::compiler::Compiler;

/// Prefix of a renamed field.
const REMAPPED: &str = "x-amzn-Remapped-";

/// Fields of a request to an origin that are dropped although they are mapped.
const DROPPED_OF_REQUESTS: &[&str] = &[
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "via",
    "x-amzn-apigateway-api-id",
];

/// Fields of an answer that are dropped although they are mapped.
const DROPPED_OF_ANSWERS: &[&str] = &[
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Fields of an answer that clients must not take for the gateway's own.
const RENAMED_IN_ANSWERS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "max-forwards",
    "server",
    "user-agent",
    "www-authenticate",
    "x-amz-apigw-id",
    "x-amzn-requestid",
    "x-portico-explanation",
];

/// Whether a header field delimits the message: a request that maps it is answered with 500.
pub(super) fn is_framing(name: &str) -> bool {
    is_one_of(&["content-length", "transfer-encoding"], name)
}

/// Whether a mapped field goes to the origin; a warning is made where it does not.
pub(super) fn reaches_origin(compiler: &mut Compiler<'_>, path: &DocumentPath, name: &str) -> bool {
    let dropped = is_one_of(DROPPED_OF_REQUESTS, name);
    if dropped {
        let message = format!("{name} never reaches an origin: the mapping has no effect");
        compiler.report(Finding::new(Class::Ignored, "reserved-header", path.clone(), message));
    }
    !dropped
}

/// The name under which a mapped field goes to the client, if it does; a warning is made of another
/// one, and where it does not.
pub(super) fn name_for_client(
    compiler: &mut Compiler<'_>,
    path: &DocumentPath,
    name: &str,
) -> Option<Box<str>> {
    let (message, seen) = if is_one_of(DROPPED_OF_ANSWERS, name) {
        (format!("{name} never reaches a client: the mapping has no effect"), None)
    } else if is_one_of(RENAMED_IN_ANSWERS, name) {
        let renamed = format!("{REMAPPED}{name}");
        (format!("{name} reaches clients as {renamed}"), Some(renamed.into()))
    } else {
        return Some(name.into());
    };
    compiler.report(Finding::new(Class::Ignored, "reserved-header", path.clone(), message));
    seen
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
