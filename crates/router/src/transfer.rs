//! Transfers: a task handed on by the worker who has it, to another worker or to a queue.
//!
//! The table of states stands here; `step::transferring` carries transfers out. While one is open the task is
//! reserved, whoever works on it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use domain::{ReservationSid, TaskQueueSid, Timestamp, TransferSid, WorkerSid, WorkflowSid, named};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

named! {
    /// What the worker who hands a task on does meanwhile.
    pub enum TransferMode {
        /// Stays until the other has taken over, and longer if wanted.
        Warm = "WARM",
        /// Leaves.
        Cold = "COLD",
    }
}

named! {
    /// Where a transfer stands.
    pub enum TransferStatus {
        /// Somebody is asked, or sought.
        Initiated = "initiated",
        /// Another worker has accepted.
        Complete = "complete",
        /// Nobody has accepted.
        Failed = "failed",
        /// It was called off.
        Canceled = "canceled",
    }
}

/// To whom a task is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferTarget {
    /// To this worker, in one attempt.
    Worker(WorkerSid),
    /// To any worker of this queue.
    TaskQueue(TaskQueueSid),
}

/// A task handed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// The transfer.
    pub sid: TransferSid,
    /// What the worker who hands on does meanwhile.
    pub mode: TransferMode,
    /// To whom it goes.
    pub to: TransferTarget,
    /// Where it stands.
    pub status: TransferStatus,
    /// Why it failed.
    pub failed_reason: Option<Arc<str>>,
    /// The reservation of the worker who hands on.
    pub initiating_reservation_sid: ReservationSid,
    /// The worker who hands on.
    pub initiating_worker_sid: WorkerSid,
    /// The queue that the task was in before.
    pub initiating_queue_sid: Option<TaskQueueSid>,
    /// The workflow of the task.
    pub initiating_workflow_sid: Option<WorkflowSid>,
    /// When it was begun.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
}

/// What can happen to a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TransferEvent {
    /// Another worker has accepted.
    Accepted,
    /// Nobody has, for this reason.
    Failed(&'static str),
    /// It is called off.
    Canceled,
}

impl Transfer {
    /// Takes up an event; one that has ended stays as it is.
    pub(crate) fn apply(&mut self, event: &TransferEvent, now: Timestamp) {
        let next = match (self.status, event) {
            (TransferStatus::Initiated, TransferEvent::Accepted) => TransferStatus::Complete,
            (TransferStatus::Initiated, TransferEvent::Failed(reason)) => {
                self.failed_reason = Some((*reason).into());
                TransferStatus::Failed
            }
            (TransferStatus::Initiated, TransferEvent::Canceled) => TransferStatus::Canceled,
            (TransferStatus::Complete | TransferStatus::Failed | TransferStatus::Canceled, _) => return,
        };
        self.status = next;
        self.date_updated = now;
    }
}

impl fmt::Display for TransferTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransferTarget::Worker(sid) => sid.fmt(f),
            TransferTarget::TaskQueue(sid) => sid.fmt(f),
        }
    }
}

impl FromStr for TransferTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let queue = || text.parse().map(TransferTarget::TaskQueue);
        text.parse().map(TransferTarget::Worker).or_else(|_| queue()).map_err(|_| {
            let given: String = text.chars().take(64).collect();
            format!("'{given}' is not known: the SID of a worker (WK…) or task queue (WQ…) is expected")
        })
    }
}

impl Serialize for TransferTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TransferTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
