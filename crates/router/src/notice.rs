//! Notices: what happened, for the events log, the event callback and live listeners.

use std::sync::Arc;

use domain::{AccountSid, EventSid, TaskChannelSid, Timestamp, WorkerChannelSid, WorkspaceSid, named};
use serde::{Deserialize, Serialize};

use crate::{Activity, Noun, Requester, Reservation, Task, TaskChannel, TaskQueue, Worker, Workflow};

named! {
    /// What can happen in a workspace.
    pub enum NoticeKind {
        /// An activity was created.
        ActivityCreated = "activity.created",
        /// An activity was renamed.
        ActivityUpdated = "activity.updated",
        /// An activity was deleted.
        ActivityDeleted = "activity.deleted",
        /// A task was offered to a worker.
        ReservationCreated = "reservation.created",
        /// A worker took a task.
        ReservationAccepted = "reservation.accepted",
        /// A worker said no.
        ReservationRejected = "reservation.rejected",
        /// A worker did not answer in time.
        ReservationTimedOut = "reservation.timeout",
        /// An offer was withdrawn because the task went away.
        ReservationCanceled = "reservation.canceled",
        /// An offer was withdrawn because another worker was faster.
        ReservationRescinded = "reservation.rescinded",
        /// A worker is done.
        ReservationCompleted = "reservation.completed",
        /// The contact is over, the worker still has work with it.
        ReservationWrapup = "reservation.wrapup",
        /// A direct offer could not be made.
        ReservationFailed = "reservation.failed",
        /// A task was created.
        TaskCreated = "task.created",
        /// A task changed.
        TaskUpdated = "task.updated",
        /// A task ended before a worker accepted.
        TaskCanceled = "task.canceled",
        /// A task's contact is over.
        TaskWrapup = "task.wrapup",
        /// A task is done.
        TaskCompleted = "task.completed",
        /// A task was deleted by request.
        TaskDeleted = "task.deleted",
        /// A task was deleted because it was assigned for too long.
        TaskSystemDeleted = "task.system-deleted",
        /// A worker began to hand a task on.
        TaskTransferInitiated = "task.transfer-initiated",
        /// One worker did not take a task handed on.
        TaskTransferAttemptFailed = "task.transfer-attempt-failed",
        /// Nobody took a task handed on.
        TaskTransferFailed = "task.transfer-failed",
        /// A hand-over was called off.
        TaskTransferCanceled = "task.transfer-canceled",
        /// A task was handed on.
        TaskTransferCompleted = "task.transfer-completed",
        /// A task channel was created.
        TaskChannelCreated = "task-channel.created",
        /// A task channel changed.
        TaskChannelUpdated = "task-channel.updated",
        /// A task channel was deleted.
        TaskChannelDeleted = "task-channel.deleted",
        /// A task queue was created.
        TaskQueueCreated = "task-queue.created",
        /// A task queue was deleted.
        TaskQueueDeleted = "task-queue.deleted",
        /// A task queue picks other workers.
        TaskQueueExpressionUpdated = "task-queue.expression.updated",
        /// A task came into its first queue.
        TaskQueueEntered = "task-queue.entered",
        /// A task waited in a target for as long as that allows.
        TaskQueueTimeout = "task-queue.timeout",
        /// A task came from one queue into another.
        TaskQueueMoved = "task-queue.moved",
        /// A worker was created.
        WorkerCreated = "worker.created",
        /// A worker's activity changed.
        WorkerActivityUpdate = "worker.activity.update",
        /// A worker's attributes changed.
        WorkerAttributesUpdate = "worker.attributes.update",
        /// A worker was deleted.
        WorkerDeleted = "worker.deleted",
        /// A worker's free capacity changed.
        WorkerCapacityUpdate = "worker.capacity.update",
        /// A worker opened or closed a channel.
        WorkerChannelAvailabilityUpdate = "worker.channel.availability.update",
        /// A workflow was created.
        WorkflowCreated = "workflow.created",
        /// A workflow changed.
        WorkflowUpdated = "workflow.updated",
        /// A workflow was deleted.
        WorkflowDeleted = "workflow.deleted",
        /// A task came into a workflow.
        WorkflowEntered = "workflow.entered",
        /// A task came to a target.
        WorkflowTargetMatched = "workflow.target-matched",
        /// A task waited out all its targets.
        WorkflowTimeout = "workflow.timeout",
        /// No filter took a task.
        WorkflowSkipped = "workflow.skipped",
        /// A workspace was created.
        WorkspaceCreated = "workspace.created",
        /// A workspace changed.
        WorkspaceUpdated = "workspace.updated",
        /// A workspace was deleted.
        WorkspaceDeleted = "workspace.deleted",
    }
}

