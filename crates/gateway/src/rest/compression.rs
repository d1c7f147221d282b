//! Content codings on both ways: a request's body is decoded before anything reads it, an answer's
//! body is coded if its API and the client ask for that.
//! Source: AWS, "Payload compression for REST APIs in API Gateway", and API Gateway API Reference,
//! `RestApi`, `minimumCompressionSize`. `br` is ours: AWS leaves an answer as it is whose client
//! prefers that.

use portico_model::limits::PAYLOAD_BYTES;
use portico_net::upstream::Hold;
use portico_net::{Body, Collected, Effort, Name, Request, RequestHead, Response};

use crate::fault::Fault;
use crate::rest::coding::{Coding, Undecodable};
use crate::rest::integration::{Outbound, counted};
use crate::rest::route::Matched;
use crate::rest::scope::Scope;

/// Bytes up to which a body is coded, or decoded, on the worker; more would keep others waiting.
const SHORT_BYTES: usize = 32 * 1024;

/// The coding of a request's body that is to be undone.
pub(crate) fn of_request(head: &RequestHead) -> Result<Option<Coding>, Fault> {
    if head.known(Name::ContentEncoding).is_none() {
        return Ok(None);
    }
    let fields = head.fields().filter(|field| field.known() == Name::ContentEncoding);
    let names = fields.flat_map(|field| field.value().split(|byte| *byte == b','));
    let names = names.map(<[u8]>::trim_ascii);
    let mut names =
        names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity"));
    let Some(name) = names.next() else { return Ok(None) };
    match (Coding::of(name), names.next()) {
        (Some(coding @ (Coding::Gzip | Coding::Deflate)), None) => Ok(Some(coding)),
        _ => Err(Fault::UnknownCoding),
    }
}

/// Whether a request's body of so many bytes stays in its coding: where an API compresses, what is
/// shorter than that begins with is neither coded nor decoded.
pub(crate) fn stays_coded(matched: &Matched<'_>, bytes: usize) -> bool {
    let least = matched.stage.rest.minimum_compression_size;
    least.is_some_and(|least| bytes < usize::try_from(least).unwrap_or(usize::MAX))
}

/// The body of a request without its coding, as long as a body may be.
pub(crate) async fn decode(
    coding: Coding,
    coded: Collected,
    request: &Request<'_>,
) -> Result<Collected, Fault> {
    let worker = request.worker;
    let limit = worker.settings().body_bytes;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    if coded.bytes().is_empty() {
        return Ok(coded);
    }
    // How long it takes depends on both lengths: coded bytes may stand for nothing at all.
    let here = match coded.bytes().len() {
        ..=SHORT_BYTES => coding.decode(coded.bytes(), most.min(8 * SHORT_BYTES)),
        _ => Err(Undecodable::TooLong { limit: 0 }),
    };
    let decoded = match here {
        Err(Undecodable::TooLong { limit }) if limit < most => {
            let decode = move || coding.decode(coded.bytes(), most);
            worker.offload(Effort::Long, decode).await.map_err(Fault::Abandoned)?
        }
        decoded => decoded,
    };
    match decoded {
        Ok(content) => Collected::new(content, worker).map_err(Fault::Overloaded),
        Err(Undecodable::TooLong { .. }) => Err(counted(Fault::RequestTooLarge { limit }, worker)),
        Err(Undecodable::Malformed(error)) => Err(Fault::Undecodable(error)),
    }
}

/// The coding that the client prefers for its answer, if the API compresses answers at all.
pub(crate) fn preferred(scope: &Scope<'_>) -> Option<Coding> {
    let Scope { matched, head, .. } = scope;
    matched.stage.rest.minimum_compression_size?;
    let fields = head.fields().filter(|it| it.name().eq_ignore_ascii_case(b"accept-encoding"));
    Coding::preferred(fields.map(|field| field.value())).filter(|_| head.method() != b"HEAD")
}

/// Waits for the whole of an answer that is to be coded. One that streams, or is longer than a
/// payload may be, goes out as it comes.
pub(crate) fn hold(outbound: &mut Outbound<'_>) {
    if let Outbound::Http { request, .. } = outbound
        && request.hold == Hold::Short
    {
        request.hold = Hold::Whole(PAYLOAD_BYTES as usize);
    }
}

/// Whether this answer is to be coded: it is whole, long enough, and nobody has coded it before. A
/// part of something stays the part that it is.
pub(crate) fn is_due(matched: &Matched<'_>, response: &Response) -> bool {
    let Some(least) = matched.stage.rest.minimum_compression_size else { return false };
    let length = match response.body() {
        Body::Empty => 0,
        Body::Static(bytes) => bytes.len(),
        Body::Buffer(bytes) => bytes.len(),
        Body::Collected(body) => body.bytes().len(),
        Body::Answer(answer) if answer.is_complete() => answer.held().len(),
        Body::Answer(_) => 0,
    };
    length > 0
        && length >= usize::try_from(least).unwrap_or(usize::MAX)
        && !matches!(response.status(), 204 | 206 | 304)
        && !response.has_field("Content-Encoding")
}

/// The answer with its body coded.
pub(crate) async fn encode(
    coding: Coding,
    mut response: Response,
    scope: &Scope<'_>,
) -> Result<Response, Fault> {
    let content = match response.take_body() {
        Body::Collected(content) => *content,
        Body::Answer(mut answer) => answer.take_held(),
        Body::Empty => held(Vec::new(), scope)?,
        Body::Static(bytes) => held(bytes.to_vec(), scope)?,
        Body::Buffer(bytes) => held(bytes, scope)?,
    };
    let length = content.bytes().len();
    let unable = |error| {
        Fault::Configuration(format!("the answer cannot be coded as {}: {error}", coding.name()))
    };
    let coded = if length > SHORT_BYTES {
        let budget = scope.worker.budget();
        let encode = move || coding.encode(content.bytes()).map(|coded| budget.hold(coded));
        let coded = scope.worker.offload(Effort::Long, encode).await.map_err(Fault::Abandoned)?;
        let coded = coded.map_err(unable)?;
        coded.map_err(|full| Fault::Overloaded(scope.worker.no_room(full)))?
    } else {
        held(coding.encode(content.bytes()).map_err(unable)?, scope)?
    };
    let now = coded.bytes().len();
    scope.note("compression", || format!("{length} bytes are {now} as {}", coding.name()));
    response.own_field("Content-Encoding", coding.name().as_bytes());
    response.own_field("Vary", b"Accept-Encoding");
    Ok(response.with_body(Body::Collected(Box::new(coded))))
}

fn held(bytes: Vec<u8>, scope: &Scope<'_>) -> Result<Collected, Fault> {
    Collected::new(bytes, scope.worker).map_err(Fault::Overloaded)
}
