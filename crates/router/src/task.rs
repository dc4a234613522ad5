//! Tasks: what waits for a worker, from its creation to its end.
//!
//! The table of states stands here; `evaluation` walks tasks through workflows, `step::ending` ends them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use domain::{Attributes, TaskChannelSid, TaskQueueSid, TaskSid, Timestamp, WorkerSid, WorkflowSid, named};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::workflow::target::Standing;
use crate::{Transfer, TransferStatus};

named! {
    /// Where a task stands in its life.
    pub enum TaskStatus {
        /// It waits.
        Pending = "pending",
        /// Workers have been asked.
        Reserved = "reserved",
        /// A worker has accepted.
        Assigned = "assigned",
        /// The contact is over, the worker still has work with it.
        Wrapping = "wrapping",
        /// It is done.
        Completed = "completed",
        /// It ended before a worker accepted.
        Canceled = "canceled",
    }
}

impl TaskStatus {
    /// Tells whether the task has ended.
    pub fn is_ended(self) -> bool {
        match self {
            TaskStatus::Completed | TaskStatus::Canceled => true,
            TaskStatus::Pending | TaskStatus::Reserved | TaskStatus::Assigned | TaskStatus::Wrapping => false,
        }
    }
}

/// Where a task goes directly, past the choice of a workflow's filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoutingTarget {
    /// To this worker, in one attempt.
    Worker(WorkerSid),
    /// Straight into this queue.
    TaskQueue(TaskQueueSid),
    /// Into this workflow.
    Workflow(WorkflowSid),
}

/// A task: what waits for a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The task.
    pub sid: TaskSid,
    /// The user's own facts about the task.
    pub attributes: Arc<Attributes>,
    /// The facts that add-ons brought, as JSON text.
    pub addons: Arc<str>,
    /// Where it stands in its life.
    pub status: TaskStatus,
    /// The reason of its end, as given by who ended it.
    pub reason: Option<Arc<str>>,
    /// Its precedence; the workspace's priority order says which end goes first.
    pub priority: u32,
    /// How long it may wait for a worker.
    pub timeout_secs: u32,
    /// The time by which it is put in order.
    pub virtual_start_time: Timestamp,
    /// The workflow that routes it.
    pub workflow_sid: Option<WorkflowSid>,
    /// The queue that it is in.
    pub task_queue_sid: Option<TaskQueueSid>,
    /// When it entered that queue.
    pub task_queue_entered_date: Option<Timestamp>,
    /// The kind of work.
    pub task_channel_sid: TaskChannelSid,
    /// Where it was sent directly.
    pub routing_target: Option<RoutingTarget>,
    /// Whether a direct offer goes to a worker who is unavailable or full.
    pub ignore_capacity: bool,
    /// How often it became reserved.
    pub assignment_count: u32,
    /// The version for If-Match.
    pub version: u64,
    /// When it was created.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// When it was assigned, for the limit on assigned tasks.
    pub date_assigned: Option<Timestamp>,
    /// When it ended; none while it lives.
    pub date_ended: Option<Timestamp>,
    /// How it was handed from worker to worker, the latest last; at most one is open, and then the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Transfer>,
    /// Where it stands on its way to a worker; none before the first stop.
    pub(crate) standing: Option<Standing>,
}

/// What can happen to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskEvent {
    /// Workers were asked.
    Reserved,
    /// All who were asked said no, or nothing.
    Released,
    /// A worker took it.
    Accepted,
    /// The contact is over.
    Wrapped,
    /// The work is done.
    Completed,
    /// It ends without a worker.
    Canceled,
    /// The worker who has it begins to hand it on.
    HandedOn,
    /// Handing it on came to nothing.
    TakenBack,
}

