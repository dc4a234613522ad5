//! Every reason to wake up, and when.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ReservationSid, TaskSid, Timestamp};

/// A reason to wake up. At the same moment, an unanswered offer goes before its task's own limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The worker has not answered the offer.
    ReservationTimeout(ReservationSid),
    /// The task has waited in its target for as long as that allows.
    TargetTimeout(TaskSid),
    /// The task has waited for a worker for as long as it may.
    TaskTimeout(TaskSid),
    /// The task has been assigned for as long as the workspace allows.
    AssignedTaskLifetime(TaskSid),
}

/// When each timer is due.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timers {
    by_time: BTreeSet<(Timestamp, Timer)>,
    time_by_timer: BTreeMap<Timer, Timestamp>,
}

impl Timers {
    /// Sets a timer to a time, or stops it.
    pub(crate) fn set(&mut self, timer: Timer, at: Option<Timestamp>) {
        let before = match at {
            Some(at) => self.time_by_timer.insert(timer, at),
            None => self.time_by_timer.remove(&timer),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, timer));
        }
        if let Some(at) = at {
            self.by_time.insert((at, timer));
        }
    }

    /// Returns the time of the next timer.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Removes and returns the next timer that is due.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<Timer> {
        let (at, timer) = *self.by_time.first()?;
        if at > now {
            return None;
        }
        self.by_time.pop_first();
        self.time_by_timer.remove(&timer);
        Some(timer)
    }
}
