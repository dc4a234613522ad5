//! Two machines that answer each other without end are parted for a while.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Address, Timestamp};
use parking_lot::Mutex;

/// Published (14107): how many answers, and redirects on the way to them, a pair of addresses may have within this time.
const ANSWERS_MAX: u32 = 30;
const PERIOD: Duration = Duration::from_secs(30);

/// The published error of a message that is one too many.
pub(super) const CODE: u32 = 14107;

/// The pairs that lately had answers; what is older than a period counts no more.
#[derive(Default)]
pub(crate) struct LoopGuard {
    pairs: Mutex<Pairs>,
}

#[derive(Default)]
struct Pairs {
    counts: BTreeMap<(Address, Address), Count>,
    /// When old pairs were last forgotten.
    swept_at: Option<Timestamp>,
}

#[derive(Clone, Copy)]
struct Count {
    since: Timestamp,
    answers: u32,
}

impl LoopGuard {
    /// Counts an answer between two addresses, and tells whether it may go out.
    pub(super) fn admits(&self, from: &Address, to: &Address, now: Timestamp) -> bool {
        let mut pairs = self.pairs.lock();
        pairs.forget_old(now);
        let count = pairs.counts.entry((from.clone(), to.clone())).or_insert(Count::from(now));
        if now.since(count.since) >= PERIOD {
            *count = Count::from(now);
        }
        count.answers += 1;
        if count.answers > ANSWERS_MAX {
            // The pause begins with the first that is one too many; those behind it do not prolong it.
            if count.answers == ANSWERS_MAX + 1 {
                count.since = now;
            }
            return false;
        }
        true
    }
}

/// Returns why a message between two addresses does not go out.
pub(super) fn refusal(from: &Address, to: &Address) -> String {
    let secs = PERIOD.as_secs();
    format!(
        "{ANSWERS_MAX} messages went from {from} to {to} within {secs} seconds: two machines seem to answer each other"
    )
}

impl Pairs {
    /// Once in a period is enough: an old count begins anew when it is needed.
    fn forget_old(&mut self, now: Timestamp) {
        if self.swept_at.is_some_and(|at| now.since(at) < PERIOD) {
            return;
        }
        self.counts.retain(|_, count| now.since(count.since) < PERIOD);
        self.swept_at = Some(now);
    }
}

impl From<Timestamp> for Count {
    fn from(since: Timestamp) -> Self {
        Self { since, answers: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_that_answers_too_often_pauses_and_others_do_not() {
        let guard = LoopGuard::default();
        let [ours, ann, ben] =
            ["+15555550100", "+15551230001", "+15551230002"].map(|text| text.parse().unwrap());
        let at = |second: i64| Timestamp::from_secs(1_000 + second);
        for second in 0..30 {
            assert!(guard.admits(&ours, &ann, at(second / 2)));
        }
        assert!(!guard.admits(&ours, &ann, at(20)));
        assert!(!guard.admits(&ours, &ann, at(49)), "the pause lasts 30 seconds");
        assert!(guard.admits(&ours, &ben, at(20)));
        assert!(guard.admits(&ours, &ann, at(51)));
    }
}
