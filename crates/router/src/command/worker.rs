//! Commands about workers and their channels.

use domain::{ActivitySid, WorkerSid};

/// Creates a worker, with a channel for each task channel.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateWorker {
    /// The worker's name, at most 64 characters, unique without regard to case.
    pub friendly_name: String,
    /// What the worker does first; default the workspace's default activity.
    pub activity_sid: Option<ActivitySid>,
    /// The user's own facts: a JSON object of at most 4096 characters.
    pub attributes: Option<String>,
}

/// Changes a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorker {
    /// The worker.
    pub sid: WorkerSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
    /// Another name.
    pub friendly_name: Option<String>,
    /// Another activity.
    pub activity_sid: Option<ActivitySid>,
    /// Other attributes, in place of all the old ones.
    pub attributes: Option<String>,
    /// Whether offers that wait for an answer are rejected when the new activity takes no tasks.
    pub reject_pending_reservations: bool,
}

/// Deletes a worker.
#[derive(Debug, Clone, PartialEq)]
pub struct DeleteWorker {
    /// The worker.
    pub sid: WorkerSid,
    /// The version that the caller read.
    pub if_match: Option<u64>,
}

/// Changes a worker's channel.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateWorkerChannel {
    /// The worker.
    pub worker_sid: WorkerSid,
    /// The channel: the SID of the worker channel or the task channel, or the task channel's unique name.
    pub channel: String,
    /// How many tasks the worker can have on it; 0 for none.
    pub capacity: Option<u32>,
    /// Whether the worker takes tasks on it.
    pub available: Option<bool>,
}

impl UpdateWorker {
    /// Makes the command that changes nothing yet.
    pub fn of(sid: WorkerSid) -> Self {
        Self {
            sid,
            if_match: None,
            friendly_name: None,
            activity_sid: None,
            attributes: None,
            reject_pending_reservations: false,
        }
    }
}
