//! Time inside the stack: what has passed since it was started, and what is due when.

use std::collections::BTreeMap;
use std::time::Duration;

/// A point in time, counted from the start of the stack.
pub(crate) type Moment = Duration;

/// RFC 3261 §17.1.1.1: the estimate of a round trip.
pub(crate) const T1: Duration = Duration::from_millis(500);
/// The longest pause between two retransmissions.
pub(crate) const T2: Duration = Duration::from_secs(4);
/// How long a message may be on its way.
pub(crate) const T4: Duration = Duration::from_secs(5);
/// 64*T1: how long a transaction tries.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(32);

/// Things that are due at some time. They are never taken back: who set one looks whether it still matters.
#[derive(Debug)]
pub(crate) struct Timers<T> {
    due: BTreeMap<(Moment, u64), T>,
    set: u64,
}

impl<T> Timers<T> {
    /// No timers.
    pub(crate) fn new() -> Timers<T> {
        Timers { due: BTreeMap::new(), set: 0 }
    }

    /// Makes something due at a time.
    pub(crate) fn set(&mut self, at: Moment, what: T) {
        self.set += 1;
        self.due.insert((at, self.set), what);
    }

    /// When the next is due.
    pub(crate) fn next(&self) -> Option<Moment> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the next that is due.
    pub(crate) fn pop(&mut self, now: Moment) -> Option<T> {
        let first = self.due.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove())
    }
}

/// The pause after one of that length: doubled, up to T2.
pub(crate) fn doubled(pause: Duration) -> Duration {
    (pause * 2).min(T2)
}
