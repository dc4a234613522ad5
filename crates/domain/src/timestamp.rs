//! A point in time, in microseconds since 1970, as every engine and every row uses it.

use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A point in time in microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Makes the timestamp of `micros` microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Makes the timestamp of `seconds` seconds since 1970.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Returns the microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the milliseconds since 1970, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Returns the seconds since 1970, rounded down.
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Returns the time that passed since `earlier`; zero when that lies ahead.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Returns the whole seconds that passed since `earlier`; zero when that lies ahead.
    pub fn secs_since(self, earlier: Timestamp) -> u64 {
        self.since(earlier).as_secs()
    }

    /// Reads an RFC 3339 date and time such as `2026-11-22T10:00:00Z`, or a date alone (its midnight, UTC).
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Self(at.as_microsecond()));
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        let midnight = date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(midnight.timestamp().as_microsecond()))
    }

    /// Writes the form of the newer APIs, `2026-11-22T10:00:00Z`.
    pub fn to_iso8601(self) -> String {
        self.strftime("%Y-%m-%dT%H:%M:%SZ")
    }

    /// Writes the form of the 2010-04-01 API, `Sun, 22 Nov 2026 10:00:00 +0000`.
    pub fn to_rfc2822(self) -> String {
        self.strftime("%a, %d %b %Y %H:%M:%S +0000")
    }

    /// Formats in UTC; a year beyond what the calendar holds gives an empty text.
    fn strftime(self, format: &str) -> String {
        jiff::Timestamp::from_microsecond(self.0)
            .map(|at| at.strftime(format).to_string())
            .unwrap_or_default()
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_iso8601())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_published_forms_and_back() {
        let at = Timestamp::parse("2026-11-22T10:00:00.250Z").unwrap();
        assert_eq!(at.to_iso8601(), "2026-11-22T10:00:00Z");
        assert_eq!(at.to_rfc2822(), "Sun, 22 Nov 2026 10:00:00 +0000");
        assert_eq!(at.as_millis() % 1000, 250);
        assert_eq!(Timestamp::parse("2026-11-22"), Timestamp::parse("2026-11-22T00:00:00Z"));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }

    #[test]
    fn time_never_runs_below_zero_between_two_points() {
        let early = Timestamp::from_secs(10);
        let late = early + Duration::from_millis(1_500);
        assert_eq!(late.secs_since(early), 1);
        assert_eq!(early.secs_since(late), 0);
    }
}
