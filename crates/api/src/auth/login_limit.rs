//! How often a login may be tried with a wrong password.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::Timestamp;
use parking_lot::Mutex;

/// How many wrong passwords a login bears within [`WINDOW`].
const FAILURES_MAX: u32 = 10;

/// The time within which they count.
const WINDOW: Duration = Duration::from_secs(60);

/// How many logins are watched at once; more make the table start anew.
const LOGINS_MAX: usize = 10_000;

/// Counts wrong passwords by login.
#[derive(Debug, Default)]
pub(crate) struct LoginLimit {
    failures: Mutex<BTreeMap<String, Failures>>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Timestamp,
}

impl LoginLimit {
    /// Tells whether a login may be tried.
    pub(crate) fn allows(&self, login: &str, now: Timestamp) -> bool {
        let failures = self.failures.lock();
        failures.get(login).is_none_or(|it| it.count < FAILURES_MAX || is_over(it, now))
    }

    /// Counts a wrong password.
    pub(crate) fn count_failure(&self, login: &str, now: Timestamp) {
        let mut failures = self.failures.lock();
        if failures.len() >= LOGINS_MAX {
            failures.retain(|_, it| !is_over(it, now));
        }
        if failures.len() >= LOGINS_MAX {
            failures.clear();
        }
        let entry = failures.entry(login.to_owned()).or_insert(Failures { count: 0, since: now });
        if is_over(entry, now) {
            *entry = Failures { count: 0, since: now };
        }
        entry.count += 1;
    }

    /// Forgets what was counted for a login that has proved its password.
    pub(crate) fn forgive(&self, login: &str) {
        self.failures.lock().remove(login);
    }
}

fn is_over(failures: &Failures, now: Timestamp) -> bool {
    now.since(failures.since) >= WINDOW
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_rests_for_a_minute_after_ten_wrong_passwords() {
        let limit = LoginLimit::default();
        let at = |secs: i64| Timestamp::from_secs(1000 + secs);
        for _ in 0..FAILURES_MAX {
            assert!(limit.allows("ann", at(0)));
            limit.count_failure("ann", at(0));
        }
        assert!(!limit.allows("ann", at(59)));
        assert!(limit.allows("bob", at(59)));
        assert!(limit.allows("ann", at(60)));
        limit.count_failure("ann", at(61));
        assert!(limit.allows("ann", at(62)));
    }

    #[test]
    fn the_right_password_clears_the_count() {
        let limit = LoginLimit::default();
        let now = Timestamp::from_secs(1000);
        (0..FAILURES_MAX).for_each(|_| limit.count_failure("ann", now));
        limit.forgive("ann");
        assert!(limit.allows("ann", now));
    }
}
