//! How much one visitor, or all from one place, may ask for in a while.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use parking_lot::Mutex;

use crate::error::ApiError;
use crate::error_catalog as catalog;

/// How many counters are kept before those that say nothing any more are dropped.
const COUNTERS_MAX: usize = 10_000;

/// So many at once, and one more after each interval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    /// What is counted, for people.
    what: &'static str,
    at_once: u32,
    interval: Duration,
}

/// New conversations from one address.
pub(super) const SESSIONS: Limit = Limit::new("chats begun", 30, Duration::from_secs(120));
/// Messages of one visitor: ten at once, sixty a minute.
pub(super) const MESSAGES: Limit = Limit::new("messages", 10, Duration::from_secs(1));
/// Attachments of one visitor: sixty an hour.
pub(super) const ATTACHMENTS: Limit = Limit::new("attachments", 10, Duration::from_secs(60));
/// Transcripts of one visitor: thirty an hour.
pub(super) const TRANSCRIPTS: Limit = Limit::new("transcripts", 10, Duration::from_secs(120));
/// What a visitor tells by the way: typing, reading, renewals of the token.
pub(super) const SIGNS: Limit = Limit::new("requests", 60, Duration::from_millis(500));

/// What was asked for of late.
#[derive(Default)]
pub(super) struct Limits {
    /// By what is counted and for whom: when the counter is empty again.
    empty_at: Mutex<BTreeMap<(&'static str, String), Timestamp>>,
}

impl Limit {
    const fn new(what: &'static str, at_once: u32, interval: Duration) -> Self {
        Self { what, at_once, interval }
    }
}

impl Limits {
    /// Counts one more, or refuses it.
    pub(super) fn take(&self, limit: Limit, who: &str, now: Timestamp) -> Result<(), ApiError> {
        let mut counters = self.empty_at.lock();
        if counters.len() > COUNTERS_MAX {
            counters.retain(|_, empty_at| *empty_at > now);
        }
        let empty_at = counters.entry((limit.what, who.to_owned())).or_insert(now);
        let next = (*empty_at).max(now) + limit.interval;
        if next.since(now) > limit.interval * limit.at_once {
            let pace = limit.interval.as_millis();
            let reason = format!("Too many {}: one is taken every {pace} ms, wait a moment", limit.what);
            return Err(ApiError::new(catalog::TOO_MANY_REQUESTS, reason));
        }
        *empty_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_may_write_ten_at_once_and_one_more_each_second() {
        let limits = Limits::default();
        let now = Timestamp::from_secs(1_000);
        let written = |at| (0..20).take_while(|_| limits.take(MESSAGES, "a", at).is_ok()).count();
        assert_eq!(written(now), 10);
        assert_eq!(written(now + Duration::from_secs(3)), 3);
        assert!(limits.take(MESSAGES, "b", now).is_ok(), "each visitor has a counter of its own");
    }
}