/// What happened, with its subjects as they were right after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The notice's place in the log.
    pub sid: EventSid,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: NoticeKind,
    /// The account of the workspace.
    pub account_sid: AccountSid,
    /// The workspace.
    pub workspace_sid: WorkspaceSid,
    /// The workspace's name.
    pub workspace_name: Arc<str>,
    /// Who had it done; none where the workspace decided it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<Requester>,
    /// What it happened to.
    pub subjects: Subjects,
}

impl Notice {
    /// Returns the kind and the SID of the thing that the notice is about first of all.
    pub fn resource(&self) -> (Noun, String) {
        let Subjects { task, worker, reservation, activity, task_channel, task_queue, workflow } =
            &self.subjects;
        let found = None
            .or(reservation.as_ref().map(|one| (Noun::Reservation, one.sid.to_string())))
            .or(task.as_ref().map(|one| (Noun::Task, one.task.sid.to_string())))
            .or(worker.as_ref().map(|one| (Noun::Worker, one.worker.sid.to_string())))
            .or(activity.as_ref().map(|one| (Noun::Activity, one.sid.to_string())))
            .or(task_channel.as_ref().map(|one| (Noun::TaskChannel, one.sid.to_string())))
            .or(task_queue.as_ref().map(|one| (Noun::TaskQueue, one.sid.to_string())))
            .or(workflow.as_ref().map(|one| (Noun::Workflow, one.sid.to_string())));
        found.unwrap_or_else(|| (Noun::Workspace, self.workspace_sid.to_string()))
    }

    /// Says in a few words what happened, for people.
    pub fn description(&self) -> String {
        let (what, sid) = self.resource();
        let happened = self.kind.as_str().rsplit('.').next().unwrap_or_default();
        let reason = self.subjects.task.as_ref().and_then(|task| task.task.reason.as_deref());
        match reason.filter(|_| what == Noun::Task) {
            Some(reason) => format!("{what} {sid}: {happened} ({reason})"),
            None => format!("{what} {sid}: {happened}"),
        }
    }
}

/// What a notice is about; each kind of notice fills the groups that it publishes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "snake_case")]
pub struct Subjects {
    /// The task, in notices about tasks, reservations, queue entries and workflow steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Box<TaskSnapshot>>,
    /// The worker, in notices about workers and reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<Box<WorkerSnapshot>>,
    /// The reservation, in notices about reservations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<Box<Reservation>>,
    /// The activity, in notices about activities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<Box<Activity>>,
    /// The task channel, in notices about task channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_channel: Option<Box<TaskChannel>>,
    /// The task queue, in notices about task queues themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_queue: Option<Box<TaskQueue>>,
    /// The workflow, in notices about workflows themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<Box<Workflow>>,
}

/// A task with the names of what it refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskSnapshot {
    /// The task.
    pub task: Task,
    /// The name of its workflow.
    pub workflow_name: Option<Arc<str>>,
    /// The name of the filter that it is in.
    pub workflow_filter_name: Option<Arc<str>>,
    /// The name of its queue.
    pub task_queue_name: Option<Arc<str>>,
    /// The unique name of its task channel.
    pub task_channel_unique_name: Arc<str>,
}

/// A worker with the names of what it refers to, and what changed about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerSnapshot {
    /// The worker; in notices without the channels, but for those about one of them.
    pub worker: Worker,
    /// The name of the worker's activity.
    pub activity_name: Arc<str>,
    /// Whether that activity takes tasks.
    pub available: bool,
    /// The activity before, in notices of another activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_activity: Option<PreviousActivity>,
    /// The channel, in notices of its capacity or availability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<WorkerChannelSnapshot>,
}

/// What a worker did before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviousActivity {
    /// The activity before.
    pub sid: domain::ActivitySid,
    /// Its name.
    pub name: Arc<str>,
    /// How long the worker was in it, in milliseconds.
    pub time_ms: u64,
}

/// A worker's channel as it was right after a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkerChannelSnapshot {
    /// The worker channel.
    pub sid: WorkerChannelSid,
    /// The task channel.
    pub task_channel_sid: TaskChannelSid,
    /// The task channel's unique name.
    pub task_channel_unique_name: Arc<str>,
    /// Whether the worker takes tasks on it.
    pub available: bool,
    /// How many tasks the worker can have on it.
    pub configured_capacity: u32,
    /// The free capacity in percent.
    pub available_capacity_percentage: u32,
    /// The free capacity in percent before the change.
    pub previous_capacity_percentage: u32,
    /// How many tasks are accepted on it.
    pub assigned_tasks: u32,
}
