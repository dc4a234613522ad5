//! Counters: what is counted of one owner on one channel within a minute.

use std::collections::BTreeMap;

/// The figures of a minute, or the sum of several.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Counters {
    pub(super) tallies: BTreeMap<Tally, u64>,
    /// From a task's creation to an acceptance of it.
    pub(super) until_accepted: Waits,
    /// From a task's creation to its cancelation.
    pub(super) until_canceled: Waits,
    /// From a task's entry into its queue to an acceptance of it.
    pub(super) in_queue_until_accepted: Waits,
}

/// What is counted one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tally {
    ReservationsCreated,
    ReservationsAccepted,
    ReservationsRejected,
    ReservationsTimedOut,
    ReservationsCanceled,
    ReservationsRescinded,
    TasksCreated,
    TasksEntered,
    TasksMoved,
    TasksCanceled,
    TasksCompleted,
    TasksDeleted,
    TasksTimedOutInWorkflow,
}

/// Waits of whole seconds, and how many tasks waited for so long: exact, and never larger than the longest wait.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Waits {
    count_by_secs: BTreeMap<u64, u64>,
}

impl Counters {
    /// Counts one more.
    pub(super) fn count(&mut self, tally: Tally) {
        *self.tallies.entry(tally).or_default() += 1;
    }

    /// Returns how many there were.
    pub(super) fn get(&self, tally: Tally) -> u64 {
        self.tallies.get(&tally).copied().unwrap_or_default()
    }

    /// Adds the figures of another minute.
    pub(super) fn add(&mut self, other: &Counters) {
        for (tally, count) in &other.tallies {
            *self.tallies.entry(*tally).or_default() += count;
        }
        self.until_accepted.add(&other.until_accepted);
        self.until_canceled.add(&other.until_canceled);
        self.in_queue_until_accepted.add(&other.in_queue_until_accepted);
    }
}

impl Waits {
    /// Counts one more wait.
    pub(super) fn count(&mut self, secs: u64) {
        *self.count_by_secs.entry(secs).or_default() += 1;
    }

    /// Returns the shortest and the longest wait.
    pub(super) fn extremes(&self) -> Option<(u64, u64)> {
        Some((*self.count_by_secs.first_key_value()?.0, *self.count_by_secs.last_key_value()?.0))
    }

    /// Returns how many waits there were, and how long they were together.
    pub(super) fn sum(&self) -> (u64, u64) {
        self.count_by_secs.iter().fold((0, 0), |(count, total), (secs, more)| {
            (count + more, total.saturating_add(secs.saturating_mul(*more)))
        })
    }

    /// Returns how many waits were longer than a threshold, and how many were not.
    pub(super) fn split(&self, threshold_secs: u64) -> (u64, u64) {
        let below: u64 = self.count_by_secs.range(..=threshold_secs).map(|(_, count)| count).sum();
        (self.sum().0 - below, below)
    }

    fn add(&mut self, other: &Waits) {
        for (secs, count) in &other.count_by_secs {
            *self.count_by_secs.entry(*secs).or_default() += count;
        }
    }
}
