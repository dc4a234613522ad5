//! Records: the rows that a workspace is written to and read from.

use domain::{
    ActivitySid, ReservationSid, TaskChannelSid, TaskQueueSid, TaskSid, WorkerSid, WorkflowSid, WorkspaceSid,
};
use serde::{Deserialize, Serialize};

use crate::{Activity, IdleTime, Reservation, Settings, Task, TaskChannel, TaskQueue, Worker, Workflow};

/// One row: a thing of the workspace with all that the engine knows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// The workspace's own resource.
    Workspace(Box<Settings>),
    /// An activity.
    Activity(Box<Activity>),
    /// A task channel.
    TaskChannel(Box<TaskChannel>),
    /// A worker with its channels.
    Worker(Box<Worker>),
    /// What the last offer or completion changed about a worker: newer than the worker's own record, or passed over.
    IdleTime(Box<IdleTime>),
    /// A task queue.
    TaskQueue(Box<TaskQueue>),
    /// A workflow.
    Workflow(Box<Workflow>),
    /// A task.
    Task(Box<Task>),
    /// A reservation.
    Reservation(Box<Reservation>),
}

/// What a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordKey {
    /// The workspace's own resource.
    Workspace(WorkspaceSid),
    /// An activity.
    Activity(ActivitySid),
    /// A task channel.
    TaskChannel(TaskChannelSid),
    /// A worker.
    Worker(WorkerSid),
    /// The idle time of a worker.
    IdleTime(WorkerSid),
    /// A task queue.
    TaskQueue(TaskQueueSid),
    /// A workflow.
    Workflow(WorkflowSid),
    /// A task.
    Task(TaskSid),
    /// A reservation.
    Reservation(ReservationSid),
}

/// A row to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Write this row, new or over the old one.
    Put(Record),
    /// Remove the row; the removal of a workspace takes all its rows along.
    Delete(RecordKey),
}

/// Why records do not make a workspace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The workspace's own record is missing.
    #[error("the workspace's own record is missing")]
    NoWorkspace,
    /// A record refers to one that is missing, or holds rules that can not be read.
    #[error("{key:?}: {reason}")]
    Broken {
        /// The record.
        key: RecordKey,
        /// What is wrong with it.
        reason: String,
    },
}

impl Record {
    /// Returns what the record is about.
    pub fn key(&self) -> RecordKey {
        match self {
            Record::Workspace(settings) => RecordKey::Workspace(settings.sid),
            Record::Activity(activity) => RecordKey::Activity(activity.sid),
            Record::TaskChannel(channel) => RecordKey::TaskChannel(channel.sid),
            Record::Worker(worker) => RecordKey::Worker(worker.sid),
            Record::IdleTime(idle) => RecordKey::IdleTime(idle.worker_sid),
            Record::TaskQueue(queue) => RecordKey::TaskQueue(queue.sid),
            Record::Workflow(workflow) => RecordKey::Workflow(workflow.sid),
            Record::Task(task) => RecordKey::Task(task.sid),
            Record::Reservation(reservation) => RecordKey::Reservation(reservation.sid),
        }
    }

    /// Tells whether the record belongs to what the engine holds in memory; the others are history.
    pub fn is_live(&self) -> bool {
        match self {
            Record::Task(task) => !task.status.is_ended(),
            Record::Reservation(reservation) => !reservation.is_history,
            Record::Workspace(_)
            | Record::Activity(_)
            | Record::TaskChannel(_)
            | Record::Worker(_)
            | Record::IdleTime(_)
            | Record::TaskQueue(_)
            | Record::Workflow(_) => true,
        }
    }
}
