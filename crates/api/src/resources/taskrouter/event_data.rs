//! The facts of an event, in the published groups: which kind of event has which, and what each group says.

use domain::Timestamp;
use router::{Notice, NoticeKind, Task, TaskSnapshot, TaskStatus, WorkerSnapshot};
use serde_json::{Map, Value, json};

/// What an event is about.
pub(crate) struct Resource {
    /// Its kind.
    pub(crate) kind: &'static str,
    /// Its SID.
    pub(crate) sid: String,
    /// Its path below the workspace.
    pub(crate) tail: String,
}

/// The kinds of thing that events are about.
#[derive(Clone, Copy)]
enum Kind {
    Activity,
    Reservation,
    Task,
    TaskChannel,
    TaskQueue,
    Worker,
    Workflow,
    Workspace,
}

/// Says what each kind of event is about.
fn kind_of(kind: NoticeKind) -> Kind {
    use NoticeKind as N;
    match kind {
        N::ActivityCreated | N::ActivityUpdated | N::ActivityDeleted => Kind::Activity,
        N::ReservationCreated
        | N::ReservationAccepted
        | N::ReservationRejected
        | N::ReservationTimedOut
        | N::ReservationCanceled
        | N::ReservationRescinded
        | N::ReservationCompleted
        | N::ReservationWrapup
        | N::ReservationFailed => Kind::Reservation,
        N::TaskCreated
        | N::TaskUpdated
        | N::TaskCanceled
        | N::TaskWrapup
        | N::TaskCompleted
        | N::TaskDeleted
        | N::TaskSystemDeleted
        | N::TaskTransferInitiated
        | N::TaskTransferAttemptFailed
        | N::TaskTransferFailed
        | N::TaskTransferCanceled
        | N::TaskTransferCompleted
        | N::TaskQueueEntered
        | N::TaskQueueTimeout
        | N::TaskQueueMoved
        | N::WorkflowEntered
        | N::WorkflowTargetMatched
        | N::WorkflowTimeout
        | N::WorkflowSkipped => Kind::Task,
        N::TaskChannelCreated | N::TaskChannelUpdated | N::TaskChannelDeleted => Kind::TaskChannel,
        N::TaskQueueCreated | N::TaskQueueDeleted | N::TaskQueueExpressionUpdated => Kind::TaskQueue,
        N::WorkerCreated
        | N::WorkerActivityUpdate
        | N::WorkerAttributesUpdate
        | N::WorkerDeleted
        | N::WorkerCapacityUpdate
        | N::WorkerChannelAvailabilityUpdate => Kind::Worker,
        N::WorkflowCreated | N::WorkflowUpdated | N::WorkflowDeleted => Kind::Workflow,
        N::WorkspaceCreated | N::WorkspaceUpdated | N::WorkspaceDeleted => Kind::Workspace,
    }
}

/// Returns what an event is about.
pub(crate) fn resource_of(notice: &Notice) -> Resource {
    let subjects = &notice.subjects;
    let task = subjects.task.as_ref().map(|it| it.task.sid.to_string());
    let (kind, folder, sid) = match kind_of(notice.kind) {
        Kind::Activity => ("activity", "Activities", subjects.activity.as_ref().map(|it| it.sid.to_string())),
        Kind::Reservation => match &subjects.reservation {
            Some(it) => return reservation(&it.sid.to_string(), &it.task_sid.to_string()),
            None => ("task", "Tasks", task),
        },
        Kind::Task => ("task", "Tasks", task),
        Kind::TaskChannel => {
            ("task-channel", "TaskChannels", subjects.task_channel.as_ref().map(|it| it.sid.to_string()))
        }
        Kind::TaskQueue => {
            ("task-queue", "TaskQueues", subjects.task_queue.as_ref().map(|it| it.sid.to_string()))
        }
        Kind::Worker => ("worker", "Workers", subjects.worker.as_ref().map(|it| it.worker.sid.to_string())),
        Kind::Workflow => ("workflow", "Workflows", subjects.workflow.as_ref().map(|it| it.sid.to_string())),
        Kind::Workspace => ("workspace", "", None),
    };
    match sid {
        Some(sid) => Resource { kind, tail: format!("/{folder}/{sid}"), sid },
        None => Resource { kind, tail: String::new(), sid: notice.workspace_sid.to_string() },
    }
}

fn reservation(sid: &str, task: &str) -> Resource {
    Resource { kind: "reservation", sid: sid.to_owned(), tail: format!("/Tasks/{task}/Reservations/{sid}") }
}

