//! Header fields that neither mappings nor templates can set, or that the other side gets under
//! another name.
//! Source: AWS, "Amazon API Gateway important notes" (REST APIs), and recorded answers.

use std::borrow::Cow;

/// Prefix of a renamed field.
const REMAPPED: &str = "x-amzn-Remapped-";

/// Fields of a request to an origin that are dropped although they are set.
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

/// Fields of an answer that are dropped although they are set.
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

/// Whether a text can be the name of a field: `token` of RFC 9110, section 5.6.2.
pub fn is_field_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(legal)
}

/// Whether a header field delimits the message: a request that sets it is answered with 500.
pub fn is_framing(name: &str) -> bool {
    is_one_of(&["content-length", "transfer-encoding"], name)
}

/// Whether a field goes to the origin if it is set.
pub fn reaches_origin(name: &str) -> bool {
    !is_one_of(DROPPED_OF_REQUESTS, name)
}

/// The name under which a field goes to the client if it is set; `None` if it does not.
pub fn name_for_client(name: &str) -> Option<Cow<'_, str>> {
    if is_one_of(DROPPED_OF_ANSWERS, name) {
        None
    } else if is_one_of(RENAMED_IN_ANSWERS, name) {
        Some(format!("{REMAPPED}{name}").into())
    } else {
        Some(name.into())
    }
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_kept_renamed_or_dropped() {
        let check = |name: &str, to_origin: bool, to_client: Option<&str>| {
            assert_eq!(reaches_origin(name), to_origin, "{name}");
            assert_eq!(name_for_client(name).as_deref(), to_client, "{name}");
        };
        check("X-Own", true, Some("X-Own"));
        check("TE", false, None);
        check("Via", false, Some("Via"));
        check("Server", true, Some("x-amzn-Remapped-Server"));
        check("Upgrade", true, None);
        assert!(is_framing("Content-LENGTH") && !is_framing("Content-Type"));
        assert!(is_field_name("a!1") && !is_field_name("a b") && !is_field_name(""));
        assert!(!is_field_name("é") && !is_field_name("a:") && !is_field_name("a\r\nb"));
    }
}
