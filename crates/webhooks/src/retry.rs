//! When a webhook that failed is sent again: a pure question, asked by the loop that empties the outbox.

use std::time::Duration;

use domain::Timestamp;

/// How often something is sent, and how long to wait in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often it is sent at most, the first time included.
    pub attempts: u32,
    /// The pauses between attempts.
    pub backoff: Backoff,
}

/// Pauses that double from `first` up to `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
}

impl RetryPolicy {
    /// Sends once, whatever comes of it.
    pub const ONCE: Self =
        Self { attempts: 1, backoff: Backoff { first: Duration::ZERO, longest: Duration::ZERO } };

    /// Returns when to send again after `attempts_made` failures; `None` when it was tried often enough.
    ///
    /// `random` is one random word: it takes up to half of the pause away, so that what failed together does not
    /// come back together.
    pub fn next_attempt(&self, attempts_made: u32, now: Timestamp, random: u64) -> Option<Timestamp> {
        (attempts_made < self.attempts).then(|| now + self.backoff.pause(attempts_made, random))
    }
}

impl Backoff {
    fn pause(self, attempts_made: u32, random: u64) -> Duration {
        let doubled = 1u32.checked_shl(attempts_made.saturating_sub(1)).unwrap_or(u32::MAX);
        let longest = self.first.saturating_mul(doubled).min(self.longest);
        let share = f64::from((random >> 32) as u32) / f64::from(u32::MAX);
        longest - longest.mul_f64(share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_000);
    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 5,
        backoff: Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(10) },
    };

    #[test]
    fn pauses_double_up_to_the_longest_until_the_attempts_are_used_up() {
        let pauses: Vec<_> = (1..=5).map(|made| pause_secs(made, 0)).collect();
        assert_eq!(pauses, [Some(2.0), Some(4.0), Some(8.0), Some(10.0), None]);
        assert_eq!(RetryPolicy::ONCE.next_attempt(1, NOW, 0), None);
    }

    #[test]
    fn the_random_word_takes_up_to_half_of_a_pause_away() {
        assert_eq!(pause_secs(2, u64::MAX), Some(2.0));
        let middle = pause_secs(2, u64::MAX / 2).unwrap();
        assert!((2.9..3.1).contains(&middle), "{middle}");
    }

    #[test]
    fn very_many_attempts_do_not_overflow() {
        let policy = RetryPolicy { attempts: u32::MAX, ..POLICY };
        assert_eq!(policy.next_attempt(1_000_000, NOW, 0), Some(NOW + Duration::from_secs(10)));
    }

    fn pause_secs(attempts_made: u32, random: u64) -> Option<f64> {
        let next = POLICY.next_attempt(attempts_made, NOW, random)?;
        Some(next.since(NOW).as_secs_f64())
    }
}
