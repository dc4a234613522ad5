//! Statistics: what happened within a time, counted minute by minute from the notices alone, so that they can be
//! rebuilt from the events log; and how things stand, counted from the live workspace.

mod counters;
mod cumulative;
mod meaning;
mod observe;
mod realtime;
mod split;
mod stays;

use std::collections::{BTreeMap, BTreeSet};

use domain::{TaskChannelSid, TaskQueueSid, TaskSid, Timestamp, WorkerSid, WorkflowSid};

use counters::Counters;
use stays::Stays;

pub use cumulative::{CumulativeStatistics, WaitDuration};
pub use realtime::{ActivityCount, RealTimeStatistics};
pub use split::{Split, SplitCounts};
pub use stays::ActivityDuration;

/// Whose figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The whole workspace, with all its workers.
    Workspace,
    /// One task queue.
    TaskQueue(TaskQueueSid),
    /// One workflow.
    Workflow(WorkflowSid),
    /// These workers.
    Workers(BTreeSet<WorkerSid>),
}

/// Which figures are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// Whose.
    pub scope: Scope,
    /// From the minute that holds this time.
    pub from: Timestamp,
    /// To the minute that holds this time, which must not lie in the future.
    pub to: Timestamp,
    /// Only those of this task channel; none takes all.
    pub task_channel: Option<TaskChannelSid>,
    /// The thresholds in seconds by which waits are split.
    pub split_by_wait_time: Vec<u32>,
}

/// What happened in a workspace, by minutes. A pure value: the same notices make the same figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Statistics {
    minutes: BTreeMap<(Owner, Minute), BTreeMap<TaskChannelSid, Counters>>,
    /// Where each live task is: a notice of a move names the queue after it only.
    queue_by_task: BTreeMap<TaskSid, TaskQueueSid>,
    stays: Stays,
}

/// Whose counters they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Workspace,
    TaskQueue(TaskQueueSid),
    Workflow(WorkflowSid),
    Worker(WorkerSid),
}

/// Whole minutes since 1970.
type Minute = i64;

impl Statistics {
    /// Answers a question about the past.
    pub fn query(&self, query: &StatisticsQuery) -> CumulativeStatistics {
        let mut sum = Counters::default();
        for owner in owners(&query.scope) {
            let range = (owner, minute(query.from))..=(owner, minute(query.to));
            let by_channel = self.minutes.range(range).flat_map(|(_, channels)| channels);
            let wanted = by_channel.filter(|(sid, _)| query.task_channel.is_none_or(|only| only == **sid));
            wanted.for_each(|(_, counters)| sum.add(counters));
        }
        let activity_durations = match &query.scope {
            Scope::Workspace => self.stays.durations(None, query.from, query.to),
            Scope::Workers(workers) => self.stays.durations(Some(workers), query.from, query.to),
            Scope::TaskQueue(_) | Scope::Workflow(_) => vec![],
        };
        CumulativeStatistics::new(query, &sum, activity_durations)
    }

    /// Forgets all minutes before a time, so that memory holds as much history as is wanted.
    pub fn forget_before(&mut self, time: Timestamp) {
        let first = minute(time);
        self.minutes.retain(|(_, minute), _| *minute >= first);
        self.stays.forget_before(time);
    }

    fn counters(&mut self, owner: Owner, at: Timestamp, channel: TaskChannelSid) -> &mut Counters {
        self.minutes.entry((owner, minute(at))).or_default().entry(channel).or_default()
    }
}

fn owners(scope: &Scope) -> Vec<Owner> {
    match scope {
        Scope::Workspace => vec![Owner::Workspace],
        Scope::TaskQueue(sid) => vec![Owner::TaskQueue(*sid)],
        Scope::Workflow(sid) => vec![Owner::Workflow(*sid)],
        Scope::Workers(workers) => workers.iter().copied().map(Owner::Worker).collect(),
    }
}

fn minute(at: Timestamp) -> Minute {
    at.as_secs().div_euclid(60)
}
