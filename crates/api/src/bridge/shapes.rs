//! The shapes in which the worker SDK reads things: seconds since 1970, attributes as JSON text, names beside SIDs.
//!
//! The SDK refuses a thing without one of its keys, so every key is always there. The two keys about transfers are
//! left out where there is none: the SDK takes a null for a transfer and fails.

use domain::{AccountSid, TaskSid, Timestamp, WorkspaceSid};
use router::{
    Activity, Notice, Reservation, Task, TaskQueue, TaskSnapshot, Transfer, TransferTarget, Worker,
    WorkerChannel, WorkerSnapshot, Workspace,
};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// Shows the things of a workspace as they are at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shapes {
    account: AccountSid,
    workspace: WorkspaceSid,
    now: Timestamp,
}

/// What a worker's channel holds at the moment.
pub(super) struct Capacity<'a> {
    pub(super) task_channel_unique_name: &'a str,
    pub(super) available_percentage: u32,
    pub(super) assigned_tasks: u32,
}

impl Shapes {
    /// Shows a workspace that is looked at.
    pub(super) fn of_workspace(workspace: &Workspace, now: Timestamp) -> Self {
        let settings = workspace.settings();
        Self { account: settings.account_sid, workspace: settings.sid, now }
    }

    /// Shows what happened.
    pub(super) fn of_notice(notice: &Notice) -> Self {
        Self { account: notice.account_sid, workspace: notice.workspace_sid, now: notice.at }
    }

    /// Shows a worker.
    pub(super) fn worker(&self, snapshot: &WorkerSnapshot) -> Value {
        let worker = &snapshot.worker;
        json!({
            "sid": worker.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "friendly_name": worker.friendly_name,
            "activity_sid": worker.activity_sid,
            "activity_name": snapshot.activity_name,
            "available": snapshot.available,
            "attributes": worker.attributes.text(),
            "date_created": worker.date_created.as_secs(),
            "date_updated": worker.date_updated.as_secs(),
            "date_status_changed": worker.date_status_changed.as_secs(),
            "version": worker.version.to_string(),
        })
    }

    /// Shows an activity.
    pub(super) fn activity(&self, activity: &Activity) -> Value {
        json!({
            "sid": activity.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "friendly_name": activity.friendly_name,
            "available": activity.available,
            "date_created": activity.date_created.as_secs(),
            "date_updated": activity.date_updated.as_secs(),
        })
    }

    /// Shows a worker's channel; its last reservation is the one date in milliseconds.
    pub(super) fn channel(&self, worker: &Worker, channel: &WorkerChannel, capacity: &Capacity<'_>) -> Value {
        json!({
            "sid": channel.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "worker_sid": worker.sid,
            "task_channel_sid": channel.task_channel_sid,
            "task_channel_unique_name": capacity.task_channel_unique_name,
            "available": u8::from(channel.available),
            "available_capacity_percentage": capacity.available_percentage,
            "configured_capacity": channel.configured_capacity,
            "assigned_tasks": capacity.assigned_tasks,
            "last_reserved_time": channel.last_reserved.map(Timestamp::as_millis),
            "date_created": channel.date_created.as_secs(),
            "date_updated": channel.date_updated.as_secs(),
        })
    }

    /// Shows a reservation, with its task where that is known.
    pub(super) fn reservation(
        &self,
        reservation: &Reservation,
        task: Option<&TaskSnapshot>,
        worker_name: Option<&str>,
    ) -> Value {
        let mut shown = json!({
            "sid": reservation.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "worker_sid": reservation.worker_sid,
            "worker_name": worker_name,
            "task_sid": reservation.task_sid,
            "reservation_status": reservation.status,
            "reservation_timeout": reservation.timeout_secs,
            "date_created": reservation.date_created.as_secs(),
            "date_updated": reservation.date_updated.as_secs(),
            "version": reservation.version.to_string(),
        });
        if let Some(code) = reservation.canceled_reason_code {
            shown["canceled_reason_code"] = json!(code);
        }
        if let Some(snapshot) = task {
            shown["task"] = self.task(snapshot);
            self.add_transfers(&mut shown, reservation, &snapshot.task);
        }
        shown
    }

    /// Adds the transfer by which a reservation came, and the one by which its worker hands the task on.
    fn add_transfers(&self, shown: &mut Value, reservation: &Reservation, task: &Task) {
        let incoming = task.transfers.iter().find(|transfer| reservation.transfer_sid == Some(transfer.sid));
        if let Some(transfer) = incoming {
            shown["task_transfer"] = self.transfer(task.sid, transfer);
        }
        let open = task.open_transfer();
        if let Some(transfer) = open.filter(|open| open.initiating_reservation_sid == reservation.sid) {
            shown["active_outgoing_task_transfer"] = self.transfer(task.sid, transfer);
        }
    }

