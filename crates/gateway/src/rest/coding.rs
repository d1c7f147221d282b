//! Content codings: gzip, deflate (which is zlib's format) and br, which is only written.
//! Source: RFC 9110, sections 8.4.1 and 12.5.3.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use flate2::write::{GzEncoder, ZlibEncoder};

/// How hard gzip and deflate try, of 9.
const DEFLATE_LEVEL: u32 = 6;

/// How hard br tries, of 11, and the binary logarithm of how many bytes back it looks.
const BROTLI_LEVEL: i32 = 4;
const BROTLI_WINDOW: i32 = 20;

/// What may be done to content on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// Why coded content cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undecodable {
    #[error("the content is not what its coding says")]
    Malformed(#[source] io::Error),
    #[error("the content is longer than {limit} bytes")]
    TooLong { limit: usize },
}

impl Coding {
    /// The coding of this name.
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        match name {
            _ if is("gzip") || is("x-gzip") => Some(Self::Gzip),
            _ if is("deflate") => Some(Self::Deflate),
            _ if is("br") => Some(Self::Brotli),
            _ => None,
        }
    }

    /// The name, for example `gzip`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
        }
    }

    /// The coding that the values of Accept-Encoding prefer: of the greatest weight, and of several
    /// the first. `None` where that is `identity`, `*`, or a coding that is not known.
    pub(crate) fn preferred<'a>(accept: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let mut best: Option<(&[u8], u32)> = None;
        for item in accept.flat_map(|value| value.split(|byte| *byte == b',')) {
            let mut parts = item.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            let name = parts.next().unwrap_or_default();
            let Some(weight) = parts.next().map_or(Some(1000), weight) else { continue };
            if !name.is_empty() && weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((name, weight));
            }
        }
        Self::of(best?.0)
    }

    /// The content in this coding.
    pub(crate) fn encode(self, content: &[u8]) -> io::Result<Vec<u8>> {
        let room = Vec::with_capacity(content.len() / 3 + 64);
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(room, Compression::new(DEFLATE_LEVEL));
                encoder.write_all(content)?;
                encoder.finish()
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(room, Compression::new(DEFLATE_LEVEL));
                encoder.write_all(content)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut coded = room;
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_LEVEL,
                    lgwin: BROTLI_WINDOW,
                    size_hint: content.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut &*content, &mut coded, &parameters)?;
                Ok(coded)
            }
        }
    }

    /// The content that this coding stands for, of at most `limit` bytes; no more are made.
    pub(crate) fn decode(self, coded: &[u8], limit: usize) -> Result<Vec<u8>, Undecodable> {
        match self {
            Self::Gzip => read(MultiGzDecoder::new(coded), limit),
            Self::Deflate => read(ZlibDecoder::new(coded), limit),
            Self::Brotli => Err(Undecodable::Malformed(io::ErrorKind::Unsupported.into())),
        }
    }
}

fn read(decoder: impl Read, limit: usize) -> Result<Vec<u8>, Undecodable> {
    let mut content = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut content).map_err(Undecodable::Malformed)?;
    if content.len() > limit { Err(Undecodable::TooLong { limit }) } else { Ok(content) }
}

/// Thousandths, of a parameter like `q=0.5`; a malformed one is none.
fn weight(parameter: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(parameter).ok()?;
    let value = text.strip_prefix("q=").or_else(|| text.strip_prefix("Q="))?.trim();
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let legal = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = format!("{fraction:0<3}").parse::<u32>().ok().filter(|_| legal)?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: [Coding; 2] = [Coding::Gzip, Coding::Deflate];

    #[test]
    fn malformed_or_too_long_content_is_refused() {
        for coding in READ {
            for content in [&b""[..], b"x", b"not coded at all", &[0x1f, 0x8b, 8]] {
                let decoded = coding.decode(content, 1000);
                assert!(
                    matches!(decoded, Err(Undecodable::Malformed(_))),
                    "{coding:?} {content:?}"
                );
            }
            let bomb = coding.encode(&vec![0; 1_000_000]).unwrap();
            assert!(bomb.len() < 2000, "{coding:?}");
            let check = |limit: usize, fits: bool| {
                let decoded = coding.decode(&bomb, limit);
                match decoded {
                    Ok(content) => assert!(fits && content.len() == 1_000_000),
                    Err(Undecodable::TooLong { limit: told }) => assert!(!fits && told == limit),
                    Err(other) => panic!("{other}"),
                }
            };
            check(0, false);
            check(999_999, false);
            check(1_000_000, true);
            let cut = &bomb[..bomb.len() - 1];
            assert!(matches!(coding.decode(cut, 2_000_000), Err(Undecodable::Malformed(_))));
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for coding in READ {
            assert_eq!(Coding::of(coding.name().as_bytes()), Some(coding));
            for content in [&b""[..], b"a", &[0; 100_000], &[1, 2, 3].repeat(50_000)] {
                let coded = coding.encode(content).unwrap();
                assert_eq!(coding.decode(&coded, content.len()).unwrap(), content, "{coding:?}");
            }
        }
    }

    #[test]
    fn br_is_written() {
        assert!(Coding::Brotli.decode(b"", 10).is_err());
        for content in [&b""[..], b"a", &[0; 100_000], &[1, 2, 3].repeat(50_000)] {
            let coded = Coding::Brotli.encode(content).unwrap();
            let mut decoded = Vec::new();
            brotli::BrotliDecompress(&mut &*coded, &mut decoded).unwrap();
            assert_eq!(decoded, content);
        }
    }

    #[test]
    fn the_client_prefers_a_coding() {
        let check = |accept: &str, expected: Option<Coding>| {
            let values = accept.split('|').map(str::as_bytes);
            assert_eq!(Coding::preferred(values), expected, "{accept}");
        };
        check("", None);
        check("*", None);
        check("identity", None);
        check("zstd, gzip", None);
        check("gzip;q=0", None);
        check("gzip;q=2", None);
        check("gzip;level=9", None);
        check("gzip", Some(Coding::Gzip));
        check("X-GZip", Some(Coding::Gzip));
        check("gzip, deflate, br", Some(Coding::Gzip));
        check("deflate,gzip", Some(Coding::Deflate));
        check("br;q=1.0, gzip;q=0.9", Some(Coding::Brotli));
        check("deflate;q=0.5,gzip;q=1.0", Some(Coding::Gzip));
        check("gzip;q=1.0,identity;q=0.5,*;q=0", Some(Coding::Gzip));
        check("gzip;q=0.5,identity", None);
        check("gzip;q=0.1|br;q=0.2", Some(Coding::Brotli));
        check(" ,deflate ; q=0.001", Some(Coding::Deflate));
    }
}
