//! The field names that somebody between client and origin acts on, recognised once, when a head
//! is parsed.

/// A field name (RFC 9110, section 5.1), or `Other`. `name as usize` indexes tables of length
/// [`Name::COUNT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Name {
    Other,
    Accept,
    Authorization,
    Connection,
    ContentEncoding,
    ContentLength,
    ContentMd5,
    ContentType,
    Date,
    Expect,
    Host,
    KeepAlive,
    MaxForwards,
    ProxyAuthenticate,
    ProxyAuthorization,
    ProxyConnection,
    Server,
    Te,
    Trailer,
    TransferEncoding,
    Upgrade,
    UserAgent,
    Via,
    WwwAuthenticate,
    XAmzApigwId,
    XAmznApigatewayApiId,
    XAmznRequestId,
    XAmznTraceId,
    XForwardedFor,
    XForwardedPort,
    XForwardedProto,
    XHttpMethodOverride,
    XPorticoExplain,
    XPorticoExplanation,
}

impl Name {
    /// Number of names.
    pub const COUNT: usize = Self::XPorticoExplanation as usize + 1;

    /// Recognises a name in any case.
    pub fn of(name: &[u8]) -> Self {
        let (known, spelling) = match (name.len(), name.first().map(u8::to_ascii_lowercase)) {
            (2, Some(b't')) => (Self::Te, "te"),
            (3, Some(b'v')) => (Self::Via, "via"),
            (4, Some(b'd')) => (Self::Date, "date"),
            (4, Some(b'h')) => (Self::Host, "host"),
            (6, Some(b'a')) => (Self::Accept, "accept"),
            (6, Some(b'e')) => (Self::Expect, "expect"),
            (6, Some(b's')) => (Self::Server, "server"),
            (7, Some(b't')) => (Self::Trailer, "trailer"),
            (7, Some(b'u')) => (Self::Upgrade, "upgrade"),
            (10, Some(b'c')) => (Self::Connection, "connection"),
            (10, Some(b'k')) => (Self::KeepAlive, "keep-alive"),
            (10, Some(b'u')) => (Self::UserAgent, "user-agent"),
            (11, Some(b'c')) => (Self::ContentMd5, "content-md5"),
            (12, Some(b'c')) => (Self::ContentType, "content-type"),
            (12, Some(b'm')) => (Self::MaxForwards, "max-forwards"),
            (13, Some(b'a')) => (Self::Authorization, "authorization"),
            (14, Some(b'c')) => (Self::ContentLength, "content-length"),
            (14, Some(b'x')) => (Self::XAmzApigwId, "x-amz-apigw-id"),
            (15, Some(b'x')) if name[2].eq_ignore_ascii_case(&b'f') => {
                (Self::XForwardedFor, "x-forwarded-for")
            }
            (15, Some(b'x')) => (Self::XAmznTraceId, "x-amzn-trace-id"),
            (16, Some(b'c')) => (Self::ContentEncoding, "content-encoding"),
            (16, Some(b'p')) => (Self::ProxyConnection, "proxy-connection"),
            (16, Some(b'w')) => (Self::WwwAuthenticate, "www-authenticate"),
            (16, Some(b'x')) if name[2].eq_ignore_ascii_case(&b'f') => {
                (Self::XForwardedPort, "x-forwarded-port")
            }
            (16, Some(b'x')) => (Self::XAmznRequestId, "x-amzn-requestid"),
            (17, Some(b't')) => (Self::TransferEncoding, "transfer-encoding"),
            (17, Some(b'x')) if name[2].eq_ignore_ascii_case(&b'f') => {
                (Self::XForwardedProto, "x-forwarded-proto")
            }
            (17, Some(b'x')) => (Self::XPorticoExplain, "x-portico-explain"),
            (18, Some(b'p')) => (Self::ProxyAuthenticate, "proxy-authenticate"),
            (19, Some(b'p')) => (Self::ProxyAuthorization, "proxy-authorization"),
            (21, Some(b'x')) => (Self::XPorticoExplanation, "x-portico-explanation"),
            (22, Some(b'x')) => (Self::XHttpMethodOverride, "x-http-method-override"),
            (24, Some(b'x')) => (Self::XAmznApigatewayApiId, "x-amzn-apigateway-api-id"),
            _ => return Self::Other,
        };
        if is_spelled(name, spelling.as_bytes()) { known } else { Self::Other }
    }

    /// Its bit in a set of names.
    pub(crate) fn bit(self) -> u64 {
        const { assert!(Self::COUNT <= 64) };
        1 << self as u32
    }