    /// Shows a transfer.
    pub(super) fn transfer(&self, task: TaskSid, transfer: &Transfer) -> Value {
        json!({
            "sid": transfer.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "task_sid": task,
            "transfer_mode": transfer.mode,
            "transfer_to": transfer.to,
            "transfer_type": match transfer.to {
                TransferTarget::Worker(_) => "WORKER",
                TransferTarget::TaskQueue(_) => "QUEUE",
            },
            "transfer_status": transfer.status,
            "transfer_failed_reason": transfer.failed_reason,
            "initiating_reservation_sid": transfer.initiating_reservation_sid,
            "initiating_worker_sid": transfer.initiating_worker_sid,
            "initiating_queue_sid": transfer.initiating_queue_sid,
            "initiating_workflow_sid": transfer.initiating_workflow_sid,
            "date_created": transfer.date_created.as_secs(),
            "date_updated": transfer.date_updated.as_secs(),
        })
    }

    /// Shows a task.
    pub(super) fn task(&self, snapshot: &TaskSnapshot) -> Value {
        let task = &snapshot.task;
        json!({
            "sid": task.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "assignment_status": task.status,
            "reason": task.reason,
            "attributes": task.attributes.text(),
            "addons": addons(task),
            "age": task.age_secs(task.date_ended.unwrap_or(self.now)),
            "priority": task.priority,
            "timeout": task.timeout_secs,
            "routing_target": task.routing_target,
            "queue_sid": task.task_queue_sid,
            "queue_name": snapshot.task_queue_name,
            "workflow_sid": task.workflow_sid,
            "workflow_name": snapshot.workflow_name,
            "task_channel_sid": task.task_channel_sid,
            "task_channel_unique_name": snapshot.task_channel_unique_name,
            "virtual_start_time": task.virtual_start_time.as_secs(),
            "date_created": task.date_created.as_secs(),
            "date_updated": task.date_updated.as_secs(),
            "version": task.version.to_string(),
        })
    }

    /// Shows a task queue.
    pub(super) fn task_queue(&self, workspace: &Workspace, queue: &TaskQueue) -> Value {
        let name = |sid| workspace.activity(sid).map(|activity| &activity.friendly_name);
        json!({
            "sid": queue.sid,
            "account_sid": self.account,
            "workspace_sid": self.workspace,
            "friendly_name": queue.friendly_name,
            "target_workers": queue.target_workers,
            "max_reserved_workers": queue.max_reserved_workers,
            "task_order": queue.task_order,
            "lifo_queue": queue.task_order == router::TaskOrder::Lifo,
            "reservation_activity_sid": queue.reservation_activity_sid,
            "reservation_activity_name": queue.reservation_activity_sid.and_then(name),
            "assignment_activity_sid": queue.assignment_activity_sid,
            "assignment_activity_name": queue.assignment_activity_sid.and_then(name),
            "date_created": queue.date_created.as_secs(),
            "date_updated": queue.date_updated.as_secs(),
        })
    }
}

/// Returns a worker with the names that its shape holds.
pub(super) fn snapshot_of_worker(workspace: &Workspace, worker: &Worker) -> WorkerSnapshot {
    let activity = workspace.activity(worker.activity_sid);
    WorkerSnapshot {
        worker: worker.clone(),
        activity_name: activity.map(|activity| activity.friendly_name.clone()).unwrap_or_default(),
        available: activity.is_some_and(|activity| activity.available),
        previous_activity: None,
        channel: None,
    }
}

/// Returns a task with the names that its shape holds.
pub(super) fn snapshot_of_task(workspace: &Workspace, task: &Task) -> TaskSnapshot {
    let workflow = task.workflow_sid.and_then(|sid| workspace.workflow(sid));
    let queue = task.task_queue_sid.and_then(|sid| workspace.task_queue(sid));
    let channel = workspace.task_channel(task.task_channel_sid);
    TaskSnapshot {
        task: task.clone(),
        workflow_name: workflow.map(|workflow| workflow.friendly_name.clone()),
        workflow_filter_name: None,
        task_queue_name: queue.map(|queue| queue.friendly_name.clone()),
        task_channel_unique_name: channel.map(|channel| channel.unique_name.clone()).unwrap_or_default(),
    }
}

/// The SDK reads the text as JSON, which requests are free not to write.
fn addons(task: &Task) -> &str {
    let is_json = serde_json::from_str::<IgnoredAny>(&task.addons).is_ok();
    if is_json { &task.addons } else { "{}" }
}
