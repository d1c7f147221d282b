//! Parses the head of an origin's answer (RFC 9112, section 4) and decides its framing.

use crate::h1::{Framing, HeadScanner, Malformed, Scanned, parse};
use crate::head::ResponseHead;
use crate::limits::ANSWER_HEAD_BYTES;

impl ResponseHead {
    /// Reads the head that `bytes` begin with, and tells how many of them it takes; `None` if
    /// more are needed. A connection parses in place instead.
    pub fn read(bytes: &[u8], to_head: bool) -> Result<Option<(Self, usize)>, Malformed> {
        let scanned = HeadScanner::default().scan(bytes, ANSWER_HEAD_BYTES)?;
        let Scanned::Complete { start, end } = scanned else { return Ok(None) };
        let mut head = Self::default();
        head.lines.bytes.extend_from_slice(bytes);
        parse_response(&mut head, start, end, to_head)?;
        Ok(Some((head, end)))
    }
}

/// Parses `head.lines.bytes[start..end]`, a complete head as the scanner found it, in place.
/// `to_head` says that the request was a HEAD request, whose answer has no body.
pub fn parse_response(
    head: &mut ResponseHead,
    start: usize,
    end: usize,
    to_head: bool,
) -> Result<(), Malformed> {
    let bytes = std::mem::take(&mut head.lines.bytes);
    head.lines.clear();
    let result = parse_bytes(head, &bytes, start, end, to_head);
    head.lines.bytes = bytes;
    result
}

fn parse_bytes(
    head: &mut ResponseHead,
    bytes: &[u8],
    start: usize,
    end: usize,
    to_head: bool,
) -> Result<(), Malformed> {
    let mut slots = parse::slots();
    let mut response = httparse::Response::new(&mut []);
    let status = httparse::ParserConfig::default()
        .parse_response_with_uninit_headers(&mut response, &bytes[start..end], &mut slots)
        .map_err(|error| parse::refuse(error, Malformed::StartLine))?;
    if status != httparse::Status::Complete(end - start) {
        return Err(Malformed::StartLine);
    }
    let (Some(version), Some(code)) = (response.version, response.code) else {
        return Err(Malformed::StartLine);
    };
    if !(100..=599).contains(&code) {
        return Err(Malformed::StartLine);
    }
    let declared = parse::read_fields(response.headers, bytes, &mut head.lines.fields)?;
    head.lines.has_connection_options = declared.has_connection_options;
    if declared.has_coding && version == 0 {
        return Err(Malformed::CodingInHttp10);
    }
    head.status = code;
    // RFC 9112, section 6.3, in its order.
    head.framing = match (declared.has_coding, declared.length) {
        _ if to_head || code < 200 || code == 204 || code == 304 => Framing::None,
        (true, _) => Framing::Chunked,
        (false, Some(0)) => Framing::None,
        (false, Some(length)) => Framing::Length(length),
        (false, None) => Framing::Close,
    };
    let persists = if version == 0 { declared.keep_alive } else { true };
    head.keep_alive = persists && !declared.close && head.framing != Framing::Close;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, to_head: bool) -> Result<(u16, Framing, bool), Malformed> {
        let mut head = ResponseHead::default();
        head.lines.bytes.extend_from_slice(text.as_bytes());
        parse_response(&mut head, 0, text.len(), to_head)?;
        Ok((head.status, head.framing, head.keep_alive))
    }

    #[test]
    fn answers_are_framed_by_rfc_9112_section_6_3() {
        let check = |text: &str, expected: Result<(u16, Framing, bool), Malformed>| {
            assert_eq!(parse(text, false), expected, "{text:?}");
        };
        let length = Framing::Length;
        check("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Ok((200, length(3), true)));
        check("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Ok((200, Framing::None, true)));
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n",
            Ok((200, Framing::Chunked, true)),
        );
        check("HTTP/1.1 200 OK\r\n\r\n", Ok((200, Framing::Close, false)));
        check("HTTP/1.1 204 No Content\r\n\r\n", Ok((204, Framing::None, true)));
        check(
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
            Ok((304, Framing::None, true)),
        );
        check("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n", Ok((200, length(3), false)));
        check(
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\n",
            Ok((200, length(3), true)),
        );
        check(
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n",
            Ok((200, length(3), false)),
        );
        check(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            Err(Malformed::LengthAndCoding),
        );
        check(
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
            Err(Malformed::ContentLength),
        );
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            Err(Malformed::UnknownCoding),
        );
        check("HTTP/1.1 200 OK\r\nA : b\r\n\r\n", Err(Malformed::FieldLine));
        check("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", Err(Malformed::FieldLine));
        check("HTTP/1.1 99 Low\r\n\r\n", Err(Malformed::StartLine));
        check("HTTP/1.1 600 High\r\n\r\n", Err(Malformed::StartLine));
        check("HTTP/2.0 200 OK\r\n\r\n", Err(Malformed::Version));
        check("ICY 200 OK\r\n\r\n", Err(Malformed::Version));
    }

    #[test]
    fn an_answer_to_head_has_no_body() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n";
        assert_eq!(parse(text, true), Ok((200, Framing::None, true)));
    }
}
