//! Limits of one connection over HTTP/2 (RFC 9113): each with its unit and default.

use std::time::Duration;

use crate::limits::HeadLimits;

/// Bytes of one answer that wait for the socket.
pub(crate) const STREAM_SEND_BYTES: usize = 32 * 1024;

/// Bytes of one frame's payload: the least that a server has to take (section 4.2).
pub(crate) const FRAME_BYTES: u32 = 16 * 1024;

/// Bytes of the table that compresses a client's fields (RFC 7541).
pub(crate) const FIELD_TABLE_BYTES: u32 = 4 * 1024;

/// Streams that we reset and still know, for frames that were on their way, and for how long.
pub(crate) const RESET_STREAMS: usize = 50;
pub(crate) const RESET_STREAM_AGE: Duration = Duration::from_secs(1);

/// What RFC 9113, section 6.5.2, counts for a field beside its name and value.
const FIELD_OVERHEAD_BYTES: usize = 32;

/// What a user may set of a connection over HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Http2Limits {
    /// Requests at once. Over it: the stream is refused. Requests whose work goes on after the
    /// client cancelled them may be as many again.
    pub streams: u32,
    /// Bytes of a field list with 32 for each field (section 6.5.2). Over it: 431. `None` is as
    /// much as the limits of a head allow.
    pub field_list_bytes: Option<u32>,
    /// Requests that the client cancelled or that were malformed, less those that were answered.
    /// Over it: the connection ends with ENHANCE_YOUR_CALM, as for the next four.
    pub cancelled_streams: u32,
    /// Streams that the client opened and reset before we saw the request.
    pub unseen_resets: usize,
    /// Streams that were reset for the client's error.
    pub error_resets: usize,
    /// Frames since the last answer that carried nothing of a request: SETTINGS, PING, PRIORITY.
    pub control_frames: u32,
    /// What small DATA frames may cost beyond their bytes.
    pub small_data_bytes: usize,
    /// Bytes of a request's body that a client may send ahead of its reader.
    pub stream_window_bytes: u32,
    /// The same for all of a connection.
    pub connection_window_bytes: u32,
}

impl Http2Limits {
    /// What holds where nobody sets another.
    pub const DEFAULT: Self = Self {
        streams: 100,
        field_list_bytes: None,
        cancelled_streams: 100,
        unseen_resets: 20,
        error_resets: 256,
        control_frames: 10_000,
        small_data_bytes: 25_600,
        stream_window_bytes: 64 * 1024,
        connection_window_bytes: 256 * 1024,
    };

    /// Bytes of a field list, where a head has these limits.
    pub(crate) fn field_list_bytes(&self, head: &HeadLimits) -> u32 {
        let of_head = head.bytes.saturating_add(head.fields.saturating_mul(FIELD_OVERHEAD_BYTES));
        self.field_list_bytes.unwrap_or_else(|| u32::try_from(of_head).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_list_is_as_long_as_a_head_may_be() {
        let check = |head: HeadLimits, set: Option<u32>, expected: u32| {
            let limits = Http2Limits { field_list_bytes: set, ..Http2Limits::DEFAULT };
            assert_eq!(limits.field_list_bytes(&head), expected, "{head:?} {set:?}");
        };
        check(HeadLimits::DEFAULT, None, 36_864);
        check(HeadLimits::DEFAULT, Some(8192), 8192);
        check(HeadLimits { bytes: 65_536, fields: 500, ..HeadLimits::DEFAULT }, None, 81_536);
        check(HeadLimits { bytes: usize::MAX, ..HeadLimits::DEFAULT }, None, u32::MAX);
    }
}
