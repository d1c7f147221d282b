//! Bodies that a method needs whole: collected, and converted between text and bytes.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_net::{Collected, Framing, Name, Request, RequestHead};
use portico_snapshot::{Conversion, HttpCall, Integration};

use crate::fault::Fault;
use crate::rest::integration::counted;
use crate::rest::route::Matched;

/// The call for which a request's body is mapped or converted; `None` if the body only passes.
pub(crate) fn needed_for<'a>(matched: &Matched<'a>, request: &Request<'_>) -> Option<&'a HttpCall> {
    let call = match &matched.method.integration {
        Integration::HttpProxy(call) | Integration::Http { call, .. } => call,
        Integration::Mock { .. } | Integration::Broken(_) => return None,
    };
    let is_needed = call.reads_body || of_request(call, request.head) != Conversion::Pass;
    (is_needed && request.body.framing() != Framing::None).then_some(call)
}

/// The whole body of a request.
pub(crate) async fn collect(
    call: &HttpCall,
    request: &mut Request<'_>,
) -> Result<Collected, Fault> {
    let worker = request.worker;
    let limit = worker.settings().body_bytes;
    if request.body.framing().length().is_some_and(|bytes| bytes > limit) {
        return Err(counted(Fault::RequestTooLarge { limit }, worker));
    }
    request.body.limit(limit);
    let collected = request.body.collect(worker.clock.now() + call.timeout).await;
    collected.map_err(|error| counted(Fault::of_call(error, call.timeout), worker))
}

/// What is done to the body of this request. One without a content type is taken for JSON.
pub(crate) fn of_request(call: &HttpCall, head: &RequestHead) -> Conversion {
    let Some(content) = &call.content else { return Conversion::Pass };
    let media_type = head.known(Name::ContentType).unwrap_or(b"application/json");
    content.of_request(&String::from_utf8_lossy(media_type))
}

/// A body after its conversion.
pub(crate) fn convert(conversion: Conversion, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    match conversion {
        Conversion::Pass => Ok(bytes.to_vec()),
        Conversion::Text => Ok(match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(_) => bytes.to_vec(),
            Cow::Owned(text) => text.into_bytes(),
        }),
        Conversion::Encode => Ok(STANDARD.encode(bytes).into_bytes()),
        Conversion::Decode => STANDARD.decode(bytes).map_err(|error| {
            Fault::Configuration(format!("a body to be decoded is no Base64: {error}"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_converted() {
        let check = |conversion: Conversion, bytes: &[u8], expected: Option<&[u8]>| {
            assert_eq!(convert(conversion, bytes).ok().as_deref(), expected, "{conversion:?}");
        };
        check(Conversion::Pass, b"\xff", Some(b"\xff"));
        check(Conversion::Text, b"", Some(b""));
        check(Conversion::Text, "é".as_bytes(), Some("é".as_bytes()));
        check(Conversion::Text, b"a\xffb\xe2\x82", Some("a\u{fffd}b\u{fffd}".as_bytes()));
        check(Conversion::Encode, b"", Some(b""));
        check(Conversion::Encode, b"\xff\x00", Some(b"/wA="));
        check(Conversion::Decode, b"", Some(b""));
        check(Conversion::Decode, b"/wA=", Some(b"\xff\x00"));
        check(Conversion::Decode, b"/wA", None);
        check(Conversion::Decode, b"not base64", None);
        for length in [1, 65_535, 65_536, 65_537] {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let encoded = convert(Conversion::Encode, &bytes).unwrap();
            check(Conversion::Decode, &encoded, Some(&bytes));
        }
    }
}