    /// Whether the field speaks about this connection only (RFC 9110, section 7.6.1).
    pub fn is_hop_by_hop(self) -> bool {
        matches!(
            self,
            Self::Connection
                | Self::KeepAlive
                | Self::ProxyConnection
                | Self::Te
                | Self::Trailer
                | Self::TransferEncoding
                | Self::Upgrade
        )
    }
}

/// Whether a name is `lower` in any case, compared by words of eight bytes, or of four or two where it is
/// shorter; each of ours has at least two.
fn is_spelled(name: &[u8], lower: &[u8]) -> bool {
    match name.len() {
        length if length != lower.len() => false,
        8.. => is_spelled_by::<8>(name, lower),
        4.. => is_spelled_by::<4>(name, lower),
        _ => is_spelled_by::<2>(name, lower),
    }
}

/// The same of two texts of a length, by words of `BYTES`.
fn is_spelled_by<const BYTES: usize>(name: &[u8], lower: &[u8]) -> bool {
    let word = |text: &[u8], at: usize| {
        let mut word = [0; 8];
        word[..BYTES].copy_from_slice(text.get(at..at + BYTES)?);
        Some(u64::from_le_bytes(word))
    };
    // Only where a letter stands may the bit of the case be another; of what is in our names, only
    // letters have the next higher bit.
    let is_same = |name: u64, lower: u64| {
        let letters = (lower & 0x4040_4040_4040_4040) >> 1;
        (name ^ lower) & !letters == 0
    };
    // The last word overlaps the one before it.
    (0..name.len() / BYTES).map(|index| BYTES * index).chain([name.len() - BYTES]).all(|at| {
        word(name, at).zip(word(lower, at)).is_some_and(|(name, lower)| is_same(name, lower))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_recognised_in_any_case() {
        let check = |text: &str, expected: Name| {
            for spelling in [text.to_owned(), text.to_uppercase(), text.to_lowercase()] {
                assert_eq!(Name::of(spelling.as_bytes()), expected, "{spelling}");
            }
        };
        check("Accept", Name::Accept);
        check("Authorization", Name::Authorization);
        check("Connection", Name::Connection);
        check("Content-Encoding", Name::ContentEncoding);
        check("Content-Length", Name::ContentLength);
        check("Content-MD5", Name::ContentMd5);
        check("Content-Type", Name::ContentType);
        check("Date", Name::Date);
        check("Expect", Name::Expect);
        check("Host", Name::Host);
        check("Keep-Alive", Name::KeepAlive);
        check("Max-Forwards", Name::MaxForwards);
        check("Proxy-Authenticate", Name::ProxyAuthenticate);
        check("Proxy-Authorization", Name::ProxyAuthorization);
        check("Proxy-Connection", Name::ProxyConnection);
        check("Server", Name::Server);
        check("TE", Name::Te);
        check("Trailer", Name::Trailer);
        check("Transfer-Encoding", Name::TransferEncoding);
        check("Upgrade", Name::Upgrade);
        check("User-Agent", Name::UserAgent);
        check("Via", Name::Via);
        check("WWW-Authenticate", Name::WwwAuthenticate);
        check("x-amz-apigw-id", Name::XAmzApigwId);
        check("x-amzn-apigateway-api-id", Name::XAmznApigatewayApiId);
        check("x-amzn-RequestId", Name::XAmznRequestId);
        check("X-Amzn-Trace-Id", Name::XAmznTraceId);
        check("X-Forwarded-For", Name::XForwardedFor);
        check("X-Forwarded-Port", Name::XForwardedPort);
        check("X-Forwarded-Proto", Name::XForwardedProto);
        check("X-HTTP-Method-Override", Name::XHttpMethodOverride);
        check("x-portico-explain", Name::XPorticoExplain);
        check("x-portico-explanation", Name::XPorticoExplanation);
        check("X-Forwarded-Foo", Name::Other);
        check("", Name::Other);
        check("Hosts", Name::Other);
        check("Connectiox", Name::Other);
        check("xonnection", Name::Other);
        check("x-amzn-apigateway-xpi-id", Name::Other);
    }

    #[test]
    fn no_other_bytes_are_a_name() {
        for name in [
            "transfer-encoding",
            "content-md5",
            "content-length",
            "x-amz-apigw-id",
            "upgrade",
            "accept",
            "host",
            "via",
            "te",
        ] {
            for at in 0..name.len() {
                for byte in 0..=u8::MAX {
                    let mut text = name.as_bytes().to_vec();
                    text[at] = byte;
                    let is_it = text.eq_ignore_ascii_case(name.as_bytes());
                    let known = Name::of(&text) != Name::Other;
                    assert_eq!(known, is_it, "{}", text.escape_ascii());
                }
            }
        }
    }
}
