//! Which header fields pass between client and origin of an `HTTP_PROXY` integration; with `HTTP`
//! none do. What mappings can set was decided when the definition was compiled.
//! Source: AWS, "Amazon API Gateway important notes" (REST APIs), and recorded answers.

use portico_net::Name;

/// What becomes of a client's field on its way to the origin of an `HTTP_PROXY` integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToOrigin {
    Pass,
    /// Dropped, or written anew by the gateway.
    Drop,
    /// The gateway appends to what came.
    Append,
}

/// A client's field. Content-Encoding is dropped where the body has been decoded.
pub(crate) fn to_origin(name: Name) -> ToOrigin {
    match name {
        Name::XForwardedFor => ToOrigin::Append,
        Name::Connection
        | Name::ContentEncoding
        | Name::ContentLength
        | Name::ContentMd5
        | Name::Expect
        | Name::Host
        | Name::KeepAlive
        | Name::MaxForwards
        | Name::ProxyAuthenticate
        | Name::ProxyConnection
        | Name::Server
        | Name::Te
        | Name::Trailer
        | Name::TransferEncoding
        | Name::Upgrade
        | Name::Via
        | Name::WwwAuthenticate
        | Name::XAmznApigatewayApiId
        | Name::XAmznRequestId
        | Name::XAmznTraceId
        | Name::XForwardedPort
        | Name::XForwardedProto
        | Name::XHttpMethodOverride => ToOrigin::Drop,
        _ => ToOrigin::Pass,
    }
}

/// What becomes of an origin's field on its way to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToClient {
    Pass,
    Drop,
    /// Renamed to `x-amzn-Remapped-<name>`.
    Remap,
}

/// An origin's field of an `HTTP_PROXY` integration. Our own fields are renamed too, so that the
/// client finds each once.
pub(crate) fn to_client(name: Name) -> ToClient {
    match name {
        Name::Authorization
        | Name::Connection
        | Name::ContentLength
        | Name::ContentMd5
        | Name::Date
        | Name::MaxForwards
        | Name::Server
        | Name::UserAgent
        | Name::WwwAuthenticate
        | Name::XAmzApigwId
        | Name::XAmznRequestId
        | Name::XPorticoExplanation => ToClient::Remap,
        Name::Expect
        | Name::Host
        | Name::KeepAlive
        | Name::ProxyAuthenticate
        | Name::ProxyConnection
        | Name::Te
        | Name::Trailer
        | Name::TransferEncoding
        | Name::Upgrade
        | Name::Via => ToClient::Drop,
        _ => ToClient::Pass,
    }
}

/// Prefix of a renamed field.
pub(crate) const REMAPPED: &[u8] = b"x-amzn-Remapped-";
