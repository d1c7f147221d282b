//! The HTTP/1.1 codec (RFC 9112): pure functions of bytes, strict in what they accept.
//!
//! A head that is here at once is parsed in one go; where it is not, its end is found first
//! ([`scan`]). The same bytes are read as the same however they arrive. Whatever could be read in two ways is refused, never repaired.

mod chunked;
mod decoder;
mod framing;
mod parse;
mod request;
mod response;
mod scan;
mod search;

pub(crate) use chunked::CHUNK_HEAD;
pub use chunked::{ChunkedDecoder, write_chunk_head};
pub use decoder::{Decoded, Decoder};
pub use framing::Framing;
pub use parse::Malformed;
pub(crate) use request::parse_request;
pub use request::read_request;
pub use response::read_response;
pub use scan::{HeadScanner, Scanned};
