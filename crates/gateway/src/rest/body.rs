//! Bodies that a method needs whole: collected, and converted between text and bytes.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portico_model::limits::INTEGRATION_TIMEOUT;
use portico_net::{Collected, Framing, Name, Request, RequestHead};
use portico_snapshot::{BYTES_A_VALUE, Content, Conversion, HttpCall, Integration, Model};

use crate::fault::Fault;
use crate::rest::compression;
use crate::rest::integration::{bound, counted};
use crate::rest::route::Matched;

/// How long to wait for a request's body that is decoded, checked, mapped, converted or given to a
/// template; `None` if there is none, or the body only passes.
pub(crate) fn needed_for(
    matched: &Matched<'_>,
    request: &Request<'_>,
    model: Option<&Arc<Model>>,
) -> Option<Duration> {
    if request.body.framing() == Framing::None {
        return None;
    }
    let (timeout, is_read) = match &matched.method.integration {
        Integration::HttpProxy(call) | Integration::Http { call, .. } => {
            let is_converted = of_request(call, request.head) != Conversion::Pass;
            (call.timeout, call.reads_body || is_converted)
        }
        Integration::Mock { templates, .. } => (INTEGRATION_TIMEOUT, templates.reads_body),
        Integration::Broken(_) => (INTEGRATION_TIMEOUT, false),
    };
    let is_coded = request.head.known(Name::ContentEncoding).is_some();
    (is_read || model.is_some() || is_coded).then_some(timeout)
}

/// The whole body of a request without its content coding, and whether it kept one; `patience` is
/// for its arrival.
pub(crate) async fn collect(
    patience: Duration,
    matched: &Matched<'_>,
    request: &mut Request<'_>,
) -> Result<(Collected, bool), Fault> {
    let coding = compression::of_request(request.head)?;
    let worker = request.worker;
    bound(request)?;
    let collected = request.body.collect(worker.clock.now() + patience).await;
    let collected = collected.map_err(|error| counted(Fault::of_call(error, patience), worker))?;
    match coding {
        Some(_) if compression::stays_coded(matched, collected.bytes().len()) => {
            Ok((collected, true))
        }
        Some(coding) => Ok((compression::decode(coding, collected, request).await?, false)),
        None => Ok((collected, false)),
    }
}

/// The Content-Type of a request; one without it, or without a type in it, is taken for JSON.
pub(crate) fn content_type(head: &RequestHead) -> &[u8] {
    let sent = head.known(Name::ContentType).filter(|sent| !without_parameters(sent).is_empty());
    sent.unwrap_or(b"application/json")
}

/// The media type of a request without parameters.
pub(crate) fn media_type(head: &RequestHead) -> &[u8] {
    without_parameters(content_type(head))
}

fn without_parameters(content_type: &[u8]) -> &[u8] {
    content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii()
}

/// A body whose type says what becomes of it has one type: by one of several the gateway would check
/// it, and by another the origin read it.
pub(crate) fn has_one_type(head: &RequestHead) -> Result<(), Fault> {
    let mut types = head.fields().filter(|field| field.known() == Name::ContentType);
    let Some(first) = types.next() else { return Ok(()) };
    if types.all(|other| other.value().eq_ignore_ascii_case(first.value())) {
        return Ok(());
    }
    Err(Fault::BadParameter("the request has several fields Content-Type that differ"))
}

/// What is done to the body of this request. One without a content type is taken for JSON.
pub(crate) fn of_request(call: &HttpCall, head: &RequestHead) -> Conversion {
    call.content.as_ref().map_or(Conversion::Pass, |content| of_content(content, head))
}

/// The same by what an integration asks of bodies.
pub(crate) fn of_content(content: &Content, head: &RequestHead) -> Conversion {
    content.of_request(&String::from_utf8_lossy(content_type(head)))
}

/// How many values and names of members JSON of these bytes has at most: signs part them.
pub(crate) fn most_values(bytes: &[u8]) -> usize {
    1 + bytes.iter().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count()
}

/// Bytes that count for reading JSON of these bytes: its values, as they are once they are read. What
/// their vector has to spare, what strings with escapes stand for, and a second copy where an object
/// has a name twice are not counted.
pub(crate) fn reading_bytes(bytes: &[u8]) -> usize {
    BYTES_A_VALUE * most_values(bytes)
}

/// A body as Base64.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A body after its conversion.
pub(crate) fn convert(conversion: Conversion, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    match conversion {
        Conversion::Pass => Ok(bytes.to_vec()),
        Conversion::Text => Ok(match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(_) => bytes.to_vec(),
            Cow::Owned(text) => text.into_bytes(),
        }),
        Conversion::Encode => Ok(encode(bytes).into_bytes()),
        Conversion::Decode => STANDARD.decode(bytes).map_err(|error| {
            Fault::Configuration(format!("a body to be decoded is no Base64: {error}"))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_underestimated() {
        let check = |body: &str, values: usize| {
            assert!(most_values(body.as_bytes()) >= values, "{body:.40}");
        };
        check("", 1);
        check("1", 1);
        check("[]", 1);
        check("[1]", 2);
        check("[1,2,[3]]", 5);
        check(r#"{"a":1,"b":{}}"#, 5);
        check(&format!("[{}1]", "1,".repeat(5_000_000)), 5_000_002);
    }

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
