//! `[limits]` of portico.toml: what holds of a request, of a connection and of the process.
//!
//! Every key is optional. What a client sees of each limit is in docs/limits.md.

use std::time::Duration;

use portico_net::{Http2Limits, Settings};
use serde::Deserialize;

/// Descriptors that are kept for what is no client's connection: listeners, files, the rest.
const OTHER_DESCRIPTORS: u64 = 64;

/// A whole number in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(crate) struct Number<const MIN: u64, const MAX: u64>(u64);

/// The number is not in its range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number from {min} to {max}")]
pub(crate) struct OutOfRange {
    min: u64,
    max: u64,
}

impl<const MIN: u64, const MAX: u64> TryFrom<i64> for Number<MIN, MAX> {
    type Error = OutOfRange;

    fn try_from(number: i64) -> Result<Self, OutOfRange> {
        let number = u64::try_from(number).ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Self).ok_or(OutOfRange { min: MIN, max: MAX })
    }
}

impl<const MIN: u64, const MAX: u64> Number<MIN, MAX> {
    pub(crate) fn count(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    fn bits(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    fn seconds(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;
type Count = Number<1, 10_000_000>;
type Seconds = Number<1, 3600>;
/// Bytes of a window of HTTP/2 (RFC 9113, section 6.9.1).
const WINDOW: u64 = (1 << 31) - 1;

/// The members of `[limits]`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Limits {
    head_bytes: Option<Number<KIB, MIB>>,
    fields: Option<Number<1, 10_000>>,
    target_bytes: Option<Number<64, MIB>>,
    field_value_bytes: Option<Number<64, MIB>>,
    body_bytes: Option<Number<0, { 1024 * GIB }>>,
    buffered_bytes: Option<Number<MIB, { 1024 * GIB }>>,
    connections: Option<Count>,
    connections_by_address: Option<Count>,
    head_seconds: Option<Seconds>,
    idle_seconds: Option<Seconds>,
    stall_seconds: Option<Seconds>,
    body_bytes_per_second: Option<Number<0, GIB>>,
    body_rate_seconds: Option<Number<1, 300>>,
    requests_by_connection: Option<Count>,
    tls_handshake_seconds: Option<Seconds>,
    streams: Option<Number<1, 10_000>>,
    field_list_bytes: Option<Number<KIB, { 16 * MIB }>>,
    cancelled_streams: Option<Count>,
    unseen_resets: Option<Count>,
    error_resets: Option<Count>,
    control_frames: Option<Count>,
    small_data_bytes: Option<Number<KIB, GIB>>,
    stream_window_bytes: Option<Number<KIB, WINDOW>>,
    connection_window_bytes: Option<Number<65_535, WINDOW>>,
    upstream_connections_by_origin: Option<Count>,
    upstream_connect_seconds: Option<Seconds>,
    upstream_idle_seconds: Option<Seconds>,
}

/// Sets what is given.
fn set<T, N>(setting: &mut T, given: Option<N>, value: impl Fn(N) -> T) {
    if let Some(number) = given {
        *setting = value(number);
    }
}

impl Limits {
    /// The settings of the server in a process that may have so many descriptors open.
    pub(crate) fn settings(&self, descriptors: Option<u64>) -> Settings {
        let mut settings = Settings::default();
        let head = &mut settings.request_head;
        set(&mut head.bytes, self.head_bytes, Number::count);
        set(&mut head.fields, self.fields, Number::count);
        set(&mut head.target_bytes, self.target_bytes, Number::count);
        set(&mut head.field_value_bytes, self.field_value_bytes, Number::count);
        set(&mut settings.body_bytes, self.body_bytes, |number| number.0);
        let rate = &mut settings.body_rate;
        set(&mut rate.bytes_per_second, self.body_bytes_per_second, |number| number.0);
        set(&mut rate.over, self.body_rate_seconds, Number::seconds);
        set(&mut settings.buffered_bytes, self.buffered_bytes, Number::count);
        settings.connections_by_address = self.connections_by_address.map(Number::count);
        settings.requests_by_connection = self.requests_by_connection.map(|number| number.0);
        settings.upstream_connections_by_origin =
            self.upstream_connections_by_origin.map(Number::count);
        self.set_http2(&mut settings.http2);
        set(&mut settings.handshake, self.tls_handshake_seconds, Number::seconds);
        set(&mut settings.head, self.head_seconds, Number::seconds);
        set(&mut settings.idle, self.idle_seconds, Number::seconds);
        set(&mut settings.stall, self.stall_seconds, Number::seconds);
        set(&mut settings.connect, self.upstream_connect_seconds, Number::seconds);
        set(&mut settings.upstream_idle, self.upstream_idle_seconds, Number::seconds);
        let available = descriptors.map_or(u64::MAX, |all| all.saturating_sub(OTHER_DESCRIPTORS));
        // Unless somebody knows better, a connection to an origin for each of a client.
        let default = (settings.connections as u64).min(available / 2);
        let wanted = self.connections.map_or(default, |number| number.0).min(available);
        settings.connections = usize::try_from(wanted.max(1)).unwrap_or(usize::MAX);
        settings
    }

    fn set_http2(&self, http2: &mut Http2Limits) {
        set(&mut http2.streams, self.streams, Number::bits);
        http2.field_list_bytes = self.field_list_bytes.map(Number::bits);
        set(&mut http2.cancelled_streams, self.cancelled_streams, Number::bits);
        set(&mut http2.unseen_resets, self.unseen_resets, Number::count);
        set(&mut http2.error_resets, self.error_resets, Number::count);
        set(&mut http2.control_frames, self.control_frames, Number::bits);
        set(&mut http2.small_data_bytes, self.small_data_bytes, Number::count);
        set(&mut http2.stream_window_bytes, self.stream_window_bytes, Number::bits);
        set(&mut http2.connection_window_bytes, self.connection_window_bytes, Number::bits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str, descriptors: Option<u64>) -> Settings {
        toml::from_str::<Limits>(text).unwrap().settings(descriptors)
    }

    #[test]
    fn every_limit_can_be_set() {
        let set = settings(
            "head-bytes = 65536\nfields = 500\ntarget-bytes = 2048\nfield-value-bytes = 4096\n\
             body-bytes = 1000\nbuffered-bytes = 1048576\nconnections = 100\n\
             connections-by-address = 10\nhead-seconds = 1\nidle-seconds = 2\nstall-seconds = 3\n\
             body-bytes-per-second = 4\nbody-rate-seconds = 5\nrequests-by-connection = 6\n\
             upstream-connections-by-origin = 7\nupstream-connect-seconds = 8\n\
             upstream-idle-seconds = 9\n",
            None,
        );
        let head = set.request_head;
        assert_eq!((head.bytes, head.fields), (65_536, 500));
        assert_eq!((head.target_bytes, head.field_value_bytes), (2048, 4096));
        assert_eq!((set.body_bytes, set.buffered_bytes), (1000, 1_048_576));
        assert_eq!((set.connections, set.connections_by_address), (100, Some(10)));
        let seconds =
            [set.head, set.idle, set.stall, set.body_rate.over, set.connect, set.upstream_idle];
        assert_eq!(seconds.map(|time| time.as_secs()), [1, 2, 3, 5, 8, 9]);
        assert_eq!((set.body_rate.bytes_per_second, set.requests_by_connection), (4, Some(6)));
        assert_eq!(set.upstream_connections_by_origin, Some(7));
    }

    #[test]
    fn limits_of_tls_and_http2_can_be_set() {
        let set = settings(
            "tls-handshake-seconds = 1\nstreams = 2\nfield-list-bytes = 3000\n\
             cancelled-streams = 4\nunseen-resets = 5\nerror-resets = 6\n\
             control-frames = 6500\nsmall-data-bytes = 7000\nstream-window-bytes = 8000\n\
             connection-window-bytes = 90000\n",
            None,
        );
        assert_eq!(set.handshake.as_secs(), 1);
        let expected = Http2Limits {
            streams: 2,
            field_list_bytes: Some(3000),
            cancelled_streams: 4,
            unseen_resets: 5,
            error_resets: 6,
            control_frames: 6500,
            small_data_bytes: 7000,
            stream_window_bytes: 8000,
            connection_window_bytes: 90_000,
        };
        assert_eq!(set.http2, expected);
    }

    #[test]
    fn a_number_out_of_its_range_is_refused() {
        let check = |text: &str, expected: &str| {
            let error = toml::from_str::<Limits>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        check("streams = 0", "expected a number from 1 to 10000");
        check("streams = -1", "expected a number from 1 to 10000");
        check("streams = 10001", "expected a number from 1 to 10000");
        check("connection-window-bytes = 65534", "expected a number from 65535 to 2147483647");
        check("tls-handshake-seconds = 0", "expected a number from 1 to 3600");
        check("stream = 7", "unknown field `stream`");
    }

    #[test]
    fn connections_fit_the_descriptors_of_the_process() {
        let check = |text: &str, descriptors: Option<u64>, expected: usize| {
            assert_eq!(settings(text, descriptors).connections, expected, "{text} {descriptors:?}");
        };
        check("", None, 65_536);
        check("", Some(1_048_576), 65_536);
        check("", Some(1024), 480);
        check("", Some(10), 1);
        check("connections = 900", Some(1024), 900);
        check("connections = 2000", Some(1024), 960);
    }

    #[test]
    fn the_documentation_has_every_limit() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md");
        let text = std::fs::read_to_string(path).unwrap();
        for limit in portico_net::Limit::ALL {
            let name = limit.name();
            let rows = text.lines().filter(|line| line.starts_with(&format!("| `{name}` |")));
            assert_eq!(rows.count(), 1, "rows of {name}");
        }
    }
}
