//! Takes any framing off a body.

use crate::h1::{ChunkedDecoder, Framing, Malformed};

/// How much of an input is framing, and how much after it is data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub skip: usize,
    pub data: usize,
}

/// The state of one body that is being read.
#[derive(Clone, Debug)]
pub enum Decoder {
    /// Bytes left.
    Length(u64),
    Chunked(ChunkedDecoder),
    /// Until the connection ends; `true` once it has.
    Close(bool),
}

impl Decoder {
    /// The decoder of a body with this framing.
    pub fn new(framing: Framing) -> Self {
        match framing {
            Framing::None => Self::Length(0),
            Framing::Length(bytes) => Self::Length(bytes),
            Framing::Chunked => Self::Chunked(ChunkedDecoder::default()),
            Framing::Close => Self::Close(false),
        }
    }

    /// Whether the body is complete.
    pub fn is_done(&self) -> bool {
        match self {
            Self::Length(remaining) => *remaining == 0,
            Self::Chunked(decoder) => decoder.is_done(),
            Self::Close(ended) => *ended,
        }
    }

    /// Reads on. What is behind `skip + data` was not looked at: hand it in again, unless the
    /// body is done.
    pub fn decode(&mut self, input: &[u8]) -> Result<Decoded, Malformed> {
        match self {
            Self::Length(remaining) => {
                let data = usize::try_from(*remaining).unwrap_or(usize::MAX).min(input.len());
                *remaining -= data as u64;
                Ok(Decoded { skip: 0, data })
            }
            Self::Chunked(decoder) => {
                decoder.decode(input).map(|(skip, data)| Decoded { skip, data })
            }
            Self::Close(_) => Ok(Decoded { skip: 0, data: input.len() }),
        }
    }

    /// Appends the data of `input` to `data`; returns how much of `input` belonged to the body.
    pub fn decode_into(&mut self, input: &[u8], data: &mut Vec<u8>) -> Result<usize, Malformed> {
        let mut at = 0;
        while at < input.len() && !self.is_done() {
            let piece = self.decode(&input[at..])?;
            let start = at + piece.skip;
            data.extend_from_slice(&input[start..start + piece.data]);
            at = start + piece.data;
        }
        Ok(at)
    }

    /// The connection has ended. Whether that leaves the body complete.
    pub fn end(&mut self) -> bool {
        if let Self::Close(ended) = self {
            *ended = true;
        }
        self.is_done()
    }

    /// Bytes that may be read straight into the data, as no framing can be among them.
    pub fn plain_bytes(&self) -> Option<u64> {
        match self {
            Self::Length(remaining) => Some(*remaining),
            Self::Chunked(_) => None,
            Self::Close(_) => Some(u64::MAX),
        }
    }

    /// Bytes that are known to be still to come.
    pub(crate) fn known_bytes(&self) -> u64 {
        if let Self::Length(remaining) = self { *remaining } else { 0 }
    }

    /// Notes `bytes` that were read straight into the data.
    pub fn note_plain(&mut self, bytes: usize) {
        if let Self::Length(remaining) = self {
            *remaining -= bytes as u64;
        }
    }
}
