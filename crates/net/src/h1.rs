//! The HTTP/1.1 codec (RFC 9112): pure functions of bytes, strict in what they accept.
//!
//! A head is first found ([`scan`]), then parsed in one go, so the same bytes parse the same
//! however they arrive. Whatever could be read in two ways is refused, never repaired.

mod chunked;
mod decoder;
mod framing;
mod parse;
mod request;
mod response;
mod scan;

pub(crate) use chunked::CHUNK_HEAD;
pub use chunked::{ChunkedDecoder, write_chunk_head};
pub use decoder::{Decoded, Decoder};
pub use framing::Framing;
pub use parse::Malformed;
pub use request::parse_request;
pub use response::parse_response;
pub use scan::{HeadScanner, Scanned};
