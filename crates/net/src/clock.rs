//! The worker's clock: read when its thread wakes, then handed out as values.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place of the data plane that reads clocks"
)]

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

thread_local! {
    static NOW: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// How long wall time is extrapolated from the monotonic clock before it is read again.
const WALL_AGE: Duration = Duration::from_secs(1);

/// What a date is exact to.
const SECOND: Duration = Duration::from_secs(1);

/// Requests after which the clock is read even if the thread has not slept: a worker with more
/// to do than it can never sleeps, and its time must not stand still.
const REQUESTS_A_READING: u32 = 64;

/// Time as one worker sees it. It is late by less than [`Clock::LATE`].
#[derive(Debug)]
pub struct Clock {
    requests: Cell<u32>,
    /// When wall time was read, and what it was.
    wall: Cell<(Instant, Duration)>,
    date: RefCell<Date>,
}

/// Wall time as the `Date` field has it.
#[derive(Debug)]
struct Date {
    text: String,
    /// When its second is over.
    until: Instant,
}

impl Clock {
    /// More than any number of steps between two readings can take.
    pub(crate) const LATE: Duration = Duration::from_millis(250);

    pub(crate) fn new() -> Self {
        let now = Self::refresh();
        Self {
            requests: Cell::new(0),
            wall: Cell::new((now, read_wall())),
            date: RefCell::new(Date { text: String::new(), until: now }),
        }
    }

    /// Reads the monotonic clock; called when the worker's thread wakes, and by loops that keep
    /// it from sleeping.
    pub(crate) fn refresh() -> Instant {
        let now = Instant::now();
        NOW.set(Some(now));
        now
    }

    /// The time at which a request begins.
    pub(crate) fn begin_request(&self) -> Instant {
        let requests = self.requests.get().wrapping_add(1);
        self.requests.set(requests);
        if requests.is_multiple_of(REQUESTS_A_READING) { Self::refresh() } else { self.now() }
    }

    /// The time of the last wake-up.
    pub fn now(&self) -> Instant {
        NOW.get().unwrap_or_else(Self::refresh)
    }

    /// The time at this very moment, for who measures steps within one wake-up.
    pub fn read(&self) -> Instant {
        Instant::now()
    }

    /// Time since the Unix epoch.
    pub fn wall(&self) -> Duration {
        let now = self.now();
        let (then, wall) = self.wall.get();
        let age = now.saturating_duration_since(then);
        if age < WALL_AGE {
            return wall + age;
        }
        let wall = read_wall();
        self.wall.set((now, wall));
        wall
    }

    /// Appends the `Date` field's value (RFC 9110, section 5.6.7), for example
    /// `Sun, 06 Nov 1994 08:49:37 GMT`. It is formatted once a second.
    pub fn write_date(&self, out: &mut Vec<u8>) {
        let mut date = self.date.borrow_mut();
        let now = self.now();
        if now >= date.until {
            let wall = self.wall();
            date.until = now + (SECOND - Duration::from_nanos(wall.subsec_nanos().into()));
            date.text.clear();
            let date_of = httpdate::HttpDate::from(UNIX_EPOCH + wall);
            write!(date.text, "{date_of}").expect("a String takes any text");
        }
        out.extend_from_slice(date.text.as_bytes());
    }
}

fn read_wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_though_the_worker_never_sleeps() {
        let clock = Clock::new();
        let start = clock.now();
        let limit = start + Duration::from_secs(20);
        let mut requests = 0;
        while clock.begin_request() == start {
            requests += 1;
            assert!(requests < REQUESTS_A_READING || Instant::now() < limit, "it stands still");
        }
    }

    #[test]
    fn dates_are_imf_fixdate() {
        let clock = Clock::new();
        clock.wall.set((clock.now(), Duration::from_secs(784_111_777)));
        let mut out = Vec::new();
        clock.write_date(&mut out);
        assert_eq!(out, b"Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