impl TaskStatus {
    /// Returns the status after an event, or none where the status does not allow it.
    pub(crate) fn after(self, event: TaskEvent) -> Option<TaskStatus> {
        use TaskEvent as E;
        use TaskStatus::*;
        match (self, event) {
            (Pending, E::Reserved) => Some(Reserved),
            (Reserved, E::Released) => Some(Pending),
            (Reserved, E::Accepted) => Some(Assigned),
            (Pending | Reserved, E::Canceled) => Some(Canceled),
            // An agent's desktop and the end of the contact may both say so.
            (Assigned | Wrapping, E::Wrapped) => Some(Wrapping),
            (Assigned | Wrapping, E::Completed) => Some(Completed),
            (Assigned, E::HandedOn) => Some(Reserved),
            (Reserved, E::TakenBack) => Some(Assigned),
            (Pending, E::Released | E::Accepted | E::TakenBack) => None,
            (Pending | Reserved, E::Wrapped | E::Completed | E::HandedOn) => None,
            (Reserved, E::Reserved) => None,
            (Assigned | Wrapping, E::Reserved | E::Released | E::Accepted | E::Canceled | E::TakenBack) => {
                None
            }
            (Wrapping, E::HandedOn) => None,
            (
                Completed | Canceled,
                E::Reserved
                | E::Released
                | E::Accepted
                | E::Wrapped
                | E::Completed
                | E::Canceled
                | E::HandedOn
                | E::TakenBack,
            ) => None,
        }
    }
}

impl Task {
    /// Returns the whole seconds since the task was created.
    pub fn age_secs(&self, now: Timestamp) -> u64 {
        now.secs_since(self.date_created)
    }

    /// Returns the transfer that is under way.
    pub fn open_transfer(&self) -> Option<&Transfer> {
        self.transfers.last().filter(|transfer| transfer.status == TransferStatus::Initiated)
    }

    /// Tells whether no worker has accepted the task yet. One that is being handed on is reserved and assigned.
    pub fn is_unassigned(&self) -> bool {
        match self.status {
            TaskStatus::Pending => true,
            TaskStatus::Reserved => self.open_transfer().is_none(),
            TaskStatus::Assigned | TaskStatus::Wrapping | TaskStatus::Completed | TaskStatus::Canceled => {
                false
            }
        }
    }
}

impl fmt::Display for RoutingTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RoutingTarget::Worker(sid) => sid.fmt(f),
            RoutingTarget::TaskQueue(sid) => sid.fmt(f),
            RoutingTarget::Workflow(sid) => sid.fmt(f),
        }
    }
}

impl FromStr for RoutingTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let worker = text.parse().map(RoutingTarget::Worker);
        let queue = || text.parse().map(RoutingTarget::TaskQueue);
        let workflow = || text.parse().map(RoutingTarget::Workflow);
        worker.or_else(|_| queue()).or_else(|_| workflow()).map_err(|_| {
            let given: String = text.chars().take(64).collect();
            format!("'{given}' is not known: the SID of a worker (WK…), task queue (WQ…) or workflow (WW…) is expected")
        })
    }
}

impl Serialize for RoutingTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RoutingTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_states_is_the_published_one() {
        use TaskEvent as E;
        use TaskStatus::*;
        let events = [
            E::Reserved,
            E::Released,
            E::Accepted,
            E::Wrapped,
            E::Completed,
            E::Canceled,
            E::HandedOn,
            E::TakenBack,
        ];
        let (no, to) = (None, Some);
        let rows = [
            (Pending, [to(Reserved), no, no, no, no, to(Canceled), no, no]),
            (Reserved, [no, to(Pending), to(Assigned), no, no, to(Canceled), no, to(Assigned)]),
            (Assigned, [no, no, no, to(Wrapping), to(Completed), no, to(Reserved), no]),
            (Wrapping, [no, no, no, to(Wrapping), to(Completed), no, no, no]),
            (Completed, [no; 8]),
            (Canceled, [no; 8]),
        ];
        assert_eq!(rows.map(|(status, _)| status), TaskStatus::ALL);
        for (status, row) in rows {
            assert_eq!(events.map(|event| status.after(event)), row, "{status}");
            assert_eq!(row == [no; 8], status.is_ended(), "{status}");
        }
    }

    #[test]
    fn routing_targets_are_read_by_their_prefix() {
        let digits = "0123456789abcdef0123456789abcdef";
        for prefix in ["WK", "WQ", "WW"] {
            let text = format!("{prefix}{digits}");
            assert_eq!(text.parse::<RoutingTarget>().map(|target| target.to_string()), Ok(text));
        }
        assert!(format!("WT{digits}").parse::<RoutingTarget>().is_err());
    }
}
