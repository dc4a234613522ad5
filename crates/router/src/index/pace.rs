//! Pace: how fast tasks are accepted from a queue, for the prediction of waits. Nothing of it is stored: after a
//! restart there is no prediction until some tasks have been accepted.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use domain::{TaskChannelSid, TaskQueueSid, Timestamp};

/// How many acceptances are remembered for each line.
const ACCEPTANCES_MAX: usize = 20;
/// Fewer acceptances than this predict nothing.
const ACCEPTANCES_MIN: usize = 3;
/// Older acceptances say nothing about now.
const RECENT: Duration = Duration::from_secs(3_600);

/// When tasks were last accepted, by queue and channel.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    acceptances: BTreeMap<(TaskQueueSid, TaskChannelSid), VecDeque<Timestamp>>,
}

/// How many acceptances there were in the time up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) acceptances: u32,
    pub(crate) over: Duration,
}

impl Pace {
    /// Notes that a task of a queue was accepted.
    pub(crate) fn observe(&mut self, queue: TaskQueueSid, channel: TaskChannelSid, at: Timestamp) {
        let times = self.acceptances.entry((queue, channel)).or_default();
        if times.len() == ACCEPTANCES_MAX {
            times.pop_front();
        }
        times.push_back(at);
    }

    /// Forgets a queue.
    pub(crate) fn forget(&mut self, queue: TaskQueueSid) {
        self.acceptances.retain(|(other, _), _| *other != queue);
    }

    /// Returns the recent rate of a line; none where too little is known.
    pub(crate) fn rate(&self, queue: TaskQueueSid, channel: TaskChannelSid, now: Timestamp) -> Option<Rate> {
        let times = self.acceptances.get(&(queue, channel))?;
        let mut recent = times.iter().filter(|at| now.since(**at) <= RECENT);
        let first = *recent.next()?;
        let acceptances = 1 + recent.count();
        let over = now.since(first);
        (acceptances >= ACCEPTANCES_MIN && !over.is_zero())
            .then_some(Rate { acceptances: u32::try_from(acceptances).unwrap_or(u32::MAX), over })
    }
}

impl Rate {
    /// Returns how long it takes until so many tasks have been accepted.
    pub(crate) fn time_for(self, tasks: usize) -> Duration {
        let secs = self.over.as_secs_f64() * tasks as f64 / f64::from(self.acceptances);
        Duration::try_from_secs_f64(secs).unwrap_or(Duration::MAX)
    }
}
