//! Parses the head of an origin's answer (RFC 9112, section 4) and decides its framing.

use crate::h1::parse::{holds_control, line_end, read_fields};
use crate::h1::{Framing, HeadScanner, Malformed, Scanned};
use crate::head::ResponseHead;
use crate::limits::{ANSWER_HEAD_BYTES, FIELDS};

impl ResponseHead {
    /// Reads the head that `bytes` begin with, and tells how many of them it takes; `None` if
    /// more are needed. A connection parses in place instead.
    pub fn read(bytes: &[u8], to_head: bool) -> Result<Option<(Self, usize)>, Malformed> {
        let mut head = Self::default();
        head.lines.bytes.extend_from_slice(bytes);
        let end = read_response(&mut head, &mut HeadScanner::default(), to_head)?;
        Ok(end.map(|end| (head, end)))
    }
}

/// Reads the head that `head.lines.bytes` begin with, in place, and tells how many bytes it takes;
/// `None` if more are needed. It goes on with the same scanner and more bytes. `to_head` says that
/// the request was a HEAD request, whose answer has no body.
pub fn read_response(
    head: &mut ResponseHead,
    scanner: &mut HeadScanner,
    to_head: bool,
) -> Result<Option<usize>, Malformed> {
    // As for requests, lines are only looked for where the head is not whole or is refused.
    if scanner.is_fresh()
        && let Ok(end) = parse_response(head, 0, to_head)
        && end <= ANSWER_HEAD_BYTES
    {
        return Ok(Some(end));
    }
    match scanner.scan(&head.lines.bytes, ANSWER_HEAD_BYTES)? {
        Scanned::Partial => Ok(None),
        Scanned::Complete { start, .. } => parse_response(head, start, to_head).map(Some),
    }
}

/// Parses the head that begins at `head.lines.bytes[start]`, and tells where it ends.
fn parse_response(
    head: &mut ResponseHead,
    start: usize,
    to_head: bool,
) -> Result<usize, Malformed> {
    head.lines.fields.clear();
    let bytes = &head.lines.bytes;
    let (is_http11, code, fields) = status_line(bytes, start)?;
    let declared = read_fields(bytes, fields, FIELDS, &mut head.lines.fields)?;
    head.lines.has_connection_options = declared.has_connection_options;
    head.lines.known = declared.known;
    if declared.has_coding && !is_http11 {
        return Err(Malformed::CodingInHttp10);
    }
    head.status = code;
    head.declared_length = declared.length;
    // RFC 9112, section 6.3, in its order.
    head.framing = match (declared.has_coding, declared.length) {
        _ if to_head || code < 200 || code == 204 || code == 304 => Framing::None,
        (true, _) => Framing::Chunked,
        (false, Some(0)) => Framing::None,
        (false, Some(length)) => Framing::Length(length),
        (false, None) => Framing::Close,
    };
    let persists = is_http11 || declared.keep_alive;
    head.keep_alive = persists && !declared.close && head.framing != Framing::Close;
    Ok(declared.end)
}

/// `version SP status-code [SP reason-phrase] CR LF`: whether the version is 1.1, the code, and
/// where the next line begins. Servers without a reason leave out its space, too.
fn status_line(bytes: &[u8], start: usize) -> Result<(bool, u16, usize), Malformed> {
    let line = &bytes[start..];
    let version = match line {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor @ (b'0' | b'1'), ..] => *minor,
        _ => return Err(Malformed::Version),
    };
    let code = match line.get(8..12) {
        Some([b' ', first @ b'1'..=b'5', second @ b'0'..=b'9', third @ b'0'..=b'9']) => {
            [first, second, third].iter().fold(0, |sum, digit| 10 * sum + u16::from(**digit & 15))
        }
        _ => return Err(Malformed::StartLine),
    };
    let end = line_end(bytes, start + 12).ok_or(Malformed::StartLine)?;
    let reason = &bytes[start + 12..end];
    if !(reason.is_empty() || reason.starts_with(b" ")) || holds_control(reason) {
        return Err(Malformed::StartLine);
    }
    Ok((version == b'1', code, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, to_head: bool) -> Result<(u16, Framing, bool), Malformed> {
        let mut head = ResponseHead::default();
        head.lines.bytes.extend_from_slice(text.as_bytes());
        parse_response(&mut head, 0, to_head)?;
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
