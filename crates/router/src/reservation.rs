//! Reservations: a task offered to a worker, from the offer to the end of the work.

use domain::{ReservationSid, TaskChannelSid, TaskSid, Timestamp, WorkerSid};
use serde::{Deserialize, Serialize};

use crate::named::named;

named! {
    /// Where a reservation stands in its life.
    pub enum ReservationStatus {
        /// The worker has been asked.
        Pending = "pending",
        /// The worker works on the task.
        Accepted = "accepted",
        /// The worker said no.
        Rejected = "rejected",
        /// The worker did not answer in time.
        TimedOut = "timeout",
        /// The task went away.
        Canceled = "canceled",
        /// Another worker was faster.
        Rescinded = "rescinded",
        /// The contact is over, the worker still has work with it.
        Wrapping = "wrapping",
        /// The worker is done.
        Completed = "completed",
    }
}

/// A task offered to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reservation {
    /// The reservation.
    pub sid: ReservationSid,
    /// The task offered.
    pub task_sid: TaskSid,
    /// The worker asked.
    pub worker_sid: WorkerSid,
    /// The task channel whose capacity it holds.
    pub task_channel_sid: TaskChannelSid,
    /// Where it stands in its life.
    pub status: ReservationStatus,
    /// How long the worker may think about it.
    pub timeout_secs: u32,
    /// Why it was canceled, as a number of the published list.
    pub canceled_reason_code: Option<u32>,
    /// The version for If-Match.
    pub version: u64,
    /// When the offer was made.
    pub date_created: Timestamp,
    /// When it last changed.
    pub date_updated: Timestamp,
    /// Whether its task has ended: it is history then.
    pub is_history: bool,
}
