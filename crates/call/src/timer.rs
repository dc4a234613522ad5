//! Every reason to wake up, and when.

use std::collections::{BTreeMap, BTreeSet};

use domain::{CallSid, Timestamp};

use crate::run::Lane;

/// A reason to wake up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A placed leg has rung for as long as it may.
    Ringing(CallSid),
    /// A call has lasted for as long as it may.
    TimeLimit(CallSid),
    /// A verb waits for a time: the end of a pause, of an input, of a dialling.
    Verb(CallSid, Lane),
    /// A waiting caller's document had nothing to hear, and is asked for again.
    Again(CallSid),
    /// A program that asked too fast may ask again.
    Ask(CallSid, Lane),
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
        if let Some(before) = self.time_by_timer.remove(&timer) {
            self.by_time.remove(&(before, timer));
        }
        if let Some(at) = at {
            self.time_by_timer.insert(timer, at);
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
        self.set(timer, None);
        Some(timer)
    }
}