/// Returns the facts of an event.
pub(crate) fn event_data(notice: &Notice) -> Value {
    let subjects = &notice.subjects;
    let mut data = Map::new();
    add(&mut data, json!({ "workspace_sid": notice.workspace_sid, "workspace_name": notice.workspace_name }));
    if let Some(snapshot) = &subjects.task {
        add(&mut data, task(snapshot, notice.at));
    }
    if let Some(snapshot) = &subjects.worker {
        add(&mut data, worker(snapshot));
    }
    if let Some(reservation) = &subjects.reservation {
        add(
            &mut data,
            json!({
                "reservation_sid": reservation.sid,
                "reservation_status": reservation.status,
                "reservation_timeout": reservation.timeout_secs,
                "reservation_version": reservation.version.to_string(),
            }),
        );
        if let Some(code) = reservation.canceled_reason_code {
            add(&mut data, json!({ "reservation_canceled_reason_code": code.to_string() }));
        }
    }
    add(&mut data, configuration(notice));
    Value::Object(data)
}

/// The groups of activities, task channels, task queues and workflows themselves.
fn configuration(notice: &Notice) -> Value {
    let subjects = &notice.subjects;
    let mut data = Map::new();
    if let Some(it) = &subjects.activity {
        add(
            &mut data,
            json!({
                "activity_sid": it.sid, "activity_name": it.friendly_name, "activity_available": it.available,
            }),
        );
    }
    if let Some(it) = &subjects.task_channel {
        add(
            &mut data,
            json!({
                "task_channel_sid": it.sid,
                "task_channel_name": it.friendly_name,
                "task_channel_unique_name": it.unique_name,
                "task_channel_optimized_routing": it.channel_optimized_routing,
            }),
        );
    }
    if let Some(it) = &subjects.task_queue {
        add(
            &mut data,
            json!({
                "task_queue_sid": it.sid,
                "task_queue_name": it.friendly_name,
                "task_queue_target_expression": it.target_workers,
            }),
        );
    }
    if let Some(it) = &subjects.workflow {
        add(&mut data, json!({ "workflow_sid": it.sid, "workflow_name": it.friendly_name }));
    }
    Value::Object(data)
}

fn task(snapshot: &TaskSnapshot, at: Timestamp) -> Value {
    let task = &snapshot.task;
    json!({
        "task_sid": task.sid,
        "task_attributes": task.attributes.text(),
        "task_age": task.age_secs(at),
        "task_priority": task.priority,
        "task_assignment_status": task.status,
        "task_canceled_reason": reason(task, TaskStatus::Canceled),
        "task_completed_reason": reason(task, TaskStatus::Completed),
        "task_version": task.version.to_string(),
        "task_date_created": task.date_created.as_secs(),
        "task_routing_target": task.routing_target,
        "task_channel_sid": task.task_channel_sid,
        "task_channel_unique_name": snapshot.task_channel_unique_name,
        "task_queue_sid": task.task_queue_sid,
        "task_queue_name": snapshot.task_queue_name,
        "task_queue_entered_date": task.task_queue_entered_date.map(Timestamp::as_secs),
        "workflow_sid": task.workflow_sid,
        "workflow_name": snapshot.workflow_name,
        "workflow_filter_name": snapshot.workflow_filter_name,
    })
}

fn reason(task: &Task, status: TaskStatus) -> Option<&str> {
    task.reason.as_deref().filter(|_| task.status == status)
}

fn worker(snapshot: &WorkerSnapshot) -> Value {
    let worker = &snapshot.worker;
    let mut data = Map::new();
    add(
        &mut data,
        json!({
            "worker_sid": worker.sid,
            "worker_name": worker.friendly_name,
            "worker_attributes": worker.attributes.text(),
            "worker_activity_sid": worker.activity_sid,
            "worker_activity_name": snapshot.activity_name,
            "worker_version": worker.version.to_string(),
        }),
    );
    if let Some(before) = &snapshot.previous_activity {
        add(
            &mut data,
            json!({
                "worker_previous_activity_sid": before.sid,
                "worker_previous_activity_name": before.name,
                "worker_time_in_previous_activity": (before.time_ms / 1_000).to_string(),
                "worker_time_in_previous_activity_ms": before.time_ms.to_string(),
            }),
        );
    }
    if let Some(channel) = &snapshot.channel {
        add(
            &mut data,
            json!({
                "worker_channel_available": channel.available,
                "worker_channel_available_capacity": channel.available_capacity_percentage,
                "worker_channel_previous_capacity": channel.previous_capacity_percentage,
                "worker_channel_task_count": channel.assigned_tasks,
                "task_channel_sid": channel.task_channel_sid,
                "task_channel_unique_name": channel.task_channel_unique_name,
            }),
        );
    }
    Value::Object(data)
}

fn add(data: &mut Map<String, Value>, group: Value) {
    if let Value::Object(group) = group {
        data.extend(group);
    }
}
