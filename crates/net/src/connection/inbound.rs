//! Reads the next request's head.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use crate::connection::Connection;
use crate::h1::{HeadScanner, Malformed, read_request};
use crate::h2;
use crate::handler::Refusal;
use crate::head::RequestHead;
use crate::hits::Limit;
use crate::io::{Io, poll_read};
use crate::limits::{BUFFER_BYTES, HeadLimits, METHOD_BYTES};

/// What a connection brings next.
pub(super) enum Next {
    Request(Box<RequestHead>),
    Refused(Refusal),
    /// The preface of HTTP/2, and what came behind it.
    Http2(Vec<u8>),
    /// The client is gone, said nothing for too long, or we are draining.
    End,
}

impl<I: Io> Connection<I> {
    /// Waits for the next request. A connection that is idle holds no buffer.
    pub(super) async fn next(&mut self) -> Next {
        let mut scanner = HeadScanner::default();
        let mut bytes = self.inbox.take(&self.worker);
        let idle_since = self.worker.clock.now();
        let mut limit = idle_since + self.worker.settings.idle;
        if !bytes.is_empty() {
            limit = idle_since + self.worker.settings.head;
        }
        loop {
            let begun = !bytes.is_empty();
            if begun {
                bytes = match self.read_head(bytes, &mut scanner) {
                    Ok(next) => return next,
                    Err(partial) => partial,
                };
            }
            self.timer.set(limit);
            let read = poll_fn(|cx| self.poll_more(cx, &mut bytes)).await;
            match read {
                Read::Bytes if !begun => {
                    limit = self.worker.clock.now() + self.worker.settings.head;
                }
                Read::Bytes => {}
                Read::TimedOut if begun => {
                    self.worker.buffers.put(bytes);
                    return Next::Refused(Refusal::HeadTimeout);
                }
                Read::TimedOut | Read::End => {
                    if matches!(read, Read::TimedOut) {
                        self.worker.count(Limit::IdleTime);
                    }
                    self.worker.buffers.put(bytes);
                    return Next::End;
                }
            }
        }
    }

    fn poll_more(&mut self, cx: &mut Context<'_>, bytes: &mut Vec<u8>) -> Poll<Read> {
        if bytes.capacity() == 0 {
            *bytes = self.worker.buffers.take();
        }
        let polled = poll_read(&mut self.io, cx, bytes, BUFFER_BYTES);
        if polled.is_pending() {
            if bytes.is_empty() {
                self.worker.buffers.put(std::mem::take(bytes));
                // What has come since the last event is still a request to answer.
                if self.worker.wants_back(self.slot) && !self.io.has_unread() {
                    return Poll::Ready(Read::End);
                }
            }
            ready!(self.timer.poll(cx, self.worker.clock.now()));
            return Poll::Ready(Read::TimedOut);
        }
        polled.map(|read| if matches!(read, Ok(1..)) { Read::Bytes } else { Read::End })
    }

    /// Reads the head in `bytes`; what came behind it waits in the inbox. Gives the bytes back if
    /// more are needed.
    fn read_head(&mut self, bytes: Vec<u8>, scanner: &mut HeadScanner) -> Result<Next, Vec<u8>> {
        let mut head = self.worker.take_head();
        head.lines.bytes = bytes;
        let limits = &self.worker.settings.request_head;
        let read = match read_request(&mut head, scanner, limits) {
            Ok(None) => check_first_line(scanner, &head.lines.bytes, limits).map(|()| None),
            read => read,
        };
        match read {
            Ok(Some(end)) => {
                self.inbox.fill(&head.lines.bytes[end..], &self.worker);
                Ok(Next::Request(head))
            }
            Ok(None) => {
                let bytes = std::mem::take(&mut head.lines.bytes);
                self.worker.put_head(head);
                Err(bytes)
            }
            // What HTTP/1.1 refuses as a version it does not speak may be HTTP/2 (RFC 9113, section 3.4).
            Err(Malformed::Version) if self.requests == 0 && h2::is_preface(&head.lines.bytes) => {
                let ahead = std::mem::take(&mut head.lines.bytes);
                self.worker.put_head(head);
                Ok(Next::Http2(ahead))
            }
            Err(reason) => {
                self.worker.put_head(head);
                Ok(Next::Refused(Refusal::Malformed(reason)))
            }
        }
    }
}

enum Read {
    Bytes,
    End,
    TimedOut,
}

/// A first line that does not end in time is a method or a target that is too long, not a large
/// head.
fn check_first_line(
    scanner: &HeadScanner,
    bytes: &[u8],
    limits: &HeadLimits,
) -> Result<(), Malformed> {
    // Method, two spaces, version, line end, and empty lines before it.
    const AROUND_TARGET: usize = METHOD_BYTES + 16;
    let is_long = bytes.len() > limits.target_bytes + AROUND_TARGET;
    if is_long && !scanner.has_first_line() {
        let has_method = bytes[..METHOD_BYTES + 8].contains(&b' ');
        return Err(if has_method { Malformed::TargetTooLong } else { Malformed::Method });
    }
    Ok(())
}
